//! The group `comparison`: gaps, distances and verdicts, for readers of the file. It is written
//! only; our own programs compute it again from the records.

use std::cell::Cell;

use hdf5::{Group, Location};
use ndarray::{ArrayViewD, IxDyn};

use super::attribute::{flag, number, place, text};
use super::axes::{write_run_axis, write_snapshots};
use super::error::{Checked, Fault};
use super::variables::Variables;
use meanfield_compare::comparison::{Compared, Comparison, PointVerdict, Series, Verdict};

/// The group; no system may have this name.
pub(super) const COMPARISON: &str = "comparison";

/// Writes the group and one group a compared system within it.
pub(super) fn write(root: &Group, comparison: &Comparison, next: &Cell<i32>) -> Checked<()> {
    let out = Variables::new(root, COMPARISON, next)?;
    text(out.group(), "reference", &comparison.reference)?;
    comparison.systems.iter().try_for_each(|compared| write_one(out.group(), compared, next))
}

fn write_one(parent: &Group, compared: &Compared, next: &Cell<i32>) -> Checked<()> {
    let mut out = Variables::new(parent, &compared.system, next)?;
    compared.axes.iter().try_for_each(|axis| write_run_axis(&mut out, axis))?;
    // Two systems may share no time, or no snapshot: netCDF then has no such dimension.
    if !compared.time.is_empty() {
        out.dimension("time", &compared.time, "time t = k eps")?;
        write_series(&mut out, compared, ("time", compared.time.len()), &compared.gaps)?;
        let own = compared.times_of_points.iter().map(|times| Series {
            name: "observed_time".to_owned(),
            meaning: "time t of the observation at each point".to_owned(),
            values: times.clone(),
        });
        write_series(&mut out, compared, ("time", compared.time.len()), &own.collect::<Vec<_>>())?;
    }
    if !compared.snapshot_time.is_empty() {
        write_snapshots(&mut out, &compared.snapshot_time)?;
        let snapshots = ("snapshot", compared.snapshot_time.len());
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
    let names: Vec<_> = compared.axes.iter().map(|axis| axis.name.as_str()).chain([last.0]).collect();
    let lengths: Vec<_> = compared.axes.iter().map(|axis| axis.values.len()).chain([last.1]).collect();
    all.iter().try_for_each(|series| {
        let values = ArrayViewD::from_shape(IxDyn(&lengths), &series.values).map_err(|_| {
            let at = place(out.group(), &series.name);
            Fault::unfit(&at, format!("has {} values, but {names:?} is {lengths:?}", series.values.len()))
        })?;
        out.variable(&series.name, &names, values, &series.meaning)
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
