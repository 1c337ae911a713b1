//! How a neuron's coordinates (a, b, m, r) are read, and what it answers to inputs with z given.

use crate::activation::{Activation, Input};
use crate::block_series::offset_orders::OffsetOrders;
use crate::block_series::orders::Order;
use crate::directed::{DirectedClasses, MOST_GIVEN};
use crate::input_nodes::InputNode;

/// How a neuron's coordinates are read.
#[derive(Clone, Debug)]
pub struct NeuronForm {
    /// σ, and its orders.
    pub orders: OffsetOrders,
    /// Whether the first two are a and b.
    pub is_affine: bool,
    /// k.
    pub directions: usize,
}

impl NeuronForm {
    /// σ.
    pub fn activation(&self) -> &Activation {
        self.orders.activation()
    }

    /// Coordinates before m.
    pub fn outer(&self) -> usize {
        if self.is_affine { 2 } else { 0 }
    }

    /// a.
    pub fn factor(&self, neuron: &[f64]) -> f64 {
        if self.is_affine { neuron[0] } else { 1.0 }
    }

    /// b + ⟨m, z⟩.
    fn offset(&self, neuron: &[f64], z: &[f64; MOST_GIVEN]) -> f64 {
        let first = self.outer();
        let own = if self.is_affine { neuron[1] } else { 0.0 };
        let along = neuron[first..first + self.directions].iter().zip(z);
        own + along.map(|(m, z)| m * z).sum::<f64>()
    }

    /// r; 0 where nothing is across.
    fn radius(&self, neuron: &[f64]) -> f64 {
        neuron.get(self.outer() + self.directions).copied().unwrap_or(0.0)
    }

    /// The law of a neuron's input at a node.
    pub fn input(&self, neuron: &[f64], node: &InputNode) -> Input {
        Input { offset: self.offset(neuron, &node.z), scale: node.across * self.radius(neuron) }
    }

    /// The orders of a neuron at a node, for a = 1.
    pub fn write_orders(&self, neuron: &[f64], node: &InputNode, orders: &mut [Order]) {
        let Input { offset, scale } = self.input(neuron, node);
        if let ([order], true) = (&mut *orders, scale == 0.0) {
            let (value, offset_slope) = (self.activation().value(offset), self.activation().slope(offset));
            *order = Order { value, offset_slope, ..Order::default() };
            return;
        }
        self.orders.fill(offset, scale, orders);
    }

    /// q_0, q_2, … of a neuron at a node, for a = 1.
    pub fn write_values(&self, neuron: &[f64], node: &InputNode, values: &mut [f64]) {
        let Input { offset, scale } = self.input(neuron, node);
        self.orders.values(offset, scale, values);
    }

    /// E σ_*², exact: the inputs of a class are normal.
    pub fn mean_square(&self, data: &DirectedClasses, neuron: &[f64]) -> f64 {
        let first = self.outer();
        let along = &neuron[first..first + self.directions];
        let squares = data.classes.iter().map(|class| {
            let mut mean = [0.0; MOST_GIVEN];
            mean.iter_mut().zip(&class.means).for_each(|(own, given)| *own = *given);
            let variance: f64 = along.iter().zip(&class.along).map(|(m, scale)| (m * scale).powi(2)).sum();
            let scale = variance.sqrt().hypot(class.across * self.radius(neuron));
            class.weight * self.activation().second_moment(self.offset(neuron, &mean), scale)
        });
        self.factor(neuron).powi(2) * squares.sum::<f64>()
    }
}
