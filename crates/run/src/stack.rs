//! Leading axes of records: runs of one system put side by side along a new one, and the record at one value
//! of an axis taken out again.

use ndarray::{Array2, ArrayD, Axis as Dimension};

use crate::facts::{self, Merge, merge_of};
use crate::padding;
use crate::record::{Fact, NamedLaw, Place, Record, RunAxis, RunFailure};

/// Why records cannot be stacked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StackError {
    /// Nothing to stack.
    #[error("no record to stack along {0}")]
    Empty(String),
    /// Two runs observed different things.
    #[error("the runs of system {system} differ in {what} and cannot share an axis")]
    Differ {
        /// System.
        system: String,
        /// The property that differs.
        what: &'static str,
    },
}

impl Record {
    /// Puts runs of one system side by side along a new leading axis. All were planned at the same times;
    /// where runs step by different steps, each keeps its own beside the planned ones. CPU seconds are added
    /// up, of wall seconds the largest counts. Of laws on grids that only grew, the shorter get empty cells.
    /// Curves that only some of them have (certificates, with noise and without) are dropped.
    ///
    /// # Errors
    /// [`StackError`], where there is no record or two of them were not observed alike.
    pub fn stack(axis: RunAxis, mut records: Vec<Record>) -> Result<Record, StackError> {
        keep_common_curves(&mut records);
        state_all_facts(&mut records);
        let mut stacked = records.first().ok_or_else(|| StackError::Empty(axis.name.clone()))?.clone();
        if let Some(what) = records.iter().find_map(|record| difference(&stacked, record)) {
            return Err(StackError::Differ { system: stacked.system, what });
        }
        for (i, curve) in stacked.curves.iter_mut().enumerate() {
            curve.values = side_by_side(records.iter().map(|r| &r.curves[i].values), &curve.values);
        }
        for (i, quantiles) in stacked.quantiles.iter_mut().enumerate() {
            quantiles.values =
                side_by_side(records.iter().map(|r| &r.quantiles[i].values), &quantiles.values);
        }
        for (i, fact) in stacked.facts.iter_mut().enumerate() {
            fact.values = merged_facts(&records, i);
        }
        stacked.step = steps(&records);
        observed(&mut stacked, &records);
        stacked.failures = failures(&axis, &records);
        stacked.laws = laws(&mut records);
        stacked.axes.insert(0, axis);
        Ok(stacked)
    }

    /// The record at these places of its axes, without those axes; a place on an axis that it does not have
    /// is ignored. None if an axis does not have the value.
    pub fn at(&self, places: &[Place]) -> Option<Record> {
        let mut record = self.clone();
        for place in places {
            let Some(axis) = record.axes.iter().position(|axis| axis.name == place.axis) else { continue };
            let index = record.axes[axis].values.iter().position(|value| *value == place.value)?;
            record = record.cut(axis, index);
        }
        Some(record)
    }

    /// The record at value number `index` of axis number `place`.
    fn cut(&self, place: usize, index: usize) -> Record {
        let lengths: Vec<usize> = self.axes.iter().map(|axis| axis.values.len()).collect();
        let mut record = Record {
            laws: self
                .laws
                .iter()
                .map(|law: &NamedLaw| NamedLaw {
                    name: law.name.clone(),
                    coordinates: law.coordinates.clone(),
                    inputs: law.inputs.clone(),
                    measures: rows(&law.measures, &lengths, place, index),
                })
                .collect(),
            ..self.without_laws()
        };
        let axis = record.axes.remove(place);
        let value = axis.values[index];
        record
            .failures
            .retain(|failure| failure.run.iter().any(|at| at.axis == axis.name && at.value == value));
        record.failures.iter_mut().for_each(|failure| failure.run.retain(|at| at.axis != axis.name));
        record.curves.iter_mut().for_each(|curve| curve.values = slice(&curve.values, place, index));
        for quantiles in &mut record.quantiles {
            quantiles.values = slice(&quantiles.values, place, index);
        }
        for fact in record.facts.iter_mut().filter(|fact| fact.values.len() > 1) {
            fact.values = shared_or_all(rows(&fact.values, &lengths, place, index), 1);
        }
        record.facts.retain(|fact| !is_unstated(fact));
        let times = record.time.len();
        record.step = record.step.map(|steps: Vec<u64>| match steps.len() > times {
            true => shared_or_all(rows(&steps, &lengths, place, index), times),
            false => steps,
        });
        let times = &mut record.timetable;
        own_times(&mut times.of_runs, &mut record.time, &lengths, place, index);
        own_times(&mut times.snapshots_of_runs, &mut record.snapshot_time, &lengths, place, index);
        times.drop_repeated(&record.time, &record.snapshot_time);
        record
    }

