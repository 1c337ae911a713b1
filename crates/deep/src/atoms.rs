//! Neurons with weights: the state of a limit, of a finite network, of a network with tagged neurons. How
//! they move is in `engine`.

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2};
use thiserror::Error;

/// Shares of a layer may add up to 1 with this error.
const ROUNDING: f64 = 1e-9;

/// Atoms that make no network.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum AtomsError {
    /// Two layers do not fit together.
    #[error("the weights of layer {layer} have the shape {:?}, not {wanted:?}", [rows, columns])]
    Shape {
        /// Counted from 1.
        layer: usize,
        /// Rows found.
        rows: usize,
        /// Columns found.
        columns: usize,
        /// Rows and columns that fit.
        wanted: [usize; 2],
    },
    /// Shares of a layer that are no probabilities.
    #[error("the shares of layer {layer} are no probabilities: their sum is {sum}")]
    Shares {
        /// Counted from 1.
        layer: usize,
        /// Their sum.
        sum: f64,
    },
}

/// The widths n_0 = d, n_1, …, n_L = 1, and where each layer's weights lie in one row of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    widths: Vec<usize>,
}

impl Layout {
    /// Of widths n_0, …, n_L.
    pub fn new(widths: Vec<usize>) -> Self {
        Self { widths }
    }

    /// n_0, …, n_L.
    pub fn widths(&self) -> &[usize] {
        &self.widths
    }

    /// Number of weights in all layers.
    pub fn numbers(&self) -> usize {
        self.widths.windows(2).map(|pair| pair[0] * pair[1]).sum()
    }

    /// W_1 … W_L as views of one row of numbers.
    ///
    /// # Panics
    /// Where there are fewer numbers than weights.
    pub fn views<'a>(&self, mut numbers: &'a [f64]) -> Vec<ArrayView2<'a, f64>> {
        let mut views = Vec::with_capacity(self.widths.len());
        for pair in self.widths.windows(2) {
            let (own, rest) = numbers.split_at(pair[0] * pair[1]);
            views.push(ArrayView2::from_shape((pair[0], pair[1]), own).expect("as many numbers"));
            numbers = rest;
        }
        views
    }

    /// The same, to be changed.
    ///
    /// # Panics
    /// Where there are fewer numbers than weights.
    pub fn views_mut<'a>(&self, mut numbers: &'a mut [f64]) -> Vec<ArrayViewMut2<'a, f64>> {
        let mut views = Vec::with_capacity(self.widths.len());
        for pair in self.widths.windows(2) {
            let (own, rest) = numbers.split_at_mut(pair[0] * pair[1]);
            views.push(ArrayViewMut2::from_shape((pair[0], pair[1]), own).expect("as many numbers"));
            numbers = rest;
        }
        views
    }
}

/// Neurons of all layers, each with its share of its layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Atoms {
    /// W_1 … W_L; layer i has the shape (n_{i−1}, n_i), n_0 = d, n_L = 1.
    pub weights: Vec<Array2<f64>>,
    /// q_1 … q_{L−1}, each adding up to 1; 0 for a tagged neuron.
    pub shares: Vec<Array1<f64>>,
}

impl Atoms {
    /// Atoms whose layers fit together.
    ///
    /// # Errors
    /// Where they do not, or shares are no probabilities.
    pub fn new(weights: Vec<Array2<f64>>, shares: Vec<Array1<f64>>) -> Result<Self, AtomsError> {
        for (index, matrix) in weights.iter().enumerate() {
            let (rows, columns) = matrix.dim();
            let above = if index == 0 { rows } else { shares.get(index - 1).map_or(0, Array1::len) };
            let below = if index + 1 == weights.len() { 1 } else { shares.get(index).map_or(0, Array1::len) };
            if [rows, columns] != [above, below] {
                return Err(AtomsError::Shape { layer: index + 1, rows, columns, wanted: [above, below] });
            }
        }
        for (index, share) in shares.iter().enumerate() {
            let sum = share.sum();
            if !((sum - 1.0).abs() < ROUNDING && share.iter().all(|q| *q >= 0.0)) {
                return Err(AtomsError::Shares { layer: index + 1, sum });
            }
        }
        Ok(Self { weights, shares })
    }

    /// A finite network: equal shares.
    ///
    /// # Errors
    /// Where layers do not fit together.
    pub fn network(weights: Vec<Array2<f64>>) -> Result<Self, AtomsError> {
        let inner = weights.iter().take(weights.len().saturating_sub(1)).map(Array2::ncols);
        let shares = inner.map(|width| Array1::from_elem(width, 1.0 / width as f64)).collect();
        Self::new(weights, shares)
    }

    /// The widths.
    pub fn layout(&self) -> Layout {
        let first = self.weights.first().map(Array2::nrows);
        Layout::new(first.into_iter().chain(self.weights.iter().map(Array2::ncols)).collect())
    }

    /// All weights in one row, as [`Layout::views`] takes them apart.
    pub fn flat(&self) -> Vec<f64> {
        self.weights.iter().flat_map(|matrix| matrix.iter().copied()).collect()
    }

    /// Views of W_1 … W_L.
    pub fn views(&self) -> Vec<ArrayView2<'_, f64>> {
        self.weights.iter().map(|matrix| matrix.view()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn atoms_that_do_not_fit_are_refused() {
        let first = array![[1.0, 2.0]];
        let wrong = Atoms::network(vec![first.clone(), array![[1.0], [2.0], [3.0]]]);
        assert_eq!(wrong, Err(AtomsError::Shape { layer: 2, rows: 3, columns: 1, wanted: [2, 1] }));
        let last = array![[1.0], [2.0]];
        let shares = Atoms::new(vec![first.clone(), last.clone()], vec![array![0.5, 0.25]]);
        assert_eq!(shares, Err(AtomsError::Shares { layer: 1, sum: 0.75 }));
        let atoms = Atoms::network(vec![first, last]).expect("fits");
        let layout = atoms.layout();
        assert_eq!((layout.widths(), layout.numbers()), (&[1, 2, 1][..], 4));
        assert_eq!(layout.views(&atoms.flat()), atoms.views());
    }
}
