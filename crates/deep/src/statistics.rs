//! What is looked at in the hidden layers of a limit or of a network: pre-activations, how they differ from
//! neuron to neuron, how many directions they span over the inputs, what keeps a limit from the optimum.

use std::sync::Arc;

use nalgebra::DMatrix;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::architecture::Architecture;
use crate::atoms::Atoms;
use crate::engine::{Engine, Neurons};
use crate::limit::Limit;

/// H_1 … H_L at inputs of shape (points, d); layer i has the shape (points, n_i).
///
/// # Panics
/// Where atoms, inputs and architecture do not fit together.
pub fn pre_activations(
    architecture: &Arc<Architecture>,
    atoms: &Atoms,
    inputs: ArrayView2<f64>,
) -> Vec<Array2<f64>> {
    let mut engine = Engine::new(architecture.clone());
    engine.forward(Neurons { weights: &atoms.views(), shares: &atoms.shares }, inputs);
    (1..=architecture.depth()).map(|layer| engine.pre_activations(layer).clone()).collect()
}

/// H_i less its mean over the neurons, times √q of the neuron and √ of the weight of the point: neurons of
/// share 0 do not count.
fn centred(h: &Array2<f64>, shares: &Array1<f64>, weights: ArrayView1<f64>) -> Array2<f64> {
    let mean = h.dot(shares);
    let mut centred = h.clone();
    for ((mut row, mean), weight) in centred.rows_mut().into_iter().zip(&mean).zip(weights) {
        for (h, share) in row.iter_mut().zip(shares) {
            *h = (*h - mean) * (weight * share).sqrt();
        }
    }
    centred
}

/// The spread of a layer's pre-activations across neurons: the root of E_X Var_C H_i(X, C), with H_i of shape
/// (points, n_i), shares of the neurons and weights of the points. Collapsed layers have none; in networks it
/// is ~ n^{−1/2} then.
pub fn spread(h: &Array2<f64>, shares: &Array1<f64>, weights: ArrayView1<f64>) -> f64 {
    centred(h, shares, weights).iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// The diversity spectrum of a layer: eigenvalues, largest first, of the covariance of H_i(x, C) over the
/// inputs as an operator of L²(P_X). They add up to the square of the [`spread`]; as many as are not 0 is the
/// dimension of the span of pre-activations about their mean.
pub fn diversity_spectrum(h: &Array2<f64>, shares: &Array1<f64>, weights: ArrayView1<f64>) -> Vec<f64> {
    let centred = centred(h, shares, weights);
    let covariance = centred.dot(&centred.t());
    let matrix = DMatrix::from_fn(covariance.nrows(), covariance.ncols(), |i, j| covariance[[i, j]]);
    let mut eigenvalues: Vec<f64> = matrix.symmetric_eigenvalues().iter().map(|x| x.max(0.0)).collect();
    eigenvalues.sort_by(|a, b| b.total_cmp(a));
    eigenvalues
}

/// The largest of E_{C_i}|∂_t w_i(t, c, C_i)| over neurons c of layer i − 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LargestSpeed {
    /// Over the acting atoms.
    pub support: f64,
    /// Over tagged neurons; 0 where there are none.
    pub probes: f64,
}

/// The essential suprema of layers 2 … L: that of layer 2 is condition (6) of Theorem 8 for three layers,
/// that of layer L the condition of the note on any depth. Global convergence fails where it does not go to
/// 0. The law of first-layer weights has all of R^d for support: probes show what atoms of any quadrature
/// miss.
pub fn essential_suprema(limit: &mut Limit) -> Vec<LargestSpeed> {
    let gradients = limit.flow_mut().gradients();
    let time = limit.time();
    let flow = limit.flow();
    let schedules = flow.problem().architecture.schedules();
    let last = Array1::ones(1);
    let mut suprema = Vec::new();
    for (index, gradient) in gradients.iter().enumerate().skip(1) {
        let rate = schedules[index].rate(time);
        let shares = flow.shares().get(index).unwrap_or(&last);
        let speeds = gradient.mapv(f64::abs).dot(shares) * rate;
        let acting = limit.acting()[index - 1];
        let largest = |part: &[f64]| part.iter().copied().fold(0.0, f64::max);
        let speeds = speeds.to_vec();
        suprema
            .push(LargestSpeed { support: largest(&speeds[..acting]), probes: largest(&speeds[acting..]) });
    }
    suprema
}

/// ∂_t w_L of the acting atoms of the last hidden layer now, and their pre-activations at inputs, shape
/// (points, atoms): where the limit is stuck.
pub fn last_layer_speeds(limit: &mut Limit, inputs: ArrayView2<f64>) -> (Array1<f64>, Array2<f64>) {
    let gradients = limit.flow_mut().gradients();
    let architecture = limit.flow().problem().architecture.clone();
    let depth = architecture.depth();
    let rate = architecture.schedules()[depth - 1].rate(limit.time());
    let speeds = gradients[depth - 1].column(0).mapv(|g| -rate * g);
    let mut h = pre_activations(&architecture, &limit.atoms(), inputs);
    (speeds, h.swap_remove(depth - 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_spread_is_a_standard_deviation_over_neurons() {
        let values = array![[1.0, 3.0], [5.0, 5.0]];
        let found = spread(&values, &array![0.5, 0.5], array![0.75, 0.25].view());
        assert!((found - 0.75_f64.sqrt()).abs() < 1e-15);
    }
}