    /// The same without laws: they are large, and need not be copied.
    fn without_laws(&self) -> Record {
        Record {
            system: self.system.clone(),
            kind: self.kind.clone(),
            nature: self.nature,
            axes: self.axes.clone(),
            time: self.time.clone(),
            step: self.step.clone(),
            curves: self.curves.clone(),
            levels: self.levels.clone(),
            quantiles: self.quantiles.clone(),
            snapshot_time: self.snapshot_time.clone(),
            laws: Vec::new(),
            facts: self.facts.clone(),
            timetable: self.timetable.clone(),
            failures: self.failures.clone(),
        }
    }
}

/// Keeps only the curves that all records have, in the order of the first.
fn keep_common_curves(records: &mut [Record]) {
    let Some(first) = records.first() else { return };
    let names: Vec<String> = first
        .curves
        .iter()
        .map(|curve| curve.name.clone())
        .filter(|name: &String| records.iter().all(|record| record.curve(name).is_some()))
        .collect();
    // Records that have nothing in common differ in their curves, which `difference` reports.
    for record in records.iter_mut().filter(|_| !names.is_empty()) {
        record.curves = names.iter().filter_map(|name| record.curve(name).cloned()).collect();
    }
}

/// States in all records what some of them do, where a run that says nothing of it has a known number.
fn state_all_facts(records: &mut [Record]) {
    let all: Vec<String> = records.iter().flat_map(fact_names).map(str::to_owned).collect();
    for kind in all.iter().filter_map(|name| facts::known(name)) {
        let Some(unstated) = kind.unstated else { continue };
        for record in records.iter_mut().filter(|record| record.facts_named(kind).is_empty()) {
            record.facts.push(Fact::new(kind, unstated));
        }
    }
    if let Some((first, others)) = records.split_first_mut() {
        let place = |fact: &Fact| first.facts.iter().position(|own| own.name == fact.name);
        others.iter_mut().for_each(|other| other.facts.sort_by_key(place));
    }
}

/// Whether a run would be the same without this fact.
fn is_unstated(fact: &Fact) -> bool {
    let unstated = facts::known(&fact.name).and_then(|kind| kind.unstated);
    matches!((&fact.values[..], unstated), ([value], Some(unstated)) if *value == unstated)
}

/// The first property in which two records differ, so that they cannot share an axis.
fn difference(first: &Record, other: &Record) -> Option<&'static str> {
    let differences = [
        ("times", first.planned_time() != other.planned_time()),
        ("snapshots", first.planned_snapshot_time() != other.planned_snapshot_time()),
        ("axes", first.axes != other.axes),
        ("curves", curve_shapes(first) != curve_shapes(other)),
        ("facts", fact_names(first) != fact_names(other)),
        ("steps", first.step.is_some() != other.step.is_some()),
        ("laws", law_heads(first) != law_heads(other)),
    ];
    differences.into_iter().find(|(_, differ)| *differ).map(|(what, _)| what)
}

/// Names and shapes of curves and quantiles.
fn curve_shapes(record: &Record) -> Vec<(&str, &[usize])> {
    let curves = record.curves.iter().map(|curve| (curve.name.as_str(), curve.values.shape()));
    let quantiles = record.quantiles.iter().map(|own| (own.coordinate.as_str(), own.values.shape()));
    curves.chain(quantiles).collect()
}

/// Names of facts.
fn fact_names(record: &Record) -> Vec<&str> {
    record.facts.iter().map(|fact| fact.name.as_str()).collect()
}

/// Name, coordinates and inputs of a law.
type LawHead<'a> = (&'a str, &'a [String], Option<&'a Array2<f64>>);

/// The heads of all laws.
fn law_heads(record: &Record) -> Vec<LawHead<'_>> {
    record.laws.iter().map(|law| (law.name.as_str(), &law.coordinates[..], law.inputs.as_ref())).collect()
}

/// The laws of all records, which have the same names, run by run; grids that only grew become one.
fn laws(records: &mut [Record]) -> Vec<NamedLaw> {
    let Some((first, others)) = records.split_first_mut() else { return Vec::new() };
    let mut laws = std::mem::take(&mut first.laws);
    for (i, law) in laws.iter_mut().enumerate() {
        law.measures.extend(others.iter_mut().flat_map(|other| std::mem::take(&mut other.laws[i].measures)));
        padding::to_the_longest(&mut law.measures);
    }
    laws
}

/// Times that all runs share, or the planned ones with those of each run beside them.
fn observed(stacked: &mut Record, records: &[Record]) {
    let planned = stacked.planned_time().to_vec();
    let planned_snapshots = stacked.planned_snapshot_time().to_vec();
    let times = records.iter().map(|r| (&r.timetable.of_runs, &r.time, r.runs()));
    (stacked.time, stacked.timetable.of_runs) = shared_or_planned(rows_of_runs(times), &planned);
    let snapshots = records.iter().map(|r| (&r.timetable.snapshots_of_runs, &r.snapshot_time, r.runs()));
    (stacked.snapshot_time, stacked.timetable.snapshots_of_runs) =
        shared_or_planned(rows_of_runs(snapshots), &planned_snapshots);
    (stacked.timetable.planned, stacked.timetable.planned_snapshots) = (planned, planned_snapshots);
    stacked.timetable.drop_repeated(&stacked.time, &stacked.snapshot_time);
}

