//! Laws of the weights at t = 0, and the law of the radius that they imply.
//!
//! w ~ N(0, κ²/d I_d) has |w| = κ/√d · χ_d, so P(|w| ≤ r) = P(d/2, d r²/(2κ²)), P the regularised
//! lower incomplete gamma function.

use meanfield_kernel::bisection::{Until, bisect};
use statrs::function::gamma::{gamma_lr, gamma_ur};

use crate::normal;
pub use crate::number_law::{Normal, NumberLaw};

/// Deviates beyond this have probability 1e-15, and breaks nearer to one another are one.
const FARTHEST: f64 = 7.9;
const NEAR: f64 = 1e-9;

/// A rotation-invariant start.
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
            Self::Gaussian { scale } => *scale,
            Self::Sphere { radius: only } => return f64::from(radius >= *only),
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
            Self::Gaussian { scale } => *scale,
            Self::Sphere { radius } => *radius,
            Self::Shell { radii: [_, outer] } => *outer,
        }
    }

    /// P(|w| > r) in dimension d, accurate in the upper tail.
    fn radial_survival(&self, dimension: usize, radius: f64) -> f64 {
        let scale = match self {
            Self::Gaussian { scale } => scale,
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
            Self::Gaussian { .. } | Self::Mixture(_) => None,
            Self::Sphere { radius } => Some(*radius),
            Self::Shell { radii: [inner, outer] } => Some(inner + level * (outer - inner)),
        }
    }

    /// Radii at which the distribution function jumps or bends, and those between the sizes of parts.
    fn edges(&self) -> Vec<f64> {
        match self {
            Self::Gaussian { .. } => Vec::new(),
            Self::Sphere { radius } => vec![*radius],
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
    fn mass_at(&self, radius: f64) -> f64 {
        match self {
            Self::Gaussian { .. } | Self::Shell { .. } => 0.0,
            Self::Sphere { radius: only } => f64::from(radius == *only),
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

/// A part of a mixture as d → ∞: all neurons of a Gaussian one have |w| = κ.
fn without_spread(part: &Initial) -> Initial {
    match part {
        Initial::Gaussian { scale } => Initial::Sphere { radius: *scale },
        other => other.clone(),
    }
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

/// The law of one reduced coordinate at t = 0.
#[derive(Clone, Debug, PartialEq)]
pub enum CoordinateStart {
    /// A number of the neuron itself.
    Number(NumberLaw),
    /// The length of the part of w in so many of its dimensions.
    Radius {
        /// The law that this part has by itself.
        initial: Initial,
        /// How many.
        dimension: usize,
    },
    /// A length that all neurons share: that of a radius as d → ∞.
    Length(f64),
}

impl CoordinateStart {
    /// The length of the part in `block` of the d = `dimension` coordinates of w; of a start that is not
    /// Gaussian all of them.
    pub fn radius_of_block(initial: &Initial, dimension: usize, block: usize) -> Self {
        // κ²/d = κ'²/n
        let Initial::Gaussian { scale } = initial else {
            return Self::Radius { initial: initial.clone(), dimension: block };
        };
        let scale =
            if block == dimension { *scale } else { scale * (block as f64 / dimension as f64).sqrt() };
        Self::Radius { initial: Initial::Gaussian { scale }, dimension: block }
    }

    /// As d → ∞, the block keeping its share of the coordinates: a radius becomes κ' = κ √(block/d), for |w|²
    /// is then the mean of many squares. Other numbers stay.
    pub fn at_infinite_dimension(&self) -> Self {
        match self {
            Self::Radius { initial: Initial::Gaussian { scale }, .. } => Self::Length(*scale),
            Self::Radius { initial, dimension } => {
                let initial = initial.with_parts(without_spread);
                Self::Radius { initial, dimension: *dimension }
            }
            other => other.clone(),
        }
    }

    /// P(z ≤ x).
    pub fn distribution(&self, x: f64) -> f64 {
        match self {
            Self::Length(length) => f64::from(x >= *length),
            Self::Number(law) => law.distribution(x),
            Self::Radius { initial, dimension } => initial.radial_distribution(*dimension, x),
        }
    }

    /// The coordinate below which as many neurons start as standard normal deviates lie below g.
    pub fn quantile_of_normal(&self, g: f64) -> f64 {
        match self {
            Self::Length(length) => *length,
            Self::Number(law) => law.quantile_of_normal(g),
            Self::Radius { initial, dimension } => initial.radial_quantile_of_normal(*dimension, g),
        }
    }

    /// Whether all neurons start at one value.
    pub fn is_point(&self) -> bool {
        match self {
            Self::Number(law) => law.is_point(),
            Self::Length(_) => true,
            Self::Radius { initial, .. } => matches!(initial, Initial::Sphere { .. }),
        }
    }

    /// Deviates g, increasing, where the coordinate is no smooth function of g: at the ends of uniform laws,
    /// and where mixtures go from one part to another. A rule in g has its panels end there.
    pub fn breaks(&self) -> Vec<f64> {
        let edges = match self {
            Self::Length(_) => Vec::new(),
            Self::Number(law) => law.edges(),
            Self::Radius { initial, .. } => initial.edges(),
        };
        let levels = edges.into_iter().flat_map(|edge| {
            let until = self.distribution(edge);
            [until - self.mass_at(edge), until]
        });
        let mut breaks: Vec<f64> = levels.map(normal::quantile).filter(|g| g.abs() < FARTHEST).collect();
        breaks.sort_by(f64::total_cmp);
        breaks.dedup_by(|a, b| (*a - *b).abs() < NEAR);
        breaks
    }

    /// P(z = x).
    fn mass_at(&self, x: f64) -> f64 {
        match self {
            Self::Length(length) => f64::from(x == *length),
            Self::Number(law) => law.mass_at(x),
            Self::Radius { initial, .. } => initial.mass_at(x),
        }
    }

    /// The least value that there can ever be.
    pub fn lower_end(&self) -> f64 {
        match self {
            Self::Number(_) => f64::NEG_INFINITY,
            Self::Radius { .. } | Self::Length(_) => 0.0,
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
    fn the_squares_of_two_blocks_add_up() {
        let start = Initial::Gaussian { scale: 0.8 };
        let mean_square = |block: usize| {
            let radius = CoordinateStart::radius_of_block(&start, 320, block);
            let h = 16.0 / 4000.0;
            let nodes = (0..4000).map(|i| -8.0 + h * (i as f64 + 0.5));
            nodes.map(|g| h * normal::density(g) * radius.quantile_of_normal(g).powi(2)).sum::<f64>()
        };
        // E |Pw|² = κ² s₀/d; the midpoint rule is exact for a Gaussian.
        assert!((mean_square(60) - 0.64 * 60.0 / 320.0).abs() < 1e-9);
        assert!((mean_square(60) + mean_square(260) - 0.64).abs() < 1e-9);
        let radius = CoordinateStart::radius_of_block(&start, 320, 60);
        assert!(
            (radius.distribution(radius.quantile_of_normal(1.0)) - normal::distribution(1.0)).abs() < 1e-11
        );
    }

    #[test]
    fn radii_tend_to_their_limit_as_the_root_of_the_dimension() {
        let start = Initial::Gaussian { scale: 0.8 };
        let away = |dimension: usize| {
            let radius = CoordinateStart::radius_of_block(&start, dimension, dimension / 4);
            let limit = radius.at_infinite_dimension();
            assert_eq!((limit.quantile_of_normal(2.0), limit.is_point()), (0.4, true));
            (radius.quantile_of_normal(2.0) - limit.quantile_of_normal(2.0)).abs()
        };
        // The deviation of χ_n/√n is 1/√(2n): a hundred times the dimension, a tenth of the distance.
        assert!((away(4_000) / away(400_000) - 10.0).abs() < 1.0, "{} {}", away(4_000), away(400_000));
    }

    #[test]
    fn spheres_and_shells_have_one_radius_and_equal_shares() {
        let sphere = Initial::Sphere { radius: 0.9 };
        let shell = Initial::Shell { radii: [0.5, 1.5] };
        let law = |start: &Initial| CoordinateStart::radius_of_block(start, 12, 12);
        assert!(law(&sphere).is_point() && !law(&shell).is_point());
        assert_eq!([0.89, 0.9].map(|r| law(&sphere).distribution(r)), [0.0, 1.0]);
        assert_eq!([0.4, 0.75, 2.0].map(|r| law(&shell).distribution(r)), [0.0, 0.25, 1.0]);
        for g in [-3.0, 0.0, 1.2] {
            let radius = law(&shell).quantile_of_normal(g);
            assert!((law(&shell).distribution(radius) - normal::distribution(g)).abs() < 1e-14);
            assert_eq!(law(&sphere).quantile_of_normal(g), 0.9);
        }
    }

    fn mixture() -> Initial {
        let part = |weight: f64, law: Initial| WeightedInitial { weight, law };
        Initial::Mixture(vec![
            part(0.3, Initial::Gaussian { scale: 0.5 }),
            part(0.2, Initial::Sphere { radius: 1.0 }),
            part(0.5, Initial::Shell { radii: [1.5, 2.5] }),
        ])
    }

    #[test]
    fn mixtures_have_their_parts_and_break_between_them() {
        let law = CoordinateStart::radius_of_block(&mixture(), 40, 40);
        for (radius, share) in [(0.999, 0.3), (1.2, 0.5), (2.0, 0.75)] {
            assert!((law.distribution(radius) - share).abs() < 1e-14, "{radius}");
        }
        assert_eq!([0.35, 0.49].map(|level| mixture().radial_quantile(40, level)), [1.0; 2]);
        for g in [-1.2, 0.5, 3.0] {
            let radius = law.quantile_of_normal(g);
            assert!((law.distribution(radius) - normal::distribution(g)).abs() < 1e-13, "{g}: {radius}");
        }
        // Before the sphere's share, and after it.
        let expected = [0.3, 0.5].map(normal::quantile);
        let found = law.breaks();
        assert!(expected.iter().all(|g| found.iter().any(|b| (b - g).abs() < 1e-9)), "{found:?}");
        let limit = law.at_infinite_dimension();
        assert_eq!([0.499, 0.5].map(|r| limit.distribution(r)), [0.0, 0.3]);
        assert_eq!(limit.quantile_of_normal(-1.0), 0.5);
        assert!(!law.is_point());
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
