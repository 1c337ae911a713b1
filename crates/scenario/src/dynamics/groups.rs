//! `factors` and `ridge-on` of `[dynamics]`: how output weight, offset and weights of a neuron are
//! trained beside one another.

use meanfield_model::parameter_groups::{ParameterGroup, ParameterGroups};
use meanfield_model::unit::Unit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use crate::ranges::{LARGEST, LEAST};

/// Factors of the steps of a neuron's parameters; 0 freezes them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FactorKeys {
    /// Of the output weight.
    #[serde(default = "unit_factor")]
    pub a: f64,
    /// Of the offset.
    #[serde(default = "unit_factor")]
    pub b: f64,
    /// Of the weights.
    #[serde(default = "unit_factor")]
    pub w: f64,
}

fn unit_factor() -> f64 {
    1.0
}

impl Default for FactorKeys {
    fn default() -> Self {
        Self { a: 1.0, b: 1.0, w: 1.0 }
    }
}

/// Parameters that the ridge acts on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RidgeOn {
    /// All of a neuron's parameters.
    #[default]
    All,
    /// Its weights w alone.
    Weights,
}

impl FactorKeys {
    /// Whether all parameters are trained alike.
    pub(crate) fn are_alike(&self) -> bool {
        *self == Self::default()
    }

    /// The groups that are meant.
    pub(crate) fn groups(self, ridge_on: RidgeOn) -> ParameterGroups {
        let is_on_all = ridge_on == RidgeOn::All;
        let group = |factor: f64, has_ridge: bool| ParameterGroup { factor, has_ridge };
        ParameterGroups { a: group(self.a, is_on_all), b: group(self.b, is_on_all), w: group(self.w, true) }
    }

    /// Notes factors that are no sensible numbers, or of parameters that neurons do not have.
    pub(crate) fn check(self, unit: Unit, complaints: &mut Complaints) {
        for (key, factor) in [("a", self.a), ("b", self.b), ("w", self.w)] {
            let message = format!(
                "a factor must be 0 or a number from {LEAST:e} to {LARGEST:e}; `{key}` is {factor:?}"
            );
            let sensible = factor == 0.0 || (LEAST..=LARGEST).contains(&factor);
            let path = ["dynamics", "factors", key];
            complaints.unless(sensible, &path, message, "write 0.0 to freeze it, or leave it out");
            let message = format!("`{key}` is of neurons a σ(⟨w, x⟩ + b), and these are σ(⟨w, x⟩)");
            let is_there = key == "w" || unit == Unit::Affine || factor == 1.0;
            complaints.unless(is_there, &path, message, "leave it out, or write model.unit.affine = {}");
        }
        let trained = match unit {
            Unit::Inner => self.w > 0.0,
            Unit::Affine => [self.a, self.b, self.w].iter().any(|factor| *factor > 0.0),
        };
        let message = "everything is frozen: nothing is trained";
        complaints.unless(trained, &["dynamics", "factors"], message, "write e.g. factors = { a = 0.0 }");
    }
}
