//! How much of its mass a cell may lose at most, from the potential alone: a bound for all cells of a row at
//! once.
//!
//! RowGeometry b, r₁, r₂ what leaves is a convex function of a, so that their sum is largest at an end of the
//! row; along a it is bounded by what would leave were all its cells as narrow as the narrowest, or faces as
//! fast as the fastest.

use std::ops::Range;

use meanfield_kernel::reduction::largest;
use pulp::{Simd, WithSimd};

use super::geometry::{AxisGeometry, RowGeometry};

/// Room for the rounding of a stage, so that masses stay positive up to the very bound.
const ROUNDING: f64 = 1.0 + 64.0 * f64::EPSILON;

/// The largest loss of all cells, in the potential a · P.
pub struct LargestLoss<'a> {
    pub along: &'a RowGeometry,
    pub across: &'a [AxisGeometry; 3],
    /// Planes of r₂ whose cells are looked at.
    pub planes: Range<usize>,
    pub potential: &'a [f64],
}

impl WithSimd for LargestLoss<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let Self { along, across, planes, potential } = self;
        let [b, r1, r2] = across;
        let row = LossAlongRow::new(along);
        let mut line = LineLoss::new(b.cells);
        let mut found = 0.0_f64;
        let ends = [along.position[0], along.position[along.cells - 1]];
        for plane in planes {
            for at in 0..r1.cells {
                let first = b.cells * (at + r1.cells * plane);
                row.losses(&potential[first..first + b.cells], &mut line.losses);
                line.add_along_line(b, potential, first, ends);
                line.add_between_lines(r1, potential, first, at, ends);
                line.add_between_lines(r2, potential, first, plane, ends);
                found = found.max(largest(simd, &line.losses[0])).max(largest(simd, &line.losses[1]));
            }
        }
        2.0 * ROUNDING * found
    }
}

/// The rows of a line.
struct LineLoss {
    /// Losses of each row's first and last cell.
    losses: [Vec<f64>; 2],
    lower: Vec<f64>,
    upper: Vec<f64>,
}

impl LineLoss {
    fn new(rows: usize) -> Self {
        let zeros = vec![0.0; rows];
        Self { losses: [zeros.clone(), zeros.clone()], lower: zeros.clone(), upper: zeros }
    }

    /// Adds what leaves along b.
    #[inline(always)]
    fn add_along_line(&mut self, b: &AxisGeometry, potential: &[f64], first: usize, ends: [f64; 2]) {
        let Self { losses, lower, upper } = self;
        let rows = b.cells;
        b.both_speeds(potential, first, 0, -2.0, [lower, upper]);
        for (losses, a) in losses.iter_mut().zip(ends) {
            // Faces, one fewer than cells, are the upper ones of all cells but the last, and the lower ones
            // of all but the first.
            let motion = [&b.motion[..rows], &b.motion[1..=rows]];
            let width = &b.inverse_width[1][..rows];
            for i in 0..rows {
                losses[i] += leaves(a, [lower[i], upper[i]], [motion[0][i], motion[1][i]]) * width[i];
            }
        }
    }

    /// Adds what leaves along r₁ or r₂, where the line is at `at`.
    #[inline(always)]
    fn add_between_lines(
        &mut self,
        across: &AxisGeometry,
        potential: &[f64],
        first: usize,
        at: usize,
        ends: [f64; 2],
    ) {
        let Self { losses, lower, upper } = self;
        across.both_speeds(potential, first, at, -2.0, [lower, upper]);
        let motion = [across.motion[at], across.motion[at + 1]];
        let width = across.inverse_width[1][at];
        for (losses, a) in losses.iter_mut().zip(ends) {
            for (loss, (lower, upper)) in losses.iter_mut().zip(lower.iter().zip(&*upper)) {
                *loss += leaves(a, [*lower, *upper], motion) * width;
            }
        }
    }
}

/// The larger of the velocities out of a cell at a, given the speeds of its two faces per a and their own
/// motion.
#[inline(always)]
fn leaves(a: f64, [lower, upper]: [f64; 2], [lower_motion, upper_motion]: [f64; 2]) -> f64 {
    larger(larger(lower_motion - a * lower, a * upper - upper_motion), 0.0)
}

#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// The largest losses along rows.
struct LossAlongRow {
    /// About the middle of all faces' velocities.
    motion: f64,
    upwards: Bound,
    downwards: Bound,
}

/// (v − w)/width ≤ v · factor + offset, with a factor for each sign of v.
struct Bound {
    if_positive: f64,
    if_negative: f64,
    offset: f64,
}

impl LossAlongRow {
    fn new(along: &RowGeometry) -> Self {
        let inner = along.cells - 1;
        let motions = &along.motion[..inner];
        let inverse = &along.inverse_width[..=inner];
        let lowest = motions.iter().copied().reduce(f64::min).unwrap_or(0.0);
        let highest = motions.iter().copied().reduce(f64::max).unwrap_or(0.0);
        let motion = 0.5 * (lowest + highest);
        let upwards = Bound::new(motions.iter().map(|w| w - motion).zip(inverse[..inner].iter().copied()));
        let downwards = Bound::new(motions.iter().map(|w| motion - w).zip(inverse[1..].iter().copied()));
        Self { motion, upwards, downwards }
    }

    /// Writes the losses of the rows with these potentials.
    #[inline(always)]
    fn losses(&self, potential: &[f64], [first, last]: &mut [Vec<f64>; 2]) {
        for (loss, p) in first.iter_mut().zip(potential) {
            let velocity = -2.0 * p - self.motion;
            *loss = larger(larger(self.upwards.value(velocity), self.downwards.value(-velocity)), 0.0);
        }
        last.copy_from_slice(first);
    }
}

impl Bound {
    /// From each face's motion, and one over the width of the cell that it would leave.
    fn new(faces: impl Iterator<Item = (f64, f64)>) -> Self {
        let nothing = Self { if_positive: 0.0, if_negative: f64::INFINITY, offset: f64::NEG_INFINITY };
        let bound = faces.fold(nothing, |bound, (motion, inverse)| Self {
            if_positive: bound.if_positive.max(inverse),
            if_negative: bound.if_negative.min(inverse),
            offset: bound.offset.max(-motion * inverse),
        });
        let any = bound.offset > f64::NEG_INFINITY;
        if any { bound } else { Self { if_positive: 0.0, if_negative: 0.0, offset: 0.0 } }
    }

    #[inline(always)]
    fn value(&self, velocity: f64) -> f64 {
        velocity * if velocity > 0.0 { self.if_positive } else { self.if_negative } + self.offset
    }
}
