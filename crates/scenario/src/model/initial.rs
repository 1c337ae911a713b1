//! `model.initial`: the law of a neuron's parameters at t = 0.

mod laws;
pub mod mixture;
pub mod numbers;
pub mod recorded;

use meanfield_model::coordinates::Coordinates;
use meanfield_model::initial::{AffineStart, Initial};
use meanfield_model::number_law::NumberLaw;
use meanfield_model::problem::Start;
use meanfield_model::recorded_start::RecordedStart;
use meanfield_model::unit::Unit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use crate::ranges::{LARGEST, SMALLEST_SCALE, is_scale};
use laws::{are_means, are_overlaps, gaussian, sphere};
use mixture::MixtureStart;
use numbers::NumberKeys;
use recorded::RecordedKeys;

/// Laws of the weights at t = 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum InitialKind {
    /// w ~ N(0, κ²/d I_d).
    Gaussian(GaussianStart),
    /// w uniform on the sphere |w| = radius, or at stated overlaps with directions; on data without blocks.
    Sphere(SphereStart),
    /// |w| uniform between two radii, in any direction; with isotropic data.
    Shell(ShellStart),
    /// Neurons of several kinds: each from one of several laws, on data without blocks.
    Mixture(MixtureStart),
    /// What another run left, "record.h5:system@t": the law of a system at one of its snapshots, by default
    /// at the end; of networks their weights. The file is looked for from the scenario's folder on.
    From(String),
    /// What `from` named, in the scenario of a result: the program writes it, nobody else.
    Recorded(RecordedKeys),
}

/// Keys of `sphere`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SphereStart {
    /// |w| > 0.
    pub radius: f64,
    /// The overlap ⟨w, e⟩/|w| of every neuron with each direction that the data know, e.g. [0.3]; across them
    /// w is uniform. Squares sum to less than 1. Left out, w is uniform on the sphere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlap: Vec<f64>,
    /// Law of the output weight a, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a: Option<NumberKeys>,
    /// Law of the offset b, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<NumberKeys>,
}

/// Keys of `shell`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ShellStart {
    /// The inner radius, 0 or more, and the outer one.
    pub radii: [f64; 2],
    /// Law of the output weight a, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a: Option<NumberKeys>,
    /// Law of the offset b, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<NumberKeys>,
}

/// Keys of `gaussian`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GaussianStart {
    /// κ > 0; |w| starts near it.
    pub scale: f64,
    /// The mean of w along each direction that the data know, of points all coordinates, e.g. [0.5]. Left
    /// out, it is 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mean: Vec<f64>,
    /// Law of the output weight a, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a: Option<NumberKeys>,
    /// Law of the offset b, for units that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<NumberKeys>,
}

impl InitialKind {
    /// The start of such a unit's parameters; everything that is wrong with it is noted.
    pub(crate) fn parse(&self, unit: Unit, complaints: &mut Complaints) -> Option<Start> {
        if let Self::From(_) = self {
            let message = "the record that `from` names is read when a scenario is, and this was not";
            complaints.add(["model", "initial", "from"], message, "write from = \"record.h5:system@t\"");
            return None;
        }
        let (name, [a, b]) = self.numbers();
        let [a, b] = [("a", a), ("b", b)].map(|(key, law)| number(unit, name, key, law, complaints));
        let weights = self.weights(complaints)?;
        match (unit, a, b) {
            (Unit::Inner, ..) => Some(Start::Inner(weights)),
            (Unit::Affine, Some(a), Some(b)) => Some(Start::Affine(weights, AffineStart { a, b })),
            (Unit::Affine, ..) => None,
        }
    }

    /// What another run left, of neurons with these coordinates and so many parameters; what is wrong with it
    /// is noted. None of a start that is stated.
    pub(crate) fn recorded(
        &self,
        coordinates: Coordinates,
        parameters: usize,
        complaints: &mut Complaints,
    ) -> Option<RecordedStart> {
        let Self::Recorded(keys) = self else { return None };
        let noted = |message: String| {
            let help = "write from = \"record.h5:system@t\" in its place";
            complaints.add(["model", "initial", "recorded"], message, help);
        };
        keys.start(coordinates, parameters).map_err(noted).ok()
    }

