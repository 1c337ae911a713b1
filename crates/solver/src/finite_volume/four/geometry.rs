//! The four axes as the fused sweep reads them: tables along a row of cells (the first coordinate, `a`), and
//! a few numbers a cell along each of the three others, which are the same for a whole row.

use std::ops::Range;

use meanfield_kernel::aligned::Aligned;
use meanfield_kernel::part::LONGEST;

use crate::finite_volume::line::{Line, WITHIN};

/// Rows of a line that are prepared together.
pub const TILE: usize = 16;

/// Tables along a row, filled up with zeros: there nothing is, and nothing moves.
pub struct RowGeometry {
    /// Cells of a row.
    pub cells: usize,
    /// a at each cell.
    pub position: Aligned<f64>,
    /// One over the width of each cell.
    pub inverse_width: Aligned<f64>,
    /// One over the width of the cell from which a flow upwards and one downwards come, 0 if nothing comes.
    pub enters: [Aligned<f64>; 2],
    /// One over the width of the cell, 0 if a flow upwards and one downwards cannot leave it.
    pub leaves: [Aligned<f64>; 2],
    /// A quarter of the cell's width over the distance to the position below, and to the one above.
    pub reach: [Aligned<f64>; 2],
    /// How much of its slope a cell may have: none at the two ends.
    pub limit: Aligned<f64>,
    /// 1 where something may pass the cell's upper face, and its lower one.
    pub open: [Aligned<f64>; 2],
    /// Velocity of the cell's upper face.
    pub motion: Aligned<f64>,
}

impl RowGeometry {
    /// The tables of the axis of `line`, whose faces, the two ends included, have the velocities `motion`.
    pub fn new(line: &Line, motion: &[f64]) -> Self {
        let cells = line.width.len();
        let table = |value: &dyn Fn(usize) -> f64| {
            let mut table = Aligned::zeros(cells.next_multiple_of(LONGEST));
            (0..cells).for_each(|i| table[i] = value(i));
            table
        };
        let is_end = |i: usize| i == 0 || i + 1 == cells;
        let last = cells - 1;
        let inverse = &line.inverse_width;
        Self {
            cells,
            position: table(&|i| line.position[i]),
            inverse_width: table(&|i| inverse[i]),
            enters: [
                table(&|i| f64::from(i > 0) * inverse[i.saturating_sub(1)]),
                table(&|i| f64::from(i < last) * inverse[(i + 1).min(last)]),
            ],
            leaves: [table(&|i| f64::from(i < last) * inverse[i]), table(&|i| f64::from(i > 0) * inverse[i])],
            reach: [
                table(&|i| if is_end(i) { 0.0 } else { 0.25 * line.width[i] * line.inverse_gap[i - 1] }),
                table(&|i| if is_end(i) { 0.0 } else { 0.25 * line.width[i] * line.inverse_gap[i] }),
            ],
            limit: table(&|i| if is_end(i) { 0.0 } else { WITHIN }),
            open: [table(&|i| f64::from(i < last)), table(&|i| f64::from(i > 0))],
            motion: table(&|i| f64::from(i < last) * motion[i + 1]),
        }
    }

    /// Numbers of a row in whole vectors.
    pub fn padded(&self) -> usize {
        self.position.len()
    }
}

/// How a cell's density at one of its faces follows from the masses behind it, here, and ahead of it, as one
/// looks towards that face.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weights {
    /// One over the widths behind, here, ahead.
    pub inverse_width: [f64; 3],
    /// A quarter of the width here over the distance to the position behind, and to the one ahead.
    pub reach: [f64; 2],
    /// How much of its slope the cell may have: none at the two ends.
    pub limit: f64,
}

impl Weights {
    /// The weights towards the cell's other face.
    fn mirrored(&self) -> Self {
        let [behind, here, ahead] = self.inverse_width;
        let [left, right] = self.reach;
        Self { inverse_width: [ahead, here, behind], reach: [right, left], limit: self.limit }
    }
}

/// An axis across the rows.
pub struct AxisGeometry {
    /// Cells.
    pub cells: usize,
    /// Whether it is b: lines of rows, which are treated together, lie along it.
    pub is_along_lines: bool,
    /// Rows between neighbours.
    pub stride: usize,
    /// Weights of each cell towards its upper face, and towards its lower one.
    pub weights: [Vec<Weights>; 2],
    /// One over the width of the cell behind each, of each itself, and of the one ahead; filled up with
    /// zeros.
    pub inverse_width: [Vec<f64>; 3],
    /// One over the distance to the position behind each cell and to the one ahead, 0 at the ends; filled up
    /// with zeros.
    pub gaps: [Vec<f64>; 2],
    /// One over the distance of the positions beside each interior face.
    pub inverse_gap: Vec<f64>,
    /// Velocity of each face; 0 of the two ends, which nothing passes.
    pub motion: Vec<f64>,
}

/// Rows from a row to those beside the upper face of its cell: the one behind, the one ahead, and the one
/// beyond that.
#[derive(Clone, Copy, Debug, Default)]
pub struct Distances {
    pub behind: usize,
    pub ahead: usize,
    pub beyond: usize,
}

