//! The comparison in a summary: each system against the reference, each claim with what became of it. Nothing
//! is judged here.

use std::collections::BTreeMap;

use meanfield_compare::comparison::{Compared, Comparison, PointVerdict, Series, Verdict};
use meanfield_run::quantities::RISK_GAP;
use serde::{Deserialize, Serialize};

use super::laws::LawSummary;
use super::number::{Number, Numbers, numbers};

/// The comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComparisonSummary {
    /// The reference.
    pub reference: String,
    /// The others.
    pub systems: BTreeMap<String, ComparedSummary>,
    /// The claims.
    pub claims: Vec<ClaimSummary>,
    /// The claims on exponents over varied keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub laws: Vec<LawSummary>,
}

/// One system against the reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComparedSummary {
    /// Largest |risk − reference's|.
    pub largest_risk_gap: Number,
    /// Time of that.
    pub at: Number,
    /// At which point of the varied keys.
    #[serde(default, skip_serializing_if = "Numbers::is_empty")]
    pub point: Numbers,
    /// Distances at the last snapshot; the largest of all points.
    pub distances_at_last_snapshot: Numbers,
    /// Caveats about distances, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub caveats: BTreeMap<String, String>,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClaimSummary {
    /// The claim in words.
    pub claim: String,
    /// Its outcome in words, with the observations on which it was judged.
    pub outcome: String,
    /// Whether it holds.
    pub holds: bool,
    /// Number of observations (times, or snapshots) on which it was judged, at the point where it fares
    /// worst.
    pub observations: usize,
    /// Largest deviation.
    pub worst: Number,
    /// Time of the largest deviation.
    pub at: Number,
    /// At which point of the varied keys.
    #[serde(default, skip_serializing_if = "Numbers::is_empty")]
    pub point: Numbers,
    /// Allowed.
    pub within: f64,
    /// The points of the varied keys at which it does not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failing: Vec<FailingSummary>,
}

/// A claim at a point at which it does not hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FailingSummary {
    /// The outcome in words: the deviation, where, and what was not observed.
    pub outcome: String,
    /// The point.
    pub point: Numbers,
    /// Largest deviation.
    pub worst: Number,
    /// Time of the largest deviation.
    pub at: Number,
}

/// The headline numbers of a comparison.
pub fn compared(comparison: &Comparison) -> ComparisonSummary {
    ComparisonSummary {
        reference: comparison.reference.clone(),
        systems: comparison
            .systems
            .iter()
            .map(|system: &Compared| (system.system.clone(), against_reference(system)))
            .collect(),
        claims: comparison.verdicts().map(judged).collect(),
        laws: comparison.power_laws.iter().map(LawSummary::of).collect(),
    }
}

fn judged(verdict: &Verdict) -> ClaimSummary {
    ClaimSummary {
        claim: verdict.claim.to_string(),
        outcome: verdict.in_words(),
        holds: verdict.holds,
        observations: verdict.basis.count(),
        worst: Number(verdict.worst.worst),
        at: Number(verdict.worst.at),
        point: numbers(&verdict.worst.point),
        within: verdict.claim.within,
        failing: verdict.failing.iter().map(failing).collect(),
    }
}

fn failing(verdict: &PointVerdict) -> FailingSummary {
    FailingSummary {
        outcome: verdict.in_words(),
        point: numbers(&verdict.point),
        worst: Number(verdict.worst),
        at: Number(verdict.at),
    }
}

fn against_reference(system: &Compared) -> ComparedSummary {
    let points = system.points();
    let gap = system.gaps.iter().find(|series| series.name == RISK_GAP.name);
    let values = gap.map_or(&[][..], |gap| &gap.values);
    let known = (0..values.len()).filter(|i| !values[*i].is_nan());
    let worst = known.max_by(|a, b| values[*a].abs().total_cmp(&values[*b].abs()));
    let times = system.time.len().max(1);
    ComparedSummary {
        largest_risk_gap: Number(worst.map_or(f64::NAN, |i| values[i].abs())),
        at: Number(worst.map_or(f64::NAN, |i| match &system.times_of_points {
            Some(own) => own[i],
            None => system.time[i % times],
        })),
        point: worst.and_then(|i| points.get(i / times)).map_or(Numbers::new(), |place| numbers(place)),
        distances_at_last_snapshot: system.distances.iter().filter_map(|s| last(s, system)).collect(),
        caveats: system.distances.iter().filter_map(|s| Some((s.name.clone(), s.caveat()?.into()))).collect(),
    }
}

/// A distance at the last snapshot, the largest over the points.
fn last(series: &Series, system: &Compared) -> Option<(String, Number)> {
    let snapshots = system.snapshot_time.len();
    let last = series.values.iter().skip(snapshots.checked_sub(1)?).step_by(snapshots);
    let largest = last.copied().max_by(f64::total_cmp)?;
    Some((series.name.clone(), Number(largest)))
}
