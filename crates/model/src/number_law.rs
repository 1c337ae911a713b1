//! Laws of one number of a neuron at t = 0, its output weight or its offset: a point, normal, uniform, or a
//! mixture of these. The law as a function of a standard normal deviate is all that networks and limits need.

use meanfield_kernel::bisection::{Until, bisect};

use crate::normal;

/// A normal law, or a point where `deviation` is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    /// Mean.
    pub mean: f64,
    /// Standard deviation, ≥ 0.
    pub deviation: f64,
}

impl Normal {
    /// P(X ≤ x).
    pub fn distribution(self, x: f64) -> f64 {
        if self.deviation > 0.0 {
            normal::distribution((x - self.mean) / self.deviation)
        } else {
            f64::from(x >= self.mean)
        }
    }
}

/// The law of one number of a neuron.
#[derive(Clone, Debug, PartialEq)]
pub enum NumberLaw {
    /// Normal, or a point.
    Normal(Normal),
    /// Uniform between two numbers.
    Uniform {
        /// The lower and the upper one.
        ends: [f64; 2],
    },
    /// One of several laws, with these probabilities.
    Mixture(Vec<WeightedLaw>),
}

/// A law and its share in a mixture.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedLaw {
    /// Probability, > 0; those of a mixture sum to 1.
    pub weight: f64,
    /// The law.
    pub law: NumberLaw,
}

impl From<Normal> for NumberLaw {
    fn from(law: Normal) -> Self {
        Self::Normal(law)
    }
}

impl NumberLaw {
    /// All at one number.
    pub fn point(number: f64) -> Self {
        Self::Normal(Normal { mean: number, deviation: 0.0 })
    }

    /// P(X ≤ x).
    pub fn distribution(&self, x: f64) -> f64 {
        match self {
            Self::Normal(law) => law.distribution(x),
            Self::Uniform { ends: [lower, upper] } => ((x - lower) / (upper - lower)).clamp(0.0, 1.0),
            Self::Mixture(parts) => parts.iter().map(|part| part.weight * part.law.distribution(x)).sum(),
        }
    }

    /// P(X > x), accurate in the upper tail.
    pub(crate) fn survival(&self, x: f64) -> f64 {
        match self {
            Self::Normal(law) if law.deviation > 0.0 => normal::distribution((law.mean - x) / law.deviation),
            Self::Normal(law) => f64::from(x < law.mean),
            Self::Uniform { ends: [lower, upper] } => ((upper - x) / (upper - lower)).clamp(0.0, 1.0),
            Self::Mixture(parts) => parts.iter().map(|part| part.weight * part.law.survival(x)).sum(),
        }
    }

    /// The number below which as much lies as standard normal deviates lie below g.
    pub fn quantile_of_normal(&self, g: f64) -> f64 {
        match self {
            Self::Normal(law) => law.mean + law.deviation * g,
            Self::Uniform { ends: [lower, upper] } => lower + (upper - lower) * normal::distribution(g),
            Self::Mixture(parts) => {
                let quantiles = parts.iter().map(|part| part.law.quantile_of_normal(g));
                quantile_between(quantiles, g, |x| self.distribution(x), |x| self.survival(x))
            }
        }
    }

    /// E X.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Normal(law) => law.mean,
            Self::Uniform { ends: [lower, upper] } => 0.5 * (lower + upper),
            Self::Mixture(parts) => parts.iter().map(|part| part.weight * part.law.mean()).sum(),
        }
    }

    /// Standard deviation.
    pub fn deviation(&self) -> f64 {
        let mean = self.mean();
        match self {
            Self::Normal(law) => law.deviation,
            Self::Uniform { ends: [lower, upper] } => (upper - lower) / 12f64.sqrt(),
            Self::Mixture(parts) => {
                let squares = parts.iter().map(|part| {
                    part.weight * (part.law.deviation().powi(2) + (part.law.mean() - mean).powi(2))
                });
                squares.sum::<f64>().sqrt()
            }
        }
    }

    /// The least and the largest deviation of a part that is no mixture.
    pub fn deviations(&self) -> [f64; 2] {
        match self {
            Self::Mixture(parts) => {
                let each = parts.iter().map(|part| part.law.deviations());
                each.fold([f64::INFINITY, 0.0], |[least, most], [low, high]| {
                    [f64::min(least, low), f64::max(most, high)]
                })
            }
            law => [law.deviation(); 2],
        }
    }

    /// Whether all neurons have one number.
    pub fn is_point(&self) -> bool {
        match self {
            Self::Normal(law) => law.deviation == 0.0,
            Self::Uniform { .. } => false,
            Self::Mixture(parts) => parts.iter().all(|part| part.law == parts[0].law && part.law.is_point()),
        }
    }

    /// The largest distance from 0 of so many deviations of every part.
    pub fn largest(&self, deviations: f64) -> f64 {
        match self {
            Self::Normal(law) => law.mean.abs() + deviations * law.deviation,
            Self::Uniform { ends } => ends.iter().fold(0.0, |largest: f64, end| largest.max(end.abs())),
            Self::Mixture(parts) => {
                parts.iter().fold(0.0, |largest, part| f64::max(largest, part.law.largest(deviations)))
            }
        }
    }

    /// The same law, no part of which is narrower than a deviation: points become normal.
    #[must_use]
    pub fn widened(&self, least: f64) -> Self {
        match self {
            Self::Mixture(parts) => {
                let widened = |part: &WeightedLaw| WeightedLaw { law: part.law.widened(least), ..*part };
                Self::Mixture(parts.iter().map(widened).collect())
            }
            Self::Uniform { .. } if self.deviation() >= least => self.clone(),
            law => Self::Normal(Normal { mean: law.mean(), deviation: law.deviation().max(least) }),
        }
    }

    /// Numbers at which the distribution function jumps or bends, and those between the middles of parts.
    pub(crate) fn edges(&self) -> Vec<f64> {
        match self {
            Self::Normal(law) if law.deviation > 0.0 => Vec::new(),
            Self::Normal(law) => vec![law.mean],
            Self::Uniform { ends } => ends.to_vec(),
            Self::Mixture(parts) => {
                let mut means: Vec<f64> = parts.iter().map(|part| part.law.mean()).collect();
                means.sort_by(f64::total_cmp);
                let between = means.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
                parts.iter().flat_map(|part| part.law.edges()).chain(between).collect()
            }
        }
    }

    /// P(X = x).
    pub(crate) fn mass_at(&self, x: f64) -> f64 {
        match self {
            Self::Normal(law) => f64::from(law.deviation == 0.0 && law.mean == x),
            Self::Uniform { .. } => 0.0,
            Self::Mixture(parts) => parts.iter().map(|part| part.weight * part.law.mass_at(x)).sum(),
        }
    }
}

