//! The part of the second chaos that is ∝ 1/n², for hidden layers of n neurons each: v_nn in Var R = v_n/n +
//! v_ε ε + v_nn/n². Where starts are nearly collapsed it is much of the early spread. What products of steps
//! and widths, or of steps, add to the second chaos is not found.
//!
//! Drawing neurons moves laws by n^(−1/2) Σ_a √q_a ξ_a (δ_a − q), ξ normal, and the loss beyond first order
//! by (1/2n) D²L[ξ, ξ]; scattered weights move it by (1/n) Σ_{jk} √(q_j q_k) s_{jk} ∂L/∂w_{jk}, s = ± their
//! deviation. Both variances are those over a few drawn directions.

use meanfield_random::stream::{Purpose, Stream, generator};
use ndarray::Array1;

use crate::atoms::Atoms;
use crate::law::EntryLaw;

/// Directions of laws, and of weights between two layers.
pub(super) const LAW_PROBES: u64 = 200;
pub(super) const WEIGHT_PROBES: u64 = 100;
/// Displacement of weights: those between rare atoms move far.
pub(super) const WEIGHT_DISPLACEMENT: f64 = 0.01;

const NORMAL: EntryLaw = EntryLaw::Normal { mean: 0.0, deviation: 1.0 };

/// The stream of one direction; `index` is 0 of laws, else that of the weights.
fn stream(index: usize, probe: u64) -> Stream {
    generator(index as u64, Purpose::LayerWeights, probe)
}

/// The laws of all layers, moved by h times a drawn direction.
pub(super) fn with_moved_laws(atoms: &Atoms, probe: u64, h: f64) -> Atoms {
    let mut random = stream(0, probe);
    let mut moved = atoms.clone();
    for shares in &mut moved.shares {
        let drawn: Array1<f64> = shares.mapv(|share| share.sqrt() * NORMAL.draw(&mut random));
        let sum = drawn.sum();
        shares.zip_mut_with(&drawn, |share, drawn| *share += h * (drawn - *share * sum));
    }
    moved
}

/// The weights of layer `index` + 1, moved by h times a drawn direction.
pub(super) fn with_moved_weights(atoms: &Atoms, index: usize, probe: u64, h: f64) -> Atoms {
    let mut random = stream(index, probe);
    let mut moved = atoms.clone();
    for ((j, k), weight) in moved.weights[index].indexed_iter_mut() {
        let share = atoms.shares[index - 1][j] * atoms.shares[index][k];
        *weight += h * NORMAL.draw(&mut random).signum() / share.sqrt();
    }
    moved
}
