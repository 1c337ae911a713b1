//! Keys of a fully connected network beside residual ones. What they mean together with others is checked
//! where it is built.

use meanfield_deep::law::EntryLaw;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Keys of a fully connected network beside residual ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlainKeys {
    /// Mean of the weights behind the first layer at t = 0. With 0 such networks hardly train.
    #[serde(default = "unit_number")]
    pub mean: f64,
    /// Their deviation.
    #[serde(default = "unit_number")]
    pub deviation: f64,
}

fn unit_number() -> f64 {
    1.0
}

impl PlainKeys {
    /// The law of the weights behind the first layer.
    pub(in crate::systems) fn law(self) -> EntryLaw {
        EntryLaw::Normal { mean: self.mean, deviation: self.deviation }
    }
}
