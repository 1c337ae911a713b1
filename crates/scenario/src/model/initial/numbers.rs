//! The law of one number of a neuron at t = 0, its output weight or its offset, as it is typed.

use meanfield_model::number_law::{Normal, NumberLaw, WeightedLaw};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::model::instead::{INSTEAD, require};
use crate::ranges::LARGEST;

/// Weights of a mixture sum to 1 up to this: decimals are rounded.
const SLACK: f64 = 1e-9;
/// Most parts of a mixture.
pub(super) const MOST_PARTS: usize = 20;

/// The law of one number of a neuron at t = 0: N(mean, deviation²), or what stands in its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(transform = mean_or_another)]
pub struct NumberKeys {
    /// Mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub mean: Option<f64>,
    /// Standard deviation. Left out means none: all neurons start at the mean.
    #[serde(default)]
    pub deviation: f64,
    /// In place of `mean`: uniform between these two numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "[f64; 2]")]
    pub interval: Option<[f64; 2]>,
    /// In place of `mean`: one of several such laws, e.g. [{ weight = 0.5, mean = -1.0 }, { weight = 0.5,
    /// mean = 1.0 }] for output weights ±1. Weights sum to 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mixture: Vec<NumberPart>,
}

/// A part of a mixture: its weight, and a normal law or an interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(transform = mean_or_interval)]
pub struct NumberPart {
    /// Probability > 0.
    pub weight: f64,
    /// Mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub mean: Option<f64>,
    /// Standard deviation. Left out means none.
    #[serde(default)]
    pub deviation: f64,
    /// In place of `mean`: uniform between these two numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "[f64; 2]")]
    pub interval: Option<[f64; 2]>,
}

/// `interval` or `mixture` stands in place of `mean`.
fn mean_or_another(schema: &mut Schema) {
    require(schema, "mean");
    schema.insert(INSTEAD.to_owned(), json!({ "interval": ["mean"], "mixture": ["mean"] }));
}

/// `interval` stands in place of `mean`.
fn mean_or_interval(schema: &mut Schema) {
    require(schema, "mean");
    schema.insert(INSTEAD.to_owned(), json!({ "interval": ["mean"] }));
}

impl NumberKeys {
    /// The law.
    ///
    /// # Errors
    /// What is wrong with it, in words that follow the key's name.
    pub(super) fn law(&self) -> Result<NumberLaw, String> {
        if self.mixture.is_empty() {
            return simple(self.mean, self.deviation, self.interval);
        }
        if self.mean.is_some() || self.interval.is_some() || self.deviation != 0.0 {
            return Err("has a `mixture` and something in its place: leave out one of them".to_owned());
        }
        check_weights(self.mixture.iter().map(|part| part.weight))?;
        let parts = self.mixture.iter().map(|part: &NumberPart| {
            let law = simple(part.mean, part.deviation, part.interval)?;
            Ok(WeightedLaw { weight: part.weight, law })
        });
        Ok(NumberLaw::Mixture(parts.collect::<Result<_, String>>()?))
    }
}

/// A law that is no mixture.
fn simple(mean: Option<f64>, deviation: f64, interval: Option<[f64; 2]>) -> Result<NumberLaw, String> {
    match (mean, interval) {
        (Some(mean), None) => {
            let sensible = mean.abs() <= LARGEST && (0.0..=LARGEST).contains(&deviation);
            let message =
                format!("must have a mean within ±{LARGEST:e} and a deviation from 0 to {LARGEST:e}");
            sensible.then_some(Normal { mean, deviation }.into()).ok_or(message)
        }
        (None, Some(ends)) => {
            let sensible =
                deviation == 0.0 && ends[0] < ends[1] && ends.iter().all(|end| end.abs() <= LARGEST);
            let message = format!(
                "must have an `interval` that increases, within ±{LARGEST:e}, and then no `deviation`"
            );
            sensible.then_some(NumberLaw::Uniform { ends }).ok_or(message)
        }
        _ => Err("needs a `mean` or an `interval`, and not both".to_owned()),
    }
}

/// Whether weights are those of a mixture.
pub(super) fn check_weights(weights: impl Iterator<Item = f64>) -> Result<(), String> {
    let weights: Vec<f64> = weights.collect();
    let sum: f64 = weights.iter().sum();
    let are_shares = weights.iter().all(|weight| *weight > 0.0) && (sum - 1.0).abs() <= SLACK;
    let message = format!(
        "must have up to {MOST_PARTS} parts with weights above 0 that sum to 1; {} are given, with the sum \
         {sum:?}",
        weights.len()
    );
    (are_shares && weights.len() <= MOST_PARTS).then_some(()).ok_or(message)
}
