//! The group `comparison`: gaps, distances and verdicts, for readers of the file. It is written
//! only; our own programs compute it again from the records.

use std::cell::Cell;

use hdf5::{Group, Location};
use ndarray::{ArrayViewD, IxDyn};

use super::attribute::{flag, number, place, text};
use super::axes::{write_run_axis, write_snapshots};
use super::error::{Checked, Fault};
use super::power_laws;
use super::variables::Variables;
use meanfield_compare::comparison::{Compared, Comparison, PointVerdict, Series, Verdict};
use meanfield_run::record::reserved::{COMPARISON, OBSERVED_TIME, SNAPSHOT, TIME};

/// Writes the group and one group a compared system within it.
pub(super) fn write(root: &Group, comparison: &Comparison, next: &Cell<i32>) -> Checked<()> {
    let out = Variables::new(root, COMPARISON, next)?;
    text(out.group(), "reference", &comparison.reference)?;
    comparison.systems.iter().try_for_each(|compared| write_one(out.group(), compared, next))?;
    power_laws::write(out.group(), &comparison.power_laws, next)
}

fn write_one(parent: &Group, compared: &Compared, next: &Cell<i32>) -> Checked<()> {
    let mut out = Variables::new(parent, &compared.system, next)?;
    compared.axes.iter().try_for_each(|axis| write_run_axis(&mut out, axis))?;
    // Two systems may share no time, or no snapshot: netCDF then has no such dimension.
    if !compared.time.is_empty() {
        out.dimension(TIME, &compared.time, "time t = k eps")?;
        write_series(&mut out, compared, (TIME, compared.time.len()), &compared.gaps)?;
        write_times_of_points(&mut out, compared)?;
    }
    if !compared.snapshot_time.is_empty() {
        write_snapshots(&mut out, &compared.snapshot_time)?;
        let snapshots = (SNAPSHOT, compared.snapshot_time.len());
        write_series(&mut out, compared, snapshots, &compared.distances)?;
    }
    for (i, verdict) in compared.verdicts.iter().enumerate() {
        write_verdict(out.group(), &format!("claim_{i}"), verdict)?;
    }
    out.attach()
}

/// Series over the varied keys and then `last`, a dimension and its length.
fn write_series(
    out: &mut Variables,
    compared: &Compared,
    last: (&str, usize),
    all: &[Series],
) -> Checked<()> {
    let over = dimensions(compared, last.0);
    all.iter().try_for_each(|series| {
        let values = shaped(out, compared, last.1, (&series.name, &series.values))?;
        out.variable(&series.name, &over, values, &series.meaning)
    })
}

/// When each point was observed, where points differ.
fn write_times_of_points(out: &mut Variables, compared: &Compared) -> Checked<()> {
    let Some(times) = &compared.times_of_points else { return Ok(()) };
    let values = shaped(out, compared, compared.time.len(), (OBSERVED_TIME, times))?;
    out.auxiliary(
        OBSERVED_TIME,
        &dimensions(compared, TIME),
        values,
        "time t of the observation at each point",
    )
}

/// The varied keys, then `last`.
fn dimensions<'a>(compared: &'a Compared, last: &'a str) -> Vec<&'a str> {
    compared.axes.iter().map(|axis| axis.name.as_str()).chain([last]).collect()
}

/// Values over the varied keys and a last dimension of this length.
fn shaped<'a>(
    out: &Variables,
    compared: &Compared,
    last: usize,
    (name, values): (&str, &'a [f64]),
) -> Checked<ArrayViewD<'a, f64>> {
    let lengths: Vec<_> = compared.axes.iter().map(|axis| axis.values.len()).chain([last]).collect();
    ArrayViewD::from_shape(IxDyn(&lengths), values).map_err(|_| {
        let reason = format!("has {} values where {lengths:?} are needed", values.len());
        Fault::unfit(&place(out.group(), name), reason)
    })
}

fn write_verdict(group: &Location, name: &str, verdict: &Verdict) -> Checked<()> {
    text(group, name, &verdict.in_words())?;
    flag(group, &format!("{name}_holds"), verdict.holds)?;
    number(group, &format!("{name}_worst"), verdict.worst.worst)?;
    number(group, &format!("{name}_observations"), verdict.basis.count() as i64)?;
    let failing = verdict.failing.iter().map(PointVerdict::in_words).collect::<Vec<_>>();
    match failing.is_empty() {
        true => Ok(()),
        false => text(group, &format!("{name}_fails_at"), &failing.join("\n")),
    }
}
