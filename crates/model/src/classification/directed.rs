//! The error where at most one direction matters, of neurons with output weights and offsets or without, and
//! on points. With x = (z, x_⊥) the output is
//!
//! ```text
//!   ŷ(z, s) = Σ_p √μ_2p R_p(s) ∫ a q_2p(b + m z, τ_⊥ r) dρ,     s = |x_⊥|/τ_⊥
//! ```
//! as in [`crate::input_landscape`]. Along z the set of wrong inputs is known by its ends, and integrated
//! over s; without a direction the set is one of lengths. (Along several directions sets may jump from one
//! line to the next: no rule here would see that.)

use super::lengths::{FINER, Lengths, SPACING};
use super::line;
use crate::activation::Activation;
use crate::block_modes::radial_functions;
use crate::block_series::offset_orders::OffsetOrders;
use crate::directed::{DirectedClass, DirectedClasses, MOST_GIVEN};
use crate::input_landscape::neuron_form::NeuronForm;
use crate::input_nodes::InputNode;
use crate::sphere;
use crate::unit::Unit;

/// Orders across, q_0, q_2, …: as many polynomials of a length as with blocks.
const ORDERS: usize = 8;

/// Inputs and outputs along at most one direction, or on points.
#[derive(Clone, Debug)]
pub struct Directed {
    data: DirectedClasses,
    neurons: NeuronForm,
    /// √μ_2p.
    weights: Vec<f64>,
    /// |x_⊥|/τ_⊥; None where nothing is across.
    lengths: Option<Lengths>,
}

impl Directed {
    /// Of such neurons on these data; None where several directions spread.
    pub fn new(data: &DirectedClasses, activation: &Activation, unit: Unit) -> Option<Self> {
        let spreads = data.classes.iter().any(|class| class.along.iter().any(|scale| *scale > 0.0));
        if spreads && data.directions > 1 {
            return None;
        }
        let orders = if data.across > 0 { ORDERS } else { 1 };
        let spacing = if data.directions > 0 { FINER } else { SPACING };
        Some(Self {
            data: data.clone(),
            neurons: NeuronForm {
                orders: OffsetOrders::tabulated(activation, orders),
                is_affine: unit == Unit::Affine,
                directions: data.directions,
            },
            weights: sphere::even_moments(data.across.max(1), orders).iter().map(|mu| mu.sqrt()).collect(),
            lengths: (data.across > 0).then(|| Lengths::new(data.across, spacing)),
        })
    }

    /// P(y ŷ ≤ 0) of a law of these points and masses.
    pub fn error_of(&self, points: &[(Vec<f64>, f64)]) -> f64 {
        let error = |class: &DirectedClass| {
            let label = class.label.number().unwrap_or(f64::NAN);
            class.weight * self.error_of_class(class, label, points)
        };
        self.data.classes.iter().map(error).sum()
    }

    fn error_of_class(&self, class: &DirectedClass, label: f64, points: &[(Vec<f64>, f64)]) -> f64 {
        let is_spread = class.along.iter().any(|scale| *scale > 0.0);
        match (&self.lengths, is_spread) {
            (None, false) => f64::from(label * self.moments(class, 0.0, points)[0] <= 0.0),
            (None, true) => share_along(&self.rows(class, points), label, &[1.0]),
            (Some(lengths), false) => {
                let moments = self.moments(class, 0.0, points);
                lengths.share(|length| label * dot(&moments, &self.factors(length)) <= 0.0)
            }
            (Some(lengths), true) => {
                let rows = self.rows(class, points);
                let share = |length: f64| share_along(&rows, label, &self.factors(length));
                lengths.nodes().map(|(length, weight)| weight * share(length)).sum()
            }
        }
    }

    /// The moments at each node along the direction.
    fn rows(&self, class: &DirectedClass, points: &[(Vec<f64>, f64)]) -> Vec<Vec<f64>> {
        line::nodes().map(|g| self.moments(class, g, points)).collect()
    }

    /// ∫ a q_2p dρ of every order, where z is g deviations from the mean of the class.
    fn moments(&self, class: &DirectedClass, g: f64, points: &[(Vec<f64>, f64)]) -> Vec<f64> {
        let mut z = [0.0; MOST_GIVEN];
        for (own, (mean, scale)) in z.iter_mut().zip(class.means.iter().zip(&class.along)) {
            *own = mean + scale * g;
        }
        let node = InputNode { z, across: class.across, label: 0.0, share: 0.0 };
        let mut moments = vec![0.0; self.weights.len()];
        let mut orders = vec![0.0; self.weights.len()];
        for (neuron, mass) in points {
            self.neurons.write_values(neuron, &node, &mut orders);
            let factor = mass * self.neurons.factor(neuron);
            moments.iter_mut().zip(&orders).for_each(|(moment, order)| *moment += factor * order);
        }
        moments
    }

    /// √μ_2p R_p(s).
    fn factors(&self, length: f64) -> Vec<f64> {
        let polynomials = radial_functions(self.data.across, 0, length, self.weights.len());
        polynomials.iter().zip(&self.weights).map(|(polynomial, weight)| polynomial * weight).collect()
    }
}

/// The share of the line that is wrong, with these factors of the orders.
fn share_along(rows: &[Vec<f64>], label: f64, factors: &[f64]) -> f64 {
    let values: Vec<f64> = rows.iter().map(|row| label * dot(row, factors)).collect();
    line::share_below(&values)
}

fn dot(moments: &[f64], factors: &[f64]) -> f64 {
    moments.iter().zip(factors).map(|(moment, factor)| moment * factor).sum()
}
