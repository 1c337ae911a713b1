//! Skip-connected paths with weights: the state of a Res-Net, of its limit, of either with tagged paths. How
//! they move is in `flow` and `descent`.

use ndarray::{Array1, Array2, Axis};
use thiserror::Error;

use super::architecture::ResidualProblem;
use super::pair_weights::PairWeights;

/// Shares may add up to 1 with this error.
const ROUNDING: f64 = 1e-9;

/// Paths that make no residual network.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum PathsError {
    /// Weights that do not fit the problem or one another.
    #[error(
        "the weights of layer {layer} do not fit {paths} paths, {depth} hidden layers and inputs in R^{d}"
    )]
    Shape {
        /// Counted from 1.
        layer: usize,
        /// Paths.
        paths: usize,
        /// L.
        depth: usize,
        /// d.
        d: usize,
    },
    /// Shares that are no probabilities.
    #[error("the shares of the paths are no probabilities: their sum is {sum}")]
    Shares {
        /// Their sum.
        sum: f64,
    },
}

/// Paths Θ: neurons of all layers with one index.
#[derive(Clone, Debug, PartialEq)]
pub struct Paths {
    /// v_1, shape (d, paths).
    pub first: Array2<f64>,
    /// v_2 … v_L.
    pub pairs: Vec<PairWeights>,
    /// v_{L+1}.
    pub last: Array1<f64>,
    /// q, adding up to 1; 0 for tagged paths, which come last.
    pub shares: Array1<f64>,
}

impl Paths {
    /// A network of width m: equal shares.
    pub fn network(first: Array2<f64>, pairs: Vec<PairWeights>, last: Array1<f64>) -> Self {
        let width = last.len();
        Self { first, pairs, last, shares: Array1::from_elem(width, 1.0 / width as f64) }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.last.len()
    }

    /// How many act: those up to the last whose share is not 0.
    pub fn acting(&self) -> usize {
        self.shares.iter().rposition(|q| *q != 0.0).map_or(0, |last| last + 1)
    }

    /// Whether they are a residual network of the problem.
    ///
    /// # Errors
    /// Where shapes do not fit, or shares are no probabilities.
    pub fn check(&self, problem: &ResidualProblem) -> Result<(), PathsError> {
        let paths = self.count();
        let depth = problem.architecture.depth();
        let d = problem.data.dimension();
        if self.first.dim() != (d, paths) {
            return Err(PathsError::Shape { layer: 1, paths, depth, d });
        }
        let odd = self.pairs.iter().position(|pairs| pairs.paths() != paths);
        if self.pairs.len() + 1 != depth || odd.is_some() {
            return Err(PathsError::Shape { layer: odd.unwrap_or(self.pairs.len()) + 2, paths, depth, d });
        }
        let sum = self.shares.sum();
        let are_shares = self.shares.len() == paths && self.shares.iter().all(|q| *q >= 0.0);
        match are_shares && (sum - 1.0).abs() < ROUNDING {
            true => Ok(()),
            false => Err(PathsError::Shares { sum }),
        }
    }

    /// Weights between paths as matrices: cheaper where there are fewer paths than twice the rank.
    pub fn with_matrices(mut self) -> Self {
        for pairs in &mut self.pairs {
            *pairs = PairWeights::Matrix(pairs.matrix());
        }
        self
    }

    /// Some of them, in this order, with new shares.
    pub fn select(&self, paths: &[usize], shares: Array1<f64>) -> Self {
        Self {
            first: self.first.select(Axis(1), paths),
            pairs: self.pairs.iter().map(|pairs| pairs.select(paths)).collect(),
            last: self.last.select(Axis(0), paths),
            shares,
        }
    }
}
