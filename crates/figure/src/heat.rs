//! The density of two coordinates as a heat map: cells narrower than the eye sees are merged, and each level
//! is the set where the density is at least this high, drawn over the lower ones.
//!
//! It takes masses on a grid and draws them into a panel; it knows no records.

use std::ops::Range;

use meanfield_model::axis::Axis;
use ndarray::{Array2, s};

use super::panel::Panel;
use super::picture::Picture;
use super::ramp::Ramp;
use super::scale::Scale;

/// Levels between white and dark.
const LEVELS: usize = 36;
/// Levels of a table.
const SHADES: usize = 48;
/// Densities below this share of the highest one are left out.
const LEAST: f64 = 1e-3;
/// Most cells along a side of a panel.
const MOST_CELLS: f64 = 90.0;

/// A density on visible cells.
#[derive(Debug, PartialEq)]
pub struct Heat {
    /// Faces of the cells along each axis.
    faces: [Vec<f64>; 2],
    /// Density of each cell.
    density: Array2<f64>,
}

impl Heat {
    /// The density of masses on the cells of two axes, within two scales.
    pub fn of(axes: [&Axis; 2], mass: &Array2<f64>, scales: [Scale; 2]) -> Self {
        let [columns, rows] = [0, 1].map(|k| merged(axes[k], scales[k]));
        let faces = [(axes[0], &columns), (axes[1], &rows)].map(|(axis, cells)| faces(axis, cells));
        let density = Array2::from_shape_fn((columns.len(), rows.len()), |(i, j)| {
            let area = (faces[0][i + 1] - faces[0][i]) * (faces[1][j + 1] - faces[1][j]);
            mass.slice(s![columns[i].clone(), rows[j].clone()]).sum() / area
        });
        Self { faces, density }
    }

    /// A table of shares of the way from white to dark, between these faces.
    pub fn table(faces: [Vec<f64>; 2], share: impl Fn(usize, usize) -> f64) -> Self {
        let shape = (faces[0].len() - 1, faces[1].len() - 1);
        let density = Array2::from_shape_fn(shape, |(i, j)| share(i, j));
        Self { faces, density }
    }

    /// Draws a table: 1 in the ramp's darkest colour, 0 left white.
    pub fn draw_all(&self, page: &mut Picture, panel: &Panel, ramp: Ramp) {
        for level in 0..SHADES {
            let least = (level as f64 / SHADES as f64).max(LEAST);
            panel.mosaic(page, &self.rectangles(least), ramp.at((level as f64 + 0.5) / SHADES as f64));
        }
    }

    /// Draws the density; the highest one within the panel has the ramp's darkest colour.
    pub fn draw(&self, page: &mut Picture, panel: &Panel, ramp: Ramp) {
        let highest = self.density.iter().copied().fold(0.0, f64::max);
        for level in 0..LEVELS {
            let least = (level as f64 / LEVELS as f64).max(LEAST) * highest;
            let colour = ramp.at((level as f64 + 0.5) / LEVELS as f64);
            let cells = if highest > 0.0 { self.rectangles(least) } else { Vec::new() };
            panel.mosaic(page, &cells, colour);
        }
    }

    /// Rectangles that cover the cells of at least this density: runs along each row, equal runs of several
    /// rows in one.
    fn rectangles(&self, least: f64) -> Vec<[(f64, f64); 2]> {
        let mut done: Vec<(Range<usize>, Range<usize>)> = Vec::new();
        let mut open: Vec<(Range<usize>, Range<usize>)> = Vec::new();
        for row in 0..self.density.ncols() {
            let next = runs(self.density.column(row).iter().map(|density| *density >= least));
            let next: Vec<_> = next
                .into_iter()
                .map(|run| {
                    let above = open.iter().find(|(known, _)| *known == run);
                    let first = above.map_or(row, |(_, rows)| rows.start);
                    (run, first..row + 1)
                })
                .collect();
            done.extend(open.into_iter().filter(|(run, _)| next.iter().all(|(known, _)| known != run)));
            open = next;
        }
        done.into_iter()
            .chain(open)
            .map(|(columns, rows): (Range<usize>, Range<usize>)| {
                let [x, y] = &self.faces;
                [(x[columns.start], y[rows.start]), (x[columns.end], y[rows.end])]
            })
            .collect()
    }
}

/// Ranges of neighbouring indices at which a sequence is true.
fn runs(holds: impl Iterator<Item = bool>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (i, _) in holds.enumerate().filter(|(_, holds)| *holds) {
        match runs.last_mut().filter(|run| run.end == i) {
            Some(run) => run.end += 1,
            None => runs.push(i..i + 1),
        }
    }
    runs
}

/// The cells that reach into a scale, neighbours merged until they are wide enough to be visible.
fn merged(axis: &Axis, scale: Scale) -> Vec<Range<usize>> {
    let [from, until] = scale.ends();
    let faces = axis.faces();
    let narrowest = (until - from) / MOST_CELLS * (1.0 - 1e-9);
    let mut cells: Vec<Range<usize>> = Vec::new();
    for cell in (0..axis.cells()).filter(|&i| faces[i + 1] > from && faces[i] < until) {
        match cells.last_mut().filter(|last| faces[last.end] - faces[last.start] < narrowest) {
            Some(last) => last.end += 1,
            None => cells.push(cell..cell + 1),
        }
    }
    cells
}

/// Faces of merged cells.
fn faces(axis: &Axis, cells: &[Range<usize>]) -> Vec<f64> {
    let starts = cells.iter().map(|cell| axis.faces()[cell.start]);
    starts.chain(cells.last().map(|cell| axis.faces()[cell.end])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_cells_keep_the_mass() {
        let fine = Axis::uniform(0.0, 2.0, 1000).expect("axis");
        let mass = Array2::from_elem((1000, 1000), 1e-6);
        let heat = Heat::of([&fine, &fine], &mass, [Scale::linear(0.0, 2.0); 2]);
        let mut total: f64 = 0.0;
        for ((i, j), density) in heat.density.indexed_iter() {
            let width = heat.faces[0][i + 1] - heat.faces[0][i];
            total += density * width * (heat.faces[1][j + 1] - heat.faces[1][j]);
        }
        assert!((total - 1.0).abs() < 1e-12 && heat.density.nrows() <= 90, "{total}");
        let coarse = Axis::uniform(0.0, 2.0, 4).expect("axis");
        assert_eq!(merged(&coarse, Scale::linear(0.6, 1.4)), [1..2, 2..3]);
    }

    #[test]
    fn rectangles_cover_what_is_high_enough_and_nothing_else() {
        let axis = Axis::uniform(0.0, 4.0, 4).expect("axis");
        let mass = Array2::from_shape_fn((4, 4), |(i, j)| f64::from(u8::from(i == 1 || (j == 2 && i < 3))));
        let rectangles = Heat::of([&axis, &axis], &mass, [Scale::linear(0.0, 4.0); 2]).rectangles(0.5);
        assert_eq!(rectangles.len(), 3, "{rectangles:?}");
        for ((i, j), mass) in mass.indexed_iter() {
            let x = i as f64 + 0.5;
            let y = j as f64 + 0.5;
            let around = rectangles
                .iter()
                .filter(|r: &&[(f64, f64); 2]| x > r[0].0 && x < r[1].0 && y > r[0].1 && y < r[1].1)
                .count();
            assert_eq!(around as f64, *mass, "{i} {j}");
        }
    }
}
