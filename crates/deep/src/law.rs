//! Laws of single numbers at t = 0: draws, mirror images, and quadrature rules. Which number has which law is
//! in `start`.

use meanfield_model::quadrature::{NotConverged, gauss};
use meanfield_random::deviates;
use meanfield_random::stream::Stream;
use thiserror::Error;

/// Growth of the reach of a trapezoid rule with its nodes: R³ = 2πa · nodes. The rule errs by e^{−R²/2} where
/// it ends and by e^{−2πa/step}, step 2R/nodes, for functions that are analytic within a of the axis; both
/// are equal at a = 0.6 standard deviations (of tanh(wx): π/(2x); weights that have grown are steeper in w⁰).
const REACH: f64 = 3.77;

/// A law that is none.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum EntryLawError {
    /// A number that is not finite.
    #[error("a number of the law is not finite: {0:?}")]
    NotFinite(EntryLaw),
    /// A negative standard deviation.
    #[error("the standard deviation {0} is negative")]
    Deviation(f64),
    /// An interval whose ends are exchanged.
    #[error("the interval from {low} to {high} is empty")]
    Interval {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
}

/// The law of one number.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum EntryLaw {
    /// N(mean, deviation²).
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation ≥ 0.
        deviation: f64,
    },
    /// Uniform on [low, high].
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// One of two numbers, with probability ½ each.
    TwoPoint {
        /// One.
        first: f64,
        /// The other.
        second: f64,
    },
    /// Always the same number: a coordinate of weights that stay on a subspace has the constant 0.
    Constant {
        /// The number.
        value: f64,
    },
}

/// A node of a quadrature rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// Where it is.
    pub value: f64,
    /// Its weight; those of a rule add up to 1.
    pub weight: f64,
    /// −ln of the density there, relative to the largest, for normal laws: deep nodes of products are left
    /// out. 0 for others.
    pub depth: f64,
}

impl EntryLaw {
    /// Whether it is a law.
    ///
    /// # Errors
    /// Where a number is not finite, a deviation is negative or an interval is empty.
    pub fn check(self) -> Result<(), EntryLawError> {
        let numbers = match self {
            Self::Normal { mean, deviation } => [mean, deviation],
            Self::Uniform { low, high } => [low, high],
            Self::TwoPoint { first, second } => [first, second],
            Self::Constant { value } => [value; 2],
        };
        match self {
            _ if !numbers.iter().all(|number| number.is_finite()) => Err(EntryLawError::NotFinite(self)),
            Self::Normal { deviation, .. } if deviation < 0.0 => Err(EntryLawError::Deviation(deviation)),
            Self::Uniform { low, high } if low > high => Err(EntryLawError::Interval { low, high }),
            _ => Ok(()),
        }
    }

    /// Mean.
    pub fn mean(self) -> f64 {
        match self {
            Self::Normal { mean, .. } => mean,
            Self::Uniform { low, high } => 0.5 * (low + high),
            Self::TwoPoint { first, second } => 0.5 * (first + second),
            Self::Constant { value } => value,
        }
    }

    /// Variance.
    pub fn variance(self) -> f64 {
        match self {
            Self::Normal { deviation, .. } => deviation * deviation,
            Self::Uniform { low, high } => (high - low).powi(2) / 12.0,
            Self::TwoPoint { first, second } => 0.25 * (second - first).powi(2),
            Self::Constant { .. } => 0.0,
        }
    }

    /// A draw.
    pub fn draw(self, random: &mut Stream) -> f64 {
        match self {
            Self::Normal { mean, deviation } => mean + deviation * deviates::normal(random),
            Self::Uniform { low, high } => low + (high - low) * deviates::uniform(random),
            Self::TwoPoint { first, second } => {
                if deviates::uniform(random) < 0.5 {
                    first
                } else {
                    second
                }
            }
            Self::Constant { value } => value,
        }
    }

    /// The mirror image of a draw, which has the same law.
    pub fn mirror(self, drawn: f64) -> f64 {
        2.0 * self.mean() - drawn
    }

    /// A rule of at most so many nodes (at least 1): trapezoid for normal laws, Gauss–Legendre with a quarter
    /// of them (6 at least) for uniform ones, exact for the others.
    ///
    /// # Errors
    /// Where the eigenvalues behind a Gauss rule do not converge.
    pub fn rule(self, nodes: usize) -> Result<Vec<Node>, NotConverged> {
        match self {
            _ if self.variance() == 0.0 => Ok(vec![Node { value: self.mean(), weight: 1.0, depth: 0.0 }]),
            Self::Normal { mean, deviation } => Ok(trapezoid(mean, deviation, nodes)),
            Self::Uniform { low, high } => legendre(low, high, nodes.div_ceil(4).max(6)),
            Self::TwoPoint { first, second } => {
                Ok([first, second].map(|value| Node { value, weight: 0.5, depth: 0.0 }).to_vec())
            }
            Self::Constant { value } => Ok(vec![Node { value, weight: 1.0, depth: 0.0 }]),
        }
    }

