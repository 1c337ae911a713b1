//! A rule over the inputs: nodes of z with the orders across them, or with outputs at nodes of the length.
//! How many of each there are is decided by the search for it.

use super::neuron_form::NeuronForm;
use meanfield_kernel::dot::dot;

use crate::activation::Input;
use crate::block_modes::{radial_functions, square_by_order};
use crate::block_series::orders::Order;
use crate::data::Target;
use crate::data_loss::{DataLoss, LabelledNode};
use crate::directed::DirectedClasses;
use crate::energy::Energy;
use crate::input_nodes::{InputNode, LineRule, input_nodes};
use crate::loss::Loss;
use crate::quadrature::NotConverged;
use crate::sphere;
use crate::squared_loss::SquaredLoss;

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

impl InputRule {
    /// The nodes of a rule along each direction; so many orders across, and lengths where the loss is not
    /// quadratic.
    pub fn new(
        data: &DirectedClasses,
        loss: Loss,
        line: &LineRule,
        orders: usize,
        lengths: usize,
    ) -> Result<Self, NotConverged> {
        let nodes = input_nodes(data, line);
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

    /// The output of a row of a node alone, from the values of the orders there.
    fn value(&self, row: usize, orders: &[f64]) -> f64 {
        match &self.outputs {
            NodeOutputs::Orders(_) => orders[row],
            NodeOutputs::Lengths { mixing, .. } => dot(&mixing[row], orders),
        }
    }

    /// The features of a neuron.
    pub fn write_values(&self, neurons: &NeuronForm, neuron: &[f64], values: &mut [f64]) {
        let factor = neurons.factor(neuron);
        let mut orders = vec![0.0; self.orders()];
        for (node, values) in self.nodes.iter().zip(values.chunks_exact_mut(self.rows())) {
            neurons.write_values(neuron, node, &mut orders);
            for (row, value) in values.iter_mut().enumerate() {
                *value = factor * self.value(row, &orders);
            }
        }
    }

    /// Adds mass · E[σ_*² | node] for every node of (z, |x_⊥|).
    pub fn add_squares(&self, neurons: &NeuronForm, neuron: &[f64], mass: f64, squares: &mut [f64]) {
        let NodeOutputs::Lengths { mixing, .. } = &self.outputs else { return };
        let factor = mass * neurons.factor(neuron).powi(2);
        for (node, squares) in self.nodes.iter().zip(squares.chunks_exact_mut(mixing.len())) {
            let Input { offset, scale } = neurons.input(neuron, node);
            let orders = square_by_order(neurons.activation(), offset, scale, self.orders());
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

/// For n = 2, 4, …, so many: what the orders of a neuron from n on have of E σ_*².
pub fn rests(neurons: &NeuronForm, nodes: &[InputNode], neuron: &[f64], count: usize) -> Vec<f64> {
    let mut rests = vec![0.0; count];
    let [mut q, mut dq] = [0; 2].map(|_| vec![0.0; 2 * count]);
    for node in nodes {
        let Input { offset, scale } = neurons.input(neuron, node);
        neurons.activation().hermite_coefficients(offset, scale, &mut q, &mut dq);
        let mut rest = neurons.activation().second_moment(offset, scale);
        for (left, pair) in rests.iter_mut().zip(q.chunks_exact(2)) {
            rest -= pair.iter().map(|q| q * q).sum::<f64>();
            *left += node.share * rest.max(0.0);
        }
    }
    rests.iter_mut().for_each(|rest| *rest *= neurons.factor(neuron).powi(2));
    rests
}
