//! What all ways through a stage share: its inputs, its buffers, and how a row of cells is cut into vectors.

use std::ops::Range;

use pulp::Simd;

use super::aligned::Aligned;
use super::geometry::{Across, Along};

/// Inputs, the same for all slabs.
pub struct Stage<'a> {
    pub along: &'a Along,
    pub across: &'a [Across; 3],
    /// Whether any face moves.
    pub moves: bool,
    /// P of every row.
    pub potential: &'a [f64],
    pub state: &'a [f64],
    pub step: f64,
    /// Of what was there before in the result, and whether there is one.
    pub share: f64,
    pub is_blended: bool,
}

/// Buffers of a thread.
#[derive(Default)]
pub struct Work {
    /// Fluxes into the next rows along each axis.
    pub carried: [Aligned; 3],
    /// A row after transport along it.
    pub moved: Aligned,
    /// Speeds of the upper faces of a line of rows, axis by axis.
    pub speeds: [Vec<f64>; 3],
    /// Of its lower ones.
    pub lower_speeds: [Vec<f64>; 3],
}

/// Vectors of a row that are treated alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    pub vectors: Range<usize>,
    /// The sign of a, where all velocities across are in proportion to it.
    pub sign: Option<Sign>,
    /// Whether all its cells exist; if not, it is the row's last vector.
    pub is_whole: bool,
}

/// On which side of 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sign {
    Positive,
    Negative,
}

/// Cuts a row with these a where velocities change sign, and where the last whole vector ends.
pub fn stretches(a: &[f64], lanes: usize, moves: bool) -> Vec<Stretch> {
    let negative = a.iter().filter(|a| **a < 0.0).count();
    let sign = |cells: Range<usize>| match cells {
        _ if moves => None,
        cells if cells.end <= negative => Some(Sign::Negative),
        cells if cells.start >= negative => Some(Sign::Positive),
        _ => None,
    };
    let mut found: Vec<Stretch> = Vec::new();
    for vector in 0..a.len().div_ceil(lanes) {
        let cells = vector * lanes..((vector + 1) * lanes).min(a.len());
        let (is_whole, sign) = (cells.len() == lanes, sign(cells));
        match found.last_mut() {
            Some(last) if last.sign == sign && last.is_whole == is_whole => last.vectors.end = vector + 1,
            _ => found.push(Stretch { vectors: vector..vector + 1, sign, is_whole }),
        }
    }
    found
}

/// A stage in vectors.
#[derive(Clone, Copy)]
pub struct Pass<'a, S> {
    pub simd: S,
    pub stage: &'a Stage<'a>,
    pub stretches: &'a [Stretch],
    /// Cells of a row, and whole vectors of them: by value, so that the compiler sees that all rows have the same.
    pub cells: usize,
    pub whole: usize,
}

impl<'a, S: Simd> Pass<'a, S> {
    #[inline(always)]
    pub fn new(simd: S, stage: &'a Stage<'a>, stretches: &'a [Stretch]) -> Self {
        let cells = stage.along.cells;
        Self { simd, stage, stretches, cells, whole: cells / S::F64_LANES }
    }

    /// What new masses get of the old ones.
    #[inline(always)]
    pub fn keep(&self) -> f64 {
        1.0 - self.stage.share
    }

    /// What they get of rates.
    #[inline(always)]
    pub fn scale(&self) -> f64 {
        self.keep() * self.stage.step
    }

    /// Index of the first row of the line at (r₁, r₂).
    #[inline(always)]
    pub fn first_row(&self, [line, plane]: [usize; 2]) -> usize {
        let [b, r1, _] = self.stage.across;
        b.cells * (line + r1.cells * plane)
    }

    /// What turns differences of P into velocities per a, times the scale.
    #[inline(always)]
    pub fn factor(&self) -> f64 {
        -2.0 * self.scale()
    }

    /// The cells of the line that begins at a row.
    #[inline(always)]
    pub fn cells_of_line(&self, first: usize) -> &'a [f64] {
        &self.stage.state[first * self.cells..][..self.stage.across[0].cells * self.cells]
    }

    /// The `i`th row of these cells.
    #[inline(always)]
    pub fn row<'b>(&self, cells: &'b [f64], i: usize) -> Row<'b, S> {
        let (whole, rest) = S::as_simd_f64s(&cells[i * self.cells..][..self.cells]);
        Row { whole: &whole[..self.whole], rest }
    }

    /// The same to be written.
    #[inline(always)]
    pub fn target<'b>(&self, cells: &'b mut [f64], i: usize) -> Target<'b, S> {
        let (whole, rest) = S::as_mut_simd_f64s(&mut cells[i * self.cells..][..self.cells]);
        let (share, zero) = (self.simd.splat_f64s(self.stage.share), self.simd.splat_f64s(0.0));
        let (whole, is_blended) = (&mut whole[..self.whole], self.stage.is_blended);
        Target { whole, rest, is_blended, share, sum: zero, total: zero }
    }

    /// A table along rows in vectors.
    #[inline(always)]
    pub fn table(&self, table: &'a Aligned) -> &'a [S::f64s] {
        &S::as_simd_f64s(table).0[..self.cells.div_ceil(S::F64_LANES)]
    }
}

/// A row of cells in vectors, the last of which may be shorter.
#[derive(Clone, Copy)]
pub struct Row<'a, S: Simd> {
    whole: &'a [S::f64s],
    rest: &'a [f64],
}

impl<S: Simd> Row<'_, S> {
    /// Vector `j`, a whole one or the one that is filled up with zeros.
    #[inline(always)]
    pub fn at<const WHOLE: bool>(&self, simd: S, j: usize) -> S::f64s {
        if WHOLE { self.whole[j] } else { simd.partial_load_f64s(self.rest) }
    }

    /// Vector `j`, of either kind.
    #[inline(always)]
    pub fn either(&self, simd: S, j: usize) -> S::f64s {
        if j < self.whole.len() { self.whole[j] } else { simd.partial_load_f64s(self.rest) }
    }
}

/// A row that is written, and what is known of it then.
pub struct Target<'a, S: Simd> {
    whole: &'a mut [S::f64s],
    rest: &'a mut [f64],
    is_blended: bool,
    share: S::f64s,
    sum: S::f64s,
    total: S::f64s,
}

impl<S: Simd> Target<'_, S> {
    /// Writes vector `j`, whose cells are at `a`; adds the start's share if it has one.
    #[inline(always)]
    pub fn put<const WHOLE: bool>(&mut self, simd: S, j: usize, a: S::f64s, new: S::f64s) {
        let mut new = new;
        if self.is_blended {
            let start = if WHOLE { self.whole[j] } else { simd.partial_load_f64s(self.rest) };
            new = simd.mul_add_f64s(self.share, start, new);
        }
        if WHOLE {
            self.whole[j] = new;
        } else {
            simd.partial_store_f64s(self.rest, new);
        }
        self.sum = simd.mul_add_f64s(a, new, self.sum);
        self.total = simd.add_f64s(new, self.total);
    }

    /// Σ a · mass and Σ mass of the row.
    #[inline(always)]
    pub fn weighed(&self, simd: S) -> [f64; 2] {
        [simd.reduce_sum_f64s(self.sum), simd.reduce_sum_f64s(self.total)]
    }
}
