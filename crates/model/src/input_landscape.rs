//! The landscape of neurons a σ(⟨w, x⟩ + b) on data with directions that matter, x = (z, x_⊥), in (a, b, m,
//! r): m ∈ R^k the coordinates of w along them, r the length of the others. Any loss; a = 1 and b = 0 where
//! the unit has none.
//!
//! Given z and the class, an input of a neuron is N(b + ⟨m, z⟩, S²), S = τ_⊥ r, so that over nodes of z
//!
//! ```text
//!   V = −Σ_i w_i y_i a q_0(b + ⟨m, z_i⟩, τ_i r)
//!   U =  Σ_i w_i Σ_{j even} μ_j(d − k) φ_ij φ_ij'      φ_ij = a q_j(b + ⟨m, z_i⟩, τ_i r)
//! ```
//! with the q_j and μ_j of the [radial series](crate::radial_series): x_⊥ is integrated exactly. For other
//! losses the moments are the outputs at nodes of (z, |x_⊥|), which are linear in the same q_j:
//!
//! ```text
//!   E[σ_* | z, |x_⊥| = τ s] = a Σ_p √μ_2p R_p(s) q_2p,     R_p orthonormal polynomials of the length
//! ```
//! As d → ∞, q_0 alone is left. (MMN 2018, eqs. 4, 5; the reduction is derived, not quoted.) Neurons that lie
//! along a direction, r ≪ |m|, ask for as many nodes as their σ bends at: what the rule leaves out there is
//! reported by [`Features::truncation`], and no rule is made for it.

mod probes;
mod rule;
#[cfg(test)]
mod tests;

use crate::activation::Activation;
use crate::block_series::orders::{Order, fill_with_offset};
use crate::directed::{DirectedClasses, MOST_DIRECTIONS};
use crate::energy::{AsEnergy, Energy};
use crate::features::{Features, Structure};
use crate::input_nodes::InputNode;
use crate::loss::Loss;
use crate::quadrature::NotConverged;
use crate::radial_series::DimensionLimit;
use rule::Rule;

pub use probes::Reached;

/// The landscape of data with directions that matter.
#[derive(Clone, Debug)]
pub struct InputLandscape {
    neurons: NeuronForm,
    data: DirectedClasses,
    rule: Rule,
    /// The next larger rule, by which this one is judged.
    finer: Rule,
    truncation: f64,
}

/// How a neuron's coordinates are read.
#[derive(Clone, Debug)]
struct NeuronForm {
    activation: Activation,
    /// Whether the first two are a and b.
    is_affine: bool,
    /// k.
    directions: usize,
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

impl InputLandscape {
    /// The landscape with as many nodes and orders as leave less than `tolerance` in the risks of laws of one
    /// and two neurons of those that are reached.
    ///
    /// # Errors
    /// Where the largest rule leaves more.
    pub fn new(
        data: &DirectedClasses,
        activation: &Activation,
        loss: Loss,
        limit: DimensionLimit,
        reached: &Reached,
        tolerance: f64,
    ) -> Result<Self, InputRuleError> {
        let neurons = NeuronForm {
            activation: activation.clone(),
            is_affine: reached.is_affine(),
            directions: data.directions,
        };
        let probes = reached.neurons(data);
        let rules = rule::find(&neurons, data, loss, limit, &probes, tolerance)?;
        Ok(Self {
            neurons,
            data: data.clone(),
            rule: rules.rule,
            finer: rules.finer,
            truncation: rules.truncation,
        })
    }

    /// An estimate of what the rule leaves out of the risks of laws of one and two neurons that are reached.
    pub fn truncation(&self) -> f64 {
        self.truncation
    }

    /// Features.
    pub fn terms(&self) -> usize {
        self.rule.rank()
    }
}

impl NeuronForm {
    /// Coordinates before m.
    fn outer(&self) -> usize {
        if self.is_affine { 2 } else { 0 }
    }

    /// a.
    fn factor(&self, neuron: &[f64]) -> f64 {
        if self.is_affine { neuron[0] } else { 1.0 }
    }

    /// b + ⟨m, z⟩.
    fn offset(&self, neuron: &[f64], z: &[f64; MOST_DIRECTIONS]) -> f64 {
        let first = self.outer();
        let own = if self.is_affine { neuron[1] } else { 0.0 };
        let along = neuron[first..first + self.directions].iter().zip(z);
        own + along.map(|(m, z)| m * z).sum::<f64>()
    }

