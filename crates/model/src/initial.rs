//! Laws of the weights at t = 0, and the law of the radius that they imply.
//!
//! w ~ N(0, κ²/d I_d) has |w| = κ/√d · χ_d, so P(|w| ≤ r) = P(d/2, d r²/(2κ²)), P the regularised
//! lower incomplete gamma function.

use statrs::function::gamma::gamma_lr;

/// A rotation-invariant start.
#[derive(Clone, Debug, PartialEq)]
pub enum Initial {
    /// w ~ N(0, κ²/d I_d).
    Gaussian {
        /// κ > 0.
        scale: f64,
    },
}

impl Initial {
    /// P(|w| ≤ r) in dimension d.
    pub fn radial_distribution(&self, dimension: usize, radius: f64) -> f64 {
        let Self::Gaussian { scale } = self;
        let d = dimension as f64;
        match 0.5 * d * (radius / scale).powi(2) {
            argument if argument <= 0.0 => 0.0,
            argument if argument.is_finite() => gamma_lr(0.5 * d, argument),
            _ => 1.0,
        }
    }

    /// The radius below which a fraction `level` ∈ (0, 1) of the neurons starts, by bisection down to
    /// neighbouring numbers: sure in both tails, and the start is computed once.
    pub fn radial_quantile(&self, dimension: usize, level: f64) -> f64 {
        let Self::Gaussian { scale } = self;
        let (mut low, mut high) = (0.0, *scale);
        while self.radial_distribution(dimension, high) < level {
            high *= 2.0;
        }
        loop {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                return high;
            }
            let below = self.radial_distribution(dimension, middle) < level;
            *(if below { &mut low } else { &mut high }) = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_invert_the_distribution() {
        let start = Initial::Gaussian { scale: 0.8 };
        for dimension in [2, 3, 40, 320, 1280] {
            for level in [1e-6, 0.01, 0.3, 0.5, 0.99, 1.0 - 1e-6] {
                let radius = start.radial_quantile(dimension, level);
                assert!(
                    (start.radial_distribution(dimension, radius) - level).abs() < 1e-11,
                    "d={dimension} {level}"
                );
            }
        }
    }

    #[test]
    fn two_dimensions_are_rayleigh() {
        let start = Initial::Gaussian { scale: 1.0 };
        for radius in [0.0, 0.1, 1.0, 3.0_f64] {
            let exact = 1.0 - (-radius * radius).exp();
            assert!((start.radial_distribution(2, radius) - exact).abs() < 1e-14);
        }
    }

    #[test]
    fn the_mean_square_is_the_scale_squared() {
        let start = Initial::Gaussian { scale: 0.8 };
        let levels = 20_000;
        let mean: f64 = (0..levels)
            .map(|i| start.radial_quantile(40, (i as f64 + 0.5) / levels as f64).powi(2))
            .sum::<f64>()
            / levels as f64;
        // Midpoint rule in the level: the tail left out is of order 1/levels.
        assert!((mean - 0.64).abs() < 1e-5, "{mean}");
    }
}
