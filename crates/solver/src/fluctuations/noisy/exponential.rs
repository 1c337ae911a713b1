//! exp(A) of small dense matrices, and its action on a vector, by Taylor's series of a part of A, repeated.
//! Columns that sum to 0 keep the sum of what they act on.

use ndarray::{Array1, Array2};

/// A part of A has at most this norm: Taylor's polynomial of degree 8 then errs by 1e-11.
const SMALL: f64 = 0.25;
/// 1/k!.
const TAYLOR: [f64; 9] =
    [1.0, 1.0, 0.5, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0, 1.0 / 5040.0, 1.0 / 40320.0];
/// A part of A that acts on a vector has at most this norm, and so many terms err by 1e-13.
const SHORT: f64 = 1.0;
const TERMS: usize = 16;

/// exp(A), squared as often as A was halved.
pub(super) fn exponential(matrix: &Array2<f64>) -> Array2<f64> {
    let halvings = (norm(matrix) / SMALL).log2().ceil().max(0.0) as i32;
    let part = matrix / 2f64.powi(halvings);
    let mut power = of_small(&part);
    for _ in 0..halvings {
        power = power.dot(&power);
    }
    power
}

/// exp(A) v.
pub(super) fn propagated(matrix: &Array2<f64>, length: f64, vector: &Array1<f64>) -> Array1<f64> {
    let parts = (length * norm(matrix) / SHORT).ceil().max(1.0);
    let share = length / parts;
    let mut sum = vector.clone();
    for _ in 0..parts as usize {
        let mut term = sum.clone();
        for k in 1..=TERMS {
            term = matrix.dot(&term) * (share / k as f64);
            sum += &term;
        }
    }
    sum
}

/// Taylor's polynomial of degree 8, by powers up to the fourth.
fn of_small(matrix: &Array2<f64>) -> Array2<f64> {
    let square = matrix.dot(matrix);
    let cube = square.dot(matrix);
    let fourth = square.dot(&square);
    let unit = Array2::eye(matrix.nrows());
    let high = combination(&TAYLOR[4..], [&unit, matrix, &square, &cube]) + &fourth * TAYLOR[8];
    combination(&TAYLOR[..4], [&unit, matrix, &square, &cube]) + fourth.dot(&high)
}

fn combination(shares: &[f64], matrices: [&Array2<f64>; 4]) -> Array2<f64> {
    let mut sum = matrices[0] * shares[0];
    for (share, matrix) in shares.iter().zip(matrices).skip(1) {
        sum.scaled_add(*share, matrix);
    }
    sum
}

/// Largest sum of sizes in a column.
fn norm(matrix: &Array2<f64>) -> f64 {
    let sums = matrix.columns().into_iter().map(|column| column.iter().map(|x| x.abs()).sum::<f64>());
    sums.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_rotation_with_decay_is_known() {
        let matrix = array![[-0.3, -2.0], [2.0, -0.3]] * 2.5;
        let decay = (-0.75f64).exp();
        let exact = array![[5f64.cos(), -5f64.sin()], [5f64.sin(), 5f64.cos()]] * decay;
        let found = exponential(&matrix);
        assert!((&found - &exact).iter().all(|gap| gap.abs() < 1e-9), "{found} {exact}");
        let vector = array![1.0, -0.5];
        let moved = propagated(&(matrix / 2.5), 2.5, &vector);
        assert!((&moved - &exact.dot(&vector)).iter().all(|gap| gap.abs() < 1e-11), "{moved}");
    }

    #[test]
    fn stiff_decay_does_not_overflow() {
        let matrix = array![[-1e4, 0.0], [1e4, 0.0]];
        let found = exponential(&matrix);
        assert!((&found - &array![[0.0, 0.0], [1.0, 1.0]]).iter().all(|gap| gap.abs() < 1e-8), "{found}");
    }
}
