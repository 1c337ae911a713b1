//! The laws at the snapshots, as arrays: `mass` and `density` over cells, or `atoms` with weights.
//!
//! All laws of a record share their grid, or their number of atoms and weights. Masses are stored
//! beside densities because a density times a width need not give the mass back to the last bit.

use meanfield_model::axis::Axis;
use meanfield_model::measure::Measure;
use meanfield_run::record::Record;
use ndarray::{Array1, Array2, ArrayD, ArrayView1, ArrayViewD, Axis as Dimension, Ix2, IxDyn};

use super::attribute::text;
use super::error::{Checked, Fault};
use super::reading::Reading;
use super::system::{over, shape};
use super::variables::Variables;

/// Writes the laws, if there are any; attribute `law` says in which form.
pub(super) fn write(out: &mut Variables, record: &Record) -> Checked<()> {
    let (laws, needed) = (record.laws.len(), record.runs() * record.snapshot_time.len());
    if laws != needed {
        return Err(unfit(record, "snapshot", format!("{laws} laws, but {needed} runs times snapshots")));
    }
    let Some(first) = record.laws.first() else { return text(out.group(), "law", "none") };
    if first.dimension() != record.coordinates.len() {
        let (has, names) = (first.dimension(), &record.coordinates);
        return Err(unfit(record, "snapshot", format!("laws on {has} coordinates, but names {names:?}")));
    }
    write_snapshots(out, &record.snapshot_time)?;
    match first {
        Measure::Cells { axes, mass } => write_cells(out, record, axes, mass.shape()),
        Measure::Atoms { points, weights } => write_atoms(out, record, points, weights),
    }
}

/// The snapshots' times and the laws, row-major over (leading axes…, snapshot).
pub(super) fn read(group: &Reading, record: &Record) -> Checked<(Vec<f64>, Vec<Measure>)> {
    let form = group.text("law")?;
    if form == "none" {
        return Ok((Vec::new(), Vec::new()));
    }
    let times: Vec<f64> = group.line("snapshot_time")?;
    let laws = match form.as_str() {
        "cells" => read_cells(group, record, times.len()),
        "atoms" => read_atoms(group, record, times.len()),
        other => Err(group.fault("law", format!("the attribute is {other:?}, no form of a law"))),
    }?;
    Ok((times, laws))
}

/// `snapshot` counts from 0, `snapshot_time` says when.
pub(super) fn write_snapshots(out: &mut Variables, times: &[f64]) -> Checked<()> {
    out.dimension("snapshot", &count(times.len()), "number of the snapshot")?;
    let times = ArrayView1::from(times).into_dyn();
    out.variable("snapshot_time", &["snapshot"], times, "time t of the snapshot")
}

fn write_cells(out: &mut Variables, record: &Record, axes: &[Axis], cells: &[usize]) -> Checked<()> {
    text(out.group(), "law", "cells")?;
    for (name, axis) in record.coordinates.iter().zip(axes) {
        out.dimension(name, &axis.centres(), &format!("centres of the cells of {name}"))?;
        out.dimension(&faces_of(name), axis.faces(), &format!("faces of the cells of {name}"))?;
    }
    let mass = stack(record, "mass", cells, |law| match law {
        Measure::Cells { axes: same, mass } if same == axes => Some(mass.view()),
        _ => None,
    })?;
    let names: Vec<_> =
        ["snapshot"].into_iter().chain(record.coordinates.iter().map(String::as_str)).collect();
    let over = over(record, &names);
    out.variable("mass", &over, mass.view(), "mass of each cell")?;
    out.variable("density", &over, density(mass, axes).view(), "density against Lebesgue measure")
}

fn read_cells(group: &Reading, record: &Record, snapshots: usize) -> Checked<Vec<Measure>> {
    let axes = record.coordinates.iter().map(|name| read_axis(group, name)).collect::<Checked<Vec<_>>>()?;
    let lengths: Vec<_> = [snapshots].into_iter().chain(axes.iter().map(Axis::cells)).collect();
    let mass = group.array("mass", &shape(record, &lengths))?;
    let one = |mass: ArrayViewD<f64>| Ok(Measure::Cells { axes: axes.clone(), mass: mass.to_owned() });
    unstack(group, "mass", mass, &lengths[1..], one)
}

