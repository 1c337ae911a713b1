//! What a residual network is made of, whatever its width: depth, h₁, h₂ and the loss. Weights, data and how
//! it starts are not part of it.

use std::sync::Arc;

use meanfield_model::loss::Loss;
use thiserror::Error;

use super::parallel::parallel_inputs;
use crate::activation::LayerActivation;
use crate::data::DataPoints;

/// Networks deeper than this are refused: Gram matrices of the limit are quadratures in L − 1 variables.
pub const DEEPEST: usize = 5;

/// Most pairs of parallel inputs that are named.
const MOST_PARALLEL: usize = 3;

/// An architecture that is none.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ResidualArchitectureError {
    /// L.
    #[error("a residual network has from 1 to {DEEPEST} hidden layers here, not {0}")]
    Depth(usize),
}

/// Depth, activations and loss of a residual network.
#[derive(Clone, Debug, PartialEq)]
pub struct ResidualArchitecture {
    depth: usize,
    activation: LayerActivation,
    residual_activation: LayerActivation,
    loss: Loss,
}

impl ResidualArchitecture {
    /// L hidden layers, h₁ between layers, h₂ of the residuals, φ(f, y).
    ///
    /// # Errors
    /// Where L is not between 1 and [`DEEPEST`].
    pub fn new(
        depth: usize,
        activation: LayerActivation,
        residual_activation: LayerActivation,
        loss: Loss,
    ) -> Result<Self, ResidualArchitectureError> {
        match depth {
            1..=DEEPEST => Ok(Self { depth, activation, residual_activation, loss }),
            _ => Err(ResidualArchitectureError::Depth(depth)),
        }
    }

    /// L, the hidden layers.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// h₁.
    pub fn activation(&self) -> &LayerActivation {
        &self.activation
    }

    /// h₂.
    pub fn residual_activation(&self) -> &LayerActivation {
        &self.residual_activation
    }

    /// φ, which the theory of global convergence asks to be convex.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// Where it leaves Assumption 1 or the convexity of Theorem 2, in words.
    pub fn departures(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (name, activation) in [("h₁", &self.activation), ("h₂", &self.residual_activation)] {
            if !activation.is_bounded() {
                found.push(format!("{name} is unbounded: Assumption 1 of the paper does not hold"));
            }
            if !activation.is_smooth() {
                found.push(format!("{name} has a kink: Assumption 1 of the paper does not hold"));
            }
        }
        if self.loss == Loss::Squared {
            found.push(
                "the squared loss has an unbounded slope: Assumption 1 of the paper does not hold".into(),
            );
        }
        if !self.loss.is_convex() {
            found.push("the loss is not convex: Theorem 2 of the paper does not speak of it".into());
        }
        found
    }
}

/// Architecture and data of a residual network.
#[derive(Clone, Debug)]
pub struct ResidualProblem {
    /// L, h₁, h₂, φ.
    pub architecture: Arc<ResidualArchitecture>,
    /// (x_n, y_n), with the weights of E_Z: 1/N in the paper.
    pub data: Arc<DataPoints>,
    /// Whether systems record the laws of features at the inputs of the data.
    pub are_features_recorded: bool,
}

impl ResidualProblem {
    /// A problem.
    pub fn new(architecture: ResidualArchitecture, data: DataPoints) -> Self {
        let are_features_recorded = false;
        Self { architecture: Arc::new(architecture), data: Arc::new(data), are_features_recorded }
    }

    /// Where architecture or inputs leave the assumptions of the theorems, in words.
    pub fn departures(&self) -> Vec<String> {
        let mut found = self.architecture.departures();
        let parallel = parallel_inputs(self.data.inputs().view());
        found.extend(parallel.iter().take(MOST_PARALLEL).map(ToString::to_string));
        let more = parallel.len().saturating_sub(MOST_PARALLEL);
        if more > 0 {
            found.push(format!("{more} more pairs of inputs are parallel"));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn linear(depth: usize, loss: Loss) -> Result<ResidualArchitecture, ResidualArchitectureError> {
        let identity = LayerActivation::Identity;
        ResidualArchitecture::new(depth, identity.clone(), identity, loss)
    }

    #[test]
    fn what_leaves_the_assumptions_is_said() {
        assert_eq!(linear(0, Loss::Squared), Err(ResidualArchitectureError::Depth(0)));
        assert_eq!(linear(6, Loss::Squared), Err(ResidualArchitectureError::Depth(6)));
        let found = linear(3, Loss::Welsch { scale: 1.0 }).expect("valid");
        assert_eq!(found.departures().len(), 3, "{:?}", found.departures());
        let data = DataPoints::uniform(array![[1.0], [-2.0]], array![0.0, 1.0]).expect("valid");
        let problem = ResidualProblem::new(found, data);
        assert_eq!(problem.departures().len(), 4, "{:?}", problem.departures());
    }
}
