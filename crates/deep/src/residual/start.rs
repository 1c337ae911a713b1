//! How residual networks start: Algorithm 2, a standard start followed by an ℓ₂-regression that keeps its
//! features, by minimum norm or the soft version of the paper's footnote; and the same start in the limit
//! (A.1)–(A.3).
//!
//! ```text
//!   v_1 ~ N(0, d σ₁²),  v_ℓ ~ N(0, m σ₁²),  v_{L+1} = C₇;   v_ℓ ← argmin (1/m) |v|²  with  α_ℓ kept
//!   v_ℓ(Θ, Θ̄) = h₁(β_{ℓ−1}(Θ))ᵀ K̂_{ℓ−1}⁻¹ α_ℓ(Θ̄),   K̂ = (1/m) Σ h₁ h₁ᵀ                    (Lemma 5)
//! ```
//! The soft version minimises (λ/m) |v|² + |α_ℓ − (1/m) Σ v h₁|²: K̂ + λ in place of K̂, for the features of
//! the standard start; its own features differ from them.

use meanfield_random::deviates::normal;
use meanfield_random::stream::{Purpose, Stream, generator};
use ndarray::{Array1, Array2};
use thiserror::Error;

use super::architecture::ResidualProblem;
use super::gram::LimitGrams;
use super::pair_weights::PairWeights;
use super::paths::Paths;
use super::skip_paths::SkipPaths;
use crate::spectral::{empirical_gram, pseudo_inverse, spectral_function};

/// What follows the standard start.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Regression {
    /// Nothing: weights of size √m, which have no limit.
    Absent,
    /// Weights of minimum norm with the same features, (5.2).
    MinimumNorm,
    /// Weights that trade their size against errors of α.
    Soft {
        /// λ > 0.
        penalty: f64,
    },
}

/// A start that is none.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ResidualStartError {
    /// σ₁.
    #[error("σ₁ = {0} is not positive and finite")]
    Deviation(f64),
    /// C₇.
    #[error("C₇ = {0} is not finite")]
    OutputWeight(f64),
    /// λ.
    #[error("the penalty λ = {0} of the soft regression is not positive and finite")]
    Penalty(f64),
    /// No limit.
    #[error("without regression weights grow like √m: there is no limit")]
    NoLimit,
}

/// σ₁, C₇ and the regression of Algorithm 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResidualStart {
    deviation: f64,
    output_weight: f64,
    regression: Regression,
}

/// A network drawn by Algorithm 2.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnResidualNetwork {
    /// The network, shares 1/m.
    pub paths: Paths,
    /// Θ: α_2 … α_L of the standard start, shape (points, m); v_1 is that of the network.
    pub residuals: Vec<Array2<f64>>,
    /// K̂_1 … K̂_{L−1} of the standard start.
    pub grams: Vec<Array2<f64>>,
}

fn is_positive(number: f64) -> bool {
    number.is_finite() && number > 0.0
}

fn normals(shape: (usize, usize), deviation: f64, random: &mut Stream) -> Array2<f64> {
    Array2::from_shape_simple_fn(shape, || deviation * normal(random))
}

impl ResidualStart {
    /// Algorithm 2 with σ₁ and C₇.
    ///
    /// # Errors
    /// Where a number is not finite, or σ₁ or λ not positive.
    pub fn new(
        deviation: f64,
        output_weight: f64,
        regression: Regression,
    ) -> Result<Self, ResidualStartError> {
        if !is_positive(deviation) {
            return Err(ResidualStartError::Deviation(deviation));
        }
        if !output_weight.is_finite() {
            return Err(ResidualStartError::OutputWeight(output_weight));
        }
        match regression {
            Regression::Soft { penalty } if !is_positive(penalty) => {
                Err(ResidualStartError::Penalty(penalty))
            }
            _ => Ok(Self { deviation, output_weight, regression }),
        }
    }

    /// σ₁.
    pub fn deviation(&self) -> f64 {
        self.deviation
    }

