//! What is looked at in the hidden layers of a limit or of a network: pre-activations, how they differ from
//! neuron to neuron, how many directions they span over the inputs. What keeps them from the optimum is in
//! `optimality`.

use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::architecture::Architecture;
use crate::atoms::Atoms;
use crate::engine::{Engine, Neurons};
use crate::spectral::spectrum;

/// Differences between neurons, relative to their size, that are rounding.
const ROUNDING: f64 = 1e-12;

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
    spectrum(&covariance).into_iter().rev().map(|eigenvalue| eigenvalue.max(0.0)).collect()
}

/// The effective dimension of the span of a layer's pre-activations about their mean over the neurons:
/// (Σλ)²/Σλ², λ the [`diversity_spectrum`]. It is k where k eigenvalues are equal and the others 0, and 0
/// where all neurons are equal up to rounding.
pub fn effective_dimension(h: &Array2<f64>, shares: &Array1<f64>, weights: ArrayView1<f64>) -> f64 {
    let centred = centred(h, shares, weights);
    let trace: f64 = centred.iter().map(|x| x * x).sum();
    let square: f64 = h.dot(shares).iter().zip(weights).map(|(mean, weight)| weight * mean * mean).sum();
    if trace <= ROUNDING * ROUNDING * (square + trace) {
        return 0.0;
    }
    // Both Gram matrices have the same eigenvalues but for zeros: the smaller one is taken.
    let gram = if centred.nrows() <= centred.ncols() {
        centred.dot(&centred.t())
    } else {
        centred.t().dot(&centred)
    };
    trace * trace / gram.iter().map(|x| x * x).sum::<f64>()
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

    #[test]
    fn the_effective_dimension_counts_directions() {
        let halves = array![0.5, 0.5];
        let weights = array![0.25, 0.25, 0.5];
        let line = array![[1.0, -1.0], [2.0, -2.0], [0.5, -0.5]];
        assert!((effective_dimension(&line, &halves, weights.view()) - 1.0).abs() < 1e-12);
        let equal = array![[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]];
        assert_eq!(effective_dimension(&equal, &halves, weights.view()), 0.0);
        // Two directions of one size: ± e_1/√w_1, ± e_2/√w_2.
        let plane = array![[2.0, -2.0, 0.0, 0.0], [0.0, 0.0, 2.0, -2.0], [0.0, 0.0, 0.0, 0.0]];
        let quarters = array![0.25, 0.25, 0.25, 0.25];
        assert!((effective_dimension(&plane, &quarters, weights.view()) - 2.0).abs() < 1e-12);
    }
}
