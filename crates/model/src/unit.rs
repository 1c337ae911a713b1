//! σ_*(x; θ): what a neuron of a finite network computes, and how θ lies in a row of its parameters.

use ndarray::{ArrayView1, ArrayView2, s};

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

    /// What the rows of `parameters`, shape (neuron, D), say.
    pub fn neurons(self, parameters: ArrayView2<'_, f64>) -> Neurons<'_> {
        let known = |column: ArrayView1<f64>| column.to_vec();
        let constant = |value: f64| vec![value; parameters.nrows()];
        let (outer, offsets) = match self {
            Self::Inner => (constant(1.0), constant(0.0)),
            Self::Affine => (known(parameters.column(0)), known(parameters.column(1))),
        };
        Neurons { outer, offsets, weights: parameters.slice_move(s![.., self.parameters(0)..]) }
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
