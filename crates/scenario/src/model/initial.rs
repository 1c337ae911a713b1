//! `model.initial`: the law of a neuron's parameters at t = 0.

use meanfield_model::initial::{AffineStart, Initial, Normal};
use meanfield_model::problem::Start;
use meanfield_model::unit::Unit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use crate::ranges::{LARGEST, is_scale};

/// Laws of the weights at t = 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum InitialKind {
    /// w ~ N(0, κ²/d I_d).
    Gaussian(GaussianStart),
}

/// Keys of `gaussian`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GaussianStart {
    /// κ > 0; |w| starts near it.
    pub scale: f64,
    /// Law of the output weight a, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a: Option<NormalKeys>,
    /// Law of the offset b, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<NormalKeys>,
}

/// The law of one number of a neuron at t = 0: N(mean, deviation²).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NormalKeys {
    /// Mean.
    pub mean: f64,
    /// Standard deviation. Left out means none: all neurons start at the mean.
    #[serde(default)]
    pub deviation: f64,
}

impl NormalKeys {
    fn law(&self) -> Normal {
        Normal { mean: self.mean, deviation: self.deviation }
    }
}

impl InitialKind {
    /// The start of such a unit's parameters; everything that is wrong with it is noted.
    pub(crate) fn parse(&self, unit: Unit, complaints: &mut Complaints) -> Option<Start> {
        let Self::Gaussian(keys) = self;
        keys.parse(unit, complaints)
    }

    /// The laws that are stated of a and b, whether or not the unit has them.
    pub(crate) fn stated_numbers(&self) -> Vec<Normal> {
        let Self::Gaussian(keys) = self;
        [&keys.a, &keys.b].into_iter().flatten().map(NormalKeys::law).collect()
    }
}

impl GaussianStart {
    fn parse(&self, unit: Unit, complaints: &mut Complaints) -> Option<Start> {
        for (key, law) in [("a", &self.a), ("b", &self.b)] {
            number(unit, key, law.as_ref(), complaints);
        }
        let least = 1.0 / LARGEST;
        let scale = self.scale;
        let message =
            format!("the start's scale κ must lie between {least:e} and {LARGEST:e}; it is {scale:?}");
        let path = ["model", "initial", "gaussian", "scale"];
        complaints.unless(is_scale(scale), &path, message, "MMN 2018, Fig. 1: scale = 0.8");
        let weights = Initial::Gaussian { scale };
        match (unit, &self.a, &self.b) {
            (Unit::Inner, ..) => Some(Start::Inner(weights)),
            (Unit::Affine, Some(a), Some(b)) => {
                Some(Start::Affine(weights, AffineStart { a: a.law(), b: b.law() }))
            }
            (Unit::Affine, ..) => None,
        }
    }
}

/// Checks the law of one number of a neuron: it is there where the unit has such a number, and only there.
fn number(unit: Unit, key: &str, law: Option<&NormalKeys>, complaints: &mut Complaints) {
    let path = ["model", "initial", "gaussian", key];
    let (message, help) = match unit {
        Unit::Affine => (
            format!("neurons a σ(⟨w, x⟩ + b) need a start for `{key}`"),
            format!("MMN 2018, Fig. 3: write {key} = {{ mean = 1.0 }} in [model.initial.gaussian]"),
        ),
        Unit::Inner => (
            format!("neurons σ(⟨w, x⟩) have no `{key}`"),
            "leave it out, or write model.unit.affine = {}".to_owned(),
        ),
    };
    let as_wanted = law.is_some() == (unit == Unit::Affine);
    complaints.unless(as_wanted, if law.is_some() { &path } else { &path[..3] }, message, &help);
    let Some(law) = law else { return };
    let sensible = law.mean.abs() <= LARGEST && (0.0..=LARGEST).contains(&law.deviation);
    let message =
        format!("`{key}` must have a mean within ±{LARGEST:e} and a deviation from 0 to {LARGEST:e}");
    complaints.unless(sensible, &path, message, "write e.g. { mean = 1.0, deviation = 0.1 }");
}
