//! The standard normal law: density φ and distribution function Φ.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// φ(x) = exp(−x²/2)/√(2π).
pub fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// Φ(x), accurate in the left tail too.
pub fn distribution(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}
