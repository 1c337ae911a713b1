//! Losses ℓ(y, ŷ): value, slope ∂₂ℓ and curvature ∂₂²ℓ in the network's output ŷ.
//!
//! SGD moves a neuron by −s ∂₂ℓ(y, ŷ) ∇σ and the law by Ψ = ½ E ∂₂ℓ σ, so ℓ = (y − ŷ)² has MMN's factor 2,
//! and a loss that is ½ (y − ŷ)² near 0 learns at half that speed there. No law and no data here.

/// The losses that exist; e = ŷ − y.
///
/// ```
/// use meanfield_model::loss::Loss;
///
/// let huber = Loss::Huber { threshold: 0.5 };
/// // ½ e² up to |e| = 0.5, then a straight line.
/// assert_eq!([huber.value(0.0, 0.25), huber.value(1.0, 3.0)], [0.03125, 0.875]);
/// assert_eq!(huber.slope(1.0, 3.0), 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Loss {
    /// e².
    Squared,
    /// ½ e² up to |e| = δ, then the straight line δ (|e| − ½ δ).
    Huber {
        /// δ > 0.
        threshold: f64,
    },
    /// ln(1 + e^{−y ŷ}), for labels ±1.
    Logistic,
    /// ½ c² (1 − e^{−(e/c)²}): ½ e² near 0, constant far away. Smooth, not convex.
    Welsch {
        /// c > 0.
        scale: f64,
    },
}

impl Loss {
    /// One of each kind, its length 1.
    pub const ALL: [Loss; 4] =
        [Self::Squared, Self::Huber { threshold: 1.0 }, Self::Logistic, Self::Welsch { scale: 1.0 }];

    /// ℓ(y, ŷ).
    pub fn value(self, label: f64, output: f64) -> f64 {
        let error = output - label;
        match self {
            Self::Squared => error * error,
            Self::Huber { threshold } if error.abs() <= threshold => 0.5 * error * error,
            Self::Huber { threshold } => threshold * (error.abs() - 0.5 * threshold),
            Self::Logistic => {
                let margin = label * output;
                (-margin).max(0.0) + (-margin.abs()).exp().ln_1p()
            }
            Self::Welsch { scale } => -0.5 * scale * scale * (-(error / scale).powi(2)).exp_m1(),
        }
    }

    /// ∂₂ℓ(y, ŷ).
    pub fn slope(self, label: f64, output: f64) -> f64 {
        let error = output - label;
        match self {
            Self::Squared => 2.0 * error,
            Self::Huber { threshold } => error.clamp(-threshold, threshold),
            Self::Logistic => -label / (1.0 + (label * output).exp()),
            Self::Welsch { scale } => error * (-(error / scale).powi(2)).exp(),
        }
    }

    /// ∂₂²ℓ(y, ŷ); where it jumps, from inside.
    pub fn curvature(self, label: f64, output: f64) -> f64 {
        let error = output - label;
        match self {
            Self::Squared => 2.0,
            Self::Huber { threshold } => f64::from(error.abs() <= threshold),
            Self::Logistic => {
                // Beyond 300 the square overflows and the curvature is 0.
                let half = (0.5 * label * output).abs().min(300.0);
                (0.5 * label / half.cosh()).powi(2)
            }
            Self::Welsch { scale } => {
                let square = (error / scale).powi(2);
                (1.0 - 2.0 * square) * (-square).exp()
            }
        }
    }

    /// Whether ℓ is convex in ŷ: the law of least risk is then found with a certificate, and there is
    /// one Gibbs state.
    pub fn is_convex(self) -> bool {
        match self {
            Self::Squared | Self::Huber { .. } | Self::Logistic => true,
            Self::Welsch { .. } => false,
        }
    }

    /// Whether ∂₂ℓ stays between two numbers, whatever the output.
    pub fn has_bounded_slope(self) -> bool {
        match self {
            Self::Squared => false,
            Self::Huber { .. } | Self::Logistic | Self::Welsch { .. } => true,
        }
    }

    /// Whether ∂₂²ℓ is continuous: quadrature over data then converges fast.
    pub fn is_smooth(self) -> bool {
        match self {
            Self::Squared | Self::Logistic | Self::Welsch { .. } => true,
            Self::Huber { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_and_curvatures_meet_central_differences() {
        let lengths = [Loss::Huber { threshold: 0.3 }, Loss::Welsch { scale: 2.5 }];
        for loss in Loss::ALL.into_iter().chain(lengths) {
            for label in [-1.0, 1.0] {
                for output in [-40.0, -2.7, -1.1, -0.4, 0.05, 0.2, 0.9, 1.2, 3.6, 40.0] {
                    let step = 1e-5;
                    let difference =
                        |f: &dyn Fn(f64) -> f64| (f(output + step) - f(output - step)) / (2.0 * step);
                    let slope = difference(&|output| loss.value(label, output));
                    let curvature = difference(&|output| loss.slope(label, output));
                    // Truncation step²/6 · |ℓ'''| ≲ 1e-10, rounding 1e-13/step for values up to 10³.
                    assert!((slope - loss.slope(label, output)).abs() < 1e-7, "{loss:?} {label} {output}");
                    assert!(
                        (curvature - loss.curvature(label, output)).abs() < 1e-7,
                        "{loss:?} {label} {output}"
                    );
                }
            }
        }
    }

    #[test]
    fn far_away_everything_stays_finite() {
        for loss in Loss::ALL {
            for output in [-1e6, 1e6] {
                let all = [loss.value(1.0, output), loss.slope(1.0, output), loss.curvature(1.0, output)];
                assert!(all.iter().all(|x| x.is_finite()), "{loss:?} {all:?}");
            }
        }
    }

    #[test]
    fn slopes_that_are_called_bounded_are() {
        for loss in Loss::ALL {
            let steepest =
                [-1e9, 1e9].map(|output| loss.slope(1.0, output).abs()).into_iter().fold(0.0, f64::max);
            assert_eq!(steepest <= 1.0, loss.has_bounded_slope(), "{loss:?} {steepest}");
        }
    }

    #[test]
    fn each_is_what_its_name_says() {
        let huber = Loss::Huber { threshold: 0.5 };
        assert_eq!([huber.value(0.0, 0.25), huber.value(1.0, 3.0)], [0.03125, 0.5 * (2.0 - 0.25)]);
        assert!((Loss::Logistic.value(-1.0, 0.0) - 2.0_f64.ln()).abs() < 1e-15);
        assert!((Loss::Welsch { scale: 2.0 }.value(1.0, 1e3) - 2.0).abs() < 1e-15);
        assert_eq!(Loss::Squared.value(1.0, -1.0), 4.0);
    }
}
