//! What keeps a limit or a network from the optimum: the largest gradient of a layer's weights over the
//! neurons before it, and of layer 2 over every first-layer weight there could be. Condition (6) of Theorem 8
//! (Pham & Nguyen 2021) asks that it go to 0 for almost every neuron, and their Remark 9 that where it does
//! not there is no global convergence. Under the theorem's start the first layer's law keeps all of R^d as
//! its support: the supremum is over all of R^d, of which no atoms know more than a part.
//!
//! Gradients are without the schedule: ∂_t W_i = −ξ_i G_i. Where they are taken nothing moves.

use meanfield_random::deviates;
use meanfield_random::stream::{Purpose, generator};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::data::DataPoints;
use crate::engine::Engine;

/// Directions of probes, and their lengths times the root mean square of an input's coordinate: from where
/// tanh bends to where it is nearly a step.
const DIRECTIONS: usize = 64;
const LENGTHS: [f64; 4] = [1.0, 2.0, 4.0, 8.0];

/// How many probes there are.
pub const PROBES: usize = DIRECTIONS * LENGTHS.len();

/// Σ_k q_k |G_jk| for each row j, G of shape (neurons before, neurons).
fn mean_sizes(gradient: ArrayView2<f64>, shares: ArrayView1<f64>) -> Array1<f64> {
    let size = |row: ArrayView1<f64>| row.iter().zip(shares).map(|(g, q)| q * g.abs()).sum();
    gradient.rows().into_iter().map(size).collect()
}

/// max over the acting neurons c of layer i − 1 of E|G_i(c, C_i)|, for layers 2 … L, from G_1 … G_L and
/// q_1 … q_{L−1}.
pub fn largest_gradients(gradients: &[Array2<f64>], shares: &[Array1<f64>]) -> Vec<f64> {
    let last = Array1::ones(1);
    let mut largest = Vec::with_capacity(shares.len());
    for (index, before) in shares.iter().enumerate() {
        let own = shares.get(index + 1).unwrap_or(&last);
        let sizes = mean_sizes(gradients[index + 1].view(), own.view());
        let acting = sizes.iter().zip(before).filter(|(_, share)| **share > 0.0);
        largest.push(acting.map(|(size, _)| *size).fold(0.0, f64::max));
    }
    largest
}

/// First-layer weights that probe the field everywhere, shape (d, probes): the same directions for all
/// inputs of as many coordinates.
fn probes(data: &DataPoints) -> Array2<f64> {
    let dimension = data.dimension();
    let squares: f64 = data.inputs().rows().into_iter().zip(data.weights()).map(|(x, w)| w * x.dot(&x)).sum();
    let scale = (squares / dimension as f64).sqrt();
    let mut random = generator(0, Purpose::Probes, dimension as u64);
    let mut probes = Array2::from_shape_fn((dimension, PROBES), |_| deviates::normal(&mut random));
    for (number, mut probe) in probes.columns_mut().into_iter().enumerate() {
        let length = LENGTHS[number % LENGTHS.len()] / scale;
        let size = probe.dot(&probe).sqrt();
        probe *= length / size;
    }
    probes
}

/// sup over first-layer weights u of E|E_Z φ_1(⟨u, x⟩) Δ_2|, over probes u, after the engine has computed a
/// gradient on these data: a lower bound of the supremum over all u.
pub fn largest_gradient_anywhere(engine: &Engine, data: &DataPoints, shares: &[Array1<f64>]) -> f64 {
    let h = data.inputs().dot(&probes(data));
    let mut values = Array2::zeros(h.dim());
    let mut slopes = Array2::zeros(h.dim());
    let activation = &engine.architecture().activations()[0];
    let h = h.as_slice().expect("in one piece");
    let values_in_a_row = values.as_slice_mut().expect("in one piece");
    activation.evaluate(h, values_in_a_row, slopes.as_slice_mut().expect("in one piece"));
    let gradient = values.t().dot(engine.deltas(2));
    let last = Array1::ones(1);
    let shares = shares.get(1).unwrap_or(&last);
    mean_sizes(gradient.view(), shares.view()).fold(0.0, |largest, size| largest.max(*size))
}
