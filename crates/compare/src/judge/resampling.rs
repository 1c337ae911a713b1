//! Resampling of seeds (Efron's bootstrap): errors of everything that is computed from them. One seed has the
//! same samples at all points, whose errors are therefore correlated: a resample takes the same seeds at
//! all points, so that the errors of what is fitted contain it.
//!
//! The random numbers are those of one fixed stream: the same records give the same errors, bit for bit.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::power_law::Estimate;

/// Resamples.
pub(super) const RESAMPLES: usize = 1000;
/// Seed of the stream.
const STREAM: u64 = 0x5eed_0f1a_b0ca_7e5d;
/// Shares below the ends of the middle 68.3 % and 95 %.
const ONE_DEVIATION: [f64; 2] = [0.158_655, 0.841_345];
const MIDDLE_95: [f64; 2] = [0.025, 0.975];
/// Share of the resamples that must have a value.
const FEWEST: f64 = 0.95;

/// Seeds drawn with replacement, as indices, a list a resample.
pub(super) fn resamples(seeds: usize) -> impl Iterator<Item = Vec<usize>> {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(STREAM);
    (0..RESAMPLES).map(move |_| (0..seeds).map(|_| index_below(seeds, &mut generator)).collect())
}

/// A number below `bound`, each as likely.
fn index_below(bound: usize, generator: &mut Xoshiro256PlusPlus) -> usize {
    ((u128::from(generator.next_u64()) * bound as u128) >> 64) as usize
}

/// The estimate of a value from its resamples; its errors are unknown where too few have one.
pub(super) fn estimate(value: f64, resampled: impl IntoIterator<Item = f64>) -> Estimate {
    let mut known: Vec<f64> = resampled.into_iter().filter(|value| value.is_finite()).collect();
    if (known.len() as f64) < FEWEST * RESAMPLES as f64 {
        return Estimate { value, ..Estimate::UNKNOWN };
    }
    known.sort_by(f64::total_cmp);
    let [low, high] = ONE_DEVIATION.map(|share| quantile(&known, share));
    let interval = MIDDLE_95.map(|share| quantile(&known, share));
    Estimate { value, standard_error: 0.5 * (high - low), interval }
}

/// The value below which a share of sorted values lies, linear between them.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of twelve uniform numbers: mean 0, variance 1, nearly normal.
    fn normals(count: usize) -> Vec<f64> {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(7);
        let mut uniform = || (generator.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        (0..count).map(|_| (0..12).map(|_| uniform()).sum::<f64>() - 6.0).collect()
    }

    fn mean_of(values: &[f64], picked: &[usize]) -> f64 {
        picked.iter().map(|i| values[*i]).sum::<f64>() / picked.len() as f64
    }

    #[test]
    fn the_error_of_a_mean_is_the_analytic_one() {
        let values = normals(200);
        let all: Vec<usize> = (0..200).collect();
        let mean = mean_of(&values, &all);
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 200.0;
        let found = estimate(mean, resamples(200).map(|picked| mean_of(&values, &picked)));
        let analytic = (variance / 200.0).sqrt();
        // A quantile of 1000 resamples has a standard error of about 5 % of the deviation, half the
        // difference of two 3.5 %.
        assert!((found.standard_error / analytic - 1.0).abs() < 0.1, "{found:?} {analytic}");
        let wide = 0.5 * (found.interval[1] - found.interval[0]);
        assert!((wide / (1.96 * analytic) - 1.0).abs() < 0.1, "{found:?}");
        assert!(found.allows(mean) && !found.allows(mean + 4.0 * analytic));
    }

    #[test]
    fn resamples_are_the_same_each_time_and_take_every_seed_alike() {
        let once: Vec<Vec<usize>> = resamples(5).collect();
        assert_eq!(once, resamples(5).collect::<Vec<_>>());
        let mut counts = [0_usize; 5];
        once.iter().flatten().for_each(|i| counts[*i] += 1);
        // 1000 of each with a deviation of 28.
        assert!(counts.iter().all(|count| (880..1120).contains(count)), "{counts:?}");
    }

    #[test]
    fn values_that_most_resamples_lack_have_no_errors() {
        let half = (0..RESAMPLES).map(|i| if i % 2 == 0 { 1.0 } else { f64::NAN });
        let found = estimate(1.0, half);
        assert!(found.value == 1.0 && found.standard_error.is_nan() && !found.allows(1.0));
    }
}
