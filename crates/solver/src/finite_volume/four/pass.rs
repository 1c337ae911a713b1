//! What all ways through a stage share: its inputs, and how a row of cells is cut into vectors and written.
//! Which fluxes there are is for those to say.

use std::ops::Range;

use meanfield_kernel::part::{Part, vectors};
use meanfield_kernel::prefetch::will_write;
use pulp::Simd;

use super::geometry::{AxisGeometry, RowGeometry};

/// Inputs, the same for all slabs.
pub struct StageInputs<'a> {
    pub along: &'a RowGeometry,
    pub across: &'a [AxisGeometry; 3],
    /// Whether any face moves.
    pub moves: bool,
    /// P of every row.
    pub potential: &'a [f64],
    pub state: &'a [f64],
    pub step: f64,
    /// Share of the previous content of the output in the result, and whether it is above 0.
    pub share: f64,
    pub is_blended: bool,
}

/// Cells of a row that are treated in the same way.
pub struct Stretch<'a, S: Simd> {
    pub cells: Range<usize>,
    /// The sign of a, where all velocities across are in proportion to it.
    pub sign: Option<Sign>,
    /// Whether it is made of whole vectors; if not, it is the rest of the row.
    pub is_whole: bool,
    /// a at each.
    pub position: &'a [S::f64s],
}

/// On which side of 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sign {
    Positive,
    Negative,
}

/// Cuts a row where velocities change sign, and where the last whole vector ends.
pub fn stretches<'a, S: Simd>(along: &'a RowGeometry, moves: bool) -> Vec<Stretch<'a, S>> {
    let a = &along.position[..along.cells];
    let negative = a.iter().filter(|a| **a < 0.0).count();
    let sign = |cells: &Range<usize>| match cells {
        _ if moves => None,
        cells if cells.end <= negative => Some(Sign::Negative),
        cells if cells.start >= negative => Some(Sign::Positive),
        _ => None,
    };
    let mut found: Vec<(Range<usize>, Option<Sign>, bool)> = Vec::new();
    for start in (0..a.len()).step_by(S::F64_LANES) {
        let cells = start..(start + S::F64_LANES).min(a.len());
        let kind = (sign(&cells), cells.len() == S::F64_LANES);
        match found.last_mut() {
            Some((last, sign, is_whole)) if kind == (*sign, *is_whole) => last.end = cells.end,
            _ => found.push((cells, kind.0, kind.1)),
        }
    }
    found.into_iter().map(|(cells, sign, is_whole)| Stretch::new(along, cells, sign, is_whole)).collect()
}

impl<'a, S: Simd> Stretch<'a, S> {
    fn new(along: &'a RowGeometry, cells: Range<usize>, sign: Option<Sign>, is_whole: bool) -> Self {
        let position = vectors::<S>(&along.position[cells.start..], cells.len());
        Self { sign, is_whole, position, cells }
    }
}

impl<S: Simd> Stretch<'_, S> {
    /// Vectors, by the formula by which its parts of rows have them: the compiler knows then that they have
    /// so many.
    #[inline(always)]
    pub fn count<const WHOLE: bool>(&self) -> usize {
        if WHOLE { (self.cells.end - self.cells.start) / S::F64_LANES } else { 1 }
    }
}

/// A stage in vectors. Numbers that all rows share are here by value: the compiler then knows that they do
/// not change.
#[derive(Clone, Copy)]
pub struct Pass<'a, S: Simd> {
    pub simd: S,
    pub inputs: &'a StageInputs<'a>,
    pub stretches: &'a [Stretch<'a, S>],
    /// Cells of a row, and rows of a line.
    pub cells: usize,
    pub rows: usize,
    /// Factors of the old masses and of the rates in the new masses.
    pub keep: f64,
    pub scale: f64,
    /// Factor from differences of P to velocities per a, times the scale.
    pub factor: f64,
    share: f64,
    is_blended: bool,
}

