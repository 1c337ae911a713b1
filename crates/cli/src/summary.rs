//! The summary of a run: `summary.json`, and the same in words.

use std::collections::BTreeMap;

use meanfield_compare::comparison::{Compared, Comparison, Series};
use meanfield_run::record::Record;
use meanfield_run::side_by_side::Outcome;
use serde::{Deserialize, Serialize};

/// Headline numbers of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The scenario's title.
    pub title: String,
    /// Version of the program.
    pub version: String,
    /// When it was finished, UTC.
    pub created: String,
    /// Whether every claim holds.
    pub holds: bool,
    /// Wall seconds of the whole run, this process.
    pub wall_seconds: f64,
    /// CPU seconds of the whole run, this process.
    pub cpu_seconds: f64,
    /// Each system.
    pub systems: BTreeMap<String, SystemSummary>,
    /// Each system against the reference.
    pub comparison: Option<ComparisonSummary>,
}

/// One system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemSummary {
    /// Its kind.
    pub kind: String,
    /// Number of runs (seeds).
    pub runs: usize,
    /// The last time.
    pub end_time: f64,
    /// Every curve at the last time, the mean over runs.
    pub end: BTreeMap<String, f64>,
    /// Facts: neurons, cells, CPU and wall seconds, …
    pub facts: BTreeMap<String, f64>,
    /// Samples or rate evaluations done by this process (fewer after --resume).
    pub work_of_this_process: u64,
}

/// The comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonSummary {
    /// The reference.
    pub reference: String,
    /// The others.
    pub systems: BTreeMap<String, ComparedSummary>,
    /// The claims.
    pub claims: Vec<ClaimSummary>,
}

/// One system against the reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedSummary {
    /// Largest |risk − reference's|, and when.
    pub largest_risk_gap: f64,
    /// When.
    pub at: f64,
    /// Distances at the last snapshot.
    pub distances_at_last_snapshot: BTreeMap<String, f64>,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimSummary {
    /// In words.
    pub claim: String,
    /// Whether it holds.
    pub holds: bool,
    /// Largest deviation.
    pub worst: f64,
    /// When.
    pub at: f64,
    /// Allowed.
    pub within: f64,
}

impl Summary {
    /// The summary of what was run, compared and how long it took.
    pub fn new(title: &str, created: String, outcome: &Outcome, comparison: Option<&Comparison>, seconds: (f64, f64)) -> Self {
        let systems = outcome.records.iter().zip(&outcome.work);
        Self {
            title: title.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            created,
            holds: comparison.is_none_or(Comparison::holds),
            wall_seconds: seconds.0,
            cpu_seconds: seconds.1,
            systems: systems.map(|(record, work)| (record.system.clone(), system(record, *work))).collect(),
            comparison: comparison.map(compared),
        }
    }

    /// The summary in words, for standard output.
    pub fn in_words(&self) -> String {
        let mut lines = vec![self.title.clone(), String::new()];
        for (name, system) in &self.systems {
            let risk = system.end.get("risk").copied().unwrap_or(f64::NAN);
            let cpu = system.facts.get("cpu_seconds").copied().unwrap_or(0.0);
            let runs = if system.runs > 1 { format!(" ×{}", system.runs) } else { String::new() };
            let kind = format!("{}{runs}", system.kind);
            lines.push(format!("  {name:<10} {kind:<20} R({}) = {risk:<10.5} {cpu:8.1} CPU s", system.end_time));
        }
        if let Some(comparison) = &self.comparison {
            lines.push(String::new());
            lines.extend(comparison.in_words());
        }
        lines.push(String::new());
        lines.push(format!("  {:.1} s, {:.1} CPU s", self.wall_seconds, self.cpu_seconds));
        lines.join("\n")
    }
}

impl ComparisonSummary {
    /// One line for each system and each claim.
    pub fn in_words(&self) -> Vec<String> {
        let mut lines = vec![format!("  against {}:", self.reference)];
        for (name, system) in &self.systems {
            let distances = system.distances_at_last_snapshot.iter().map(|(name, value)| format!("{name} {value:.2e}"));
            let distances = distances.collect::<Vec<_>>().join(", ");
            let gap = format!("largest risk gap {:.2e} at t = {:.3}", system.largest_risk_gap, system.at);
            lines.push(format!("  {name:<10} {gap}"));
            if !distances.is_empty() {
                lines.push(format!("  {:<10} at the last snapshot: {distances}", ""));
            }
        }
        for claim in &self.claims {
            let verdict = if claim.holds { "holds" } else { "DOES NOT HOLD" };
            lines.push(format!("  claim      {}: {verdict} (worst {:.3e} at t = {:.3})", claim.claim, claim.worst, claim.at));
        }
        lines
    }
}

fn system(record: &Record, work: u64) -> SystemSummary {
    SystemSummary {
        kind: record.kind.clone(),
        runs: record.runs(),
        end_time: record.time.last().copied().unwrap_or(0.0),
        end: record.curves.iter().map(|curve| (curve.name.clone(), record.at_end(curve))).collect(),
        facts: record.facts.iter().map(|fact| (fact.name.clone(), fact.value)).collect(),
        work_of_this_process: work,
    }
}

/// The headline numbers of a comparison.
pub fn compared(comparison: &Comparison) -> ComparisonSummary {
    let claims = comparison.verdicts().map(|verdict| {
        let claim = &verdict.claim;
        ClaimSummary {
            claim: format!("{} of {} within {} for t in [{}, {}]", claim.quantity, claim.system, claim.within, claim.from, claim.until),
            holds: verdict.holds,
            worst: verdict.worst,
            at: verdict.at,
            within: claim.within,
        }
    });
    ComparisonSummary {
        reference: comparison.reference.clone(),
        systems: comparison.systems.iter().map(|system| (system.system.clone(), against_reference(system))).collect(),
        claims: claims.collect(),
    }
}

fn against_reference(system: &Compared) -> ComparedSummary {
    let gap = system.gaps.iter().find(|series| series.name == "risk_gap");
    let pairs = gap.into_iter().flat_map(|gap| system.time.iter().zip(&gap.values));
    let worst = pairs.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    let (at, largest_risk_gap) = worst.map_or((f64::NAN, f64::NAN), |(time, gap)| (*time, gap.abs()));
    let last = |series: &Series| series.values.last().map(|value| (series.name.clone(), *value));
    ComparedSummary { largest_risk_gap, at, distances_at_last_snapshot: system.distances.iter().filter_map(last).collect() }
}
