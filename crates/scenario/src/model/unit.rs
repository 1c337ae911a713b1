//! `model.unit`: what a neuron computes.

use meanfield_model::unit::Unit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::nothing::Nothing;

/// Units: what a neuron computes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum UnitKind {
    /// σ(⟨w, x⟩).
    Inner(Nothing),
    /// a σ(⟨w, x⟩ + b); `model.initial` says where a and b start.
    Affine(Nothing),
}

impl Default for UnitKind {
    fn default() -> Self {
        Self::Inner(Nothing {})
    }
}

impl UnitKind {
    /// Whether it is the unit of a scenario that names none.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The unit as the mathematics knows it.
    pub fn unit(&self) -> Unit {
        match self {
            Self::Inner(_) => Unit::Inner,
            Self::Affine(_) => Unit::Affine,
        }
    }
}
