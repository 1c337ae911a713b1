//! The law of one reduced coordinate of a neuron at t = 0, by itself: a number of its own, the length of a
//! part of w, or what a sphere has along a direction and across. It is made from the laws of the start, and
//! knows no grid and no atoms; how coordinates hang together is for [`crate::joint_start`].

use crate::angle_law::{AngleLaw, angle_of_height, angle_of_length};
use crate::initial::{Initial, Normal};
use crate::normal;
use crate::number_law::{NumberLaw, quantile_between};

/// Deviates beyond this have probability 1e-15, and breaks nearer to one another are one.
const FARTHEST: f64 = 7.9;
const NEAR: f64 = 1e-9;

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
    /// R sin φ, φ of either sign: along one direction of a sphere |w| = R.
    AlongSphere {
        /// R.
        radius: f64,
        /// The law of |φ|.
        angle: AngleLaw,
    },
    /// R cos φ: the length across the directions of such a sphere.
    AcrossSphere {
        /// R.
        radius: f64,
        /// The law of φ.
        angle: AngleLaw,
    },
    /// One of several laws, with these probabilities.
    Mixture(Vec<WeightedCoordinate>),
}

/// A law of a coordinate and its share in a mixture.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedCoordinate {
    /// Probability, > 0; those of a mixture sum to 1.
    pub weight: f64,
    /// The law.
    pub law: CoordinateStart,
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
            Self::AlongSphere { radius, angle } => {
                let deviation = radius / ((angle.powers()[0] + 2) as f64).sqrt();
                Self::Number(Normal { mean: 0.0, deviation }.into())
            }
            Self::AcrossSphere { radius, angle } => {
                let [across, directions] = angle.powers().map(|power| (power + 1) as f64);
                Self::Length(radius * (across / (across + directions)).sqrt())
            }
            Self::Mixture(_) => self.with_parts(Self::at_infinite_dimension),
            other => other.clone(),
        }
    }

    /// The same law with this in the place of each part that is no mixture.
    #[must_use]
    pub fn with_parts(&self, replaced: impl Fn(&Self) -> Self + Copy) -> Self {
        let Self::Mixture(parts) = self else { return replaced(self) };
        let part =
            |part: &WeightedCoordinate| WeightedCoordinate { law: part.law.with_parts(replaced), ..*part };
        Self::Mixture(parts.iter().map(part).collect())
    }

    /// P(z ≤ x).
    pub fn distribution(&self, x: f64) -> f64 {
        match self {
            Self::AlongSphere { radius, angle } => angle.signed_distribution(angle_of_height(*radius, x)),
            Self::AcrossSphere { radius, .. } if x >= *radius => 1.0,
            Self::AcrossSphere { radius, angle } => angle.beyond(angle_of_length(*radius, x)),
            Self::Mixture(parts) => parts.iter().map(|part| part.weight * part.law.distribution(x)).sum(),
            Self::Length(length) => f64::from(x >= *length),
            Self::Number(law) => law.distribution(x),
            Self::Radius { initial, dimension } => initial.radial_distribution(*dimension, x),
        }
    }

    /// P(z > x), accurate in the upper tail where there is no end.
    fn survival(&self, x: f64) -> f64 {
        match self {
            Self::Number(law) => law.survival(x),
            Self::Radius { initial, dimension } => initial.radial_survival(*dimension, x),
            Self::AlongSphere { .. } => self.distribution(-x),
            Self::Mixture(parts) => parts.iter().map(|part| part.weight * part.law.survival(x)).sum(),
            Self::Length(_) | Self::AcrossSphere { .. } => 1.0 - self.distribution(x),
        }
    }

    /// The coordinate below which as many neurons start as standard normal deviates lie below g.
    pub fn quantile_of_normal(&self, g: f64) -> f64 {
        match self {
            Self::AlongSphere { radius, angle } => radius * angle.signed_of_normal(g).sin(),
            Self::AcrossSphere { radius, angle } => {
                radius * angle.angle_beyond(normal::distribution(g)).cos()
            }
            Self::Mixture(parts) => {
                let quantiles = parts.iter().map(|part| part.law.quantile_of_normal(g));
                quantile_between(quantiles, g, |x| self.distribution(x), |x| self.survival(x))
            }
            Self::Length(length) => *length,
            Self::Number(law) => law.quantile_of_normal(g),
            Self::Radius { initial, dimension } => initial.radial_quantile_of_normal(*dimension, g),
        }
    }

    /// Whether all neurons start at one value.
    pub fn is_point(&self) -> bool {
        match self {
            Self::AlongSphere { .. } | Self::AcrossSphere { .. } => false,
            Self::Mixture(parts) => parts.iter().all(|part| part.law == parts[0].law && part.law.is_point()),
            Self::Number(law) => law.is_point(),
            Self::Length(_) => true,
            Self::Radius { initial, .. } => matches!(initial, Initial::Sphere { .. }),
        }
    }

    /// Deviates g, increasing, where the coordinate is no smooth function of g: at the ends of uniform laws,
    /// and where mixtures go from one part to another. A rule in g has its panels end there.
    pub fn breaks(&self) -> Vec<f64> {
        let levels = self.edges().into_iter().flat_map(|edge| {
            let until = self.distribution(edge);
            [until - self.mass_at(edge), until]
        });
        let mut breaks: Vec<f64> = levels.map(normal::quantile).filter(|g| g.abs() < FARTHEST).collect();
        breaks.sort_by(f64::total_cmp);
        breaks.dedup_by(|a, b| (*a - *b).abs() < NEAR);
        breaks
    }

    /// Values at which the distribution function jumps or bends.
    fn edges(&self) -> Vec<f64> {
        match self {
            Self::Length(_) | Self::AlongSphere { .. } | Self::AcrossSphere { .. } => Vec::new(),
            Self::Number(law) => law.edges(),
            Self::Radius { initial, .. } => initial.edges(),
            Self::Mixture(parts) => parts.iter().flat_map(|part| part.law.edges()).collect(),
        }
    }

    /// P(z = x).
    fn mass_at(&self, x: f64) -> f64 {
        match self {
            Self::AlongSphere { .. } | Self::AcrossSphere { .. } => 0.0,
            Self::Mixture(parts) => parts.iter().map(|part| part.weight * part.law.mass_at(x)).sum(),
            Self::Length(length) => f64::from(x == *length),
            Self::Number(law) => law.mass_at(x),
            Self::Radius { initial, .. } => initial.mass_at(x),
        }
    }

    /// The least value that there can ever be.
    pub fn lower_end(&self) -> f64 {
        match self {
            Self::Number(_) | Self::AlongSphere { .. } => f64::NEG_INFINITY,
            Self::Radius { .. } | Self::Length(_) | Self::AcrossSphere { .. } => 0.0,
            Self::Mixture(parts) => {
                parts.iter().map(|part| part.law.lower_end()).fold(f64::INFINITY, f64::min)
            }
        }
    }
}

/// A part of a mixture as d → ∞: all neurons of a Gaussian one have |w| = κ.
fn without_spread(part: &Initial) -> Initial {
    match part {
        Initial::Gaussian { scale } => Initial::Sphere { radius: *scale },
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::initial::WeightedInitial;

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
}