    /// C₇.
    pub fn output_weight(&self) -> f64 {
        self.output_weight
    }

    /// What follows the standard start.
    pub fn regression(&self) -> Regression {
        self.regression
    }

    /// (K + λ)⁻¹; without λ the pseudo-inverse.
    pub fn inverse(&self, gram: &Array2<f64>) -> Array2<f64> {
        match self.regression {
            Regression::Soft { penalty } => {
                spectral_function(gram, |value| (value.max(0.0) + penalty).recip())
            }
            _ => pseudo_inverse(gram),
        }
    }

    /// v_ℓ by regression: factors h₁(β_{ℓ−1}), shape (points, senders), and α_ℓ, shape (points, receivers).
    pub fn regressed(
        &self,
        values: &Array2<f64>,
        gram: &Array2<f64>,
        residuals: &Array2<f64>,
    ) -> PairWeights {
        PairWeights::Factors { left: values.clone(), right: self.inverse(gram).dot(residuals) }
    }

    /// A network of width m drawn from a seed.
    pub fn network(&self, problem: &ResidualProblem, width: usize, seed: u64) -> DrawnResidualNetwork {
        let dimension = problem.data.dimension();
        let mut random = generator(seed, Purpose::LayerWeights, 1);
        let size = self.deviation * (dimension as f64).sqrt();
        let first = normals((dimension, width), size, &mut random);
        let mut network = DrawnResidualNetwork {
            paths: Paths::network(first, Vec::new(), Array1::from_elem(width, self.output_weight)),
            residuals: Vec::new(),
            grams: Vec::new(),
        };
        let mut features = problem.data.inputs().dot(&network.paths.first) / dimension as f64;
        for layer in 2..=problem.architecture.depth() {
            self.draw_layer(problem, &mut features, &mut network, layer, seed);
        }
        network
    }

    /// Draws v_ℓ, and takes features one layer up.
    fn draw_layer(
        &self,
        problem: &ResidualProblem,
        features: &mut Array2<f64>,
        network: &mut DrawnResidualNetwork,
        layer: usize,
        seed: u64,
    ) {
        let architecture = &problem.architecture;
        let width = network.paths.count();
        let mut random = generator(seed, Purpose::LayerWeights, layer as u64);
        let weights = normals((width, width), self.deviation * (width as f64).sqrt(), &mut random);
        let values = features.mapv(|beta| architecture.activation().value(beta));
        let residuals = values.dot(&weights) / width as f64;
        let gram = empirical_gram(values.view(), &network.paths.shares);
        *features += &residuals.mapv(|alpha| architecture.residual_activation().value(alpha));
        network.paths.pairs.push(match self.regression {
            Regression::Absent => PairWeights::Matrix(weights),
            _ => self.regressed(&values, &gram, &residuals),
        });
        network.residuals.push(residuals);
        network.grams.push(gram);
    }

    /// v_2 … v_L of the limit between paths of these v_1, shape (d, paths), and α_2 … α_L, by K_1 … K_{L−1}.
    ///
    /// # Errors
    /// Where there is no regression.
    pub fn limit_paths(
        &self,
        problem: &ResidualProblem,
        grams: &LimitGrams,
        paths: &SkipPaths,
        shares: Array1<f64>,
    ) -> Result<Paths, ResidualStartError> {
        if self.regression == Regression::Absent {
            return Err(ResidualStartError::NoLimit);
        }
        let features = paths.features(problem);
        let mut pairs = Vec::with_capacity(paths.residuals.len());
        for (index, residuals) in paths.residuals.iter().enumerate() {
            let values = features[index].mapv(|beta| problem.architecture.activation().value(beta));
            pairs.push(self.regressed(&values, grams.matrix(index + 1), residuals));
        }
        let last = Array1::from_elem(paths.count(), self.output_weight);
        Ok(Paths { first: paths.first.clone(), pairs, last, shares })
    }
}
