//! The grid of laws on cells, and arrays over it. Of a grid that stays, `radius` is a dimension; a grid that
//! moves has the dimension `radius_cell`, and `radius(…, snapshot, radius_cell)` has the centres of the
//! cells. It does not know in which form a law is.

use meanfield_model::axis::Axis;
use meanfield_model::measure::Measure;
use meanfield_run::record::reserved::SNAPSHOT;
use ndarray::{Array1, ArrayD, Axis as Dimension, Slice};

use super::super::error::Checked;
use super::super::reading::Reading;
use super::super::variables::Variables;
use super::frame::{Frame, blocks, unpadded};

/// Dimensions of arrays over the grid, one for each coordinate.
pub(super) struct Grid {
    /// Whether each law has a grid of its own.
    pub moves: bool,
    /// Names of the dimensions.
    pub names: Vec<String>,
    /// Their lengths.
    pub cells: Vec<usize>,
}

/// Writes the grid, once if all laws share it.
pub(super) fn write(out: &mut Variables, frame: Frame) -> Checked<Grid> {
    let first = frame.measures().first().and_then(Measure::axes);
    match first
        .filter(|first| frame.measures().iter().all(|law| law.axes().is_none_or(|axes| axes == *first)))
    {
        Some(axes) => write_once(out, frame, axes),
        None => write_moving(out, frame),
    }
}

fn write_once(out: &mut Variables, frame: Frame, axes: &[Axis]) -> Checked<Grid> {
    for (name, axis) in frame.coordinates().iter().zip(axes) {
        out.dimension(name, &axis.centres(), &format!("centres of the cells of {name}"))?;
        out.dimension(&faces_of(name), axis.faces(), &format!("faces of the cells of {name}"))?;
    }
    let cells = axes.iter().map(Axis::cells).collect();
    Ok(Grid { moves: false, names: frame.coordinates().to_vec(), cells })
}

fn write_moving(out: &mut Variables, frame: Frame) -> Checked<Grid> {
    let cells: Vec<usize> = (0..frame.coordinates().len()).map(|k| most_cells(frame, k)).collect();
    let names: Vec<String> = frame.coordinates().iter().map(|name| format!("{name}_cell")).collect();
    for (k, name) in frame.coordinates().iter().enumerate() {
        let cell = &names[k];
        let face = format!("{name}_face");
        out.index(cell, cells[k], &format!("number of the cell of {name}"))?;
        out.index(&face, cells[k] + 1, &format!("number of the face of the cells of {name}"))?;
        let centres = frame.stacked(name, &[cells[k]], |law: &Measure| {
            Some(Array1::from(law.axes()?[k].centres()).into_dyn())
        })?;
        let faces = frame.stacked(name, &[cells[k] + 1], |law: &Measure| {
            Some(Array1::from(law.axes()?[k].faces().to_vec()).into_dyn())
        })?;
        let [of_centres, of_faces] = ["centres", "faces"]
            .map(|places| format!("{places} of the cells of {name}, NaN where there are no more"));
        out.auxiliary(name, &frame.dimensions(&[SNAPSHOT, cell]), centres.view(), &of_centres)?;
        out.variable(&faces_of(name), &frame.dimensions(&[SNAPSHOT, &face]), faces.view(), &of_faces)?;
    }
    Ok(Grid { moves: true, names, cells })
}

/// Most cells of a coordinate in any law.
fn most_cells(frame: Frame, k: usize) -> usize {
    let cells = frame.measures().iter().filter_map(|law| Some(law.axes()?.get(k)?.cells()));
    cells.max().unwrap_or(0)
}

impl Grid {
    /// Writes what `array` takes from each law, an array over the axes of these coordinates.
    pub(super) fn write(
        &self,
        out: &mut Variables,
        frame: Frame,
        name: &str,
        (coordinates, meaning): (&[usize], &str),
        array: impl Fn(&Measure) -> Option<ArrayD<f64>>,
    ) -> Checked<()> {
        let cells: Vec<usize> = coordinates.iter().map(|&k| self.cells[k]).collect();
        let names = coordinates.iter().map(|&k| self.names[k].as_str());
        let over = frame.dimensions(&[&[SNAPSHOT], &names.collect::<Vec<_>>()[..]].concat());
        out.variable(name, &over, frame.stacked(name, &cells, array)?.view(), meaning)
    }
}

/// Reads the axes of each law.
pub(super) fn read(group: &Reading, frame: Frame, snapshots: usize, moves: bool) -> Checked<Vec<Vec<Axis>>> {
    let mut laws: Vec<Vec<Axis>> = vec![Vec::new(); frame.record.runs() * snapshots];
    for name in frame.coordinates() {
        if moves {
            let most = group.line::<i64>(&format!("{name}_face"))?.len();
            let faces = faces_of(name);
            let all = group.array(&faces, &frame.shape(&[snapshots, most]))?;
            for (axes, line) in laws.iter_mut().zip(blocks(group, &faces, all, &[most])?) {
                axes.push(axis_of(group, name, unpadded(line.view()))?);
            }
        } else {
            let axis = axis_of(group, name, group.line(&faces_of(name))?)?;
            laws.iter_mut().for_each(|axes| axes.push(axis.clone()));
        }
    }
    Ok(laws)
}

/// The axis of a coordinate with these faces.
fn axis_of(group: &Reading, coordinate: &str, faces: Vec<f64>) -> Checked<Axis> {
    Axis::from_faces(faces).map_err(|error| group.fault(&faces_of(coordinate), error))
}

/// Reads an array over the axes of these coordinates for each law, without its padding.
pub(super) fn read_array(
    group: &Reading,
    frame: Frame,
    name: &str,
    (laws, coordinates): (&[Vec<Axis>], &[usize]),
) -> Checked<Vec<ArrayD<f64>>> {
    let cells = laws
        .iter()
        .map(|axes| cells_of(axes, coordinates))
        .reduce(|a: Vec<usize>, b: Vec<usize>| a.into_iter().zip(b).map(|(a, b)| a.max(b)).collect())
        .unwrap_or_default();
    let lengths = [&[laws.len() / frame.record.runs().max(1)], &cells[..]].concat();
    let all = group.array(name, &frame.shape(&lengths))?;
    Ok(blocks(group, name, all, &cells)?
        .into_iter()
        .zip(laws)
        .map(|(padded, axes): (ArrayD<f64>, &Vec<Axis>)| {
            let lengths = cells_of(axes, coordinates);
            padded.slice_each_axis(|of| Slice::from(0..lengths[of.axis.index()])).to_owned()
        })
        .collect())
}

/// Numbers of cells of these coordinates.
fn cells_of(axes: &[Axis], coordinates: &[usize]) -> Vec<usize> {
    coordinates.iter().map(|&k| axes[k].cells()).collect()
}

/// Mass over volume of each cell.
pub(super) fn density(mut mass: ArrayD<f64>, axes: &[&Axis]) -> ArrayD<f64> {
    for (k, axis) in axes.iter().enumerate() {
        for (i, mut cells) in mass.axis_iter_mut(Dimension(k)).enumerate() {
            cells /= axis.width(i);
        }
    }
    mass
}

fn faces_of(coordinate: &str) -> String {
    format!("{coordinate}_faces")
}
