//! The result of a run: the record of one system, as plain arrays with names.
//!
//! Every system has the same kind of record: times, curves (risk first), quantiles, and the law of the
//! reduced coordinates at the snapshots. Several runs of one system (seeds, varied keys) are one
//! record with extra leading axes ([`crate::stack`]). It knows no file format and no figure.

pub mod reserved;

use meanfield_model::measure::Measure;
use ndarray::{Array2, ArrayD, ArrayView1};
use serde::{Deserialize, Serialize};

pub use crate::axes::{Place, RunAxis, in_words, places};

/// One number for each time (and for each point of the leading axes).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Name in the record, e.g. `risk`, `mean_radius`.
    pub name: String,
    /// Description for labels.
    pub meaning: String,
    /// Shape (leading axes…, time).
    pub values: ArrayD<f64>,
}

/// Quantiles of one coordinate over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// The coordinate, e.g. `radius`.
    pub coordinate: String,
    /// Shape (leading axes…, time, level).
    pub values: ArrayD<f64>,
}

/// Name of the law of the neurons of a network with two layers.
pub const NEURONS: &str = "neurons";

/// Name of the law of all parameters of such networks, from which other runs can begin.
pub const WEIGHTS: &str = "weights";

/// Name of the law of what moves each neuron of a network of few: its place, the field of the data, the
/// repulsion of all neurons.
pub const FORCES: &str = "forces";

/// A law at the snapshots, under its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedLaw {
    /// Its name: [`NEURONS`], or that of a layer.
    pub name: String,
    /// Names of its coordinates, e.g. `["radius"]`.
    pub coordinates: Vec<String>,
    /// Inputs at which its coordinates are taken, shape (coordinate, d), for a law of what neurons answer to
    /// inputs; None for a law of their parameters.
    pub inputs: Option<Array2<f64>>,
    /// The law at the snapshots, row-major over (leading axes…, snapshot); empty where none was recorded.
    pub measures: Vec<Measure>,
}

impl NamedLaw {
    /// The law of the neurons of a network with two layers.
    pub fn neurons(coordinates: Vec<String>, measures: Vec<Measure>) -> Self {
        Self { name: NEURONS.to_owned(), coordinates, inputs: None, measures }
    }

    /// The number of a coordinate; None of one that it does not have.
    pub fn place(&self, coordinate: &str) -> Option<usize> {
        self.coordinates.iter().position(|name| name == coordinate)
    }

    /// Whether it has a measure on its coordinates for each of so many runs times snapshots.
    pub(crate) fn fits(&self, measures: usize) -> bool {
        self.measures.len() == measures
            && self.inputs.as_ref().is_none_or(|inputs| inputs.nrows() == self.coordinates.len())
            && self
                .measures
                .iter()
                .all(|law: &Measure| law.dimension() == self.coordinates.len() && law.fits())
    }
}

/// A fact about the run that is a number: neurons, step size, CPU seconds, …
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Name in the record.
    pub name: String,
    /// Its value; one for each run, row-major over the leading axes, where runs differ.
    pub values: Vec<f64>,
}

impl Fact {
    /// A fact that is the same for all runs.
    pub fn new(name: impl AsRef<str>, value: f64) -> Self {
        Self { name: name.as_ref().to_owned(), values: vec![value] }
    }
}

/// Nature of a system, which its kind determines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Nature {
    /// A limit that evolves in time.
    #[default]
    Limit,
    /// A network that steps by samples.
    Network,
    /// The same at all times; observed at the last one.
    Static,
}

impl Nature {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Limit, Self::Network, Self::Static];

    /// Its name in the record.
    pub fn name(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Network => "network",
            Self::Static => "static",
        }
    }
}

/// Times as they were planned, and those of each run where runs differ. A network can stop at whole steps
/// only, so that it is observed up to half a step away from the planned time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timetable {
    /// Planned times of the curves; empty if they are the record's `time`.
    pub planned: Vec<f64>,
    /// Planned times of the snapshots; empty if they are the record's `snapshot_time`.
    pub planned_snapshots: Vec<f64>,
    /// Times of the curves of each run, row-major (leading axes…, time); None if all runs share `time`.
    pub of_runs: Option<Vec<f64>>,
    /// Times of the snapshots of each run, row-major (leading axes…, snapshot); None if all share
    /// `snapshot_time`.
    pub snapshots_of_runs: Option<Vec<f64>>,
}

