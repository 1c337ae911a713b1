//! Parts of a scenario: which of its runs each of several processes computes. No files here.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::str::FromStr;

/// Most parts.
const MOST: usize = 100_000;

/// Part `number` of `count`, as in `3/7`; numbers begin with 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    number: usize,
    count: usize,
}

impl Part {
    /// Everything.
    pub const WHOLE: Self = Self { number: 1, count: 1 };

    /// Part `number` of `count`.
    ///
    /// # Errors
    /// Unless 1 ≤ number ≤ count ≤ 100 000, in words.
    pub fn new(number: usize, count: usize) -> Result<Self, String> {
        match (1..=MOST).contains(&count) && (1..=count).contains(&number) {
            true => Ok(Self { number, count }),
            false => Err(format!("part {number} of {count} is none: write 1/7, 2/7 … 7/7")),
        }
    }

    /// All of so many parts.
    ///
    /// # Errors
    /// If there are none, or more than 100 000.
    pub(crate) fn all(count: usize) -> Result<Vec<Self>, String> {
        (1..=count.clamp(1, MOST + 1)).map(|number| Self::new(number, count)).collect()
    }

    /// How many parts there are.
    pub fn count(self) -> usize {
        self.count
    }

    /// The places of this part's share among units of work of these expected CPU seconds, ascending: each
    /// unit, the longest first, goes to the part that has least so far.
    pub(crate) fn share(self, seconds: &[f64]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..seconds.len()).collect();
        order.sort_by(|a, b| seconds[*b].total_cmp(&seconds[*a]));
        let mut dealt: BinaryHeap<Reverse<(u64, usize)>> =
            (0..self.count).map(|part| Reverse((0, part))).collect();
        let mut own = Vec::new();
        for unit in order {
            let Some(Reverse((nanoseconds, part))) = dealt.pop() else { break };
            dealt.push(Reverse((nanoseconds.saturating_add(nanoseconds_of(seconds[unit])), part)));
            if part + 1 == self.number {
                own.push(unit);
            }
        }
        own.sort_unstable();
        own
    }
}

/// In whole numbers, so that sums are the same on every machine; at least one.
fn nanoseconds_of(seconds: f64) -> u64 {
    ((seconds * 1e9) as u64).max(1)
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text
            .split_once('/')
            .and_then(|(number, count)| Some((number.trim().parse().ok()?, count.trim().parse().ok()?)));
        let Some((number, count)) = numbers else {
            return Err(format!("`{text}` is no part: write 3/7 for the third of seven"));
        };
        Self::new(number, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_typed_as_they_are_shown() {
        assert_eq!("3/7".parse::<Part>().expect("a part").to_string(), "3/7");
        for wrong in ["0/7", "8/7", "3", "a/7", "3/0", "3/100001", "-1/2", ""] {
            assert!(wrong.parse::<Part>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_unit_is_in_one_part_and_parts_take_about_as_long() {
        let seconds: Vec<f64> = (0..200).map(|unit| f64::from(1 + unit % 17)).collect();
        let parts = (1..=7).map(|number| Part::new(number, 7).expect("a part"));
        let shares: Vec<Vec<usize>> = parts.map(|part| part.share(&seconds)).collect();
        let mut all = shares.concat();
        all.sort_unstable();
        assert_eq!(all, (0..200).collect::<Vec<_>>());
        let mean = seconds.iter().sum::<f64>() / 7.0;
        for share in shares {
            let own: f64 = share.iter().map(|unit| seconds[*unit]).sum();
            assert!((own / mean - 1.0).abs() < 0.01, "{own} of {mean}");
        }
        assert_eq!(Part::WHOLE.share(&seconds), (0..200).collect::<Vec<_>>());
    }

    #[test]
    fn units_of_no_cost_are_dealt_in_turn() {
        let second = Part::new(2, 3).expect("a part");
        assert_eq!(second.share(&[0.0; 7]), [1, 4]);
        assert!(Part::new(9, 9).expect("a part").share(&[1.0; 3]).is_empty());
    }
}
