//! What the degrees at hand leave out on the way back: all degrees in closed form, less those that are
//! carried. It knows no adjoint.

use ndarray::{Array1, Array2, Axis, s};

use super::features::Relaxation;
use super::forward::BlockForward;
use super::setup::BlockSetup;

/// Σ_j w_j U and each neuron's ∂_kU, of the degrees that are left out: all of U(θ, θ) less those at hand.
pub(super) fn self_interaction_left_out(forward: &BlockForward) -> (f64, Array1<f64>) {
    let setup = &forward.setup;
    let count = setup.atoms();
    let weights = setup.mode_weights();
    let mut own = forward.features.own[0].clone();
    let mut slopes: Array1<f64> = forward.features.own[1].iter().map(|half| 2.0 * half).collect();
    for features in &forward.features.pairs {
        for (m, weight) in weights.iter().enumerate() {
            for (i, own) in own.iter_mut().enumerate() {
                *own -= weight * features.value[[i, m]].powi(2);
            }
            for (place, slope) in slopes.iter_mut().enumerate() {
                *slope -= 2.0 * weight * features.value[[place % count, m]] * features.gradient[[place, m]];
            }
        }
    }
    (own.iter().zip(&setup.weights).map(|(u, w)| u * w).sum(), slopes)
}

/// What the degrees that are left out add to v_Nε: there k is H σ_* − e Σ_k λ_k ∂_kσ_* of single neurons,
/// twice; all degrees less those at hand. `functions` are H and e at the nodes of each class.
pub(super) fn degrees_left_out(
    forward: &BlockForward,
    relaxation: &Relaxation,
    functions: [&[Vec<f64>]; 2],
    slopes: &Array1<f64>,
) -> f64 {
    let setup = &forward.setup;
    let [of_heights, crossed, mut of_residuals] =
        [[0, 0], [0, 1], [1, 1]].map(|[a, b]| products_at_nodes(functions[a], functions[b]));
    of_residuals.iter_mut().flatten().for_each(|square| *square += setup.label_variance);
    let mut rest = squares_of_neurons(forward, slopes, [&of_heights, &crossed, &of_residuals]);
    for pair in forward.pairs(relaxation) {
        let steep = along_slopes(setup, &pair.own.gradient, slopes);
        for (c, class) in setup.modes.data().classes.iter().enumerate() {
            let value = pair.own.value.slice(s![.., of_class(setup, c)]);
            let steep = steep.slice(s![.., of_class(setup, c)]);
            let of_value = value.dot(&pair.products(&of_heights[c]));
            let of_value = of_value - 2.0 * steep.dot(&pair.products(&crossed[c]));
            let of_steep = steep.dot(&pair.products(&of_residuals[c]));
            let at_hand = (of_value * value + of_steep * steep).sum_axis(Axis(1));
            rest.iter_mut().zip(&at_hand).for_each(|(rest, own)| *rest -= 4.0 * class.weight * own);
        }
    }
    rest.iter().zip(&setup.weights).map(|(rest, w)| rest * w).sum()
}

/// 4 E (H σ_* − e Σ_k λ_k ∂_kσ_*)² of each atom, for H², e H and e² at the nodes of each class.
fn squares_of_neurons(forward: &BlockForward, slopes: &Array1<f64>, weights: [&[Vec<f64>]; 3]) -> Vec<f64> {
    let setup = &forward.setup;
    let features = &forward.features;
    let count = setup.atoms();
    let dimension = setup.dimension();
    let mut squares = features.squared_outputs(setup, weights[0]);
    for (place, half) in features.half_slopes_of_squares(setup, weights[1]).iter().enumerate() {
        squares[place % count] -= 2.0 * slopes[place] * half;
    }
    for (place, along) in features.noise(setup, weights[2]).along.iter().enumerate() {
        let [which, i] = [place / count, place % count];
        let [k, l] = [which / dimension, which % dimension];
        squares[i] += slopes[k * count + i] * slopes[l * count + i] * along;
    }
    squares
}

/// The modes of a class.
pub(super) fn of_class(setup: &BlockSetup, class: usize) -> std::ops::Range<usize> {
    class * setup.levels()..(class + 1) * setup.levels()
}

/// The product of two functions at the nodes of each class.
fn products_at_nodes(own: &[Vec<f64>], other: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let classes = own.iter().zip(other);
    classes.map(|(own, other)| own.iter().zip(other).map(|(a, b)| a * b).collect()).collect()
}

/// Σ_k λ_k times the gradient along k, of the shape (atoms, modes).
fn along_slopes(setup: &BlockSetup, gradient: &Array2<f64>, slopes: &Array1<f64>) -> Array2<f64> {
    let count = setup.atoms();
    let mut sum = Array2::zeros((count, gradient.ncols()));
    for (place, slope) in slopes.iter().enumerate() {
        sum.row_mut(place % count).scaled_add(*slope, &gradient.row(place));
    }
    sum
}
