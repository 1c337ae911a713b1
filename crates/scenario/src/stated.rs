//! The sections of a scenario on comparing and drawing its systems; the part that a record needs later.

use std::borrow::Cow;

use meanfield_run::claim::{Claim, PowerLawClaim};
use meanfield_run::quantities::PREDICTED_BAND;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The reference and the claims.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Compare {
    /// The system that all others are compared with.
    pub reference: String,
    /// What the scenario claims; each is judged, and decides the exit status.
    #[serde(default, rename = "claim")]
    pub claims: Vec<ClaimKeys>,
    /// What the scenario claims of exponents over varied keys; each is fitted, judged and drawn, and decides
    /// the exit status.
    #[serde(default, rename = "law", skip_serializing_if = "Vec::is_empty")]
    pub laws: Vec<LawKeys>,
}

/// `quantity` of `system` is proportional to the power `exponent` of the varied key `over`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LawKeys {
    /// A network that is run over several seeds.
    pub system: String,
    /// `risk_bias` (mean over the seeds less the reference), `risk_spread` (standard deviation over the
    /// seeds) or `risk_error` (root mean square difference from the reference); the same of
    /// `mean_<coordinate>` and `std_<coordinate>`, e.g. `mean_radius_error`; or a distance of each seed's law
    /// from the reference's, root mean square, e.g. `wasserstein_2_radius`; of several coordinates together
    /// `sliced_wasserstein_2` or `energy_distance`.
    pub quantity: String,
    /// A key of `[vary]` in full, e.g. systems.sgd.finite-network.neurons, over three values or more.
    pub over: String,
    /// The exponent. Where `neurons` and `step-size` are both varied, what depends on either is told apart.
    pub exponent: f64,
    /// Largest difference of the fitted exponent from it; its 95 % interval must contain it as well.
    pub within: f64,
    /// The time; it is observed (of a distance: one of `snapshots`). Left out: the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<f64>,
    /// Whether the quantity is a power of the key alone. False by default: where one key is varied, a
    /// constant is fitted beside it, for what the others contribute, and widens the interval.
    #[serde(default)]
    pub alone: bool,
}

/// From `from` until `until`, `quantity` of `system` stays within `within` of the reference's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClaimKeys {
    /// The system that is judged.
    pub system: String,
    /// `risk`, `risk_beyond_bias` (less b/N), `mean_radius`, `std_radius`, or a distance such as
    /// `wasserstein_1_radius`; the same of each other coordinate that the model has (`mean_a`,
    /// `std_radius_1`, …); of the law of all coordinates together, two or more, `sliced_wasserstein_2` or
    /// `energy_distance`. With `within`; or `predicted-band` in place of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<String>,
    /// First time; it is observed. Left out: the first that is observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// Last time; it is observed. Left out: until the end. Beside a landscape a claim without `from` and
    /// `until` is about the end alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<f64>,
    /// Largest absolute difference allowed, at any time that both observed; of an ensemble its mean over
    /// the seeds counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<f64>,
    /// Of networks: their mean risk over the seeds lies within so many standard errors of R + b/N + c ε, and
    /// their spread within as many of the predicted one. The reference says what it predicts with
    /// `fluctuations-until`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicted_band: Option<f64>,
}

impl ClaimKeys {
    /// The quantity that is judged; empty where none is stated.
    pub(crate) fn judged(&self) -> &str {
        match self.predicted_band {
            Some(_) => PREDICTED_BAND.name,
            None => self.quantity.as_deref().unwrap_or_default(),
        }
    }

    /// The largest deviation allowed; NaN where none is stated.
    pub(crate) fn allowed(&self) -> f64 {
        self.predicted_band.or(self.within).unwrap_or(f64::NAN)
    }
}

/// How the figures are drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Figure {
    /// A curve's name, e.g. `mean_radius`, or a list of names, e.g. ["mean_a", "mean_b"]: drawn small within
    /// the figure of the risk. None by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inset: Option<Names>,
    /// What the horizontal axis of the risk counts. The default is time; steps need networks that all
    /// have one step ε.
    #[serde(default, skip_serializing_if = "OverName::is_default")]
    pub over: OverName,
}

/// What the horizontal axis of the risk counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OverName {
    /// t.
    #[default]
    Time,
    /// SGD's steps, k = t/ε.
    Step,
}

impl OverName {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A name or several, as it was typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Names {
    /// A name by itself.
    One(String),
    /// A list.
    Several(Vec<String>),
}

impl Names {
    /// All of them.
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

impl JsonSchema for Names {
    fn schema_name() -> Cow<'static, str> {
        "Names".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "array"], "items": { "type": "string" } })
    }
}

impl Figure {
    /// The curves drawn within the figure of the risk.
    pub fn insets(&self) -> &[String] {
        self.inset.as_ref().map_or(&[], Names::all)
    }
}

/// The sections of a scenario that its comparison and its figures need.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Stated {
    title: Option<String>,
    dynamics: Span,
    compare: Option<Compare>,
    figure: Option<Figure>,
}

/// The span of a scenario.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Span {
    end_time: f64,
}

impl Stated {
    /// The title, where it has one.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The reference's name.
    pub fn reference(&self) -> Option<String> {
        self.compare.as_ref().map(|compare| compare.reference.clone())
    }

    /// The claims.
    pub fn claims(&self) -> Vec<Claim> {
        claims(self.compare.as_ref(), self.dynamics.end_time)
    }

    /// The claims on exponents.
    pub fn laws(&self) -> Vec<PowerLawClaim> {
        laws(self.compare.as_ref())
    }

    /// How the figures are drawn, where it says so.
    pub fn figure(&self) -> Option<&Figure> {
        self.figure.as_ref()
    }
}

/// The claims of a run that ends at `end_time`.
pub(crate) fn claims(compare: Option<&Compare>, end_time: f64) -> Vec<Claim> {
    compare
        .into_iter()
        .flat_map(|compare| &compare.claims)
        .map(|claim: &ClaimKeys| Claim {
            system: claim.system.clone(),
            quantity: claim.judged().to_owned(),
            from: claim.from,
            until: claim.until,
            end: end_time,
            within: claim.allowed(),
        })
        .collect()
}

/// The claims on exponents.
pub(crate) fn laws(compare: Option<&Compare>) -> Vec<PowerLawClaim> {
    compare
        .into_iter()
        .flat_map(|compare| &compare.laws)
        .map(|law: &LawKeys| PowerLawClaim {
            system: law.system.clone(),
            quantity: law.quantity.clone(),
            over: law.over.clone(),
            exponent: law.exponent,
            within: law.within,
            time: law.at,
            alone: law.alone,
        })
        .collect()
}
