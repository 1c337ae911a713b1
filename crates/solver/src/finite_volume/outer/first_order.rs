//! First order on a grid that stands still. A stage is then linear in the masses, with coefficients that are known beforehand:
//! what a row holds after it is a sum over itself and its six neighbours, each times a · a number, which depends on the sign of
//! a alone. No flux is written down: it is the product of the same two numbers on either side of a face.

use std::ops::Range;

use pulp::Simd;

use super::geometry::{Across, TILE};
use super::shift::Shift;
use super::slab::{Kernel, Made};
use super::stage::{Pass, Row, Sign, Stage, Stretch, Target, Work};

/// A row among its neighbours: below and above along b, r₁, r₂; then itself.
const ALL: usize = 7;
const ITSELF: usize = 6;

/// Numbers of as many rows of a line.
type Tile = [f64; TILE];
/// What rows get per a from each neighbour, and lose themselves.
type Shares = [Tile; ALL];

/// See the module's head.
pub struct FirstOrder;

impl Kernel for FirstOrder {
    fn prepare(stage: &Stage, work: &mut Work) {
        let rows = stage.across[0].cells.next_multiple_of(TILE);
        let speeds = work.speeds.iter_mut().chain(&mut work.lower_speeds);
        speeds.for_each(|speeds| speeds.resize(rows, 0.0));
    }

    #[inline(always)]
    fn line<S: Simd>(pass: &Pass<S>, work: &mut Work, at: [usize; 2], _: usize, made: Made) {
        let (first, [b, r1, r2]) = (pass.first_row(at), pass.stage.across);
        for (axis, at) in [0, at[0], at[1]].into_iter().enumerate() {
            let (across, potential, factor) = (&pass.stage.across[axis], pass.stage.potential, pass.factor());
            let speeds = [&mut work.lower_speeds[axis][..b.cells], &mut work.speeds[axis][..b.cells]];
            across.both_speeds(potential, first, at, factor, speeds);
        }
        let [to_r1, to_r2] = [r1.distances(at[0]), r2.distances(at[1])];
        let lines = [
            pass.cells_of_line(first - to_r1.behind),
            pass.cells_of_line(first + to_r1.ahead),
            pass.cells_of_line(first - to_r2.behind),
            pass.cells_of_line(first + to_r2.ahead),
            pass.cells_of_line(first),
        ];
        for start in (0..b.cells).step_by(TILE) {
            let shares = shares(pass.stage.across, work, start, at);
            for i in start..(start + TILE).min(b.cells) {
                let speed = pass.factor() * pass.stage.potential[first + i];
                let mut target = pass.target(made.out, i);
                Gathering::new(pass, &lines, i, &shares, i - start).row(speed, &mut target);
                [made.sums[i], made.totals[i]] = target.weighed(pass.simd);
            }
        }
    }
}

/// The shares of the rows of a tile, where a > 0 and where a < 0.
#[inline(always)]
fn shares(across: &[Across; 3], work: &Work, start: usize, [line, plane]: [usize; 2]) -> [Shares; 2] {
    let mut shares = [[[0.0; TILE]; ALL]; 2];
    for (axis, across) in across.iter().enumerate() {
        let widths = |side: usize| match axis {
            0 => tile(&across.inverse_width[side], start),
            1 => [across.inverse_width[side][line]; TILE],
            _ => [across.inverse_width[side][plane]; TILE],
        };
        let widths = [widths(0), widths(1), widths(2)];
        let speeds = [tile(&work.lower_speeds[axis], start), tile(&work.speeds[axis], start)];
        add_shares(axis, &speeds, &widths, &mut shares);
    }
    shares
}

#[inline(always)]
fn tile(numbers: &[f64], start: usize) -> Tile {
    let mut tile = [0.0; TILE];
    tile.copy_from_slice(&numbers[start..start + TILE]);
    tile
}

