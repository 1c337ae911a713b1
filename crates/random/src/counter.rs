//! Random words by counter alone (Philox 4×32-10): whoever knows the four numbers, a device that trains
//! thousands of networks at once or the processor beside it, makes the same words.

use rand_philox::philox4x32_10;

use crate::stream::Purpose;

/// Set in the last word of every counter: that of a stream's seed ([`crate::stream`]) has zero there.
const COUNTED: u32 = 1 << 31;

/// The last word of the counters of a purpose.
pub const fn counter_word(purpose: Purpose) -> u32 {
    COUNTED | purpose as u32
}

/// Four words: those of the index `index` at a step, for a seed and a purpose.
pub fn words(seed: u64, purpose: Purpose, step: u64, index: u32) -> [u32; 4] {
    let counter = [index, low(step), high(step), counter_word(purpose)];
    philox4x32_10(counter, [low(seed), high(seed)])
}

/// A number of (0, 1] from two words, the lower first: 53 bits, in the middle of their interval; the last
/// such middle is rounded to 1, whose logarithm is a number, too.
pub fn open_uniform([lower, upper]: [u32; 2]) -> f64 {
    let bits = (u64::from(upper) << 32 | u64::from(lower)) >> 11;
    (bits as f64 + 0.5) * 2_f64.powi(-53)
}

fn low(number: u64) -> u32 {
    number as u32
}

fn high(number: u64) -> u32 {
    (number >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counter_has_words_of_its_own() {
        let mut known = std::collections::HashSet::new();
        for seed in [0, 1, 1 << 32] {
            for step in [0, 1, 1 << 32] {
                for index in 0..20 {
                    assert!(known.insert(words(seed, Purpose::Data, step, index)), "{seed} {step} {index}");
                }
            }
        }
    }

    #[test]
    fn uniform_numbers_are_inside() {
        assert_eq!(open_uniform([0, 0]), 2_f64.powi(-54));
        assert_eq!(open_uniform([u32::MAX; 2]), 1.0);
        assert!(open_uniform([0, u32::MAX]) < 1.0);
        assert_eq!(open_uniform([0, 1 << 31]), 0.5 + 2_f64.powi(-54));
    }
}
