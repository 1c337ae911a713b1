//! `[model.residual]`: residual networks as the paper on modelling from features has them: depth, activations
//! and the start of Algorithm 2. Width belongs to the networks that are trained: the limit has none.

use meanfield_deep::activation::LayerActivation;
use meanfield_deep::residual::architecture::{DEEPEST, ResidualArchitecture};
use meanfield_deep::residual::start::{Regression, ResidualStart, ResidualStartError};
use meanfield_model::loss::Loss;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use crate::model::activation::{ActivationKind, layer_activation};
use crate::nothing::Nothing;
use crate::typed::Step;

/// Where the keys stand.
const SECTION: [&str; 2] = ["model", "residual"];

/// Keys of residual networks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ResidualKeys {
    /// L, the hidden layers: β_1 = v_1ᵀ x/d, then β_ℓ = β_{ℓ−1} + h₂(α_ℓ) with α_ℓ = E v_ℓ h₁(β_{ℓ−1}) for
    /// ℓ = 2 … L, and the output E v_{L+1} h₁(β_L).
    pub depth: usize,
    /// h₁, between layers.
    pub activation: ActivationKind,
    /// h₂, of what a layer adds to the features. The theory asks for a bounded one.
    pub residual_activation: ActivationKind,
    /// σ₁: standard normal deviates of the start are multiplied by it.
    #[serde(default = "unit")]
    pub deviation: f64,
    /// C₇, the output weights at t = 0.
    #[serde(default = "unit")]
    pub output_weight: f64,
    /// What follows the standard start. The default, weights of minimum norm with the same features, is
    /// Algorithm 2 of the paper.
    #[serde(default)]
    pub regression: RegressionKind,
}

fn unit() -> f64 {
    1.0
}

/// What follows the standard start of a residual network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RegressionKind {
    /// Weights of minimum norm that keep the features.
    MinimumNorm(Nothing),
    /// Weights that trade their size against errors of the features.
    Soft(SoftKeys),
    /// Nothing: weights of size √m, which have no limit.
    Absent(Nothing),
}

impl Default for RegressionKind {
    fn default() -> Self {
        Self::MinimumNorm(Nothing {})
    }
}

/// Keys of the soft regression.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SoftKeys {
    /// λ > 0: added to the Gram matrix of the features.
    pub penalty: f64,
}

impl RegressionKind {
    fn regression(self) -> Regression {
        match self {
            Self::MinimumNorm(_) => Regression::MinimumNorm,
            Self::Soft(SoftKeys { penalty }) => Regression::Soft { penalty },
            Self::Absent(_) => Regression::Absent,
        }
    }
}

impl ResidualKeys {
    /// Architecture and start; everything that is wrong with them is noted.
    pub(crate) fn parse(
        &self,
        loss: Loss,
        complaints: &mut Complaints,
    ) -> Option<(ResidualArchitecture, ResidualStart)> {
        let activation = parsed(&self.activation, "activation", complaints);
        let residual = parsed(&self.residual_activation, "residual-activation", complaints);
        let message = format!("`depth` must be between 1 and {DEEPEST}; it is {}", self.depth);
        let help = "write e.g. depth = 3";
        complaints.unless(
            (1..=DEEPEST).contains(&self.depth),
            &["model", "residual", "depth"],
            message,
            help,
        );
        let start = ResidualStart::new(self.deviation, self.output_weight, self.regression.regression());
        if let Err(error) = start {
            complaints.add(SECTION.into_iter().chain(key_of(error)), error.to_string(), "write e.g. 1.0");
        }
        let architecture = ResidualArchitecture::new(self.depth, activation?, residual?, loss);
        Some((architecture.ok()?, start.ok()?))
    }
}

/// An activation; everything that is wrong with it is noted.
fn parsed(keys: &ActivationKind, key: &str, complaints: &mut Complaints) -> Option<LayerActivation> {
    let path: Vec<Step> = SECTION.into_iter().chain([key]).map(Step::from).collect();
    keys.parse_at(&path, complaints).map(layer_activation)
}

/// The key that an error of the start is about.
fn key_of(error: ResidualStartError) -> Option<&'static str> {
    match error {
        ResidualStartError::Deviation(_) => Some("deviation"),
        ResidualStartError::OutputWeight(_) => Some("output-weight"),
        _ => Some("regression"),
    }
}