    /// r; 0 where nothing is across.
    fn radius(&self, neuron: &[f64]) -> f64 {
        neuron.get(self.outer() + self.directions).copied().unwrap_or(0.0)
    }

    /// The orders of a neuron at a node, for a = 1.
    fn orders(&self, neuron: &[f64], node: &InputNode, orders: &mut [Order]) {
        let offset = self.offset(neuron, &node.z);
        let scale = node.across * self.radius(neuron);
        if let ([order], true) = (&mut *orders, scale == 0.0) {
            let (value, offset_slope) = (self.activation.value(offset), self.activation.slope(offset));
            *order = Order { value, offset_slope, ..Order::default() };
            return;
        }
        fill_with_offset(&self.activation, offset, scale, orders);
    }

    /// E σ_*², exact: the inputs of a class are normal.
    fn mean_square(&self, data: &DirectedClasses, neuron: &[f64]) -> f64 {
        let first = self.outer();
        let along = &neuron[first..first + self.directions];
        let squares = data.classes.iter().map(|class| {
            let mut mean = [0.0; MOST_DIRECTIONS];
            mean.iter_mut().zip(&class.means).for_each(|(own, given)| *own = *given);
            let variance: f64 = along.iter().zip(&class.along).map(|(m, scale)| (m * scale).powi(2)).sum();
            let scale = variance.sqrt().hypot(class.across * self.radius(neuron));
            class.weight * self.activation.second_moment(self.offset(neuron, &mean), scale)
        });
        self.factor(neuron).powi(2) * squares.sum::<f64>()
    }
}

impl AsEnergy for InputLandscape {
    fn as_energy(&self) -> &dyn Energy {
        self.rule.energy()
    }
}

impl<const D: usize> Features<D> for InputLandscape {
    fn rank(&self) -> usize {
        self.rule.rank()
    }

    fn features(&self, z: [f64; D], values: &mut [f64], gradients: &mut [[f64; D]]) {
        let rows = self.rule.rows();
        let blocks = values.chunks_exact_mut(rows).zip(gradients.chunks_exact_mut(rows));
        let mut orders = vec![Order::default(); self.rule.orders()];
        for (node, (values, gradients)) in self.rule.nodes.iter().zip(blocks) {
            self.neurons.orders(&z, node, &mut orders);
            for (row, (value, gradient)) in values.iter_mut().zip(gradients).enumerate() {
                let output = self.rule.row(row, &orders);
                *value = self.neurons.factor(&z) * output.value;
                *gradient = self.gradient(z, node, output);
            }
        }
    }

    fn values(&self, z: [f64; D], values: &mut [f64]) {
        self.rule.write_values(&self.neurons, &z, values);
    }

    fn self_interaction(&self, z: [f64; D]) -> f64 {
        self.neurons.mean_square(&self.data, &z)
    }

    fn squared_outputs(&self, points: &mut dyn Iterator<Item = ([f64; D], f64)>) -> Option<Vec<f64>> {
        self.rule.has_outputs().then(|| {
            let mut squares = vec![0.0; self.rule.rank()];
            points.for_each(|(z, mass)| self.rule.add_squares(&self.neurons, &z, mass, &mut squares));
            squares
        })
    }

    fn truncation(&self, z: [f64; D]) -> f64 {
        rule::gap(&self.neurons, &self.rule, &self.finer, &z) + self.rule.left_across(&self.neurons, &z)
    }

    /// Off the corner m = 0, r = 0 the mean over z smooths a kink of σ, so that Ψ levels off at r = 0:
    /// nothing comes to rest there.
    fn structure(&self) -> Structure<D> {
        Structure { has_outer_weight: self.neurons.is_affine, ..Structure::PLAIN }
    }
}

impl InputLandscape {
    /// The gradient of a feature from the output of a neuron with a = 1 and its slopes.
    fn gradient<const D: usize>(&self, z: [f64; D], node: &InputNode, output: rule::Output) -> [f64; D] {
        let factor = self.neurons.factor(&z);
        let first = self.neurons.outer();
        let mut gradient = [0.0; D];
        if self.neurons.is_affine {
            gradient[0] = output.value;
            gradient[1] = factor * output.offset_slope;
        }
        for (slope, place) in gradient[first..].iter_mut().zip(node.z).take(self.neurons.directions) {
            *slope = factor * place * output.offset_slope;
        }
        if let Some(slope) = gradient.get_mut(first + self.neurons.directions) {
            *slope = factor * node.across * output.scale_slope;
        }
        gradient
    }
}
