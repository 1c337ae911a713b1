//! `[observe]`: what is observed, and when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use crate::inputs::ObservedInputs;
use crate::times::Times;

/// Most levels of quantiles: each is a curve of the record.
const MOST_LEVELS: usize = 1000;

/// What is observed, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Observe {
    /// Times of the curves: "a..b:n" (n numbers, equally spaced, ends included), "log(a..b:n)" (equal
    /// ratios), or a list of numbers and of these.
    pub times: Times,
    /// Times at which the whole law is kept. None by default: laws are large.
    #[serde(default)]
    pub snapshots: Times,
    /// Inputs at which the laws of pre-activations of every layer are kept, at the snapshots: "data",
    /// "a..b:n" for inputs of one coordinate, or a list such as [[0.0], [0.5]], without the bias coordinate.
    /// Of networks with layers; none by default.
    #[serde(default, skip_serializing_if = "ObservedInputs::is_empty")]
    pub inputs: ObservedInputs,
    /// Whether the classification error P(y ŷ(x) ≤ 0) is one of the curves: of laws by quadrature over the
    /// data, of two-layer networks the share of fresh samples (as many as `monte-carlo`, or 10000) with its
    /// standard error. False by default: labels need not be classes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub classification_error: bool,
    /// Whether all weights of two-layer networks are kept at the snapshots, as the law `weights`: what other
    /// runs begin from, `initial.from`. False by default: they are many.
    #[serde(default, skip_serializing_if = "is_false")]
    pub weights: bool,
    /// Whether networks of at most 12 neurons on points in the plane keep at the snapshots what moves each
    /// neuron, as the law `forces`: its place, the field of the data −∇V, the repulsion −(1/N) Σ ∇U. They are
    /// drawn as arrows. False by default: larger networks have none.
    #[serde(default, skip_serializing_if = "is_false")]
    pub forces: bool,
    /// Levels of the quantiles over time. The default shows centre, spread and both tails.
    #[serde(default = "default_levels")]
    pub levels: Vec<f64>,
}

impl Observe {
    /// The two lists of times, by key.
    pub fn lists(&self) -> [(&'static str, &[f64]); 2] {
        [("times", self.times.values()), ("snapshots", self.snapshots.values())]
    }

    /// Checks the section against the end of the run.
    pub(crate) fn check(&self, end: f64, complaints: &mut Complaints) {
        for (key, values) in self.lists() {
            check_times(key, values, end, complaints);
        }
        let help = "write e.g. times = \"log(1e-3..10:61)\"";
        let some = !self.times.values().is_empty();
        complaints.unless(some, &["observe", "times"], "there is no time to observe", help);
        let levels = &self.levels;
        let path = ["observe", "levels"];
        let help = "write e.g. levels = [0.1, 0.5, 0.9]";
        let count = levels.len();
        let message = format!("`levels` has {count} numbers, more than {MOST_LEVELS}");
        complaints.unless(count <= MOST_LEVELS, &path, message, help);
        let inside = !levels.is_empty() && levels.iter().all(|level| *level > 0.0 && *level < 1.0);
        let sensible = inside && levels.windows(2).all(|pair| pair[0] < pair[1]);
        let message = "`levels` must increase and lie strictly between 0 and 1";
        complaints.unless(sensible, &path, message, help);
    }
}

/// Times must lie in the run, and increase.
fn check_times(key: &str, values: &[f64], end: f64, complaints: &mut Complaints) {
    if let Some(outside) = values.iter().find(|t| !(0.0..=end).contains(*t)) {
        let message = format!("`{key}` must lie between 0 and the end time {end:?}, and one is {outside:?}");
        let help = format!("shorten `{key}`, or raise dynamics.end-time");
        complaints.add(["observe", key], message, &help);
    } else if let Some(pair) = values.windows(2).find(|pair| pair[0] >= pair[1]) {
        let message = format!("`{key}` must increase, but {:?} comes after {:?}", pair[1], pair[0]);
        complaints.add(["observe", key], message, "sort them, each once");
    }
}

/// Whether a switch is off, of which records say nothing: older ones do not know the key.
fn is_false(switch: &bool) -> bool {
    !switch
}

fn default_levels() -> Vec<f64> {
    vec![0.01, 0.1, 0.5, 0.9, 0.99]
}