/// Times run by run, from (those of each run, those that all share, runs) of every record.
fn rows_of_runs<'a>(records: impl Iterator<Item = (&'a Option<Vec<f64>>, &'a Vec<f64>, usize)>) -> Vec<f64> {
    records.flat_map(|(own, shared, runs)| own.clone().unwrap_or_else(|| shared.repeat(runs))).collect()
}

/// One row of times if all rows are the same; else the planned ones, and all rows.
fn shared_or_planned(rows: Vec<f64>, planned: &[f64]) -> (Vec<f64>, Option<Vec<f64>>) {
    let shared = shared_or_all(rows, planned.len());
    if shared.len() <= planned.len() { (shared, None) } else { (planned.to_vec(), Some(shared)) }
}

/// From times of all runs to those at one value of an axis, which become the record's if they are the same
/// there.
fn own_times(
    of_runs: &mut Option<Vec<f64>>,
    time: &mut Vec<f64>,
    lengths: &[usize],
    place: usize,
    index: usize,
) {
    let Some(all) = of_runs.take() else { return };
    (*time, *of_runs) = shared_or_planned(rows(&all, lengths, place, index), time);
}

/// The failures of all runs, each with its place on the new axis.
fn failures(axis: &RunAxis, records: &[Record]) -> Vec<RunFailure> {
    records
        .iter()
        .zip(&axis.values)
        .flat_map(|(record, value): (&Record, &f64)| {
            let place = axis.place(*value);
            record
                .failures
                .iter()
                .map(|failure: &RunFailure| RunFailure {
                    run: [std::slice::from_ref(&place), &failure.run[..]].concat(),
                    reason: failure.reason.clone(),
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Fact number `i` of all runs, as facts of its name become one.
fn merged_facts(records: &[Record], i: usize) -> Vec<f64> {
    let values = records.iter().flat_map(|record| record.facts[i].values.iter().copied());
    match merge_of(&records[0].facts[i].name) {
        Merge::Sum => vec![values.sum()],
        Merge::Largest => vec![values.fold(0.0, f64::max)],
        Merge::Shared => shared_or_all(
            records
                .iter()
                .flat_map(|record: &Record| repeated(&record.facts[i].values, 1, record.runs()))
                .collect(),
            1,
        ),
    }
}

/// The steps of all runs, once if they are the same everywhere.
fn steps(records: &[Record]) -> Option<Vec<u64>> {
    let times = records[0].time.len();
    let all: Vec<Vec<u64>> = records
        .iter()
        .map(|record: &Record| Some(repeated(record.step.as_ref()?, times, record.runs())))
        .collect::<Option<_>>()?;
    Some(shared_or_all(all.concat(), times))
}

/// A block of `size` values for each of `runs`, if only one was given.
fn repeated<T: Copy>(values: &[T], size: usize, runs: usize) -> Vec<T> {
    if values.len() == size { values.repeat(runs) } else { values.to_vec() }
}

/// The first block of `size` values if all blocks are the same, else all.
fn shared_or_all<T: Copy + PartialEq>(mut values: Vec<T>, size: usize) -> Vec<T> {
    if size > 0 && values.chunks(size).all(|block| block == &values[..size]) {
        values.truncate(size);
    }
    values
}

/// From values row-major over axes of these lengths, and more: those at `index` of axis `place`.
fn rows<T: Clone>(values: &[T], lengths: &[usize], place: usize, index: usize) -> Vec<T> {
    let before: usize = lengths[..=place].iter().product();
    let block = values.len() / before.max(1);
    let outer = 0..before / lengths[place].max(1);
    outer
        .flat_map(|outer: usize| {
            let first = (outer * lengths[place] + index) * block;
            values[first..first + block].iter().cloned()
        })
        .collect()
}

/// The part of an array at `index` of axis `place`.
fn slice(values: &ArrayD<f64>, place: usize, index: usize) -> ArrayD<f64> {
    values.index_axis(Dimension(place), index).to_owned()
}

/// Arrays of equal shape, stacked along a new first axis.
fn side_by_side<'a>(arrays: impl Iterator<Item = &'a ArrayD<f64>>, first: &ArrayD<f64>) -> ArrayD<f64> {
    let views: Vec<_> = arrays.map(|array| array.view()).collect();
    ndarray::stack(Dimension(0), &views).unwrap_or_else(|_| first.clone().insert_axis(Dimension(0)))
}