impl Timetable {
    /// Drops planned times that only repeat those of all runs.
    pub fn drop_repeated(&mut self, time: &[f64], snapshot_time: &[f64]) {
        if self.of_runs.is_none() && self.planned == time {
            self.planned.clear();
        }
        if self.snapshots_of_runs.is_none() && self.planned_snapshots == snapshot_time {
            self.planned_snapshots.clear();
        }
    }
}

/// A run that stopped before its end. Its observations until then are in the record; the rest is NaN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFailure {
    /// The run's places on the leading axes of the record.
    pub run: Vec<Place>,
    /// The reason why it stopped.
    pub reason: String,
}

/// Everything that one system reported.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The system's name in the scenario.
    pub system: String,
    /// Its kind, e.g. `finite-volume`.
    pub kind: String,
    /// Whether it is a limit, a network or static.
    pub nature: Nature,
    /// Leading axes; empty for a single run.
    pub axes: Vec<RunAxis>,
    /// Times t of the observations; where runs were observed at times of their own (`timetable`), the planned
    /// ones.
    pub time: Vec<f64>,
    /// Steps k at those times, for systems that step by samples: one for each time, or row-major
    /// (leading axes…, time) where runs step differently.
    pub step: Option<Vec<u64>>,
    /// Curves; the first is `risk`.
    pub curves: Vec<Curve>,
    /// Levels of the quantiles, in (0, 1).
    pub levels: Vec<f64>,
    /// Quantiles of each coordinate.
    pub quantiles: Vec<Quantiles>,
    /// Times of the snapshots; where runs have times of their own, the planned ones.
    pub snapshot_time: Vec<f64>,
    /// Laws at the snapshots, each under its name; of two layers one, called [`NEURONS`].
    pub laws: Vec<NamedLaw>,
    /// Facts about the run.
    pub facts: Vec<Fact>,
    /// Planned times, and those of each run where they differ.
    pub timetable: Timetable,
    /// Runs that stopped before their end.
    pub failures: Vec<RunFailure>,
}

impl Record {
    /// The planned times of the curves: the same in all systems of a scenario.
    pub fn planned_time(&self) -> &[f64] {
        if self.timetable.planned.is_empty() { &self.time } else { &self.timetable.planned }
    }

    /// The planned times of the snapshots.
    pub fn planned_snapshot_time(&self) -> &[f64] {
        let planned = &self.timetable.planned_snapshots;
        if planned.is_empty() { &self.snapshot_time } else { planned }
    }

    /// Whether each run (row-major) reached its end.
    pub fn finished(&self) -> Vec<bool> {
        places(&self.axes)
            .iter()
            .map(|run: &Vec<Place>| !self.failures.iter().any(|failure| failure.run == *run))
            .collect()
    }

    /// Number of runs that reached their end.
    pub fn finished_runs(&self) -> usize {
        self.finished().into_iter().filter(|finished| *finished).count()
    }

    /// Whether its parts are consistent: a file may hold anything.
    pub fn fits(&self) -> bool {
        let [times, snapshots] = [self.time.len(), self.snapshot_time.len()];
        let lengths = self.axes.iter().map(|axis| axis.values.len()).chain([times]).collect::<Vec<_>>();
        let runs =
            lengths[..lengths.len() - 1].iter().try_fold(1_usize, |runs, length| runs.checked_mul(*length));
        let Some(runs) = runs.filter(|runs| *runs > 0) else { return false };
        let table = &self.timetable;
        self.curves.iter().all(|curve| has_shape(&curve.values, &lengths, &[]))
            && self.quantiles.iter().all(|own| has_shape(&own.values, &lengths, &[self.levels.len()]))
            && self.step.as_ref().is_none_or(|step| [times, runs.saturating_mul(times)].contains(&step.len()))
            && runs.checked_mul(snapshots).is_some_and(|all| self.laws.iter().all(|law| law.fits(all)))
            && (snapshots == 0 || !self.laws.is_empty())
            && self.facts.iter().all(|fact| [1, runs].contains(&fact.values.len()))
            && [0, times].contains(&table.planned.len())
            && [0, snapshots].contains(&table.planned_snapshots.len())
            && fits_runs(table.of_runs.as_deref(), runs, times)
            && fits_runs(table.snapshots_of_runs.as_deref(), runs, snapshots)
    }

