//! The standard normal law: density φ, distribution function Φ and its inverse.

use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

use meanfield_kernel::bisection::{Until, bisect};
use statrs::function::erf::erfc_inv;

/// φ(x) = exp(−x²/2)/√(2π).
pub fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// Φ(x), accurate in the left tail too.
pub fn distribution(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// Φ⁻¹(level), 0 < level < 1: to rounding in both tails.
pub fn quantile(level: f64) -> f64 {
    if level > 0.5 {
        return -quantile(1.0 - level);
    }
    let first = -SQRT_2 * erfc_inv(2.0 * level);
    // One step of Halley's on Φ(x) = level.
    let off = (distribution(first) - level) / density(first);
    if off.is_finite() { first - off / (1.0 + 0.5 * first * off) } else { first }
}

/// Halvings of [0, 40], where Φ(−g) vanishes: more halvings change nothing.
const HALVINGS: u32 = 60;
const FARTHEST: f64 = 40.0;

/// g ≥ 0 with Φ(−g) = share: the largest at which the share beyond is still found to be larger, by bisection.
/// (Other digits than [`quantile`]'s, on which grids rest.)
pub fn deviate_beyond(share: f64) -> f64 {
    let ends = [0.0, FARTHEST];
    let [deviate, _] = bisect(ends, Until::Halvings(HALVINGS), |g| distribution(-g) <= share);
    deviate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_lies_beyond_its_deviate() {
        for share in [0.4, 1e-3, 1e-20, 1e-300] {
            let found = deviate_beyond(share);
            assert!((found + quantile(share)).abs() < 1e-14 * found.max(1.0), "{share}: {found}");
        }
    }

    #[test]
    fn quantiles_invert_the_distribution() {
        for level in [1e-300, 1e-20, 1e-5, 0.01, 0.3, 0.5, 0.7, 0.99, 1.0 - 1e-9] {
            let found = distribution(quantile(level));
            // Conditioning: a last digit of x is x² last digits of the level.
            let allowed = 1e-15 * (2.0 + quantile(level).powi(2));
            assert!((found / level - 1.0).abs() < allowed, "{level}: {found}");
        }
        assert!(quantile(0.0) == f64::NEG_INFINITY && quantile(1.0) == f64::INFINITY);
    }
}
