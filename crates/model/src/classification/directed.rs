//! The error where at most three directions matter, of neurons with output weights and offsets or without,
//! and on points. With x = (z, x_⊥) the output is
//!
//! ```text
//!   ŷ(z, s) = Σ_p √μ_2p R_p(s) ∫ a q_2p(b + ⟨m, z⟩, τ_⊥ r) dρ,     s = |x_⊥|/τ_⊥
//! ```
//! as in [`crate::input_landscape`]. The directions along which a class spreads and the length across are the
//! coordinates: with none an input is right or wrong, with one the set of wrong inputs is known by its ends,
//! with several by cells.

use meanfield_kernel::dot::dot;

use super::lengths::{self, Lengths};
use super::line;
use super::space::NormalSpace;
use super::work::ClassificationWork;
use crate::activation::Activation;
use crate::block_modes::radial_functions;
use crate::block_series::offset_orders::OffsetOrders;
use crate::directed::{DirectedClass, DirectedClasses, MOST_GIVEN};
use crate::input_landscape::neuron_form::NeuronForm;
use crate::input_nodes::InputNode;
use crate::sphere;
use crate::unit::Unit;

/// Inputs and outputs along directions, or on points.
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
    /// Of such neurons on these data.
    pub fn new(data: &DirectedClasses, activation: &Activation, unit: Unit) -> Self {
        let orders = orders(data);
        Self {
            data: data.clone(),
            neurons: NeuronForm {
                orders: OffsetOrders::tabulated(activation, orders),
                is_affine: unit == Unit::Affine,
                directions: data.directions,
            },
            weights: sphere::even_moments(data.across.max(1), orders).iter().map(|mu| mu.sqrt()).collect(),
            lengths: (data.across > 0).then(|| Lengths::new(data.across)),
        }
    }

    /// P(y ŷ ≤ 0) of a law of these points and masses.
    pub fn error_of(&self, points: &[(Vec<f64>, f64)]) -> f64 {
        self.data.classes.iter().map(|class| class.weight * self.error_of_class(class, points)).sum()
    }

    fn error_of_class(&self, class: &DirectedClass, points: &[(Vec<f64>, f64)]) -> f64 {
        let label = class.label.number().unwrap_or(f64::NAN);
        let along = along(class);
        match (along.len(), &self.lengths) {
            (0, None) => f64::from(label * self.moments(class, &[0.0; MOST_GIVEN], points)[0] <= 0.0),
            (0, Some(lengths)) => {
                let moments = self.moments(class, &[0.0; MOST_GIVEN], points);
                lengths.share(|length| label * dot(&moments, &self.factors(length)) <= 0.0)
            }
            (1, None) => line::share_below(&self.outputs(class, &along, &line::nodes(), points)),
            (count, lengths) => {
                let space = NormalSpace::new(count + usize::from(lengths.is_some()));
                space.share_below(self.outputs(class, &along, &space.nodes(), points))
            }
        }
    }

    /// y ŷ at all nodes, given as deviates along these directions and of the length across.
    fn outputs(
        &self,
        class: &DirectedClass,
        along: &[usize],
        nodes: &[f64],
        points: &[(Vec<f64>, f64)],
    ) -> Vec<f64> {
        let label = class.label.number().unwrap_or(f64::NAN);
        let across: Vec<Vec<f64>> = match &self.lengths {
            None => vec![vec![1.0]],
            Some(lengths) => nodes.iter().map(|g| self.factors(lengths.length(*g))).collect(),
        };
        let mut outputs = Vec::new();
        for node in 0..nodes.len().pow(along.len() as u32) {
            let mut deviates = [0.0; MOST_GIVEN];
            let mut rest = node;
            for direction in along.iter().rev() {
                deviates[*direction] = nodes[rest % nodes.len()];
                rest /= nodes.len();
            }
            let moments = self.moments(class, &deviates, points);
            outputs.extend(across.iter().map(|factors| label * dot(&moments, factors)));
        }
        outputs
    }

    /// ∫ a q_2p dρ of every order, where z is so many deviations from the mean of the class.
    fn moments(
        &self,
        class: &DirectedClass,
        deviates: &[f64; MOST_GIVEN],
        points: &[(Vec<f64>, f64)],
    ) -> Vec<f64> {
        let mut z = [0.0; MOST_GIVEN];
        for (k, own) in z.iter_mut().enumerate().take(self.data.directions) {
            *own = class.means[k] + class.along[k] * deviates[k];
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

/// What it takes to know the error of one law.
pub fn work(data: &DirectedClasses) -> ClassificationWork {
    let mut work = ClassificationWork::default();
    for class in &data.classes {
        let along = along(class).len();
        let coordinates = along + usize::from(data.across > 0);
        let nodes = if coordinates > 1 {
            let space = NormalSpace::new(coordinates);
            work.cells += space.count() as f64;
            space.nodes().len()
        } else {
            line::nodes().len()
        };
        work.moments += (nodes.pow(along as u32) * orders(data)) as f64;
    }
    work
}

/// Orders across: q_0, q_2, ….
fn orders(data: &DirectedClasses) -> usize {
    if data.across > 0 { lengths::orders(data.across) } else { 1 }
}

/// The directions along which a class spreads.
fn along(class: &DirectedClass) -> Vec<usize> {
    (0..class.along.len()).filter(|k| class.along[*k] > 0.0).collect()
}
