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

pub(crate) mod neuron_form;
mod probes;
mod rule;
mod search;
#[cfg(test)]
mod tests;

use crate::activation::Activation;
use crate::block_series::offset_orders::OffsetOrders;
use crate::block_series::orders::Order;
use crate::directed::DirectedClasses;
use crate::energy::{AsEnergy, Energy};
use crate::features::{Features, Structure};
use crate::input_nodes::InputNode;
use crate::loss::Loss;
use crate::radial_series::DimensionLimit;
use neuron_form::NeuronForm;
use rule::{InputRule, Output};

pub use probes::Reached;
pub use search::InputRuleError;

/// The landscape of data with directions that matter.
#[derive(Clone, Debug)]
pub struct InputLandscape {
    neurons: NeuronForm,
    data: DirectedClasses,
    rule: InputRule,
    /// The next larger rule, by which this one is judged.
    finer: InputRule,
    truncation: f64,
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
            orders: OffsetOrders::direct(activation),
            is_affine: reached.is_affine(),
            directions: data.directions,
        };
        let probes = reached.neurons(data);
        let rules = search::find(neurons, data, loss, limit, &probes, tolerance)?;
        Ok(Self {
            neurons: rules.neurons,
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
            self.neurons.write_orders(&z, node, &mut orders);
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
        search::gap(&self.neurons, &self.rule, &self.finer, &z) + self.rule.left_across(&self.neurons, &z)
    }

    /// Off the corner m = 0, r = 0 the mean over z smooths a kink of σ, so that Ψ levels off at r = 0:
    /// nothing comes to rest there.
    fn structure(&self) -> Structure<D> {
        Structure { has_outer_weight: self.neurons.is_affine, ..Structure::PLAIN }
    }
}

impl InputLandscape {
    /// The gradient of a feature from the output of a neuron with a = 1 and its slopes.
    fn gradient<const D: usize>(&self, z: [f64; D], node: &InputNode, output: Output) -> [f64; D] {
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
