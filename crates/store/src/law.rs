//! The laws at the snapshots, as arrays: `mass` and `density` over cells, the same of pairs of coordinates, or `atoms`
//! with weights; of those that sample a known map also the panels on which it is a polynomial.
//!
//! Where all laws of a record share their grid (their weights), it stands there once; where they do not, each law has
//! its own, and shorter ones are padded by NaN. Masses are stored beside densities because a density times a width
//! need not give the mass back to the last bit.

mod atoms;
mod cells;
mod grid;
mod marginals;
mod panels;

use std::borrow::Cow;

use meanfield_model::measure::Measure;
use meanfield_run::record::Record;
use ndarray::{ArrayD, ArrayView1, ArrayViewD, Axis as Dimension, IxDyn, Slice};

use super::attribute::text;
use super::error::{Checked, Fault};
use super::reading::Reading;
use super::system::shape;
use super::variables::Variables;

/// Attribute `law`: the forms of all laws of a record.
const NONE: &str = "none";
/// Cells of one grid.
const CELLS: &str = "cells";
/// Cells of a grid for each law.
const MOVING_CELLS: &str = "moving_cells";
/// Pairs of coordinates on cells of one grid.
const MARGINALS: &str = "marginals";
/// The same on cells of a grid for each law.
const MOVING_MARGINALS: &str = "moving_marginals";
/// Atoms whose weights stay the same.
const ATOMS: &str = "atoms";
/// Atoms with weights for each law.
const VARYING_ATOMS: &str = "varying_atoms";
/// Atoms that sample a map given on panels, with weights that stay the same.
const PANELLED_ATOMS: &str = "panelled_atoms";
/// The same with weights for each law.
const VARYING_PANELLED_ATOMS: &str = "varying_panelled_atoms";

/// Writes the laws, if there are any; attribute `law` says in which form.
pub(super) fn write(out: &mut Variables, record: &Record) -> Checked<()> {
    let (laws, needed) = (record.laws.len(), record.runs() * record.snapshot_time.len());
    if laws != needed {
        return Err(unfit(record, "snapshot", format!("{laws} laws, but {needed} runs times snapshots")));
    }
    let Some(first) = record.laws.first() else { return text(out.group(), "law", NONE) };
    if let Some(law) = record.laws.iter().find(|law| law.dimension() != record.coordinates.len()) {
        let (has, names) = (law.dimension(), &record.coordinates);
        return Err(unfit(record, "snapshot", format!("laws on {has} coordinates, but names {names:?}")));
    }
    write_snapshots(out, &record.snapshot_time)?;
    match first {
        Measure::Cells { .. } => cells::write(out, record),
        Measure::Marginals { .. } => marginals::write(out, record),
        Measure::Pushforward(_) if panels::fit(record) => panels::write(out, record),
        Measure::Atoms { .. } | Measure::Pushforward(_) => atoms::write(out, record, false),
    }
}

/// The snapshots' times and the laws, row-major over (leading axes…, snapshot).
pub(super) fn read(group: &Reading, record: &Record) -> Checked<(Vec<f64>, Vec<Measure>)> {
    let form = group.text("law")?;
    if form == NONE {
        return Ok((Vec::new(), Vec::new()));
    }
    let times: Vec<f64> = group.line("snapshot_time")?;
    let few = record.coordinates.len() < 2;
    let laws = match form.as_str() {
        MARGINALS | MOVING_MARGINALS if few => {
            Err(group.fault("law", "marginals of pairs need two coordinates"))
        }
        CELLS | MOVING_CELLS => cells::read(group, record, times.len(), form == MOVING_CELLS),
        MARGINALS | MOVING_MARGINALS => marginals::read(group, record, times.len(), form == MOVING_MARGINALS),
        ATOMS => atoms::read(group, record, times.len()),
        VARYING_ATOMS => atoms::read_varying(group, record, times.len()),
        PANELLED_ATOMS => panels::read(group, record, atoms::read(group, record, times.len())?),
        VARYING_PANELLED_ATOMS => {
            panels::read(group, record, atoms::read_varying(group, record, times.len())?)
        }
        other => Err(group.fault("law", format!("the attribute is {other:?}, no form of a law"))),
    }?;
    // Of a run that stopped nothing is known.
    let unfinished = !record.failures.is_empty();
    let is_known = |law: &Measure| {
        law.is_probability() && law.atoms().is_none_or(|(points, _)| points.iter().all(|at| at.is_finite()))
    };
    let is_law = |law: &Measure| law.fits() && (unfinished || is_known(law));
    match laws.iter().position(|law| !is_law(law)) {
        None => Ok((times, laws)),
        Some(i) => Err(group.fault("law", format!("law {i} is no probability measure"))),
    }
}

