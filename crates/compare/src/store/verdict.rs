//! The group `comparison`: gaps, distances and verdicts, for readers of the file. It is written
//! only; our own programs compute it again from the records.

use std::cell::Cell;

use hdf5::{Group, Location};
use ndarray::ArrayView1;

use super::attribute::{number, text};
use super::error::Checked;
use super::law::write_snapshots;
use super::variables::Variables;
use crate::comparison::{Compared, Comparison, Series, Verdict};

/// Writes the group and one group a compared system within it.
pub(super) fn write(root: &Group, comparison: &Comparison, next: &Cell<i32>) -> Checked<()> {
    let out = Variables::new(root, super::COMPARISON, next)?;
    text(out.group(), "reference", &comparison.reference)?;
    comparison.systems.iter().try_for_each(|compared| write_one(out.group(), compared, next))
}

fn write_one(parent: &Group, compared: &Compared, next: &Cell<i32>) -> Checked<()> {
    let mut out = Variables::new(parent, &compared.system, next)?;
    // Two systems may share no time, or no snapshot: netCDF then has no such dimension.
    if !compared.time.is_empty() {
        out.dimension("time", &compared.time, "time t = k eps")?;
        write_series(&mut out, "time", &compared.gaps)?;
    }
    if !compared.snapshot_time.is_empty() {
        write_snapshots(&mut out, &compared.snapshot_time)?;
        write_series(&mut out, "snapshot", &compared.distances)?;
    }
    for (i, verdict) in compared.verdicts.iter().enumerate() {
        write_verdict(out.group(), &format!("claim_{i}"), verdict)?;
    }
    out.attach()
}

fn write_series(out: &mut Variables, over: &str, all: &[Series]) -> Checked<()> {
    all.iter().try_for_each(|series| {
        let values = ArrayView1::from(&series.values).into_dyn();
        out.variable(&series.name, &[over], values, &series.meaning)
    })
}

fn write_verdict(group: &Location, name: &str, verdict: &Verdict) -> Checked<()> {
    text(group, name, &sentence(verdict))?;
    number(group, &format!("{name}_holds"), i64::from(verdict.holds))?;
    number(group, &format!("{name}_worst"), verdict.worst)
}

/// `risk within 0.03 for t in [0.1, 10]: holds (worst 0.0123 at t = 4)`
fn sentence(verdict: &Verdict) -> String {
    let (claim, holds) = (&verdict.claim, if verdict.holds { "holds" } else { "fails" });
    let (quantity, within, from, until) = (&claim.quantity, claim.within, claim.from, claim.until);
    let (worst, at) = (short(verdict.worst), short(verdict.at));
    format!("{quantity} within {within} for t in [{from}, {until}]: {holds} (worst {worst} at t = {at})")
}

/// Three digits are enough to read; `claim_…_worst` has them all.
fn short(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}