/// Adds what flows along an axis.
#[inline(always)]
fn add_shares(
    axis: usize,
    [lower, upper]: &[Tile; 2],
    [behind, here, ahead]: &[Tile; 3],
    [positive, negative]: &mut [Shares; 2],
) {
    for i in 0..TILE {
        let [lower_up, upper_up] = [lower[i], upper[i]].map(|speed| if speed > 0.0 { speed } else { 0.0 });
        let (lower_down, upper_down) = (lower[i] - lower_up, upper[i] - upper_up);
        positive[2 * axis][i] = lower_up * behind[i];
        negative[2 * axis][i] = lower_down * behind[i];
        positive[2 * axis + 1][i] = -upper_down * ahead[i];
        negative[2 * axis + 1][i] = -upper_up * ahead[i];
        positive[ITSELF][i] += lower_down * here[i] - upper_up * here[i];
        negative[ITSELF][i] += lower_up * here[i] - upper_down * here[i];
    }
}

/// A row, its neighbours, and what it gets of each per a.
struct Gathering<'a, S: Simd> {
    pass: &'a Pass<'a, S>,
    rows: [Row<'a, S>; ALL],
    shares: &'a [Shares; 2],
    /// Its place in the tile.
    place: usize,
}

impl<'a, S: Simd> Gathering<'a, S> {
    /// Row `i` of a line, among the lines below and above along r₁ and r₂, and itself.
    #[inline(always)]
    fn new(
        pass: &'a Pass<'a, S>,
        lines: &[&'a [f64]; 5],
        i: usize,
        shares: &'a [Shares; 2],
        place: usize,
    ) -> Self {
        let row = |line: usize, i: usize| pass.row(lines[line], i);
        let (below, above) = (i.saturating_sub(1), (i + 1).min(pass.stage.across[0].cells - 1));
        let rows = [row(4, below), row(4, above), row(0, i), row(1, i), row(2, i), row(3, i), row(4, i)];
        Self { pass, rows, shares, place }
    }

    /// The row after a stage, in a flow along it of this speed.
    #[inline(always)]
    fn row(&self, speed: f64, target: &mut Target<S>) {
        if speed > 0.0 {
            self.in_flow::<true>(speed, target);
        } else {
            self.in_flow::<false>(-speed, target);
        }
    }

    /// The same for a flow upwards or downwards. Vectors are taken in its direction: what enters one comes from the one before.
    #[inline(always)]
    fn in_flow<const UPWARDS: bool>(&self, speed: f64, target: &mut Target<S>) {
        let simd = self.pass.simd;
        let mut along = AlongRow::<S, UPWARDS>::new(self.pass, speed);
        let count = self.pass.stretches.len();
        for stretch in 0..count {
            let stretch = &self.pass.stretches[if UPWARDS { stretch } else { count - 1 - stretch }];
            match (stretch.sign, stretch.is_whole) {
                (Some(sign), true) => {
                    let shares = self.of_sign(sign);
                    self.stretch::<_, UPWARDS, true>(stretch, &mut along, target, |_| shares);
                }
                (Some(sign), false) => {
                    let shares = self.of_sign(sign);
                    self.stretch::<_, UPWARDS, false>(stretch, &mut along, target, |_| shares);
                }
                (None, true) => {
                    let shares = [self.of_sign(Sign::Positive), self.of_sign(Sign::Negative)];
                    let either = |a| either(simd, a, shares);
                    self.stretch::<_, UPWARDS, true>(stretch, &mut along, target, either);
                }
                (None, false) => {
                    let shares = [self.of_sign(Sign::Positive), self.of_sign(Sign::Negative)];
                    let either = |a| either(simd, a, shares);
                    self.stretch::<_, UPWARDS, false>(stretch, &mut along, target, either);
                }
            }
        }
    }

    #[inline(always)]
    fn of_sign(&self, sign: Sign) -> [S::f64s; ALL] {
        let (simd, shares) = (self.pass.simd, &self.shares[sign as usize]);
        let mut vectors = [simd.splat_f64s(0.0); ALL];
        for n in 0..ALL {
            vectors[n] = simd.splat_f64s(shares[n][self.place]);
        }
        vectors
    }

    #[inline(always)]
    fn stretch<F: Fn(S::f64s) -> [S::f64s; ALL], const UPWARDS: bool, const WHOLE: bool>(
        &self,
        stretch: &Stretch,
        along: &mut AlongRow<S, UPWARDS>,
        target: &mut Target<S>,
        shares: F,
    ) {
        let (simd, positions) = (self.pass.simd, self.pass.table(&self.pass.stage.along.position));
        let end = stretch.vectors.end;
        assert!(end <= positions.len() && (!WHOLE || end <= self.pass.whole), "so that nothing is asked below");
        let step = |j: usize| {
            let (a, here) = (positions[j], self.rows[ITSELF].at::<WHOLE>(simd, j));
            let shares = shares(a);
            let left = simd.mul_add_f64s(a, shares[ITSELF], along.left(j));
            let mut gain = simd.mul_f64s(shares[0], self.rows[0].at::<WHOLE>(simd, j));
            for n in 1..ITSELF {
                gain = simd.mul_add_f64s(shares[n], self.rows[n].at::<WHOLE>(simd, j), gain);
            }
            let new = simd.mul_add_f64s(left, here, along.enters(j, here));
            target.put::<WHOLE>(simd, j, a, simd.mul_add_f64s(a, gain, new));
        };
        visit::<UPWARDS>(stretch.vectors.clone(), step);
    }
}

/// Takes vectors in a flow's direction.
#[inline(always)]
fn visit<const UPWARDS: bool>(Range { start, end }: Range<usize>, mut step: impl FnMut(usize)) {
    if UPWARDS {
        for j in start..end {
            step(j);
        }
    } else {
        for j in (start..end).rev() {
            step(j);
        }
    }
}

/// Of two signs, the one of a.
#[inline(always)]
fn either<S: Simd>(simd: S, a: S::f64s, [positive, negative]: [[S::f64s; ALL]; 2]) -> [S::f64s; ALL] {
    let is_positive = simd.greater_than_f64s(a, simd.splat_f64s(0.0));
    let mut shares = positive;
    for n in 0..ALL {
        shares[n] = simd.select_f64s(is_positive, positive[n], negative[n]);
    }
    shares
}

/// The flow along a row, vector after vector in its direction.
struct AlongRow<'a, S: Simd, const UPWARDS: bool> {
    simd: S,
    shift: Shift<S>,
    speed: S::f64s,
    keep: S::f64s,
    /// One over the width of the cell behind each, 0 if nothing comes from there; and of each itself, 0 if nothing leaves it.
    enters: &'a [S::f64s],
    leaves: &'a [S::f64s],
    /// The vector before, turned.
    before: S::f64s,
}