    /// The curve of this name.
    pub fn curve(&self, name: impl AsRef<str>) -> Option<&Curve> {
        self.curves.iter().find(|curve| curve.name == name.as_ref())
    }

    /// The values of the fact of this name: one, or one for each run where they differ.
    pub fn facts_named(&self, name: impl AsRef<str>) -> &[f64] {
        self.facts.iter().find(|fact| fact.name == name.as_ref()).map_or(&[], |fact| &fact.values)
    }

    /// The fact of this name, if it is the same for all runs.
    pub fn fact(&self, name: impl AsRef<str>) -> Option<f64> {
        let &[value] = self.facts_named(name) else { return None };
        Some(value)
    }

    /// The fact of this name of one run, which all may share.
    pub fn fact_of_run(&self, name: impl AsRef<str>, run: usize) -> Option<f64> {
        let values = self.facts_named(name);
        values.get(run).or(values.first()).copied()
    }

    /// The law of the neurons of a network with two layers.
    pub fn neurons(&self) -> Option<&NamedLaw> {
        self.named_law(NEURONS)
    }

    /// The law of this name.
    pub fn named_law(&self, name: &str) -> Option<&NamedLaw> {
        self.laws.iter().find(|law| law.name == name)
    }

    /// Names of the neurons' reduced coordinates, e.g. `["radius"]`.
    pub fn coordinates(&self) -> &[String] {
        self.neurons().map_or(&[], |law| &law.coordinates)
    }

    /// The laws of the neurons at the snapshots, row-major over (leading axes…, snapshot).
    pub fn measures(&self) -> &[Measure] {
        self.neurons().map_or(&[], |law| &law.measures)
    }

    /// Whether any law was recorded.
    pub fn has_laws(&self) -> bool {
        self.laws.iter().any(|law| !law.measures.is_empty())
    }

    /// The axes of varied keys, without that of the seeds.
    pub fn varied(&self) -> impl Iterator<Item = &RunAxis> {
        self.axes.iter().filter(|axis| axis.key.is_some())
    }

    /// Number of runs: the product of the leading axes' lengths, 1 without any.
    pub fn runs(&self) -> usize {
        self.axes.iter().map(|axis| axis.values.len()).product()
    }

    /// A curve's value at the last time, the mean over the runs that reached it.
    pub fn at_end(&self, curve: &Curve) -> f64 {
        let last =
            curve.values.iter().skip(self.time.len().saturating_sub(1)).step_by(self.time.len().max(1));
        let reached = last.zip(self.finished()).filter(|(_, finished)| *finished).map(|(value, _)| value);
        reached.sum::<f64>() / self.finished_runs() as f64
    }

    /// The values over time of one run (row-major) of a curve.
    pub fn row(&self, curve: impl AsRef<str>, run: usize) -> Option<ArrayView1<'_, f64>> {
        self.curve(curve)?.values.rows().into_iter().nth(run)
    }

    /// The largest size of a curve of one run, without times at which nothing was computed.
    pub fn largest(&self, curve: impl AsRef<str>, run: usize) -> Option<f64> {
        self.row(curve, run).map(|row| row.iter().fold(0.0, |a: f64, b| a.max(b.abs())))
    }

    /// The law of the neurons of run `run` (row-major) at a snapshot; None where none was recorded.
    pub fn law(&self, run: usize, snapshot: usize) -> Option<&Measure> {
        self.measures().get(run * self.snapshot_time.len() + snapshot)
    }
}

/// Whether an array has the lengths `first`, then `more`, and is row-major.
fn has_shape(values: &ArrayD<f64>, first: &[usize], more: &[usize]) -> bool {
    values.shape().iter().eq(first.iter().chain(more)) && values.is_standard_layout()
}

/// Whether there are `each` values for every run, if there are any.
fn fits_runs(values: Option<&[f64]>, runs: usize, each: usize) -> bool {
    values.is_none_or(|values| Some(values.len()) == runs.checked_mul(each))
}
