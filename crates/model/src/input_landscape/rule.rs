//! A rule over the inputs: nodes of z with the orders across them, or with outputs at nodes of the length;
//! and the search for the smallest that meets a tolerance.

use super::neuron_form::NeuronForm;
use crate::block_modes::{GaussianMeans, radial_functions};
use crate::block_series::orders::Order;
use crate::data::Target;
use crate::data_loss::{DataLoss, LabelledNode};
use crate::directed::DirectedClasses;
use crate::energy::Energy;
use crate::input_nodes::{InputNode, count, input_nodes};
use crate::loss::Loss;
use crate::quadrature::NotConverged;
use crate::radial_series::DimensionLimit;
use crate::sphere;
use crate::squared_loss::SquaredLoss;

/// Panels along each direction that are tried; each is judged by the one after it.
const PANELS: [usize; 11] = [3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96];
/// Panels with which orders are counted.
const PANELS_OF_ORDERS: usize = 8;
/// Most orders across, and most nodes that are tried.
const MOST_ORDERS: usize = 32;
const MOST_NODES: usize = 10_000;
/// Nodes of the length beyond the orders, of losses that are not quadratic; twice as many in the finer rule.
const MORE_LENGTHS: usize = 3;

/// Nodes, and what is computed at each.
#[derive(Clone, Debug)]
pub struct InputRule {
    /// The nodes of z.
    pub nodes: Vec<InputNode>,
    /// μ of the first order across that is left out; 0 where none is.
    next_weight: f64,
    outputs: NodeOutputs,
}

/// The moments of a node.
#[derive(Clone, Debug)]
enum NodeOutputs {
    /// q_0, q_2, …: the squared loss.
    Orders(SquaredLoss),
    /// Outputs at nodes of the length: any loss.
    Lengths {
        loss: DataLoss,
        /// √μ_2p R_p(s), a row for each length.
        mixing: Vec<Vec<f64>>,
    },
}

/// One row of a node: an output for a = 1 and its slopes by b and S.
#[derive(Clone, Copy, Debug, Default)]
pub struct Output {
    /// The output.
    pub value: f64,
    /// Its slope by b.
    pub offset_slope: f64,
    /// Its slope by S.
    pub scale_slope: f64,
}

/// A rule that meets its tolerance, and the one it was judged by.
pub struct JudgedRule {
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
        "the quadrature over {directions} direction(s) of the inputs errs by {truncation:.1e} with {nodes} \
         nodes of {orders} orders; {tolerance:.1e} was asked for"
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
            Self::TooFew { truncation, .. } => Some(1.1 * truncation),
            Self::Lengths(_) => None,
        }
    }
}

impl InputRule {
    /// The nodes of so many panels; so many orders across, and lengths where the loss is not quadratic.
    fn new(
        data: &DirectedClasses,
        loss: Loss,
        panels: usize,
        orders: usize,
        lengths: usize,
    ) -> Result<Self, NotConverged> {
        let nodes = input_nodes(data, panels);
        let mut weights = sphere::even_moments(data.across.max(1), orders + 1);
        let next_weight = if lengths == 1 { 0.0 } else { weights[orders] };
        weights.truncate(orders);
        if loss == Loss::Squared {
            let targets = nodes.iter().map(|node| Target { weight: node.share, label: node.label }).collect();
            let outputs = NodeOutputs::Orders(SquaredLoss { targets, weights });
            return Ok(Self { nodes, next_weight, outputs });
        }
        let rule = match lengths {
            1 => vec![(1.0, 1.0)],
            _ => sphere::lengths(data.across, lengths)?,
        };
        let mixing = rule.iter().map(|(length, _)| mixing(data.across, *length, &weights)).collect();
        let labelled = nodes.iter().flat_map(|node| {
            let label = node.label;
            rule.iter().map(move |(_, weight)| LabelledNode { label, share: node.share * weight })
        });
        let loss = DataLoss { loss, nodes: labelled.collect() };
        Ok(Self { nodes, next_weight, outputs: NodeOutputs::Lengths { loss, mixing } })
    }

    /// The loss over the nodes.
    pub fn energy(&self) -> &dyn Energy {
        match &self.outputs {
            NodeOutputs::Orders(loss) => loss,
            NodeOutputs::Lengths { loss, .. } => loss,
        }
    }

    /// Whether moments are outputs.
    pub fn has_outputs(&self) -> bool {
        matches!(self.outputs, NodeOutputs::Lengths { .. })
    }

    /// Orders across.
    pub fn orders(&self) -> usize {
        match &self.outputs {
            NodeOutputs::Orders(loss) => loss.weights.len(),
            NodeOutputs::Lengths { mixing, .. } => mixing[0].len(),
        }
    }

