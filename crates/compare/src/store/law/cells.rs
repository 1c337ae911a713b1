//! Laws on cells. Of a grid that stays, `radius` is the dimension of `density(…, snapshot, radius)`; a grid that moves
//! has `density(…, snapshot, radius_cell)`, and `radius(…, snapshot, radius_cell)` says where the cells are.

use meanfield_model::axis::Axis;
use meanfield_model::measure::Measure;
use meanfield_run::record::Record;
use ndarray::{Array1, ArrayD, Axis as Dimension, Slice};

use super::super::attribute::text;
use super::super::error::Checked;
use super::super::reading::Reading;
use super::super::system::{over, shape};
use super::super::variables::Variables;
use super::{CELLS, MOVING_CELLS, blocks, stacked, unpadded};

fn axes_of(law: &Measure) -> Option<&Vec<Axis>> {
    match law {
        Measure::Cells { axes, .. } => Some(axes),
        Measure::Atoms { .. } => None,
    }
}

fn mass_of(law: &Measure) -> Option<ArrayD<f64>> {
    match law {
        Measure::Cells { mass, .. } => Some(mass.clone()),
        Measure::Atoms { .. } => None,
    }
}

/// Mass over volume of the cell.
fn density_of(law: &Measure) -> Option<ArrayD<f64>> {
    let (mut density, axes) = (mass_of(law)?, axes_of(law)?);
    for (k, axis) in axes.iter().enumerate() {
        for (i, mut cells) in density.axis_iter_mut(Dimension(k)).enumerate() {
            cells /= axis.width(i);
        }
    }
    Some(density)
}

/// Writes the laws, on one grid if they share it.
pub(super) fn write(out: &mut Variables, record: &Record) -> Checked<()> {
    let first = record.laws.first().and_then(axes_of);
    match first.filter(|first| record.laws.iter().all(|law| axes_of(law).is_none_or(|axes| axes == *first))) {
        Some(axes) => write_on_one_grid(out, record, axes),
        None => write_moving(out, record),
    }
}

fn write_on_one_grid(out: &mut Variables, record: &Record, axes: &[Axis]) -> Checked<()> {
    text(out.group(), "law", CELLS)?;
    for (name, axis) in record.coordinates.iter().zip(axes) {
        out.dimension(name, &axis.centres(), &format!("centres of the cells of {name}"))?;
        out.dimension(&faces_of(name), axis.faces(), &format!("faces of the cells of {name}"))?;
    }
    let cells: Vec<usize> = axes.iter().map(Axis::cells).collect();
    write_masses(out, record, &cells, &record.coordinates)
}

fn write_moving(out: &mut Variables, record: &Record) -> Checked<()> {
    text(out.group(), "law", MOVING_CELLS)?;
    let most = |k: usize| record.laws.iter().filter_map(|law| Some(axes_of(law)?.get(k)?.cells())).max();
    let cells: Vec<usize> = (0..record.coordinates.len()).map(|k| most(k).unwrap_or(0)).collect();
    let dimensions: Vec<String> = record.coordinates.iter().map(|name| format!("{name}_cell")).collect();
    for (k, name) in record.coordinates.iter().enumerate() {
        let (cell, face) = (&dimensions[k], format!("{name}_face"));
        out.counted(cell, cells[k], &format!("number of the cell of {name}"))?;
        out.counted(&face, cells[k] + 1, &format!("number of the face of the cells of {name}"))?;
        let centres = |law| Some(Array1::from(axes_of(law)?[k].centres()).into_dyn());
        let faces = |law| Some(Array1::from(axes_of(law)?[k].faces().to_vec()).into_dyn());
        let (centres, faces) =
            (stacked(record, name, &[cells[k]], centres)?, stacked(record, name, &[cells[k] + 1], faces)?);
        let meaning = |what: &str| format!("{what} of the cells of {name}, NaN where there are no more");
        out.variable(name, &over(record, &["snapshot", cell]), centres.view(), &meaning("centres"))?;
        out.variable(&faces_of(name), &over(record, &["snapshot", &face]), faces.view(), &meaning("faces"))?;
    }
    write_masses(out, record, &cells, &dimensions)
}

fn write_masses(out: &mut Variables, record: &Record, cells: &[usize], names: &[String]) -> Checked<()> {
    let names: Vec<_> = ["snapshot"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let over = over(record, &names);
    out.variable("mass", &over, stacked(record, "mass", cells, mass_of)?.view(), "mass of each cell")?;
    let density = stacked(record, "density", cells, density_of)?;
    out.variable("density", &over, density.view(), "density against Lebesgue measure")
}

/// Reads laws that share a grid.
pub(super) fn read(group: &Reading, record: &Record, snapshots: usize) -> Checked<Vec<Measure>> {
    let axis = |name: &String| of_faces(group, name, group.line(&faces_of(name))?);
    let axes = record.coordinates.iter().map(axis).collect::<Checked<Vec<_>>>()?;
    let cells: Vec<_> = axes.iter().map(Axis::cells).collect();
    let lengths: Vec<_> = [snapshots].iter().chain(&cells).copied().collect();
    let mass = group.array("mass", &shape(record, &lengths))?;
    let one = |mass| Measure::Cells { axes: axes.clone(), mass };
    Ok(blocks(group, "mass", mass, &cells)?.into_iter().map(one).collect())
}

/// Reads laws each of which has its grid.
pub(super) fn read_moving(group: &Reading, record: &Record, snapshots: usize) -> Checked<Vec<Measure>> {
    let mut axes: Vec<Vec<Axis>> = vec![Vec::new(); record.runs() * snapshots];
    let mut cells = Vec::new();
    for name in &record.coordinates {
        let (most, faces) = (group.line::<i64>(&format!("{name}_face"))?.len(), faces_of(name));
        let all = group.array(&faces, &shape(record, &[snapshots, most]))?;
        for (axes, line) in axes.iter_mut().zip(blocks(group, &faces, all, &[most])?) {
            axes.push(of_faces(group, name, unpadded(line.view()))?);
        }
        cells.push(most.saturating_sub(1));
    }
    let lengths: Vec<_> = [snapshots].iter().chain(&cells).copied().collect();
    let mass = group.array("mass", &shape(record, &lengths))?;
    let masses = blocks(group, "mass", mass, &cells)?;
    Ok(axes.into_iter().zip(masses).map(|(axes, mass)| on_its_grid(axes, &mass)).collect())
}

/// The law whose masses stand at the beginning of a padded array.
fn on_its_grid(axes: Vec<Axis>, padded: &ArrayD<f64>) -> Measure {
    let own = padded.slice_each_axis(|of| Slice::from(0..axes[of.axis.index()].cells()));
    let mass = own.to_owned();
    Measure::Cells { axes, mass }
}

fn of_faces(group: &Reading, coordinate: &str, faces: Vec<f64>) -> Checked<Axis> {
    Axis::from_faces(faces).map_err(|error| group.fault(&faces_of(coordinate), error))
}

fn faces_of(coordinate: &str) -> String {
    format!("{coordinate}_faces")
}
