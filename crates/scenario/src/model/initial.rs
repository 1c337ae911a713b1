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
    /// w uniform on the sphere |w| = radius; with isotropic data.
    Sphere(SphereStart),
    /// |w| uniform between two radii, in any direction; with isotropic data.
    Shell(ShellStart),
}

/// Keys of `sphere`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SphereStart {
    /// |w| > 0.
    pub radius: f64,
    /// Law of the output weight a, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a: Option<NormalKeys>,
    /// Law of the offset b, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<NormalKeys>,
}

/// Keys of `shell`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ShellStart {
    /// The inner radius, 0 or more, and the outer one.
    pub radii: [f64; 2],
    /// Law of the output weight a, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a: Option<NormalKeys>,
    /// Law of the offset b, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<NormalKeys>,
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
        let (name, [a, b]) = self.numbers();
        for (key, law) in [("a", a), ("b", b)] {
            number(unit, name, key, law, complaints);
        }
        let weights = self.weights(complaints);
        match (unit, a, b) {
            (Unit::Inner, ..) => Some(Start::Inner(weights)),
            (Unit::Affine, Some(a), Some(b)) => {
                Some(Start::Affine(weights, AffineStart { a: a.law(), b: b.law() }))
            }
            (Unit::Affine, ..) => None,
        }
    }

    /// Whether it is a start of one radius, which several blocks of coordinates do not have.
    pub(crate) fn has_one_radius(&self) -> bool {
        !matches!(self, Self::Gaussian(_))
    }

    /// How it is written.
    pub(crate) fn name(&self) -> &'static str {
        self.numbers().0
    }

    /// The laws that are stated of a and b, whether or not the unit has them.
    pub(crate) fn stated_numbers(&self) -> Vec<Normal> {
        self.numbers().1.into_iter().flatten().map(NormalKeys::law).collect()
    }

    /// The name in the file, and the laws of a and b.
    fn numbers(&self) -> (&'static str, [Option<&NormalKeys>; 2]) {
        match self {
            Self::Gaussian(GaussianStart { a, b, .. }) => ("gaussian", [a.as_ref(), b.as_ref()]),
            Self::Sphere(SphereStart { a, b, .. }) => ("sphere", [a.as_ref(), b.as_ref()]),
            Self::Shell(ShellStart { a, b, .. }) => ("shell", [a.as_ref(), b.as_ref()]),
        }
    }

    /// The law of w; lengths that are none are noted.
    fn weights(&self, complaints: &mut Complaints) -> Initial {
        let least = 1.0 / LARGEST;
        match self {
            Self::Gaussian(GaussianStart { scale, .. }) => {
                let message = format!(
                    "the start's scale κ must lie between {least:e} and {LARGEST:e}; it is {scale:?}"
                );
                let path = ["model", "initial", "gaussian", "scale"];
                complaints.unless(is_scale(*scale), &path, message, "MMN 2018, Fig. 1: scale = 0.8");
                Initial::Gaussian { scale: *scale }
            }
            Self::Sphere(SphereStart { radius, .. }) => {
                let message = format!(
                    "the start's radius must lie between {least:e} and {LARGEST:e}; it is {radius:?}"
                );
                let path = ["model", "initial", "sphere", "radius"];
                complaints.unless(is_scale(*radius), &path, message, "write e.g. radius = 0.8");
                Initial::Sphere { radius: *radius }
            }
            Self::Shell(ShellStart { radii: [inner, outer], .. }) => {
                let message = format!(
                    "the start's radii must be 0 or more and increase, to {LARGEST:e} at most; they are \
                     {inner:?} and {outer:?}"
                );
                let sensible = *inner >= 0.0 && is_scale(*outer) && is_scale(outer - inner);
                let path = ["model", "initial", "shell", "radii"];
                complaints.unless(sensible, &path, message, "write e.g. radii = [0.5, 1.0]");
                Initial::Shell { radii: [*inner, *outer] }
            }
        }
    }
}

/// Checks the law of one number of a neuron: it is there where the unit has such a number, and only there.
fn number(unit: Unit, name: &str, key: &str, law: Option<&NormalKeys>, complaints: &mut Complaints) {
    let path = ["model", "initial", name, key];
    let (message, help) = match unit {
        Unit::Affine => (
            format!("neurons a σ(⟨w, x⟩ + b) need a start for `{key}`"),
            format!("MMN 2018, Fig. 3: write {key} = {{ mean = 1.0 }} in [model.initial.{name}]"),
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
