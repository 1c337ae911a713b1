//! The summary of a run: `summary.json`, and the same in words.

use std::collections::BTreeMap;

use meanfield_compare::comparison::{Compared, Comparison, PointVerdict, Series, Verdict};
use meanfield_compare::store::Header;
use meanfield_files::digest;
use meanfield_run::certificate::{self, Warning};
use meanfield_run::number::short;
use meanfield_run::record::{Fact, Place, Record, RunAxis};
use meanfield_run::refinement;
use meanfield_run::side_by_side::{Gap, Outcome};
use meanfield_run::stack::places as places_of;
use serde::{Deserialize, Deserializer, Serialize};

use crate::version;

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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The scenario's title.
    pub title: String,
    /// Version of the program.
    pub version: String,
    /// Version, and a digest of the sources that compute.
    #[serde(default)]
    pub computed_by: String,
    /// When it was finished, UTC.
    pub created: String,
    /// SHA-256 of every other file of the result.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// SHA-256 of this summary as compact JSON with nothing in this place.
    #[serde(default)]
    pub digest: String,
    /// Whether every claim holds and every run reached its end.
    pub holds: bool,
    /// Runs that stopped before their end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedRun>,
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
    /// Number of runs (seeds, points).
    pub runs: usize,
    /// The last time.
    pub end_time: f64,
    /// Every curve at the last time, the mean over seeds; empty where keys are varied.
    pub end: Numbers,
    /// The same at each point of the varied keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointSummary>,
    /// Of each certificate, the worst value over all times and runs.
    #[serde(default, skip_serializing_if = "Numbers::is_empty")]
    pub certificates: Numbers,
    /// The certificates that speak against the solution, and what to write instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningSummary>,
    /// Facts: neurons, cells, CPU and wall seconds, …
    pub facts: Numbers,
    /// Samples or rate evaluations done by this process (fewer after --resume).
    pub work_of_this_process: u64,
}

/// A certificate that speaks against a solution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WarningSummary {
    /// The certificate.
    pub certificate: String,
    /// Its worst value.
    pub value: Number,
    /// What it should not have gone beyond there.
    pub threshold: Number,
    /// What is wrong, and what to write instead.
    pub words: String,
}

/// One system at one point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointSummary {
    /// The values of the varied keys, by the names of their axes.
    pub at: Numbers,
    /// Every curve at the last time, the mean over seeds.
    pub end: Numbers,
    /// Facts that are not the same at all points.
    #[serde(default, skip_serializing_if = "Numbers::is_empty")]
    pub facts: Numbers,
}

impl From<Warning> for WarningSummary {
    fn from(warning: Warning) -> Self {
        let Warning { name, value, threshold, words } = warning;
        Self { certificate: name, value: Number(value), threshold: Number(threshold), words }
    }
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
    /// At which point of the varied keys.
    #[serde(default, skip_serializing_if = "Numbers::is_empty")]
    pub point: Numbers,
    /// Distances at the last snapshot; the largest of all points.
    pub distances_at_last_snapshot: Numbers,
    /// What must be known before a distance is believed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub caveats: BTreeMap<String, String>,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimSummary {
    /// In words.
    pub claim: String,
    /// In words, with what it was judged on and how it fared.
    pub outcome: String,
    /// Whether it holds.
    pub holds: bool,
    /// Number of observations (times, or snapshots) on which it was judged, at the point where it fares worst.
    pub observations: usize,
    /// Largest deviation.
    pub worst: Number,
    /// When.
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
pub struct FailingSummary {
    /// In words: the deviation, where, and what was not seen.
    pub outcome: String,
    /// The point.
    pub point: Numbers,
    /// Largest deviation.
    pub worst: Number,
    /// When.
    pub at: Number,
}

/// A run that stopped before its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailedRun {
    /// What people call it.
    pub run: String,
    /// Why it stopped.
    pub reason: String,
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
            computed_by: version::computing(),
            files: BTreeMap::new(),
            digest: String::new(),
            created: header.created,
            holds: comparison.is_none_or(Comparison::holds) && outcome.gaps.is_empty(),
            failed: outcome.gaps.iter().map(failed).collect(),
            wall_seconds: seconds.0,
            cpu_seconds: seconds.1,
            systems: systems.map(|(record, work)| (record.system.clone(), system(record, *work))).collect(),
            comparison: comparison.map(compared),
        }
    }

    /// The same with its files and its digest, as it is written.
    pub fn sealed(self, files: BTreeMap<String, String>) -> Self {
        let whole = Self { files, ..self };
        Self { digest: whole.own_digest(), ..whole }
    }

    /// Whether it is as it was written.
    pub fn is_whole(&self) -> bool {
        self.digest == self.own_digest()
    }

    fn own_digest(&self) -> String {
        let blank = Self { digest: String::new(), ..self.clone() };
        serde_json::to_vec(&blank).map_or(String::new(), |json| digest::of(&json))
    }

    /// The summary in words, for standard output.
    pub fn in_words(&self) -> String {
        let mut lines = vec![self.title.clone(), String::new()];
        lines.extend(self.systems.iter().flat_map(|(name, system)| system.in_words(name)));
        if let Some(comparison) = &self.comparison {
            lines.push(String::new());
            lines.extend(comparison.in_words());
        } else if self.systems.values().any(|system| !system.is_static()) {
            lines.push("\n  nothing was compared: the scenario has no [compare]".to_owned());
        }
        lines.extend(self.failures());
        lines.push(String::new());
        lines.push(format!("  took {:.1} s, {:.1} CPU s", self.wall_seconds, self.cpu_seconds));
        lines.join("\n")
    }
}

