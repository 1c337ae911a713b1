//! σ_*(x; θ): the output of a neuron of a finite network, and the order of θ in a row of its parameters.

use ndarray::{ArrayView2, s};

/// σ_*, with all of θ trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// σ(⟨w, x⟩), θ = w.
    Inner,
    /// a σ(⟨w, x⟩ + b), θ = (a, b, w).
    Affine,
}

/// The parameters of a network's neurons a_i σ(⟨w_i, x⟩ + b_i).
pub struct Neurons<'a> {
    /// a_i, 1 where the unit has none.
    pub outer: Vec<f64>,
    /// b_i, 0 where the unit has none.
    pub offsets: Vec<f64>,
    /// w_i, shape (neuron, d).
    pub weights: ArrayView2<'a, f64>,
}

impl Unit {
    /// D, for inputs of dimension d.
    pub fn parameters(self, dimension: usize) -> usize {
        dimension + if self == Self::Affine { 2 } else { 0 }
    }

    /// Parameters before those that a sample's coordinates (after a constant 1, where there is b) are
    /// multiplied with.
    pub fn outer(self) -> usize {
        usize::from(self == Self::Affine)
    }

    /// The neurons whose parameters are the rows of `parameters`, shape (neuron, D).
    pub fn neurons(self, parameters: ArrayView2<'_, f64>) -> Neurons<'_> {
        let count = parameters.nrows();
        let weights = parameters.slice_move(s![.., self.parameters(0)..]);
        match self {
            Self::Inner => Neurons { outer: vec![1.0; count], offsets: vec![0.0; count], weights },
            Self::Affine => Neurons {
                outer: parameters.column(0).to_vec(),
                offsets: parameters.column(1).to_vec(),
                weights,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn rows_are_read_as_the_unit_says() {
        let rows = array![[2.0, 3.0, 4.0], [5.0, 6.0, 7.0]];
        let affine = Unit::Affine.neurons(rows.view());
        assert_eq!((affine.outer, affine.offsets), (vec![2.0, 5.0], vec![3.0, 6.0]));
        assert_eq!(affine.weights, array![[4.0], [7.0]]);
        let inner = Unit::Inner.neurons(rows.view());
        assert_eq!((inner.outer, inner.offsets), (vec![1.0; 2], vec![0.0; 2]));
        assert_eq!(inner.weights, rows);
    }
}