impl AxisGeometry {
    /// The tables of the axis of `line`, whose faces, the two ends included, have the velocities `motion`.
    pub fn new(line: &Line, motion: &[f64], stride: usize, is_along_lines: bool) -> Self {
        let cells = line.width.len();
        let upwards: Vec<Weights> = (0..cells).map(|i| weights(line, i)).collect();
        let inverse_width =
            [0, 1, 2].map(|side| filled_up(upwards.iter().map(|weights| weights.inverse_width[side])));
        let ends = std::iter::once(0.0);
        let behind = ends.clone().chain(line.inverse_gap.iter().copied());
        let ahead = line.inverse_gap.iter().copied().chain(ends);
        let gaps = [filled_up(behind), filled_up(ahead)];
        let downwards = upwards.iter().map(Weights::mirrored).collect();
        Self {
            cells,
            is_along_lines,
            stride,
            weights: [upwards, downwards],
            inverse_width,
            gaps,
            inverse_gap: line.inverse_gap.clone(),
            motion: (0..=cells).map(|face| if face % cells == 0 { 0.0 } else { motion[face] }).collect(),
        }
    }

    /// The same of these cells alone. What a cell holds still follows from its neighbours: of the two at
    /// either end, where these are missing, nothing may be asked.
    pub fn part(&self, cells: Range<usize>) -> Self {
        let faces = cells.len().saturating_sub(1);
        let filled = |table: &Vec<f64>| filled_up(table[cells.clone()].iter().copied());
        Self {
            cells: cells.len(),
            is_along_lines: self.is_along_lines,
            stride: self.stride,
            weights: self.weights.each_ref().map(|weights| weights[cells.clone()].to_vec()),
            inverse_width: self.inverse_width.each_ref().map(filled),
            gaps: self.gaps.each_ref().map(filled),
            inverse_gap: self.inverse_gap.iter().copied().skip(cells.start).take(faces).collect(),
            motion: self.motion[cells.start..=cells.end].to_vec(),
        }
    }

    /// Distances to the rows beside the upper face of cell `i`; beyond an end, the last row is used instead
    /// (an end cell has no slope, so its value does not count).
    pub fn distances(&self, i: usize) -> Distances {
        let ahead = self.stride * usize::from(i + 1 < self.cells);
        let behind = self.stride * usize::from(i > 0);
        Distances { behind, ahead, beyond: ahead + self.stride * usize::from(i + 2 < self.cells) }
    }

    /// factor · ∂P at the upper faces of a line of rows that begins with row `first` and is the `at`th along
    /// this axis; 0 at the upper end. With −2, and times a, these are the velocities of [`Line::velocities`].
    #[inline(always)]
    pub fn speeds(&self, potential: &[f64], first: usize, at: usize, factor: f64, speeds: &mut [f64]) {
        let potential = &potential[first..];
        let rows = speeds.len();
        if self.is_along_lines {
            let pairs = potential[..rows].windows(2).zip(&self.inverse_gap);
            for (speed, (pair, inverse)) in speeds.iter_mut().zip(pairs) {
                *speed = factor * inverse * (pair[1] - pair[0]);
            }
            speeds[rows - 1] = 0.0;
        } else if at + 1 < self.cells {
            let factor = factor * self.inverse_gap[at];
            let below = &potential[..rows];
            let above = &potential[self.stride..][..rows];
            for (speed, (below, above)) in speeds.iter_mut().zip(below.iter().zip(above)) {
                *speed = factor * (above - below);
            }
        } else {
            speeds.fill(0.0);
        }
    }

    /// [`speeds`](Self::speeds) at both faces of each row.
    #[inline(always)]
    pub fn both_speeds(
        &self,
        potential: &[f64],
        first: usize,
        at: usize,
        factor: f64,
        [lower, upper]: [&mut [f64]; 2],
    ) {
        self.speeds(potential, first, at, factor, upper);
        if self.is_along_lines {
            lower[0] = 0.0;
            lower[1..].copy_from_slice(&upper[..upper.len() - 1]);
        } else if let Some(below) = at.checked_sub(1) {
            self.speeds(potential, first - self.stride, below, factor, lower);
        } else {
            lower.fill(0.0);
        }
    }
}

/// Numbers of cells, filled up with zeros to whole tiles.
fn filled_up(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.resize(values.len().next_multiple_of(TILE), 0.0);
    values
}

/// The weights of cell `i` towards its upper face.
fn weights(line: &Line, i: usize) -> Weights {
    let inverse = &line.inverse_width;
    let last = line.width.len() - 1;
    let inverse_width = [inverse[i.saturating_sub(1)], inverse[i], inverse[(i + 1).min(last)]];
    if i == 0 || i == last {
        return Weights { inverse_width, reach: [0.0; 2], limit: 0.0 };
    }
    let reach = [line.inverse_gap[i - 1], line.inverse_gap[i]].map(|inverse| 0.25 * line.width[i] * inverse);
    Weights { inverse_width, reach, limit: WITHIN }
}