impl Summary {
    /// A line for each run that stopped.
    fn failures(&self) -> Vec<String> {
        let count = self.failed.len();
        if count == 0 {
            return Vec::new();
        }
        let runs = if count == 1 { "1 run".to_owned() } else { format!("{count} runs") };
        let mut lines =
            vec![format!("\n  {runs} stopped before the end; what was observed until then is kept:")];
        let line = |failed: &FailedRun| format!("    {}: {}", failed.run, failed.reason);
        lines.extend(self.failed.iter().take(MOST_FAILING).map(line));
        if count > MOST_FAILING {
            lines.push(format!("    and {} more: see summary.json", count - MOST_FAILING));
        }
        lines.push("  --resume tries again what stopped".to_owned());
        lines
    }
}

/// More runs that failed, or points at which a claim fails, are not told one by one.
const MOST_FAILING: usize = 20;
/// More points than this are told as a range.
const MOST_PRINTED: usize = 60;

impl SystemSummary {
    fn is_static(&self) -> bool {
        self.kind == "landscape"
    }

    /// A line, one for each point where keys are varied, and one for what vouches for the solution.
    fn in_words(&self, name: &str) -> Vec<String> {
        let runs = if self.runs > 1 { format!(" ×{}", self.runs) } else { String::new() };
        let (kind, time) = (format!("{}{runs}", self.kind), short(self.end_time));
        let risk = |end: &Numbers| match self.is_static() {
            true => at_rest(end),
            false => format!("R({time}) = {:<10.5}", number(end, "risk")),
        };
        let cpu = number(&self.facts, "cpu_seconds") + number_or(&self.facts, "coarse_cpu_seconds", 0.0);
        let first = if self.points.is_empty() { risk(&self.end) } else { String::new() };
        let mut lines = vec![format!("  {name:<10} {kind:<20} {first:<20} {cpu:8.1} CPU s")];
        let point =
            |point: &PointSummary| format!("  {:<10} {:<20} {}", "", places(&point.at), risk(&point.end));
        match self.points.len() > MOST_PRINTED {
            true => lines.push(format!("  {:<10} {:<20} {}", "", "", self.range())),
            false => lines.extend(self.points.iter().map(|one| point(one).trim_end().to_owned())),
        }
        lines.extend(self.limits().map(|words| format!("  {:<10} {words}", "")));
        lines.extend(self.vouched().map(|words| format!("  {:<10} {words}", "")));
        lines.extend(self.warnings.iter().map(|one| format!("  {:<10} warning: {}", "", one.words)));
        lines
    }

    /// What is taken to infinite dimension, where anything is.
    fn limits(&self) -> Option<&'static str> {
        let is_set = |fact: &str| self.facts.contains_key(fact);
        match (is_set("kernel_at_infinite_dimension"), is_set("start_at_infinite_dimension")) {
            (false, false) => None,
            (true, false) => Some("kernel at d = ∞, start at the data's d"),
            (false, true) => Some("kernel at the data's d, start at d = ∞"),
            (true, true) => Some("kernel and start at d = ∞"),
        }
    }

    /// "10000 points, R from 0.00397 to 7.25".
    fn range(&self) -> String {
        let risks =
            self.points.iter().map(|point| number(&point.end, "risk")).filter(|risk| risk.is_finite());
        let (least, most) = risks.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), r| (a.min(r), b.max(r)));
        format!("{} points, R from {least:.5} to {most:.5}", self.points.len())
    }

    /// "certificates: mass kept to 2.9e-15, density ≥ 0; risk ± 1.1e-4".
    fn vouched(&self) -> Option<String> {
        let words = certificate::ALL.iter().filter_map(|known| {
            self.certificates.get(known.name).map(|number| certificate_in_words(known.name, number.0))
        });
        let words = words.collect::<Vec<_>>().join(", ");
        let error = self.certificates.get(&refinement::name("risk")).map(|e| format!("risk ± {:.1e}", e.0));
        match (words.is_empty(), error) {
            (true, error) => error,
            (false, None) => Some(format!("certificates: {words}")),
            (false, Some(error)) => Some(format!("certificates: {words}; {error}")),
        }
    }
}

