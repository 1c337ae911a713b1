//! The exact population risk of a finite network, R_N(θ) = E(y − ŷ)², without sampling.
//!
//! ```text
//!   R_N = Σ_c π_c [ y_c² − (2 y_c/N) Σ_i a_i q_0(b_i, S_ci) + (1/N²) Σ_ij a_i a_j E σ(z_i)σ(z_j) ]
//!   z_i | c ~ N(b_i, S_ci²),   S_ci² = Σ_B τ_cB² |P_B w_i|²
//!   corr(z_i, z_j | c) = Σ_B τ_cB² ⟨P_B w_i, P_B w_j⟩ / (S_ci S_cj)
//! ```
//! with P_B the projector on block B of the coordinates; a = 1 and b = 0 where the unit has none. Pairs:
//! Mehler's series (`series`), each with as many orders as its correlation needs. The diagonal is closed form
//! (the series converges slowly at correlation 1). Nearly parallel pairs beyond the series are nearly closed
//! form where σ has straight pieces, and integrals over a table where it is smooth: a pair must cost
//! nanoseconds, for the risk sums all of them. The slow [`pair_by_quadrature`] remains for cosines, for a
//! steep σ that bends far from 0, and as a check in the tests. With one block all classes share their
//! correlations.
//!
//! Data with directions that matter: the same given the coordinates along them (`conditional`).
//!
//! Losses other than the squared one have no exact risk here: theirs is estimated from fresh samples, with a
//! standard error.

mod conditional;
mod seen;
mod series;
#[cfg(test)]
mod tests;
mod view;

use ndarray::ArrayView2;

use crate::activation::{Activation, Input};
use crate::mixture::Mixture;
use crate::unit::{Neurons, Unit};
use seen::{ClassNeurons, Seen, risk_of_seen};
use view::View;

pub use seen::pair_by_quadrature;

/// Whether the risk on such data has no sampling: along several directions there would be too many nodes.
pub fn is_exact(data: &Mixture) -> bool {
    data.directions() <= 1 || data.dimension() == data.directions()
}

/// R_N of the network whose rows are the parameters, shape (neuron, D). A pair of neurons may err by 1e-8, or
/// by 1e-13 of its size; it enters with weight 1/N².
pub fn risk(data: &Mixture, activation: &Activation, unit: Unit, parameters: ArrayView2<f64>) -> f64 {
    let neurons = unit.neurons(parameters);
    if data.directions() > 0 {
        return conditional::risk(data, activation, &neurons);
    }
    view::views(data, neurons.weights).iter().map(|view| risk_of_view(view, activation, &neurons)).sum()
}

/// The contribution of the classes of one view to the risk.
fn risk_of_view(view: &View, activation: &Activation, neurons: &Neurons) -> f64 {
    let largest = view.largest_cosine();
    let seen = view.classes.iter().map(|class| Seen {
        weight: class.class.weight,
        label: class.class.label.value(&[]),
        neurons: ClassNeurons::new(
            activation,
            &neurons.outer,
            view.scales(class).zip(&neurons.offsets).map(|(scale, offset)| Input { offset: *offset, scale }),
            largest,
        ),
    });
    risk_of_seen(view, &seen.collect::<Vec<_>>())
}
