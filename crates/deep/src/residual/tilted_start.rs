//! The start of Algorithm 2 as a function of the law of its paths: independent deviates ζ of v_1, α_2 … α_L
//! are all that a network draws, and α_ℓ = σ₁ K̂_{ℓ−1}^½ ζ_ℓ and v_ℓ = h₁ᵀ K̂_{ℓ−1}⁻¹ α_ℓ follow from the
//! Gram matrices of whatever shares the paths have. So a network of width m is this function at the law of m
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

    /// h₁(β_L) of the standard start where paths have these shares; `look` is shown h₁(β_{ℓ−1}), its Gram
    /// matrix and α_ℓ, layer by layer.
    fn last_values(
        &self,
        shares: &Array1<f64>,
        mut look: impl FnMut(&Array2<f64>, &Array2<f64>, &Array2<f64>),
    ) -> Array2<f64> {
        let architecture = &self.problem.architecture;
        let inputs = self.problem.data.inputs();
        let mut features = inputs.dot(&self.first) / inputs.ncols() as f64;
        for deviates in &self.deviates {
            let values = features.mapv(|beta| architecture.activation().value(beta));
            let gram = empirical_gram(values.view(), shares);
            let residuals = square_root(&gram).dot(deviates);
            look(&values, &gram, &residuals);
            features += &residuals.mapv(|alpha| architecture.residual_activation().value(alpha));
        }
        features.mapv(|beta| architecture.activation().value(beta))
    }

    /// f of the standard start where paths have these shares: that of the network but for a penalty.
    pub fn outputs(&self, shares: &Array1<f64>) -> Array1<f64> {
        self.last_values(shares, |_, _, _| {}).dot(shares) * self.start.output_weight()
    }

    /// The start where paths have these shares.
    pub fn paths(&self, shares: &Array1<f64>) -> Paths {
        let mut pairs = Vec::with_capacity(self.deviates.len());
        self.last_values(shares, |values, gram, residuals| {
            pairs.push(self.start.regressed(values, gram, residuals));
        });
        let last = Array1::from_elem(shares.len(), self.start.output_weight());
        Paths { first: self.first.clone(), pairs, last, shares: shares.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::LayerActivation;
    use crate::data::DataPoints;
    use crate::residual::architecture::ResidualArchitecture;
    use crate::residual::start::Regression;
    use meanfield_model::activation::{Activation, Placement, Shape, Smooth};
    use meanfield_model::loss::Loss;
    use ndarray::array;

    /// A network is its start at the law of the deviates that it drew.
    #[test]
    fn a_network_starts_from_its_own_deviates() {
        let smooth = |shape| Activation::Smooth(Smooth { shape, place: Placement::default() });
        let activations: [LayerActivation; 2] =
            [Shape::Sigmoid, Shape::Tanh].map(|shape| smooth(shape).into());
        let [h1, h2] = activations;
        let architecture = ResidualArchitecture::new(3, h1, h2, Loss::Squared).expect("valid");
        let inputs = array![[1.0, 0.5], [-1.0, 1.0], [0.2, 2.0]];
        let data = DataPoints::uniform(inputs, array![1.0, -1.0, 0.5]).expect("valid");
        let problem = ResidualProblem::new(architecture, data);
        for regression in [Regression::MinimumNorm, Regression::Soft { penalty: 0.1 }] {
            let start = ResidualStart::new(1.2, 0.8, regression).expect("valid");
            let network = start.network(&problem, 40, 1);
            // The limit's matrices stand in for the network's: any will do that both sides take.
            let grams = LimitGrams::new(&problem.architecture, problem.data.inputs().view(), 1.2, 2);
            let both = network.residuals.iter().zip(&network.grams).enumerate();
            let residuals = both.map(|(index, (residuals, gram))| {
                square_root(grams.matrix(index + 1)).dot(&inverse_root(gram).dot(residuals))
            });
            let paths = SkipPaths { first: network.paths.first.clone(), residuals: residuals.collect() };
            let tilted = TiltedStart::new(&problem, &start, &grams, paths);
            let found = tilted.paths(&network.paths.shares);
            for (own, other) in found.pairs.iter().zip(&network.paths.pairs) {
                let apart = own.matrix() - other.matrix();
                assert!(apart.iter().all(|x| x.abs() < 1e-8), "{regression:?}");
            }
        }
    }
}