/// What a certificate says.
fn certificate_in_words(name: &str, worst: f64) -> String {
    match name {
        certificate::MASS_ERROR => format!("mass kept to {worst:.1e}"),
        certificate::MINIMUM_DENSITY if worst >= 0.0 => "density ≥ 0".to_owned(),
        certificate::MINIMUM_DENSITY => format!("density down to {worst:.1e}"),
        certificate::ENERGY_RESIDUAL => format!("energy balance to {worst:.1e}"),
        certificate::FREE_ENERGY_RISE if worst <= 0.0 => "F falls at every step".to_owned(),
        certificate::FREE_ENERGY_RISE => format!("F rises by at most {worst:.1e} in a step"),
        certificate::CFL_MARGIN => format!("CFL margin ≥ {worst:.2}"),
        certificate::KERNEL_TRUNCATION => format!("kernel cut off at {worst:.1e}"),
        certificate::EDGE_MASS => format!("mass at the edge ≤ {worst:.1e}"),
        certificate::CELL_PECLET => format!("cell Péclet number ≤ {worst:.1}"),
        certificate::REPEATED_STEPS => format!("{worst:.0} steps repeated"),
        other => format!("{} {worst:.1e}", other.replace('_', " ")),
    }
}

/// What is told of laws at rest beside their risk and their coordinates.
const STATIC: [(&str, &str); 9] = [
    ("masses", "masses"),
    ("margin", "Lemma 1's margin"),
    ("inner_rate", "inner rate"),
    ("joint_rate", "joint rate"),
    ("fixed_points", "fixed points"),
    ("stable_fixed_points", "stable"),
    ("threshold_low", "Δ^l"),
    ("threshold_high", "Δ^h"),
    ("threshold_limit", "Δ_∞"),
];

/// "R = 0.70092, F = 0.41046, radius 2.7773 ± 0.3600" of a law that does not move. Without noise and ridge F would be half of R.
fn at_rest(end: &Numbers) -> String {
    let (risk, energy) = (number(end, "risk"), number(end, "free_energy"));
    let mut words = vec![format!("R = {risk:.6}")];
    if (2.0 * energy - risk).abs() > 1e-9 * risk.abs() {
        words.push(format!("F = {energy:.6}"));
    }
    for (name, mean) in end {
        if let Some(coordinate) = name.strip_prefix("mean_") {
            let spread = number(end, &format!("std_{coordinate}"));
            words.push(format!("{coordinate} {:.4} ± {spread:.4}", mean.0));
        }
    }
    words.extend(STATIC.iter().filter_map(|(name, symbol)| {
        end.get(*name)
            .filter(|number| number.0.is_finite())
            .map(|number| format!("{symbol} = {}", plain(number.0)))
    }));
    words.join(", ")
}