impl<'a, S: Simd, const UPWARDS: bool> AlongRow<'a, S, UPWARDS> {
    #[inline(always)]
    fn new(pass: &Pass<'a, S>, speed: f64) -> Self {
        let (simd, along) = (pass.simd, pass.stage.along);
        let direction = usize::from(!UPWARDS);
        Self {
            simd,
            shift: Shift::new(simd),
            speed: simd.splat_f64s(speed),
            keep: simd.splat_f64s(pass.keep()),
            enters: pass.table(&along.enters[direction]),
            leaves: pass.table(&along.leaves[direction]),
            before: simd.splat_f64s(0.0),
        }
    }

    /// What each cell of vector `j` keeps.
    #[inline(always)]
    fn left(&self, j: usize) -> S::f64s {
        self.simd.negate_mul_add_f64s(self.speed, self.leaves[j], self.keep)
    }

    /// What enters each cell of the next vector, `j`, which holds `here`.
    #[inline(always)]
    fn enters(&mut self, j: usize, here: S::f64s) -> S::f64s {
        let Self { simd, shift, before, .. } = *self;
        let here = shift.turned::<UPWARDS>(here);
        let behind = shift.joined::<UPWARDS>(before, here);
        self.before = here;
        simd.mul_f64s(simd.mul_f64s(self.speed, self.enters[j]), behind)
    }
}