/// Where a mixture has as much below as standard normal deviates lie below g: by bisection between the
/// quantiles of its parts, down to neighbouring numbers, from the tail that is smaller.
pub(crate) fn quantile_between(
    quantiles: impl Iterator<Item = f64>,
    g: f64,
    distribution: impl Fn(f64) -> f64,
    survival: impl Fn(f64) -> f64,
) -> f64 {
    let [lower, upper] = quantiles
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], q| [f64::min(low, q), f64::max(high, q)]);
    let is_enough = |x: f64| match g <= 0.0 {
        true => distribution(x) >= normal::distribution(g),
        false => survival(x) <= normal::distribution(-g),
    };
    if lower >= upper || is_enough(lower) {
        return lower;
    }
    let [_, quantile] = bisect([lower, upper], Until::Neighbours, is_enough);
    quantile
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(weight: f64, law: impl Into<NumberLaw>) -> WeightedLaw {
        WeightedLaw { weight, law: law.into() }
    }

    fn three() -> NumberLaw {
        NumberLaw::Mixture(vec![
            part(0.25, NumberLaw::point(-1.0)),
            part(0.25, Normal { mean: 1.0, deviation: 0.3 }),
            part(0.5, NumberLaw::Uniform { ends: [-0.5, 0.5] }),
        ])
    }

    #[test]
    fn quantiles_of_a_mixture_invert_its_distribution() {
        for g in [-2.0, -0.6, 0.0, 0.3, 2.0] {
            let x = three().quantile_of_normal(g);
            let found = three().distribution(x);
            let level = normal::distribution(g);
            // All deviates below −0.674 are the point's, and 3e-12 of the normal part.
            let exact = if level < 0.25 { 0.25 } else { level };
            assert!((found - exact).abs() < 1e-11, "{g}: {x} {found} {exact}");
        }
        assert_eq!(three().quantile_of_normal(-6.0), -1.0);
        // The upper tail is a quarter of the normal part's.
        let beyond = three().survival(three().quantile_of_normal(7.0));
        assert!((beyond / normal::distribution(-7.0) - 1.0).abs() < 1e-12, "{beyond}");
    }

    #[test]
    fn mean_and_deviation_are_those_of_the_quantiles() {
        for law in [three(), NumberLaw::Uniform { ends: [-1.0, 2.0] }, NumberLaw::point(0.4)] {
            let h = 16.0 / 40_000.0;
            let nodes = (0..40_000).map(|i| -8.0 + h * (f64::from(i) + 0.5));
            let mut moments = [0.0; 2];
            for g in nodes {
                let x = law.quantile_of_normal(g);
                let weight = h * normal::density(g);
                moments[0] += weight * x;
                moments[1] += weight * x * x;
            }
            // The midpoint rule across a jump: h times its height.
            assert!((moments[0] - law.mean()).abs() < 1e-3, "{law:?}");
            let deviation = (moments[1] - moments[0].powi(2)).max(0.0).sqrt();
            assert!((deviation - law.deviation()).abs() < 1e-3, "{law:?}: {deviation}");
        }
    }

    #[test]
    fn points_are_widened_and_nothing_else() {
        let NumberLaw::Mixture(parts) = three().widened(0.1) else { panic!("a mixture") };
        assert_eq!(parts[0].law, Normal { mean: -1.0, deviation: 0.1 }.into());
        let NumberLaw::Mixture(before) = three() else { panic!("a mixture") };
        assert_eq!(parts[1..], before[1..]);
        assert_eq!(three().deviations(), [0.0, 0.3]);
        assert!(!three().is_point() && NumberLaw::point(2.0).is_point());
        assert_eq!(three().largest(10.0), 4.0);
    }

    #[test]
    fn a_normal_law_without_deviation_is_a_point() {
        let point = Normal { mean: 1.0, deviation: 0.0 };
        assert_eq!([0.999, 1.0, 1.001].map(|x| point.distribution(x)), [0.0, 1.0, 1.0]);
        let spread = Normal { mean: 1.0, deviation: 2.0 };
        assert_eq!([1.0, 3.0].map(|x| spread.distribution(x)), [0.5, normal::distribution(1.0)]);
    }
}