/// To six digits after the point, without zeros at the end; what rounding leaves of 0 is 0.
fn plain(value: f64) -> String {
    let text = format!("{value:.6}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

fn number(numbers: &Numbers, name: &str) -> f64 {
    number_or(numbers, name, f64::NAN)
}

fn number_or(numbers: &Numbers, name: &str, otherwise: f64) -> f64 {
    numbers.get(name).map_or(otherwise, |number| number.0)
}

/// "scale = 0.1, separation = 0.4".
fn places(at: &Numbers) -> String {
    at.iter().map(|(name, value)| format!("{name} = {}", short(value.0))).collect::<Vec<_>>().join(", ")
}

/// ", scale = 0.1" after a time; nothing where no key is varied.
fn also_at(at: &Numbers) -> String {
    if at.is_empty() { String::new() } else { format!(", {}", places(at)) }
}

impl ComparisonSummary {
    /// A line or two for each system, a line for each claim.
    pub fn in_words(&self) -> Vec<String> {
        let mut lines = vec![format!("  against {}:", self.reference)];
        lines.extend(self.systems.iter().flat_map(|(name, system)| system.in_words(name)));
        lines.extend(self.claims.iter().flat_map(ClaimSummary::in_words));
        lines
    }
}

impl ComparedSummary {
    fn in_words(&self, name: &str) -> Vec<String> {
        let gap = match self.at.0.is_finite() {
            true => {
                let (gap, at, point) = (self.largest_risk_gap.0, short(self.at.0), also_at(&self.point));
                format!("largest risk gap {gap:.2e} at t = {at}{point}")
            }
            false => "nothing was observed together with the reference".to_owned(),
        };
        let mut lines = vec![format!("  {name:<10} {gap}")];
        let distances = self.distances_in_words();
        if !distances.is_empty() {
            lines.push(format!("  {:<10} at the last snapshot: {}", "", distances.join(", ")));
        }
        let caveat = |(name, text): (&String, &String)| format!("  {:<10} {name}: {text}", "");
        lines.extend(self.caveats.iter().map(caveat));
        lines
    }

    /// Each distance; of an ensemble that of the pooled law, then the mean over the runs with its standard error.
    fn distances_in_words(&self) -> Vec<String> {
        let all = &self.distances_at_last_snapshot;
        let of_runs = |name: &str| {
            Some((all.get(&format!("{name}_mean"))?, all.get(&format!("{name}_standard_error"))?))
        };
        let is_of_runs =
            |name: &str| ["_mean", "_standard_error"].iter().any(|ending| name.ends_with(ending));
        let distance = |(name, value): (&String, &Number)| match of_runs(name) {
            Some((mean, error)) => {
                format!("{name} {:.2e} (pooled; single runs {:.2e} ± {:.0e})", value.0, mean.0, error.0)
            }
            None => format!("{name} {:.2e}", value.0),
        };
        all.iter().filter(|(name, _)| !is_of_runs(name)).map(distance).collect()
    }
}

impl ClaimSummary {
    /// A line, and one for each point at which it does not hold.
    fn in_words(&self) -> Vec<String> {
        let mut lines = vec![format!("  claim      {}", self.outcome)];
        let failing = self.failing.iter().filter(|_| self.failing.len() > 1);
        lines.extend(failing.take(MOST_FAILING).map(|one| format!("  {:<10} fails: {}", "", one.outcome)));
        if self.failing.len() > MOST_FAILING {
            let more = self.failing.len() - MOST_FAILING;
            lines.push(format!("  {:<10} and at {more} more points: see summary.json", ""));
        }
        lines
    }
}

fn system(record: &Record, work: u64) -> SystemSummary {
    let axes: Vec<RunAxis> = record.varied().cloned().collect();
    let varied = !axes.is_empty();
    let points = places_of(&axes).into_iter().filter(|_| varied);
    let worst_error = record.curve(&refinement::name("risk")).map(|curve| {
        let largest = curve.values.iter().fold(f64::NAN, |a: f64, b| a.max(*b)); // NaN where it is not known
        (refinement::name("risk"), Number(largest))
    });
    let certificates =
        certificate::worst(record).into_iter().map(|(name, worst)| (name.to_owned(), Number(worst)));
    let facts = record.facts.iter().filter(|fact| fact.values.len() == 1);
    SystemSummary {
        kind: record.kind.clone(),
        runs: record.runs(),
        end_time: record.time.last().copied().unwrap_or(0.0),
        end: if varied { Numbers::new() } else { end(record) },
        points: points.filter_map(|place| Some(point(&place, &record.at(&place)?, record))).collect(),
        certificates: certificates.chain(worst_error).collect(),
        warnings: certificate::warnings(record).into_iter().map(WarningSummary::from).collect(),
        facts: facts.map(|fact| (fact.name.clone(), Number(fact.values[0]))).collect(),
        work_of_this_process: work,
    }
}

/// Every curve at the last time, the mean over runs.
fn end(record: &Record) -> Numbers {
    record.curves.iter().map(|curve| (curve.name.clone(), Number(record.at_end(curve)))).collect()
}

/// A record at a point, and of its facts those that the whole record has several values of.
fn point(place: &[Place], here: &Record, whole: &Record) -> PointSummary {
    let differs = |name: &str| whole.facts_named(name).len() > 1;
    let own = |fact: &Fact| Some((fact.name.clone(), Number(*fact.values.first()?)));
    let facts = here.facts.iter().filter(|fact| differs(&fact.name)).filter_map(own);
    PointSummary { at: numbers(place), end: end(here), facts: facts.collect() }
}

fn numbers(place: &[Place]) -> Numbers {
    place.iter().map(|place| (place.axis.clone(), Number(place.value))).collect()
}

fn failed(gap: &Gap) -> FailedRun {
    FailedRun { run: gap.name.clone(), reason: gap.error.clone() }
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
    let failing = |one: &PointVerdict| FailingSummary {
        outcome: one.in_words(),
        point: numbers(&one.point),
        worst: Number(one.worst),
        at: Number(one.at),
    };
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

fn against_reference(system: &Compared) -> ComparedSummary {
    let points = system.points();
    let gap = system.gaps.iter().find(|series| series.name == "risk_gap");
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
