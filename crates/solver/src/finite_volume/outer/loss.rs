//! How much of its mass a cell may lose at most, from the potential alone: a bound for all cells of a row at once.
//!
//! Along b, r₁, r₂ what leaves is a convex function of a, so it is largest at an end of the row; along a it is bounded by
//! what the narrowest cells would lose.

use pulp::{Simd, WithSimd};

use super::geometry::{Across, Along};

/// Room for the rounding of a stage, so that masses stay positive up to the very bound.
const ROUNDING: f64 = 1.0 + 64.0 * f64::EPSILON;

/// The largest loss of all cells, in the potential a · P.
pub struct LargestLoss<'a> {
    pub along: &'a Along,
    pub across: &'a [Across; 3],
    pub potential: &'a [f64],
}

impl WithSimd for LargestLoss<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let [b, r1, r2] = self.across;
        let (mut losses, mut largest) = (vec![[0.0; 2]; b.cells], 0.0_f64);
        let own = AlongRow::new(self.along);
        let ends = [self.along.position[0], self.along.position[self.along.cells - 1]];
        for plane in 0..r2.cells {
            for line in 0..r1.cells {
                let first = b.cells * (line + r1.cells * plane);
                let potential = &self.potential[first..first + b.cells];
                losses.fill([0.0; 2]);
                for (loss, p) in losses.iter_mut().zip(potential) {
                    *loss = [own.of(-2.0 * p); 2];
                }
                self.add_within(ends, potential, &mut losses);
                self.add_between(1, line, ends, first, &mut losses);
                self.add_between(2, plane, ends, first, &mut losses);
                largest = losses.iter().flatten().fold(largest, |a, b| if a > *b { a } else { *b });
            }
        }
        2.0 * ROUNDING * largest
    }
}

impl LargestLoss<'_> {
    /// Adds, at both ends of each row of a line, what leaves along b.
    #[inline(always)]
    fn add_within(&self, ends: [f64; 2], potential: &[f64], losses: &mut [[f64; 2]]) {
        let b = &self.across[0];
        let mut before = [0.0; 2];
        for (i, loss) in losses.iter_mut().enumerate() {
            let mut after = [0.0; 2];
            if i + 1 < b.cells {
                let speed = -2.0 * (potential[i + 1] - potential[i]) * b.inverse_gap[i];
                after = ends.map(|a| a * speed - b.motion[i]);
            }
            for end in 0..2 {
                loss[end] += leaves(before[end], after[end]) * b.inverse_width[i];
            }
            before = after;
        }
    }

    /// Adds what leaves along r₁ or r₂, of which the line is at `at`.
    #[inline(always)]
    fn add_between(&self, axis: usize, at: usize, ends: [f64; 2], first: usize, losses: &mut [[f64; 2]]) {
        let across = &self.across[axis];
        let (rows, inverse_width) = (losses.len(), across.inverse_width[at]);
        let line = |i: usize| &self.potential[first + i * across.stride - across.stride..][..rows];
        let here = line(1);
        let factor = |face: Option<usize>| {
            face.and_then(|face| across.inverse_gap.get(face)).map_or(0.0, |inverse| -2.0 * inverse)
        };
        let motion =
            |face: Option<usize>| face.and_then(|face| across.motion.get(face)).copied().unwrap_or(0.0);
        let (lower, upper) = (at.checked_sub(1), Some(at));
        let (to_below, to_above) = (factor(lower), factor(upper));
        let (motion_below, motion_above) = (motion(lower), motion(upper));
        let below = if at > 0 { line(0) } else { here };
        let above = if at + 1 < across.cells { line(2) } else { here };
        for i in 0..rows {
            let enters = to_below * (here[i] - below[i]);
            let out = to_above * (above[i] - here[i]);
            for end in 0..2 {
                let velocities = (ends[end] * enters - motion_below, ends[end] * out - motion_above);
                losses[i][end] += leaves(velocities.0, velocities.1) * inverse_width;
            }
        }
    }
}

/// The larger of the velocities out of a cell, given those at its two faces.
#[inline(always)]
fn leaves(lower: f64, upper: f64) -> f64 {
    let larger = if -lower > upper { -lower } else { upper };
    if larger > 0.0 { larger } else { 0.0 }
}

/// What leaves along a row.
struct AlongRow {
    /// Largest and smallest inverse width, of cells with an open face above, and below.
    extremes: [[f64; 2]; 2],
    /// Largest share that the faces' own motion makes leave upwards, and downwards.
    motion: [f64; 2],
}

impl AlongRow {
    fn new(along: &Along) -> Self {
        let inner = along.cells - 1;
        let inverse = &along.inverse_width[..along.cells];
        let extremes = [&inverse[..inner], &inverse[1..]].map(|inverse| {
            let largest = inverse.iter().copied().fold(0.0, f64::max);
            [largest, inverse.iter().copied().fold(largest, f64::min)]
        });
        let above = |i: usize| -along.motion[i] * inverse[i];
        let below = |i: usize| along.motion[i] * inverse[i + 1];
        let largest = |of: &dyn Fn(usize) -> f64| (0..inner).map(of).fold(f64::NEG_INFINITY, f64::max);
        Self { extremes, motion: [largest(&above), largest(&below)] }
    }

    /// For cells in a flow of this velocity.
    #[inline(always)]
    fn of(&self, velocity: f64) -> f64 {
        let leaves = |velocity: f64, side: usize| {
            let [largest, smallest] = self.extremes[side];
            velocity * if velocity > 0.0 { largest } else { smallest } + self.motion[side]
        };
        let (up, down) = (leaves(velocity, 0), leaves(-velocity, 1));
        let larger = if up > down { up } else { down };
        if larger > 0.0 { larger } else { 0.0 }
    }
}
