//! The summary of a run: `summary.json`. The same in words: `words`.

use std::collections::BTreeMap;

use meanfield_compare::comparison::Comparison;
use meanfield_compare::sufficient::{Accuracy, Sufficient, first_order, sufficient};
use meanfield_files::digest;
use meanfield_run::certificate::{self, JudgedCertificate, Standing, Warning};
use meanfield_run::quantities::RISK;
use meanfield_run::record::places as places_of;
use meanfield_run::record::{Fact, Nature, Place, Record, RunAxis};
use meanfield_run::refinement;
use meanfield_run::side_by_side::{Gap, Outcome};
use meanfield_store::Header;
use serde::{Deserialize, Serialize};

use crate::clock::Elapsed;
use crate::version;

mod comparison;
mod laws;
mod number;
mod words;

pub use comparison::{ClaimSummary, ComparedSummary, ComparisonSummary, FailingSummary, compared};
use number::numbers;
pub use number::{Number, Numbers};

/// Headline numbers of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
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
    /// Whether the scenario was reduced by its `[quick]`: a rehearsal, not the result.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quick: bool,
    /// Whether every claim holds and every run reached its end.
    pub holds: bool,
    /// Where networks with layers leave the assumptions of the theory, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departures: Vec<String>,
    /// Runs that stopped before their end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedRun>,
    /// Wall seconds from the beginning of [`Session::run`](crate::Session::run) to this summary.
    pub wall_seconds: f64,
    /// CPU seconds that this process used in that time, all threads together.
    pub cpu_seconds: f64,
    /// Each system.
    pub systems: BTreeMap<String, SystemSummary>,
    /// Each system against the reference.
    pub comparison: Option<ComparisonSummary>,
}

/// One system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SystemSummary {
    /// Its kind.
    pub kind: String,
    /// Whether it is a limit, a network or static; None of a summary of version 0.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
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
    /// The certificates beyond their thresholds, and what to write instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningSummary>,
    /// Of each certificate, what it says of the solution: `ok`, `look` or `bad`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub standings: BTreeMap<String, Standing>,
    /// The certificates near their thresholds, and what to write instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<WarningSummary>,
    /// Which N and ε keep the mean risk of networks within 1 % of this limit's, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffices: Option<Sufficient>,
    /// Facts: neurons, cells, CPU and wall seconds, …
    pub facts: Numbers,
    /// Samples or rate evaluations done by this process (fewer after --resume).
    pub work_of_this_process: u64,
}

/// A certificate beyond its threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WarningSummary {
    /// The certificate.
    pub certificate: String,
    /// Its worst value.
    pub value: Number,
    /// Its threshold there.
    pub threshold: Number,
    /// Message: the problem, and what to write instead.
    pub words: String,
}

impl From<JudgedCertificate> for WarningSummary {
    fn from(judged: JudgedCertificate) -> Self {
        let JudgedCertificate { quantity, value, threshold, advice, .. } = judged;
        let certificate = quantity.name.to_owned();
        Self { certificate, value: Number(value), threshold: Number(threshold), words: advice }
    }
}

/// One system at one point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
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

/// A run that stopped before its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FailedRun {
    /// Name of the run.
    pub run: String,
    /// Why it stopped.
    pub reason: String,
}

impl Summary {
    /// The summary of what was run and compared, of where the theory was left, and of the time that it took.
    pub(crate) fn new(
        header: Header,
        departures: Vec<String>,
        outcome: &Outcome,
        comparison: Option<&Comparison>,
        elapsed: Elapsed,
    ) -> Self {
        let systems = outcome.records.iter().zip(&outcome.work);
        Self {
            title: header.title,
            version: header.version,
            computed_by: version::computing(),
            files: BTreeMap::new(),
            digest: String::new(),
            created: header.created,
            quick: header.quick,
            holds: comparison.is_none_or(Comparison::holds) && outcome.gaps.is_empty(),
            departures,
            failed: outcome.gaps.iter().map(failed).collect(),
            wall_seconds: elapsed.wall_seconds,
            cpu_seconds: elapsed.cpu_seconds,
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
        serde_json::to_vec(&blank).map_or(String::new(), |json| digest::sha256(&json))
    }
}

fn system(record: &Record, work: u64) -> SystemSummary {
    let axes: Vec<RunAxis> = record.varied().cloned().collect();
    let varied = !axes.is_empty();
    let points = places_of(&axes).into_iter().filter(|_| varied);
    let worst_error = record.curve(refinement::name(RISK)).map(|curve| {
        let largest = curve.values.iter().fold(f64::NAN, |a: f64, b| a.max(*b)); // NaN where it is not known
        (refinement::name(RISK), Number(largest))
    });
    let worst = certificate::worst(record).into_iter();
    let certificates = worst.map(|(quantity, worst)| (quantity.name.to_owned(), Number(worst)));
    let facts = record.facts.iter().filter(|fact| fact.values.len() == 1);
    let judged = certificate::judged(record);
    let standings = judged.iter().map(|one| (one.quantity.name.to_owned(), one.standing)).collect();
    let looks = judged.into_iter().filter(|one| one.standing == Standing::Look);
    SystemSummary {
        kind: record.kind.clone(),
        nature: Some(record.nature),
        runs: record.runs(),
        end_time: record.time.last().copied().unwrap_or(0.0),
        end: if varied { Numbers::new() } else { end(record) },
        points: points.filter_map(|place| Some(point(&place, &record.at(&place)?, record))).collect(),
        certificates: certificates.chain(worst_error).collect(),
        warnings: certificate::warnings(record).into_iter().map(WarningSummary::from).collect(),
        standings,
        looks: looks.map(WarningSummary::from).collect(),
        suffices: if varied { None } else { suffices(record) },
        facts: facts.map(|fact| (fact.name.clone(), Number(fact.values[0]))).collect(),
        work_of_this_process: work,
    }
}

/// What suffices for one per cent.
fn suffices(record: &Record) -> Option<Sufficient> {
    sufficient(first_order(record)?, Accuracy::Relative(0.01))
}

/// Every curve at the last time, the mean over runs.
fn end(record: &Record) -> Numbers {
    record.curves.iter().map(|curve| (curve.name.clone(), Number(record.at_end(curve)))).collect()
}

/// A record at a point, and of its facts those that the whole record has several values of.
fn point(place: &[Place], here: &Record, whole: &Record) -> PointSummary {
    let facts = here
        .facts
        .iter()
        .filter(|fact| whole.facts_named(&fact.name).len() > 1)
        .filter_map(|fact: &Fact| Some((fact.name.clone(), Number(*fact.values.first()?))));
    PointSummary { at: numbers(place), end: end(here), facts: facts.collect() }
}

fn failed(gap: &Gap) -> FailedRun {
    FailedRun { run: gap.name.clone(), reason: gap.error.clone() }
}
