//! What a run leaves behind: the record of one system, as plain arrays with names.
//!
//! Every system leaves the same thing: times, curves (risk first), quantiles, and the law of the
//! reduced coordinates at the snapshots. Several runs of one system (seeds, varied keys) are one
//! record with extra leading axes. It knows no file format and no figure.

use meanfield_model::measure::Measure;
use ndarray::{ArrayD, Axis as Dimension, IxDyn, Slice};
use serde::{Deserialize, Serialize};

/// One number for each time (and for each point of the leading axes).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Name in the record, e.g. `risk`, `mean_radius`.
    pub name: String,
    /// What it is, in words, for labels.
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

/// An axis along which one system was run several times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunAxis {
    /// `seed`, or a varied key.
    pub name: String,
    /// Its values, one a run.
    pub values: Vec<f64>,
}

/// A fact about the run that is one number: neurons, step size, CPU seconds, …
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Name in the record.
    pub name: String,
    /// Value.
    pub value: f64,
}

/// Everything that one system reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The system's name in the scenario.
    pub system: String,
    /// Its kind, e.g. `finite-volume`.
    pub kind: String,
    /// Names of the reduced coordinates, e.g. `["radius"]`.
    pub coordinates: Vec<String>,
    /// Leading axes; empty for a single run.
    pub axes: Vec<RunAxis>,
    /// Times t of the observations.
    pub time: Vec<f64>,
    /// Steps k at those times, for systems that step by samples.
    pub step: Option<Vec<u64>>,
    /// Curves; the first is `risk`.
    pub curves: Vec<Curve>,
    /// Levels of the quantiles, in (0, 1).
    pub levels: Vec<f64>,
    /// Quantiles of each coordinate.
    pub quantiles: Vec<Quantiles>,
    /// Times of the snapshots.
    pub snapshot_time: Vec<f64>,
    /// Laws at the snapshots, row-major over (leading axes…, snapshot).
    pub laws: Vec<Measure>,
    /// Facts about the run.
    pub facts: Vec<Fact>,
}

/// Why records cannot be stacked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StackError {
    /// Nothing to stack.
    #[error("no record to stack along {0}")]
    Empty(String),
    /// Two runs observed different things.
    #[error("the runs of system {system} differ in {what} and cannot share an axis")]
    Differ {
        /// System.
        system: String,
        /// What differs.
        what: &'static str,
    },
}

impl Record {
    /// The curve of this name.
    pub fn curve(&self, name: &str) -> Option<&Curve> {
        self.curves.iter().find(|curve| curve.name == name)
    }

    /// The fact of this name.
    pub fn fact(&self, name: &str) -> Option<f64> {
        self.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value)
    }

    /// Number of runs: the product of the leading axes' lengths, 1 without any.
    pub fn runs(&self) -> usize {
        self.axes.iter().map(|axis| axis.values.len()).product()
    }

    /// A curve's value at the last time, the mean over runs.
    pub fn at_end(&self, curve: &Curve) -> f64 {
        let last =
            curve.values.iter().skip(self.time.len().saturating_sub(1)).step_by(self.time.len().max(1));
        last.sum::<f64>() / self.runs() as f64
    }

    /// The law of run `run` (row-major) at a snapshot.
    pub fn law(&self, run: usize, snapshot: usize) -> &Measure {
        &self.laws[run * self.snapshot_time.len() + snapshot]
    }

    /// Puts runs of one system side by side along a new leading axis. Times of the first are kept;
    /// CPU seconds are added up, of wall seconds the longest run's are kept.
    pub fn stack(axis: RunAxis, records: Vec<Record>) -> Result<Record, StackError> {
        let first = records.first().ok_or_else(|| StackError::Empty(axis.name.clone()))?.clone();
        let differ = |what| StackError::Differ { system: first.system.clone(), what };
        if records.iter().any(|r| r.time != first.time) {
            return Err(differ("times"));
        }
        if records.iter().any(|r| r.snapshot_time != first.snapshot_time || r.axes != first.axes) {
            return Err(differ("snapshots or axes"));
        }
        let names = |r: &Record| r.curves.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
        if records.iter().any(|r| names(r) != names(&first)) {
            return Err(differ("curves"));
        }
        let mut stacked = first.clone();
        for (i, curve) in stacked.curves.iter_mut().enumerate() {
            curve.values = side_by_side(records.iter().map(|r| &r.curves[i].values));
        }
        for (i, quantiles) in stacked.quantiles.iter_mut().enumerate() {
            quantiles.values = side_by_side(records.iter().map(|r| &r.quantiles[i].values));
        }
        for (i, fact) in stacked.facts.iter_mut().enumerate() {
            let values = records.iter().map(|r| r.facts[i].value);
            match fact.name.as_str() {
                "cpu_seconds" => fact.value = values.sum(),
                "wall_seconds" => fact.value = values.fold(0.0, f64::max),
                _ => {}
            }
        }
        stacked.laws = records.into_iter().flat_map(|r| r.laws).collect();
        stacked.axes.insert(0, axis);
        Ok(stacked)
    }
}

/// Arrays of equal shape, stacked along a new first axis.
fn side_by_side<'a>(arrays: impl Iterator<Item = &'a ArrayD<f64>>) -> ArrayD<f64> {
    let arrays: Vec<_> = arrays.collect();
    let mut shape = arrays[0].shape().to_vec();
    shape.insert(0, arrays.len());
    let mut stacked = ArrayD::zeros(IxDyn(&shape));
    for (i, array) in arrays.iter().enumerate() {
        stacked
            .slice_axis_mut(Dimension(0), Slice::from(i..i + 1))
            .index_axis_mut(Dimension(0), 0)
            .assign(array);
    }
    stacked
}
