//! The summary of a run: `summary.json`, and the same in words.

use std::collections::BTreeMap;

use meanfield_compare::comparison::{Compared, Comparison, Series, Verdict};
use meanfield_compare::store::Header;
use meanfield_run::claim::Claim;
use meanfield_run::record::Record;
use meanfield_run::side_by_side::Outcome;
use serde::{Deserialize, Deserializer, Serialize};

/// A number of the summary. JSON knows no NaN (nothing was computed there): it is `null` there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Number(f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Option::deserialize(deserializer)?.unwrap_or(f64::NAN)))
    }
}

/// Numbers by name.
type Numbers = BTreeMap<String, Number>;

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
    pub end: Numbers,
    /// Facts: neurons, cells, CPU and wall seconds, …
    pub facts: Numbers,
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
    pub largest_risk_gap: Number,
    /// When.
    pub at: Number,
    /// Distances at the last snapshot.
    pub distances_at_last_snapshot: Numbers,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimSummary {
    /// In words.
    pub claim: String,
    /// Whether it holds.
    pub holds: bool,
    /// Largest deviation.
    pub worst: Number,
    /// When.
    pub at: Number,
    /// Allowed.
    pub within: f64,
}

impl Summary {
    /// The summary of what was run and compared, and of the wall and CPU seconds that it took.
    pub fn new(
        header: Header,
        outcome: &Outcome,
        comparison: Option<&Comparison>,
        seconds: (f64, f64),
    ) -> Self {
        let systems = outcome.records.iter().zip(&outcome.work);
        Self {
            title: header.title,
            version: header.version,
            created: header.created,
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
        lines.extend(self.systems.iter().map(|(name, system)| system.in_words(name)));
        if let Some(comparison) = &self.comparison {
            lines.push(String::new());
            lines.extend(comparison.in_words());
        } else {
            lines.push("\n  nothing was compared: the scenario has no [compare]".to_owned());
        }
        lines.push(String::new());
        lines.push(format!("  took {:.1} s, {:.1} CPU s", self.wall_seconds, self.cpu_seconds));
        lines.join("\n")
    }
}

impl SystemSummary {
    fn in_words(&self, name: &str) -> String {
        let number = |numbers: &Numbers, name: &str| numbers.get(name).map_or(f64::NAN, |number| number.0);
        let (risk, cpu) = (number(&self.end, "risk"), number(&self.facts, "cpu_seconds"));
        let runs = if self.runs > 1 { format!(" ×{}", self.runs) } else { String::new() };
        let (kind, time) = (format!("{}{runs}", self.kind), short(self.end_time));
        format!("  {name:<10} {kind:<20} R({time}) = {risk:<10.5} {cpu:8.1} CPU s")
    }
}

impl ComparisonSummary {
    /// A line or two for each system, a line for each claim.
    pub fn in_words(&self) -> Vec<String> {
        let mut lines = vec![format!("  against {}:", self.reference)];
        lines.extend(self.systems.iter().flat_map(|(name, system)| system.in_words(name)));
        lines.extend(self.claims.iter().map(ClaimSummary::in_words));
        lines
    }
}

impl ComparedSummary {
    fn in_words(&self, name: &str) -> Vec<String> {
        let gap = match self.at.0.is_finite() {
            true => format!("largest risk gap {:.2e} at t = {}", self.largest_risk_gap.0, short(self.at.0)),
            false => "nothing was observed together with the reference".to_owned(),
        };
        let mut lines = vec![format!("  {name:<10} {gap}")];
        let distance = |(name, value): (&String, &Number)| format!("{name} {:.2e}", value.0);
        let distances: Vec<_> = self.distances_at_last_snapshot.iter().map(distance).collect();
        if !distances.is_empty() {
            lines.push(format!("  {:<10} at the last snapshot: {}", "", distances.join(", ")));
        }
        lines
    }
}

impl ClaimSummary {
    fn in_words(&self) -> String {
        let verdict = if self.holds { "holds" } else { "DOES NOT HOLD" };
        let (worst, at) = (self.worst.0, short(self.at.0));
        format!("  claim      {}: {verdict} (worst {worst:.3e} at t = {at})", self.claim)
    }
}

/// A claim, its verdict apart.
pub fn claim_in_words(claim: &Claim) -> String {
    let Claim { system, quantity, from, until, within } = claim;
    format!("{quantity} of {system} within {within} for t in [{from}, {until}]")
}

/// A time to six digits: kε is 0.30000000000000004 where 0.3 is meant.
fn short(time: f64) -> String {
    format!("{time:.5e}").parse::<f64>().unwrap_or(time).to_string()
}

fn system(record: &Record, work: u64) -> SystemSummary {
    let end = record.curves.iter().map(|curve| (curve.name.clone(), Number(record.at_end(curve))));
    SystemSummary {
        kind: record.kind.clone(),
        runs: record.runs(),
        end_time: record.time.last().copied().unwrap_or(0.0),
        end: end.collect(),
        facts: record.facts.iter().map(|fact| (fact.name.clone(), Number(fact.value))).collect(),
        work_of_this_process: work,
    }
}

/// The headline numbers of a comparison.
pub fn compared(comparison: &Comparison) -> ComparisonSummary {
    let system = |system: &Compared| (system.system.clone(), against_reference(system));
    ComparisonSummary {
        reference: comparison.reference.clone(),
        systems: comparison.systems.iter().map(system).collect(),
        claims: comparison.verdicts().map(judged).collect(),
    }
}

fn judged(verdict: &Verdict) -> ClaimSummary {
    ClaimSummary {
        claim: claim_in_words(&verdict.claim),
        holds: verdict.holds,
        worst: Number(verdict.worst),
        at: Number(verdict.at),
        within: verdict.claim.within,
    }
}

fn against_reference(system: &Compared) -> ComparedSummary {
    let gap = system.gaps.iter().find(|series| series.name == "risk_gap");
    let pairs = gap.into_iter().flat_map(|gap| system.time.iter().zip(&gap.values));
    let worst = pairs.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    let (at, largest) = worst.map_or((f64::NAN, f64::NAN), |(time, gap)| (*time, gap.abs()));
    let last = |series: &Series| series.values.last().map(|value| (series.name.clone(), Number(*value)));
    ComparedSummary {
        largest_risk_gap: Number(largest),
        at: Number(at),
        distances_at_last_snapshot: system.distances.iter().filter_map(last).collect(),
    }
}
