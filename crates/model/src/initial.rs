//! Laws of the weights at t = 0, and the law of the radius that they imply. Those that know directions of the
//! data name their numbers along these; which data have them, and how m and r then hang together, is for
//! [`crate::joint_start`].
//!
//! w ~ N(0, κ²/d I_d) has |w| = κ/√d · χ_d, so P(|w| ≤ r) = P(d/2, d r²/(2κ²)), P the regularised
//! lower incomplete gamma function.

use meanfield_kernel::bisection::{Until, bisect};
use statrs::function::gamma::{gamma_lr, gamma_ur};

use crate::normal;
pub use crate::number_law::{Normal, NumberLaw};

/// A law of w: rotation-invariant, or about a mean along the data's directions, or at stated overlaps with
/// them. Lengths are those of w less its mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Initial {
    /// w ~ N(0, κ²/d I_d).
    Gaussian {
        /// κ > 0.
        scale: f64,
    },
    /// w uniform on the sphere of a radius.
    Sphere {
        /// |w| > 0.
        radius: f64,
    },
    /// |w| uniform between two radii, in any direction.
    Shell {
        /// The inner radius ≥ 0 and the outer one.
        radii: [f64; 2],
    },
    /// w ~ N(mean, κ²/d I_d), the mean along the directions that the data know.
    GaussianAbout {
        /// κ > 0.
        scale: f64,
        /// One number for each direction.
        mean: Vec<f64>,
    },
    /// |w| is a radius and w/|w| has stated coordinates along the directions that the data know; across them
    /// it is uniform.
    Overlap {
        /// |w| > 0.
        radius: f64,
        /// ⟨w, e⟩/|w|, one number for each direction; their squares sum to less than 1.
        overlap: Vec<f64>,
    },
    /// One of several laws, with these probabilities.
    Mixture(Vec<WeightedInitial>),
}

/// A law of w and its share in a mixture.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedInitial {
    /// Probability, > 0; those of a mixture sum to 1.
    pub weight: f64,
    /// The law.
    pub law: Initial,
}

impl Initial {
    /// P(|w| ≤ r) in dimension d.
    pub fn radial_distribution(&self, dimension: usize, radius: f64) -> f64 {
        let scale = match self {
            Self::Gaussian { scale } | Self::GaussianAbout { scale, .. } => *scale,
            Self::Sphere { radius: only } | Self::Overlap { radius: only, .. } => {
                return f64::from(radius >= *only);
            }
            Self::Shell { radii: [inner, outer] } => {
                return ((radius - inner) / (outer - inner)).clamp(0.0, 1.0);
            }
            Self::Mixture(parts) => {
                return parts
                    .iter()
                    .map(|part| part.weight * part.law.radial_distribution(dimension, radius))
                    .sum();
            }
        };
        match argument(scale, dimension, radius) {
            argument if argument <= 0.0 => 0.0,
            argument if argument.is_finite() => gamma_lr(0.5 * dimension as f64, argument),
            _ => 1.0,
        }
    }

    /// A length of the size of |w|: κ, the radius, the outer radius; the largest of a mixture.
    pub fn size(&self) -> f64 {
        match self {
            Self::Mixture(parts) => parts.iter().map(|part| part.law.size()).fold(0.0, f64::max),
            Self::Gaussian { scale } | Self::GaussianAbout { scale, .. } => *scale,
            Self::Sphere { radius } | Self::Overlap { radius, .. } => *radius,
            Self::Shell { radii: [_, outer] } => *outer,
        }
    }

    /// The length of the mean, where there is one; the largest of a mixture.
    pub fn mean_size(&self) -> f64 {
        match self {
            Self::Mixture(parts) => parts.iter().map(|part| part.law.mean_size()).fold(0.0, f64::max),
            Self::GaussianAbout { mean, .. } => length(mean),
            _ => 0.0,
        }
    }

    /// Whether it, or a part of it, has means or overlaps along directions.
    pub fn knows_directions(&self) -> bool {
        match self {
            Self::Mixture(parts) => parts.iter().any(|part| part.law.knows_directions()),
            Self::GaussianAbout { .. } | Self::Overlap { .. } => true,
            Self::Gaussian { .. } | Self::Sphere { .. } | Self::Shell { .. } => false,
        }
    }

    /// Whether it, or a part of it, is at stated overlaps.
    pub fn has_overlap(&self) -> bool {
        match self {
            Self::Mixture(parts) => parts.iter().any(|part| part.law.has_overlap()),
            other => matches!(other, Self::Overlap { .. }),
        }
    }

    /// The length that w has about, of the size of |w|, across k of d dimensions.
    pub fn size_across(&self, directions: usize, dimension: usize) -> f64 {
        let share = (dimension - directions) as f64 / dimension as f64;
        match self {
            Self::Mixture(parts) => {
                let each = parts.iter().map(|part| part.law.size_across(directions, dimension));
                each.fold(0.0, f64::max)
            }
            Self::Overlap { radius, overlap } => radius * across_overlap(overlap),
            other => other.size() * share.sqrt(),
        }
    }

    /// P(|w| > r) in dimension d, accurate in the upper tail.
    pub(crate) fn radial_survival(&self, dimension: usize, radius: f64) -> f64 {
        let scale = match self {
            Self::Gaussian { scale } | Self::GaussianAbout { scale, .. } => scale,
            Self::Mixture(parts) => {
                return parts
                    .iter()
                    .map(|part| part.weight * part.law.radial_survival(dimension, radius))
                    .sum();
            }
            _ => return 1.0 - self.radial_distribution(dimension, radius),
        };
        match argument(*scale, dimension, radius) {
            argument if argument <= 0.0 => 1.0,
            argument if argument.is_finite() => gamma_ur(0.5 * dimension as f64, argument),
            _ => 0.0,
        }
    }

