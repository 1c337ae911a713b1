//! The flux of Scharfetter & Gummel (1969) between two cells: exact where it is constant, zero in the Gibbs
//! state, upwind without noise.
//!
//! ```text
//!   flux = (2/δ) [b(y) ρ_left − b(−y) ρ_right],   b(y) = B(βy)/β,   B(x) = x/(eˣ − 1)
//!   y = difference of Ψ_λ − β⁻¹ ln J from left to right, δ the distance of the centres
//! ```
//! b(y) → max(−y, 0) as 1/β → 0, and b(−y)/b(y) = e^{βy}: the flux vanishes exactly where ρ_right/ρ_left =
//! e^{−βy}.

/// Below this B' is read from its series.
const SMALL: f64 = 1e-3;

/// (b(y), b(−y)) for a temperature 1/β > 0: positive, neither by a difference.
#[inline(always)]
pub fn weights(y: f64, temperature: f64) -> (f64, f64) {
    let size = y.abs();
    // Of the direction against y; B(x) → 1 − x/2.
    let against = if size > 0.0 { size / (size / temperature).exp_m1() } else { temperature };
    if y >= 0.0 { (against, against + size) } else { (against + size, against) }
}

/// (b'(y), b'(−y)): both negative, their sum −1.
#[inline(always)]
pub fn slopes(y: f64, temperature: f64) -> (f64, f64) {
    let x = y.abs() / temperature;
    let slope = if x < SMALL {
        -0.5 + x / 6.0
    } else {
        let e = x.exp_m1();
        (1.0 - x - x / e) / e
    };
    if y >= 0.0 { (slope, -1.0 - slope) } else { (-1.0 - slope, slope) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_of_the_weights_is_boltzmanns() {
        for y in [-3.0, -1e-2, -1e-9, 0.0, 1e-12, 1e-3, 0.4, 5.0] {
            let (left, right) = weights(y, 0.1);
            assert!((right / left - (10.0 * y).exp()).abs() < 1e-14 * (10.0 * y).exp(), "{y}");
            assert!(left > 0.0 && right > 0.0);
        }
    }

    #[test]
    fn without_noise_it_is_upwind_and_without_drift_diffusion() {
        assert_eq!(weights(0.7, 1e-4), (0.0, 0.7));
        assert_eq!(weights(-0.7, 1e-4), (0.7, 0.0));
        assert_eq!(weights(0.0, 0.3), (0.3, 0.3));
        // No overflow, however little noise there is.
        assert_eq!(weights(1e300, 1e-300), (0.0, 1e300));
    }

    #[test]
    fn slopes_meet_central_differences() {
        for y in [-2.0, -0.3, -2e-4, 0.0, 5e-5, 1.1e-4, 0.02, 1.0] {
            let temperature = 0.1;
            let step = 1e-6;
            let above = weights(y + step, temperature);
            let below = weights(y - step, temperature);
            let (slope, back) = slopes(y, temperature);
            // Truncation step² b'''/6, b''' up to 1/T²; rounding 1e-16/step.
            assert!((slope - (above.0 - below.0) / (2.0 * step)).abs() < 1e-8, "{y}");
            assert!((back + (above.1 - below.1) / (2.0 * step)).abs() < 1e-8, "{y}");
        }
    }
}
