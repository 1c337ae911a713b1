//! The search for the smallest rule that meets a tolerance: orders first, then nodes, each judged by the next
//! larger rule on the probes.

use super::neuron_form::NeuronForm;
use super::rule::{InputRule, rests};
use crate::block_series::offset_orders::OffsetOrders;
use crate::directed::DirectedClasses;
use crate::input_nodes::{LineRule, count, input_nodes};
use crate::judging::{Judged, largest_gap};
use crate::loss::Loss;
use crate::quadrature::NotConverged;
use crate::radial_series::DimensionLimit;
use crate::sphere;

/// Gauss–Hermite nodes along each direction that are tried; each is judged by the one after it. Where they do
/// not settle, as across kinks, panels are.
const HERMITE: [usize; 8] = [4, 6, 8, 10, 12, 16, 20, 24];
const PANELS: [usize; 11] = [3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96];
/// Panels with which orders are counted; across several directions, Gauss–Hermite nodes along each.
const PANELS_OF_ORDERS: usize = 8;
const NODES_OF_ORDERS: usize = 10;
/// Most orders across, and most nodes that are tried.
const MOST_ORDERS: usize = 32;
const MOST_NODES: usize = 10_000;
/// Nodes of the length beyond the orders that are tried, of losses that are not quadratic; twice as many
/// nodes in the finer rule.
const MORE_LENGTHS: [usize; 3] = [3, 8, 20];

/// A rule that meets its tolerance, and the one it was judged by.
pub struct JudgedRule {
    /// The neurons, with as many orders tabulated as the rules have.
    pub neurons: NeuronForm,
    /// The rule.
    pub rule: InputRule,
    /// The next larger one.
    pub finer: InputRule,
    /// How far they differ, and what the orders leave out.
    pub truncation: f64,
}

/// Why there is no rule.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputRuleError {
    /// The largest rule misses the tolerance.
    #[error(
        "the quadrature over the inputs ({directions} directions that matter) errs by {truncation:.1e} with \
         {nodes} nodes of {orders} orders; {tolerance:.1e} was asked for"
    )]
    TooFew {
        /// k.
        directions: usize,
        /// Nodes of the directions.
        nodes: usize,
        /// Orders across them.
        orders: usize,
        /// Error of the largest rule.
        truncation: f64,
        /// Requested tolerance.
        tolerance: f64,
    },
    /// No rule for lengths.
    #[error(transparent)]
    Lengths(#[from] NotConverged),
}

impl InputRuleError {
    /// A tolerance that can be reached, where that is the matter.
    pub fn reachable(&self) -> Option<f64> {
        match self {
            // Orders that leave out up to half of it may do then.
            Self::TooFew { truncation, .. } => Some(2.0 * truncation).filter(|found| found.is_finite()),
            Self::Lengths(_) => None,
        }
    }
}

/// The smallest rule that leaves less than the tolerance between any two of the probes.
pub fn find(
    neurons: NeuronForm,
    data: &DirectedClasses,
    loss: Loss,
    limit: DimensionLimit,
    probes: &[Vec<f64>],
    tolerance: f64,
) -> Result<JudgedRule, InputRuleError> {
    let is_exact = limit == DimensionLimit::Infinite || data.across == 0;
    let (orders, cut) = match is_exact {
        true => (1, 0.0),
        false => orders(&neurons, data, probes, 0.5 * tolerance)?,
    };
    let neurons = NeuronForm { orders: OffsetOrders::tabulated(neurons.activation(), orders), ..neurons };
    let with_lengths = |lengths: usize, finer_lengths: usize| {
        let size = RuleSize { orders, lengths, finer_lengths };
        RuleSearch { neurons: neurons.clone(), data, loss, size, cut, probes, tolerance }.in_both_families()
    };
    if is_exact {
        return with_lengths(1, 1);
    }
    // The squared loss has orders in place of lengths.
    let tries = if loss == Loss::Squared { &MORE_LENGTHS[..1] } else { &MORE_LENGTHS[..] };
    let with_more = |more: usize| with_lengths(orders + more, 2 * (orders + more));
    let mut found = with_more(tries[0]);
    for more in &tries[1..] {
        if !matches!(found, Err(InputRuleError::TooFew { .. })) {
            break;
        }
        found = with_more(*more);
    }
    found
}

/// Of two families without a rule, what the one that comes closer says.
fn closer(a: InputRuleError, b: InputRuleError) -> InputRuleError {
    let reachable = |error: &InputRuleError| error.reachable().unwrap_or(f64::INFINITY);
    if reachable(&a) <= reachable(&b) { a } else { b }
}