    /// The depth from which on nodes of products are left out: that of the last node of the rule.
    pub fn reach(nodes: usize) -> f64 {
        0.5 * last_node(nodes).powi(2)
    }
}

/// The last node of a trapezoid rule, in standard deviations.
fn last_node(nodes: usize) -> f64 {
    let nodes = nodes as f64;
    (REACH * nodes).cbrt() * (1.0 - 1.0 / nodes)
}

/// Equidistant nodes of N(mean, deviation²). (Gauss–Hermite rules stall: tanh has poles beside the axis.)
fn trapezoid(mean: f64, deviation: f64, nodes: usize) -> Vec<Node> {
    let last = last_node(nodes);
    let step = if nodes > 1 { 2.0 * last / (nodes - 1) as f64 } else { 0.0 };
    let mut rule = Vec::with_capacity(nodes);
    for k in 0..nodes {
        let g = k as f64 * step - last;
        let depth = 0.5 * g * g;
        rule.push(Node { value: mean + deviation * g, weight: (-depth).exp(), depth });
    }
    let sum: f64 = rule.iter().map(|node| node.weight).sum();
    rule.iter_mut().for_each(|node| node.weight /= sum);
    rule
}

/// Gauss–Legendre nodes of the uniform law on [low, high].
fn legendre(low: f64, high: f64, nodes: usize) -> Result<Vec<Node>, NotConverged> {
    let middle = 0.5 * (low + high);
    let half = 0.5 * (high - low);
    let rule = gauss(nodes, |_| 0.0, |k| k as f64 / ((4 * k * k - 1) as f64).sqrt())?;
    let node = |(x, weight): (f64, f64)| Node { value: middle + half * x, weight, depth: 0.0 };
    Ok(rule.into_iter().map(node).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use meanfield_random::stream::{Purpose, generator};

    const LAWS: [EntryLaw; 4] = [
        EntryLaw::Normal { mean: 0.5, deviation: 1.5 },
        EntryLaw::Uniform { low: -1.0, high: 2.5 },
        EntryLaw::TwoPoint { first: -1.0, second: 2.0 },
        EntryLaw::Constant { value: -0.7 },
    ];

    fn moment(rule: &[Node], f: impl Fn(f64) -> f64) -> f64 {
        rule.iter().map(|node| node.weight * f(node.value)).sum()
    }

    #[test]
    fn rules_and_draws_have_the_moments_of_the_law() {
        for law in LAWS {
            let rule = law.rule(32).expect("converges");
            let mean = moment(&rule, |x| x);
            let variance = moment(&rule, |x| (x - law.mean()).powi(2));
            assert!((mean - law.mean()).abs() < 1e-12, "{law:?} {mean}");
            // e^{−R²/2} R², R = 4.8, of the variance.
            assert!((variance - law.variance()).abs() < 3e-4, "{law:?} {variance}");
            let mut random = generator(5, Purpose::LayerWeights, 1);
            let drawn: Vec<f64> = (0..20_000).map(|_| law.draw(&mut random)).collect();
            let found = drawn.iter().sum::<f64>() / 20_000.0;
            let mirrored = drawn.iter().map(|x| law.mirror(*x)).sum::<f64>() / 20_000.0;
            let error = 5.0 * (law.variance() / 20_000.0).sqrt() + 1e-12;
            assert!((found - law.mean()).abs() <= error, "{law:?} {found}");
            assert!((found + mirrored - 2.0 * law.mean()).abs() < 1e-12);
        }
    }

    #[test]
    fn the_trapezoid_rule_converges_on_tanh() {
        let law = EntryLaw::Normal { mean: 0.3, deviation: 1.0 };
        let exact = moment(&law.rule(400).expect("no eigenvalues"), |x| (1.2 * x).tanh().powi(2));
        for (nodes, error) in [(12, 2e-3), (24, 1e-4), (48, 1e-6)] {
            let found = moment(&law.rule(nodes).expect("no eigenvalues"), |x| (1.2 * x).tanh().powi(2));
            assert!((found - exact).abs() < error, "{nodes}: {}", found - exact);
        }
    }

    #[test]
    fn what_is_wrong_with_a_law_is_said() {
        let negative = EntryLaw::Normal { mean: 0.0, deviation: -1.0 };
        assert_eq!(negative.check(), Err(EntryLawError::Deviation(-1.0)));
        let empty = EntryLaw::Uniform { low: 1.0, high: 0.0 };
        assert_eq!(empty.check(), Err(EntryLawError::Interval { low: 1.0, high: 0.0 }));
        assert!(EntryLaw::Constant { value: f64::NAN }.check().is_err());
        assert!(LAWS.iter().all(|law| law.check().is_ok()));
    }
}
