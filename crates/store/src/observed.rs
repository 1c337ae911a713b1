//! Observations of a record beside their values: whether the system is a limit, a network or static, planned
//! times, the times of each run where they differ, and runs that stopped. Records of version 0.2 have none of
//! it. Curves and laws are written elsewhere.

use hdf5::Group;
use meanfield_run::record::reserved::{
    OBSERVED_SNAPSHOT_TIME, OBSERVED_TIME, PLANNED_SNAPSHOT_TIME, PLANNED_TIME, SNAPSHOT, TIME,
};
use meanfield_run::record::{Nature, Place, Record, RunFailure, Timetable};
use ndarray::{ArrayView1, ArrayViewD, IxDyn};

use super::attribute::{number, numbers, text};
use super::axes::{dimensions, shape};
use super::error::{Checked, Fault};
use super::reading::Reading;
use super::variables::Variables;

const NATURE: &str = "nature";
const FAILURES: &str = "stopped_runs";

pub(super) fn write_nature(group: &Group, record: &Record) -> Checked<()> {
    text(group, NATURE, record.nature.name())
}

/// Reads the nature; that of records without it follows from their content.
pub(super) fn read_nature(group: &Reading, record: &Record) -> Checked<Nature> {
    if !group.has_attribute(NATURE) {
        return Ok(match record.kind.as_str() {
            "landscape" => Nature::Static,
            _ if record.step.is_some() => Nature::Network,
            _ => Nature::Limit,
        });
    }
    let name = group.text(NATURE)?;
    let found = Nature::ALL.into_iter().find(|nature| nature.name() == name);
    found.ok_or_else(|| group.fault(NATURE, format!("the attribute is {name:?}")))
}

/// The planned times, the same in all systems of a scenario, and those of each run where they differ.
pub(super) fn write_timetable(out: &mut Variables, record: &Record) -> Checked<()> {
    let snapshots = if record.has_laws() { record.planned_snapshot_time() } else { &[] };
    for (name, dimension, times) in
        [(PLANNED_TIME, TIME, record.planned_time()), (PLANNED_SNAPSHOT_TIME, SNAPSHOT, snapshots)]
    {
        if !times.is_empty() {
            let meaning = "time t that was asked for";
            out.auxiliary(name, &[dimension], ArrayView1::from(times).into_dyn(), meaning)?;
        }
    }
    let Timetable { of_runs, snapshots_of_runs, .. } = &record.timetable;
    let lengths = [record.time.len(), record.snapshot_time.len()];
    for (name, dimension, length, times) in [
        (OBSERVED_TIME, TIME, lengths[0], of_runs),
        (OBSERVED_SNAPSHOT_TIME, SNAPSHOT, lengths[1], snapshots_of_runs),
    ] {
        if let Some(times) = times {
            let values = ArrayViewD::from_shape(IxDyn(&shape(record, &[length])), times).map_err(
                |error: ndarray::ShapeError| {
                    Fault::unfit(&format!("{}/{name}", record.system), error.to_string())
                },
            )?;
            out.auxiliary(
                name,
                &dimensions(record, &[dimension]),
                values,
                "time t of the observation of each run",
            )?;
        }
    }
    Ok(())
}

pub(super) fn read_timetable(group: &Reading, record: &Record) -> Checked<Timetable> {
    let mut timetable = Timetable {
        planned: line_or_empty(group, PLANNED_TIME)?,
        planned_snapshots: line_or_empty(group, PLANNED_SNAPSHOT_TIME)?,
        of_runs: times_of_runs(group, OBSERVED_TIME, &shape(record, &[record.time.len()]))?,
        snapshots_of_runs: times_of_runs(
            group,
            OBSERVED_SNAPSHOT_TIME,
            &shape(record, &[record.snapshot_time.len()]),
        )?,
    };
    timetable.drop_repeated(&record.time, &record.snapshot_time);
    Ok(timetable)
}

fn line_or_empty(group: &Reading, name: &str) -> Checked<Vec<f64>> {
    if group.has(name) { group.line(name) } else { Ok(Vec::new()) }
}

/// Times of each run; None if all runs share them.
fn times_of_runs(group: &Reading, name: &str, shape: &[usize]) -> Checked<Option<Vec<f64>>> {
    match group.has(name) {
        true => group.array::<f64>(name, shape).map(|all| Some(all.into_iter().collect())),
        false => Ok(None),
    }
}

/// Writes the reason of each run that stopped, and its place on each axis.
pub(super) fn write_failures(group: &Group, record: &Record) -> Checked<()> {
    number(group, FAILURES, record.failures.len() as i64)?;
    for (i, failure) in record.failures.iter().enumerate() {
        text(group, &format!("stopped_run_{i}"), &failure.reason)?;
        let values: Vec<f64> = failure.run.iter().map(|place| place.value).collect();
        if !values.is_empty() {
            numbers(group, &format!("stopped_run_{i}_at"), &values)?;
        }
    }
    Ok(())
}

pub(super) fn read_failures(group: &Reading, record: &Record) -> Checked<Vec<RunFailure>> {
    if !group.has_attribute(FAILURES) {
        return Ok(Vec::new());
    }
    let count = usize::try_from(group.number::<i64>(FAILURES)?).unwrap_or(0).min(record.runs());
    (0..count)
        .map(|i: usize| {
            let reason = group.text(&format!("stopped_run_{i}"))?;
            let values = match record.axes.len() {
                0 => Vec::new(),
                axes => group.numbers(&format!("stopped_run_{i}_at"), axes)?,
            };
            Ok(RunFailure {
                run: record
                    .axes
                    .iter()
                    .zip(values)
                    .map(|(axis, value): (&meanfield_run::record::RunAxis, f64)| Place {
                        axis: axis.name.clone(),
                        key: axis.key.clone(),
                        value,
                    })
                    .collect(),
                reason,
            })
        })
        .collect()
}
