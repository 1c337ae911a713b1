//! Skip-connected paths Θ = (v_1, α_2, …, α_L) as points of R^{d + N(L−1)} at the start, and
//! their features. Weights between them are not known here.

use ndarray::{Array2, Axis, concatenate};

use super::architecture::ResidualProblem;
use super::engine::{PathWeights, ResidualEngine};
use super::paths::Paths;

/// Θ = (v_1, α_2, …, α_L) of many paths.
#[derive(Clone, Debug, PartialEq)]
pub struct SkipPaths {
    /// v_1, shape (d, paths).
    pub first: Array2<f64>,
    /// α_2 … α_L, shape (points, paths).
    pub residuals: Vec<Array2<f64>>,
}

impl SkipPaths {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.first.ncols()
    }

    /// All paths of several, one after the other.
    pub fn joined(parts: &[&Self]) -> Self {
        let firsts: Vec<_> = parts.iter().map(|part| part.first.view()).collect();
        let layers = parts.first().map_or(0, |part| part.residuals.len());
        let residuals = (0..layers).map(|index| {
            let views: Vec<_> = parts.iter().map(|part| part.residuals[index].view()).collect();
            concatenate(Axis(1), &views).expect("of one problem")
        });
        let residuals = residuals.collect();
        Self { first: concatenate(Axis(1), &firsts).expect("of one problem"), residuals }
    }

    /// β_1 … β_L, (3.7) and (3.9), shape (points, paths).
    pub fn features(&self, problem: &ResidualProblem) -> Vec<Array2<f64>> {
        let inputs = problem.data.inputs();
        let mut features = vec![inputs.dot(&self.first) / inputs.ncols() as f64];
        for residuals in &self.residuals {
            let skipped = residuals.mapv(|alpha| problem.architecture.residual_activation().value(alpha));
            let next = skipped + &features[features.len() - 1];
            features.push(next);
        }
        features
    }
}

/// Features of paths as they are, not as their start would have them.
pub fn features(problem: &ResidualProblem, paths: &Paths) -> Vec<Array2<f64>> {
    let mut engine = ResidualEngine::new(problem.architecture.clone());
    engine.forward(PathWeights::from(paths), problem.data.inputs().view());
    (1..=problem.architecture.depth()).map(|layer| engine.features(layer).clone()).collect()
}