impl<'a, S: Simd> Pass<'a, S> {
    #[inline(always)]
    pub fn new(simd: S, inputs: &'a StageInputs<'a>, stretches: &'a [Stretch<'a, S>]) -> Self {
        let rows = inputs.across[0].cells;
        let cells = inputs.along.cells;
        let keep = 1.0 - inputs.share;
        let scale = keep * inputs.step;
        let share = inputs.share;
        let is_blended = inputs.is_blended;
        Self { simd, inputs, stretches, cells, rows, keep, scale, factor: -2.0 * scale, share, is_blended }
    }

    /// Index of the first row of the line at (r₁, r₂).
    #[inline(always)]
    pub fn first_row(&self, [line, plane]: [usize; 2]) -> usize {
        self.rows * (line + self.inputs.across[1].cells * plane)
    }

    /// Row `i` of these cells.
    #[inline(always)]
    pub fn row<'b>(&self, cells: &'b [f64], i: usize) -> Part<'b, S> {
        Part::new(&cells[i * self.cells..][..self.cells])
    }

    /// A stretch of row `i` of these cells.
    #[inline(always)]
    pub fn part<'b>(&self, cells: &'b [f64], i: usize, stretch: &Stretch<S>) -> Part<'b, S> {
        let Range { start, end } = stretch.cells;
        Part::new(&cells[i * self.cells + start..][..end - start])
    }

    /// A row to be written.
    #[inline(always)]
    pub fn target_row<'b>(&self, row: &'b mut [f64]) -> Target<'b, S> {
        let (whole, rest) = S::as_mut_simd_f64s(row);
        let share = self.simd.splat_f64s(self.share);
        let is_blended = self.is_blended;
        Target { whole, rest, is_blended, share }
    }

    /// A stretch of row `i` of these cells, to be written.
    #[inline(always)]
    pub fn target<'b>(&self, cells: &'b mut [f64], i: usize, stretch: &Stretch<S>) -> Target<'b, S> {
        let Range { start, end } = stretch.cells;
        let (whole, rest) = S::as_mut_simd_f64s(&mut cells[i * self.cells + start..][..end - start]);
        let share = self.simd.splat_f64s(self.share);
        let is_blended = self.is_blended;
        Target { whole, rest, is_blended, share }
    }
}

/// Part of a row that is written.
pub struct Target<'a, S: Simd> {
    whole: &'a mut [S::f64s],
    rest: &'a mut [f64],
    is_blended: bool,
    share: S::f64s,
}

impl<S: Simd> Target<'_, S> {
    /// These of its vectors.
    #[inline(always)]
    pub fn slice(&mut self, range: &Range<usize>) -> Target<'_, S> {
        Target {
            whole: &mut self.whole[range.start..range.end],
            rest: &mut [],
            is_blended: self.is_blended,
            share: self.share,
        }
    }

    /// Says that what follows vector `j`, if there is one, will be written.
    #[inline(always)]
    pub fn expect(&self, j: usize) {
        self.whole.get(j).into_iter().for_each(will_write);
    }

    /// Writes vector `j`, and adds the start's share before if it has one. What is written.
    #[inline(always)]
    pub fn put<const WHOLE: bool>(&mut self, simd: S, j: usize, mut new: S::f64s) -> S::f64s {
        if self.is_blended {
            let start = if WHOLE { self.whole[j] } else { simd.partial_load_f64s(self.rest) };
            new = simd.mul_add_f64s(self.share, start, new);
        }
        if WHOLE {
            self.whole[j] = new;
        } else {
            simd.partial_store_f64s(self.rest, new);
        }
        new
    }
}

/// Σ a · mass and Σ mass of a row, lane by lane.
#[derive(Clone, Copy)]
pub struct WeightedSums<S: Simd> {
    sum: S::f64s,
    total: S::f64s,
}

impl<S: Simd> WeightedSums<S> {
    #[inline(always)]
    pub fn zero(simd: S) -> Self {
        Self { sum: simd.splat_f64s(0.0), total: simd.splat_f64s(0.0) }
    }

    /// Adds masses of cells at `a`.
    #[inline(always)]
    pub fn add(&mut self, simd: S, a: S::f64s, masses: S::f64s) {
        self.sum = simd.mul_add_f64s(a, masses, self.sum);
        self.total = simd.add_f64s(masses, self.total);
    }

    #[inline(always)]
    pub fn totals(&self, simd: S) -> [f64; 2] {
        [simd.reduce_sum_f64s(self.sum), simd.reduce_sum_f64s(self.total)]
    }
}
