//! A start whose neurons are of several kinds: the components of `initial.mixture`.

use meanfield_model::initial::{Initial, WeightedInitial};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::laws::{are_means, are_overlaps, gaussian, sphere};
use super::numbers::{NumberKeys, check_weights};
use crate::model::instead::{INSTEAD, require};
use crate::ranges::{LARGEST, SMALLEST_SCALE, is_scale};

/// Keys of `mixture`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MixtureStart {
    /// The laws of w, each with its weight, e.g. [{ weight = 0.5, scale = 0.3 }, { weight = 0.5, radius =
    /// 1.2 }]: half of the neurons from a Gaussian, half from a sphere. Weights sum to 1.
    pub components: Vec<StartComponent>,
    /// Law of the output weight a, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a: Option<NumberKeys>,
    /// Law of the offset b, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<NumberKeys>,
}

/// A component of a start: a weight, and one of `scale`, `radius` and `radii`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(transform = one_of_three)]
pub struct StartComponent {
    /// Probability > 0.
    pub weight: f64,
    /// Beside `scale`: the mean of w along each direction that the data know, e.g. [0.5].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mean: Vec<f64>,
    /// Beside `radius`: the overlap ⟨w, e⟩/|w| with each of these directions, e.g. [0.3].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlap: Vec<f64>,
    /// κ > 0 of w ~ N(0, κ²/d I_d).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub scale: Option<f64>,
    /// In place of `scale`: w uniform on the sphere of this radius.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub radius: Option<f64>,
    /// In place of `scale`: |w| uniform between these two, in any direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "[f64; 2]")]
    pub radii: Option<[f64; 2]>,
}

/// `radius` or `radii` stands in place of `scale`.
fn one_of_three(schema: &mut Schema) {
    require(schema, "scale");
    schema.insert(INSTEAD.to_owned(), json!({ "radius": ["scale"], "radii": ["scale"] }));
}

impl MixtureStart {
    /// The law of w.
    ///
    /// # Errors
    /// What is wrong with it, in words that follow the key's name.
    pub(super) fn weights(&self) -> Result<Initial, String> {
        check_weights(self.components.iter().map(|component| component.weight))?;
        let parts = self.components.iter().map(|component: &StartComponent| {
            Ok(WeightedInitial { weight: component.weight, law: component.law()? })
        });
        Ok(Initial::Mixture(parts.collect::<Result<_, String>>()?))
    }
}

impl StartComponent {
    fn law(&self) -> Result<Initial, String> {
        let fits = are_means(&self.mean) && are_overlaps(&self.overlap);
        let law = match (self.scale, self.radius, self.radii) {
            (Some(scale), None, None) if self.overlap.is_empty() => {
                (fits && is_scale(scale)).then(|| gaussian(scale, &self.mean))
            }
            (None, Some(radius), None) if self.mean.is_empty() => {
                (fits && is_scale(radius)).then(|| sphere(radius, &self.overlap))
            }
            (None, None, Some(radii)) if self.mean.is_empty() && self.overlap.is_empty() => {
                let [inner, outer] = radii;
                let sensible = inner >= 0.0 && is_scale(outer) && is_scale(outer - inner);
                sensible.then_some(Initial::Shell { radii })
            }
            _ => None,
        };
        law.ok_or(format!(
            "must have one of `scale`, `radius` and `radii` in each part, between {SMALLEST_SCALE:e} and \
             {LARGEST:e}, radii increasing from 0 or more; `mean` is for a part with `scale`, and \
             `overlap`, whose \
             squares sum to less than 1, for one with `radius`"
        ))
    }
}