    /// How it is written.
    pub(crate) fn name(&self) -> &'static str {
        self.numbers().0
    }

    /// The laws that are stated of a and b, whether or not the unit has them.
    pub(crate) fn stated_numbers(&self) -> Vec<NumberLaw> {
        self.numbers().1.into_iter().flatten().filter_map(|keys| keys.law().ok()).collect()
    }

    /// The name in the file, and the laws of a and b.
    fn numbers(&self) -> (&'static str, [Option<&NumberKeys>; 2]) {
        match self {
            Self::Gaussian(GaussianStart { a, b, .. }) => ("gaussian", [a.as_ref(), b.as_ref()]),
            Self::Sphere(SphereStart { a, b, .. }) => ("sphere", [a.as_ref(), b.as_ref()]),
            Self::Shell(ShellStart { a, b, .. }) => ("shell", [a.as_ref(), b.as_ref()]),
            Self::Mixture(MixtureStart { a, b, .. }) => ("mixture", [a.as_ref(), b.as_ref()]),
            Self::From(_) => ("from", [None, None]),
            Self::Recorded(_) => ("recorded", [None, None]),
        }
    }

    /// The law of w, where it is one; what is wrong with it is noted.
    fn weights(&self, complaints: &mut Complaints) -> Option<Initial> {
        match self {
            Self::Gaussian(GaussianStart { scale, mean, .. }) => {
                let message = format!(
                    "the start's scale κ must lie between {SMALLEST_SCALE:e} and {LARGEST:e}; it is {scale:?}"
                );
                let path = ["model", "initial", "gaussian", "scale"];
                complaints.unless(is_scale(*scale), &path, message, "MMN 2018, Fig. 1: scale = 0.8");
                let path = ["model", "initial", "gaussian", "mean"];
                let message = format!("means must be numbers up to {LARGEST:e}; they are {mean:?}");
                complaints.unless(are_means(mean), &path, message, "write e.g. mean = [0.5]");
                Some(gaussian(*scale, mean))
            }
            Self::Sphere(SphereStart { radius, overlap, .. }) => {
                let message = format!(
                    "the start's radius must lie between {SMALLEST_SCALE:e} and {LARGEST:e}; it is {radius:?}"
                );
                let path = ["model", "initial", "sphere", "radius"];
                complaints.unless(is_scale(*radius), &path, message, "write e.g. radius = 0.8");
                let path = ["model", "initial", "sphere", "overlap"];
                let message =
                    format!("overlaps must have squares that sum to less than 1; they are {overlap:?}");
                complaints.unless(are_overlaps(overlap), &path, message, "write e.g. overlap = [0.3]");
                Some(sphere(*radius, overlap))
            }
            Self::Shell(ShellStart { radii: [inner, outer], .. }) => {
                let message = format!(
                    "the start's radii must be 0 or more and increase, to {LARGEST:e} at most; they are \
                     {inner:?} and {outer:?}"
                );
                let sensible = *inner >= 0.0 && is_scale(*outer) && is_scale(outer - inner);
                let path = ["model", "initial", "shell", "radii"];
                complaints.unless(sensible, &path, message, "write e.g. radii = [0.5, 1.0]");
                Some(Initial::Shell { radii: [*inner, *outer] })
            }
            Self::Mixture(keys) => {
                let path = ["model", "initial", "mixture", "components"];
                let help =
                    "write e.g. components = [{ weight = 0.5, scale = 0.3 }, { weight = 0.5, radius = 1.2 }]";
                let wrong = |what: String| complaints.add(path, format!("`components` {what}"), help);
                keys.weights().map_err(wrong).ok()
            }
            Self::From(_) | Self::Recorded(_) => None,
        }
    }
}

/// The law of one number of a neuron, which is there where the unit has such a number, and only there; what
/// is wrong with it is noted.
fn number(
    unit: Unit,
    name: &str,
    key: &str,
    keys: Option<&NumberKeys>,
    complaints: &mut Complaints,
) -> Option<NumberLaw> {
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
    let as_wanted = keys.is_some() == (unit == Unit::Affine);
    complaints.unless(as_wanted, if keys.is_some() { &path } else { &path[..3] }, message, &help);
    match keys?.law() {
        Ok(law) => Some(law),
        Err(what) => {
            let help = "write e.g. { mean = 1.0, deviation = 0.1 } or { interval = [-1.0, 1.0] }";
            complaints.add(path, format!("`{key}` {what}"), help);
            None
        }
    }
}