    /// Moments of a node.
    pub fn rows(&self) -> usize {
        match &self.outputs {
            NodeOutputs::Orders(loss) => loss.weights.len(),
            NodeOutputs::Lengths { mixing, .. } => mixing.len(),
        }
    }

    /// Moments.
    pub fn rank(&self) -> usize {
        self.nodes.len() * self.rows()
    }

    /// A row of a node, from the orders there.
    #[inline]
    pub fn row(&self, row: usize, orders: &[Order]) -> Output {
        match &self.outputs {
            NodeOutputs::Orders(_) => Output::default().plus(1.0, row, &orders[row]),
            NodeOutputs::Lengths { mixing, .. } => {
                let terms = mixing[row].iter().zip(orders).enumerate();
                terms.fold(Output::default(), |sum, (k, (factor, order))| sum.plus(*factor, k, order))
            }
        }
    }

    /// The features of a neuron.
    pub fn write_values(&self, neurons: &NeuronForm, neuron: &[f64], values: &mut [f64]) {
        let mut orders = vec![Order::default(); self.orders()];
        for (node, values) in self.nodes.iter().zip(values.chunks_exact_mut(self.rows())) {
            neurons.orders(neuron, node, &mut orders);
            for (row, value) in values.iter_mut().enumerate() {
                *value = neurons.factor(neuron) * self.row(row, &orders).value;
            }
        }
    }

    /// Adds mass · E[σ_*² | node] for every node of (z, |x_⊥|).
    pub fn add_squares(&self, neurons: &NeuronForm, neuron: &[f64], mass: f64, squares: &mut [f64]) {
        let NodeOutputs::Lengths { mixing, .. } = &self.outputs else { return };
        let factor = mass * neurons.factor(neuron).powi(2);
        for (node, squares) in self.nodes.iter().zip(squares.chunks_exact_mut(mixing.len())) {
            let orders = squares_by_order(neurons, neuron, node, self.orders());
            for (square, factors) in squares.iter_mut().zip(mixing) {
                let terms = factors.iter().zip(&orders);
                *square += factor * terms.map(|(factor, order)| factor * order).sum::<f64>();
            }
        }
    }

    /// A bound on what the orders beyond the last have of U of a neuron with itself.
    pub fn left_across(&self, neurons: &NeuronForm, neuron: &[f64]) -> f64 {
        match self.next_weight {
            0.0 => 0.0,
            weight => weight * rests(neurons, &self.nodes, neuron, self.orders())[self.orders() - 1],
        }
    }

    /// The risk of a law of equal masses at some neurons.
    fn risk(&self, features: &[&[f64]]) -> f64 {
        let mut moments = vec![0.0; self.rank()];
        for values in features {
            moments.iter_mut().zip(*values).for_each(|(m, value)| *m += value / features.len() as f64);
        }
        self.energy().risk(&moments)
    }
}

impl Output {
    /// With a factor times the k-th even order more.
    fn plus(self, factor: f64, k: usize, order: &Order) -> Self {
        Self {
            value: self.value + factor * order.value,
            offset_slope: self.offset_slope + factor * order.offset_slope,
            scale_slope: self.scale_slope + factor * order.scale_slope(k),
        }
    }
}

/// √μ_2p R_p(s) for every order.
fn mixing(across: usize, length: f64, weights: &[f64]) -> Vec<f64> {
    if weights.len() == 1 {
        return vec![1.0];
    }
    let polynomials = radial_functions(across, 0, length, weights.len());
    polynomials.iter().zip(weights).map(|(polynomial, weight)| polynomial * weight.sqrt()).collect()
}

/// E σ(b + SG)² h_2p(G) for every order p.
fn squares_by_order(neurons: &NeuronForm, neuron: &[f64], node: &InputNode, orders: usize) -> Vec<f64> {
    let offset = neurons.offset(neuron, &node.z);
    let scale = node.across * neurons.radius(neuron);
    if scale == 0.0 || orders == 1 {
        let mut squares = vec![0.0; orders];
        squares[0] = neurons.activation.second_moment(offset, scale);
        return squares;
    }
    let means = GaussianMeans::new(&neurons.activation, offset, scale, 1, 2 * orders - 1);
    let mut factor = 1.0; // S^n/√n!
    let mut squares = Vec::with_capacity(orders);
    for (n, derivative) in means.square.iter().enumerate() {
        if n > 0 {
            factor *= scale / (n as f64).sqrt();
        }
        if n % 2 == 0 {
            squares.push(factor * derivative);
        }
    }
    squares
}