fn read_axis(group: &Reading, coordinate: &str) -> Checked<Axis> {
    let name = faces_of(coordinate);
    Axis::from_faces(group.line(&name)?).map_err(|error| group.fault(&name, error))
}

fn write_atoms(
    out: &mut Variables,
    record: &Record,
    points: &Array2<f64>,
    weights: &Array1<f64>,
) -> Checked<()> {
    text(out.group(), "law", "atoms")?;
    out.dimension("atom", &count(weights.len()), "number of the atom")?;
    out.dimension_of_names("coordinate", &record.coordinates, "name of the coordinate")?;
    out.variable("weight", &["atom"], weights.view().into_dyn(), "weight of the atom")?;
    let atoms = stack(record, "atoms", points.shape(), |law| match law {
        Measure::Atoms { points, weights: same } if same == weights => Some(points.view().into_dyn()),
        _ => None,
    })?;
    out.variable(
        "atoms",
        &over(record, &["snapshot", "atom", "coordinate"]),
        atoms.view(),
        "positions of the atoms",
    )
}

fn read_atoms(group: &Reading, record: &Record, snapshots: usize) -> Checked<Vec<Measure>> {
    let weights = Array1::from(group.line::<f64>("weight")?);
    let lengths = [snapshots, weights.len(), record.coordinates.len()];
    let atoms = group.array("atoms", &shape(record, &lengths))?;
    let one = |points: ArrayViewD<f64>| {
        let points = points.into_dimensionality::<Ix2>().map_err(|error| group.fault("atoms", error))?;
        Ok(Measure::Atoms { points: points.to_owned(), weights: weights.clone() })
    };
    unstack(group, "atoms", atoms, &lengths[1..], one)
}

/// All laws in one array of shape (leading axes…, snapshot, `each`…); `array` gives that of one law
/// if it has the grid or weights of the first.
fn stack<'a>(
    record: &'a Record,
    name: &str,
    each: &[usize],
    array: impl Fn(&'a Measure) -> Option<ArrayViewD<'a, f64>>,
) -> Checked<ArrayD<f64>> {
    let mut all = Vec::with_capacity(record.laws.len() * each.iter().product::<usize>());
    for (i, law) in record.laws.iter().enumerate() {
        let values = array(law).filter(|values| values.shape() == each);
        let differs =
            || unfit(record, name, format!("law {i} has another grid, or other weights, than law 0"));
        all.extend(values.ok_or_else(differs)?);
    }
    let lengths: Vec<_> = [record.snapshot_time.len()].iter().chain(each).copied().collect();
    let stacked = ArrayD::from_shape_vec(IxDyn(&shape(record, &lengths)), all);
    stacked.map_err(|error| unfit(record, name, error.to_string()))
}

/// The other way: one law for each block of shape `each`.
fn unstack(
    group: &Reading,
    name: &str,
    all: ArrayD<f64>,
    each: &[usize],
    one: impl Fn(ArrayViewD<f64>) -> Checked<Measure>,
) -> Checked<Vec<Measure>> {
    let size: usize = each.iter().product();
    let laws = all.len().checked_div(size).ok_or_else(|| group.fault(name, "is empty"))?;
    let blocks: Vec<_> = [laws].iter().chain(each).copied().collect();
    let all = all.into_shape_with_order(IxDyn(&blocks)).map_err(|error| group.fault(name, error))?;
    all.axis_iter(Dimension(0)).map(one).collect()
}

/// Mass over volume of the cell; the last axes of `mass` are the coordinates.
fn density(mass: ArrayD<f64>, axes: &[Axis]) -> ArrayD<f64> {
    let leading = mass.ndim() - axes.len();
    let mut density = mass;
    for (k, axis) in axes.iter().enumerate() {
        for (i, mut cells) in density.axis_iter_mut(Dimension(leading + k)).enumerate() {
            cells /= axis.width(i);
        }
    }
    density
}

fn faces_of(coordinate: &str) -> String {
    format!("{coordinate}_faces")
}

/// 0, 1, 2, …
fn count(length: usize) -> Vec<i64> {
    (0..length as i64).collect()
}

fn unfit(record: &Record, name: &str, reason: String) -> Fault {
    Fault::unfit(&format!("{}/{name}", record.system), reason)
}
