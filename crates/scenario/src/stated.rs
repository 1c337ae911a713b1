//! What a scenario states about comparing and drawing its systems; all of it that a record needs later.

use meanfield_run::claim::Claim;
use schemars::JsonSchema;
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
}

/// From `from` until `until`, `quantity` of `system` stays within `within` of the reference's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClaimKeys {
    /// The system that is judged.
    pub system: String,
    /// `risk`, `risk_beyond_bias` (less b/N), `mean_radius`, `std_radius`, or a distance such as
    /// `wasserstein_1_radius`.
    pub quantity: String,
    /// First time. Left out: from the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// Last time. Left out: until the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<f64>,
    /// Largest absolute difference allowed.
    pub within: f64,
}

/// How the figures are drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Figure {
    /// A curve's name, e.g. `mean_radius`: it is drawn small within the figure of the risk. None by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inset: Option<String>,
}

/// What of a scenario its comparison and its figures need.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Stated {
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
    /// The reference's name.
    pub fn reference(&self) -> Option<String> {
        self.compare.as_ref().map(|compare| compare.reference.clone())
    }

    /// The claims, their spans filled in.
    pub fn claims(&self) -> Vec<Claim> {
        claims(self.compare.as_ref(), self.dynamics.end_time)
    }

    /// The curve drawn within the figure of the risk.
    pub fn inset(&self) -> Option<String> {
        self.figure.as_ref().and_then(|figure| figure.inset.clone())
    }
}

/// The claims, their spans filled in.
pub(crate) fn claims(compare: Option<&Compare>, end_time: f64) -> Vec<Claim> {
    let fill = |claim: &ClaimKeys| Claim {
        system: claim.system.clone(),
        quantity: claim.quantity.clone(),
        from: claim.from.unwrap_or(0.0),
        until: claim.until.unwrap_or(end_time),
        within: claim.within,
    };
    compare.into_iter().flat_map(|compare| &compare.claims).map(fill).collect()
}