/// Orders across, lengths of a rule and of the finer one.
#[derive(Clone, Copy)]
struct RuleSize {
    orders: usize,
    lengths: usize,
    finer_lengths: usize,
}

/// The search in one family of rules.
struct RuleSearch<'a> {
    neurons: NeuronForm,
    data: &'a DirectedClasses,
    loss: Loss,
    size: RuleSize,
    /// What the orders leave out.
    cut: f64,
    probes: &'a [Vec<f64>],
    tolerance: f64,
}

impl RuleSearch<'_> {
    /// The smallest rule of Gauss–Hermite nodes, or else on panels.
    fn in_both_families(&self) -> Result<JudgedRule, InputRuleError> {
        let nodes = HERMITE.iter().map(|nodes| LineRule::hermite(*nodes)).collect::<Result<Vec<_>, _>>()?;
        match self.smallest(&nodes) {
            Err(smooth @ InputRuleError::TooFew { .. }) => {
                self.smallest(&PANELS.map(LineRule::Panels)).map_err(|bent| closer(smooth, bent))
            }
            found => found,
        }
    }

    /// The first of them that the next one agrees with.
    fn smallest(&self, lines: &[LineRule]) -> Result<JudgedRule, InputRuleError> {
        let RuleSize { orders, lengths, finer_lengths } = self.size;
        let mut truncation = f64::INFINITY;
        let mut nodes = 0;
        let mut rule = self.rule(&lines[0], lengths)?;
        for line in &lines[1..] {
            if count(self.data, line) > MOST_NODES.max(self.data.classes.len()) {
                break;
            }
            let finer = self.rule(line, finer_lengths)?;
            truncation = self.cut + gap_on(&self.neurons, &rule, &finer, self.probes);
            if truncation <= self.tolerance {
                return Ok(JudgedRule { neurons: self.neurons.clone(), rule, finer, truncation });
            }
            nodes = rule.nodes.len();
            rule = match self.loss {
                Loss::Squared => finer, // which has no lengths
                _ => self.rule(line, lengths)?,
            };
        }
        let Self { tolerance, data, .. } = *self;
        Err(InputRuleError::TooFew { directions: data.directions, nodes, orders, truncation, tolerance })
    }

    fn rule(&self, line: &LineRule, lengths: usize) -> Result<InputRule, NotConverged> {
        InputRule::new(self.data, self.loss, line, self.size.orders, lengths)
    }
}

/// How many orders leave less than the tolerance in U of any probe with itself, and what they leave: what is
/// beyond order n carries at most μ_n times the rest of E σ².
fn orders(
    neurons: &NeuronForm,
    data: &DirectedClasses,
    probes: &[Vec<f64>],
    tolerance: f64,
) -> Result<(usize, f64), NotConverged> {
    let weights = sphere::even_moments(data.across, MOST_ORDERS + 1);
    let line = match data.directions > 1 {
        true => LineRule::hermite(NODES_OF_ORDERS)?,
        false => LineRule::Panels(PANELS_OF_ORDERS),
    };
    let nodes = input_nodes(data, &line);
    let mut left = vec![0.0_f64; MOST_ORDERS];
    for probe in probes {
        let rests = rests(neurons, &nodes, probe, MOST_ORDERS);
        left.iter_mut().zip(rests).for_each(|(left, rest)| *left = left.max(rest));
    }
    let bounds = || left.iter().zip(&weights[1..]).map(|(rest, weight)| rest * weight);
    let enough = bounds().position(|bound| bound <= tolerance).unwrap_or(MOST_ORDERS - 1);
    Ok((enough + 1, bounds().nth(enough).unwrap_or(0.0)))
}

/// The largest difference of two rules in the risk of a law of one or two probes.
fn gap_on(neurons: &NeuronForm, rule: &InputRule, finer: &InputRule, probes: &[Vec<f64>]) -> f64 {
    let [coarse, fine] = [rule, finer]
        .map(|rule| probes.iter().map(|probe| features(neurons, rule, probe)).collect::<Vec<_>>());
    largest_gap(
        Judged { energy: rule.energy(), features: &coarse },
        Judged { energy: finer.energy(), features: &fine },
    )
}

/// The difference of two rules in the risk of a law of one neuron.
pub fn gap(neurons: &NeuronForm, rule: &InputRule, finer: &InputRule, neuron: &[f64]) -> f64 {
    gap_on(neurons, rule, finer, &[neuron.to_vec()])
}

fn features(neurons: &NeuronForm, rule: &InputRule, neuron: &[f64]) -> Vec<f64> {
    let mut values = vec![0.0; rule.rank()];
    rule.write_values(neurons, neuron, &mut values);
    values
}