/// The laws in the form in which a file has them: where not all are maps on panels that fit, they are atoms.
pub(super) fn as_stored(record: &Record) -> Cow<'_, [Measure]> {
    let is_map = |law: &Measure| matches!(law, Measure::Pushforward(_));
    if !record.laws.iter().any(is_map) || panels::fit(record) {
        return Cow::Borrowed(&record.laws);
    }
    let as_atoms = |law: &Measure| match law.atoms() {
        Some((points, weights)) => Measure::Atoms { points: points.clone(), weights: weights.clone() },
        None => law.clone(),
    };
    Cow::Owned(record.laws.iter().map(as_atoms).collect())
}

/// `snapshot` counts from 0, `snapshot_time` says when.
pub(super) fn write_snapshots(out: &mut Variables, times: &[f64]) -> Checked<()> {
    out.counted("snapshot", times.len(), "number of the snapshot")?;
    let times = ArrayView1::from(times).into_dyn();
    out.variable("snapshot_time", &["snapshot"], times, "time t of the snapshot")
}

/// What `array` takes from each law, in one array of shape (leading axes…, snapshot, `each`…). What is shorter than
/// `each` is followed by NaN. A law of another form is refused by its number.
fn stacked<'a>(
    record: &'a Record,
    name: &str,
    each: &[usize],
    array: impl Fn(&'a Measure) -> Option<ArrayD<f64>>,
) -> Checked<ArrayD<f64>> {
    let blocks: Vec<usize> = [record.laws.len()].iter().chain(each).copied().collect();
    let mut all = ArrayD::from_elem(IxDyn(&blocks), f64::NAN);
    for (i, (law, mut block)) in record.laws.iter().zip(all.axis_iter_mut(Dimension(0))).enumerate() {
        let fits = |values: &ArrayD<f64>| {
            values.ndim() == each.len() && values.shape().iter().zip(each).all(|(own, most)| own <= most)
        };
        let other = || unfit(record, name, format!("law {i} is of another form than law 0"));
        let values = array(law).filter(fits).ok_or_else(other)?;
        let own = values.shape().to_vec();
        block.slice_each_axis_mut(|of| Slice::from(0..own[of.axis.index()])).assign(&values);
    }
    let lengths: Vec<_> = [record.snapshot_time.len()].iter().chain(each).copied().collect();
    let stacked = all.into_shape_with_order(IxDyn(&shape(record, &lengths)));
    stacked.map_err(|error| unfit(record, name, error.to_string()))
}

/// The other way: one block of shape `each` for each law.
fn blocks(group: &Reading, name: &str, all: ArrayD<f64>, each: &[usize]) -> Checked<Vec<ArrayD<f64>>> {
    let size: usize = each.iter().product();
    let laws = all.len().checked_div(size).ok_or_else(|| group.fault(name, "is empty"))?;
    let blocks: Vec<_> = [laws].iter().chain(each).copied().collect();
    let all = all.into_shape_with_order(IxDyn(&blocks)).map_err(|error| group.fault(name, error))?;
    Ok(all.axis_iter(Dimension(0)).map(|block| block.to_owned()).collect())
}

/// A line without the NaN that it was padded with.
fn unpadded(line: ArrayViewD<f64>) -> Vec<f64> {
    let mut line: Vec<f64> = line.iter().copied().collect();
    line.truncate(line.iter().rposition(|value| !value.is_nan()).map_or(0, |last| last + 1));
    line
}

fn unfit(record: &Record, name: &str, reason: String) -> Fault {
    Fault::unfit(&format!("{}/{name}", record.system), reason)
}