/// The smallest rule that leaves less than the tolerance between any two of the probes.
pub fn find(
    neurons: &NeuronForm,
    data: &DirectedClasses,
    loss: Loss,
    limit: DimensionLimit,
    probes: &[Vec<f64>],
    tolerance: f64,
) -> Result<JudgedRule, InputRuleError> {
    let is_exact = limit == DimensionLimit::Infinite || data.across == 0;
    let (orders, cut) = match is_exact {
        true => (1, 0.0),
        false => orders(neurons, data, probes, 0.5 * tolerance),
    };
    let lengths = if is_exact { 1 } else { orders + MORE_LENGTHS };
    let finer_lengths = if is_exact { 1 } else { 2 * lengths };
    let mut left = f64::INFINITY;
    let mut nodes = 0;
    let mut rule = InputRule::new(data, loss, PANELS[0], orders, lengths)?;
    for panels in &PANELS[1..] {
        if count(data, *panels) > MOST_NODES.max(data.classes.len()) {
            break;
        }
        let finer = InputRule::new(data, loss, *panels, orders, finer_lengths)?;
        left = cut + largest_gap(neurons, &rule, &finer, probes);
        nodes = rule.nodes.len();
        if left <= tolerance {
            return Ok(JudgedRule { rule, finer, truncation: left });
        }
        rule = InputRule::new(data, loss, *panels, orders, lengths)?;
    }
    Err(InputRuleError::TooFew { directions: data.directions, nodes, orders, truncation: left, tolerance })
}

/// How many orders leave less than the tolerance in U of any probe with itself, and what they leave: what is
/// beyond order n carries at most μ_n times the rest of E σ².
fn orders(neurons: &NeuronForm, data: &DirectedClasses, probes: &[Vec<f64>], tolerance: f64) -> (usize, f64) {
    let weights = sphere::even_moments(data.across, MOST_ORDERS + 1);
    let nodes = input_nodes(data, if data.directions > 1 { PANELS[0] } else { PANELS_OF_ORDERS });
    let mut left = vec![0.0_f64; MOST_ORDERS];
    for probe in probes {
        let rests = rests(neurons, &nodes, probe, MOST_ORDERS);
        left.iter_mut().zip(rests).for_each(|(left, rest)| *left = left.max(rest));
    }
    let bounds = || left.iter().zip(&weights[1..]).map(|(rest, weight)| rest * weight);
    let enough = bounds().position(|bound| bound <= tolerance).unwrap_or(MOST_ORDERS - 1);
    (enough + 1, bounds().nth(enough).unwrap_or(0.0))
}

/// For n = 2, 4, …, so many: what the orders of a neuron from n on have of E σ_*².
fn rests(neurons: &NeuronForm, nodes: &[InputNode], neuron: &[f64], count: usize) -> Vec<f64> {
    let mut rests = vec![0.0; count];
    let [mut q, mut dq] = [0; 2].map(|_| vec![0.0; 2 * count]);
    for node in nodes {
        let offset = neurons.offset(neuron, &node.z);
        let scale = node.across * neurons.radius(neuron);
        neurons.activation.hermite_coefficients(offset, scale, &mut q, &mut dq);
        let mut rest = neurons.activation.second_moment(offset, scale);
        for (left, pair) in rests.iter_mut().zip(q.chunks_exact(2)) {
            rest -= pair.iter().map(|q| q * q).sum::<f64>();
            *left += node.share * rest.max(0.0);
        }
    }
    rests.iter_mut().for_each(|rest| *rest *= neurons.factor(neuron).powi(2));
    rests
}

/// The largest difference of two rules in the risk of a law of one or two probes.
fn largest_gap(neurons: &NeuronForm, rule: &InputRule, finer: &InputRule, probes: &[Vec<f64>]) -> f64 {
    let coarse: Vec<Vec<f64>> = probes.iter().map(|probe| features(neurons, rule, probe)).collect();
    let fine: Vec<Vec<f64>> = probes.iter().map(|probe| features(neurons, finer, probe)).collect();
    let mut largest = 0.0_f64;
    for i in 0..probes.len() {
        for j in 0..=i {
            let gap = rule.risk(&[&coarse[i], &coarse[j]]) - finer.risk(&[&fine[i], &fine[j]]);
            largest = largest.max(if gap.is_nan() { f64::INFINITY } else { gap.abs() });
        }
    }
    largest
}

/// The difference of two rules in the risk of a law of one neuron.
pub fn gap(neurons: &NeuronForm, rule: &InputRule, finer: &InputRule, neuron: &[f64]) -> f64 {
    let coarse = features(neurons, rule, neuron);
    let fine = features(neurons, finer, neuron);
    (rule.risk(&[&coarse]) - finer.risk(&[&fine])).abs()
}

fn features(neurons: &NeuronForm, rule: &InputRule, neuron: &[f64]) -> Vec<f64> {
    let mut values = vec![0.0; rule.rank()];
    rule.write_values(neurons, neuron, &mut values);
    values
}