    /// The radius below which a fraction `level` ∈ (0, 1) of the neurons starts.
    pub fn radial_quantile(&self, dimension: usize, level: f64) -> f64 {
        if let Some(radius) = self.closed_quantile(level) {
            return radius;
        }
        self.smallest_radius(|radius| self.radial_distribution(dimension, radius) >= level)
    }

    /// The radius below which as many neurons start as standard normal deviates lie below g: the quantile at
    /// Φ(g), accurate in both tails.
    pub fn radial_quantile_of_normal(&self, dimension: usize, g: f64) -> f64 {
        if let Some(radius) = self.closed_quantile(normal::distribution(g)) {
            return radius;
        }
        if g <= 0.0 {
            return self.radial_quantile(dimension, normal::distribution(g));
        }
        let above = normal::distribution(-g);
        self.smallest_radius(|radius| self.radial_survival(dimension, radius) <= above)
    }

    /// The radius below which a share of the neurons starts, where that is a line in the share.
    fn closed_quantile(&self, level: f64) -> Option<f64> {
        match self {
            Self::Gaussian { .. } | Self::GaussianAbout { .. } | Self::Mixture(_) => None,
            Self::Sphere { radius } | Self::Overlap { radius, .. } => Some(*radius),
            Self::Shell { radii: [inner, outer] } => Some(inner + level * (outer - inner)),
        }
    }

    /// Radii at which the distribution function jumps or bends, and those between the sizes of parts.
    pub(crate) fn edges(&self) -> Vec<f64> {
        match self {
            Self::Gaussian { .. } | Self::GaussianAbout { .. } => Vec::new(),
            Self::Sphere { radius } | Self::Overlap { radius, .. } => vec![*radius],
            Self::Shell { radii } => radii.to_vec(),
            Self::Mixture(parts) => {
                let mut sizes: Vec<f64> = parts.iter().map(|part| part.law.size()).collect();
                sizes.sort_by(f64::total_cmp);
                let between = sizes.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
                parts.iter().flat_map(|part| part.law.edges()).chain(between).collect()
            }
        }
    }

    /// P(|w| = r).
    pub(crate) fn mass_at(&self, radius: f64) -> f64 {
        match self {
            Self::Gaussian { .. } | Self::GaussianAbout { .. } | Self::Shell { .. } => 0.0,
            Self::Sphere { radius: only } | Self::Overlap { radius: only, .. } => f64::from(radius == *only),
            Self::Mixture(parts) => parts.iter().map(|part| part.weight * part.law.mass_at(radius)).sum(),
        }
    }

    /// The same law with this in the place of each part that is no mixture.
    #[must_use]
    pub fn with_parts(&self, replaced: impl Fn(&Self) -> Self + Copy) -> Self {
        let Self::Mixture(parts) = self else { return replaced(self) };
        let part = |part: &WeightedInitial| WeightedInitial { law: part.law.with_parts(replaced), ..*part };
        Self::Mixture(parts.iter().map(part).collect())
    }

    /// The smallest radius that is large enough, by bisection down to neighbouring numbers: sure in both
    /// tails, and the start is computed once.
    fn smallest_radius(&self, large_enough: impl Fn(f64) -> bool) -> f64 {
        let mut high = self.size();
        while !large_enough(high) {
            high *= 2.0;
        }
        let [_, smallest] = bisect([0.0, high], Until::Neighbours, large_enough);
        smallest
    }
}

/// |v|.
fn length(numbers: &[f64]) -> f64 {
    numbers.iter().map(|number| number * number).sum::<f64>().sqrt()
}

/// √(1 − |q|²): the share of |w| that is across directions with these overlaps.
pub fn across_overlap(overlap: &[f64]) -> f64 {
    let along = length(overlap);
    ((1.0 - along) * (1.0 + along)).max(0.0).sqrt()
}

/// d r²/(2κ²).
fn argument(scale: f64, dimension: usize, radius: f64) -> f64 {
    0.5 * dimension as f64 * (radius / scale).powi(2)
}

/// The laws of output weight and offset of neurons a σ(⟨w, x⟩ + b), independent of w and of one another.
#[derive(Clone, Debug, PartialEq)]
pub struct AffineStart {
    /// Law of a.
    pub a: NumberLaw,
    /// Law of b.
    pub b: NumberLaw,
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
    fn normal_deviates_are_carried_to_the_law_in_both_tails() {
        let start = Initial::Gaussian { scale: 0.8 };
        for g in [-8.0, -3.0, 0.0, 3.0, 8.0_f64] {
            // d = 2: r² = −κ² ln(1 − Φ(g)), and 1 − Φ(g) = Φ(−g).
            let exact = 0.8 * (-normal::distribution(-g).ln()).sqrt();
            let exact = if g < -5.0 { 0.8 * normal::distribution(g).sqrt() } else { exact };
            let found = start.radial_quantile_of_normal(2, g);
            assert!((found / exact - 1.0).abs() < 1e-11, "g = {g}: {found} {exact}");
            let opposite = start.radial_quantile_of_normal(320, g);
            assert!((0.4..1.3).contains(&opposite), "g = {g}: {opposite}");
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
