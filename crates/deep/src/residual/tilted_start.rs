//! The start of Algorithm 2 as a function of the law of its paths: independent deviates ζ of v_1, α_2 … α_L are
//! all that a network draws, and α_ℓ = σ₁ K̂_{ℓ−1}^½ ζ_ℓ and v_ℓ = h₁ᵀ K̂_{ℓ−1}⁻¹ α_ℓ follow from the Gram
//! matrices of whatever shares the paths have. So a network of width m is this function at the law of m
//! drawn deviates. How paths move is not known here.

use ndarray::{Array1, Array2};

use super::architecture::ResidualProblem;
use super::gram::LimitGrams;
use super::paths::Paths;
use super::skip_paths::SkipPaths;
use super::start::ResidualStart;
use crate::spectral::{empirical_gram, inverse_root, square_root};

/// Deviates of paths, from which they start with any shares.
pub(crate) struct TiltedStart {
    problem: ResidualProblem,
    start: ResidualStart,
    /// v_1, shape (d, paths).
    first: Array2<f64>,
    /// σ₁ ζ_2 … σ₁ ζ_L, shape (points, paths).
    deviates: Vec<Array2<f64>>,
}

/// Paths of a start, as it draws them.
pub(crate) struct TiltedPaths {
    /// As the regression leaves them.
    pub paths: Paths,
    /// f of the standard start, before the regression, which keeps it but for a penalty.
    pub outputs: Array1<f64>,
}

impl TiltedStart {
    /// The deviates of paths that the limit of these Gram matrices draws.
    pub fn new(
        problem: &ResidualProblem,
        start: &ResidualStart,
        grams: &LimitGrams,
        paths: SkipPaths,
    ) -> Self {
        let layers = paths.residuals.iter().enumerate();
        let deviates =
            layers.map(|(index, residuals)| inverse_root(grams.matrix(index + 1)).dot(residuals)).collect();
        Self { problem: problem.clone(), start: *start, first: paths.first, deviates }
    }

    /// The start where paths have these shares.
    pub fn paths(&self, shares: &Array1<f64>) -> TiltedPaths {
        let architecture = &self.problem.architecture;
        let inputs = self.problem.data.inputs();
        let mut features = inputs.dot(&self.first) / inputs.ncols() as f64;
        let mut pairs = Vec::with_capacity(self.deviates.len());
        for deviates in &self.deviates {
            let values = features.mapv(|beta| architecture.activation().value(beta));
            let gram = empirical_gram(values.view(), shares);
            let residuals = square_root(&gram).dot(deviates);
            pairs.push(self.start.regressed(&values, &gram, &residuals));
            features += &residuals.mapv(|alpha| architecture.residual_activation().value(alpha));
        }
        let values = features.mapv(|beta| architecture.activation().value(beta));
        let outputs = values.dot(shares) * self.start.output_weight();
        let last = Array1::from_elem(shares.len(), self.start.output_weight());
        let paths = Paths { first: self.first.clone(), pairs, last, shares: shares.clone() };
        TiltedPaths { paths, outputs }
    }
}
