//! First order on a grid that stands still. A stage is then linear in the masses, with coefficients that are known beforehand:
//! what a row holds after it is a sum over itself and its six neighbours, each times a · a number, which depends on the sign of
//! a alone. No flux is written down: it is the product of the same two numbers on either side of a face.

use pulp::Simd;

use super::shift::Shift;
use super::slab::{Kernel, Made};
use super::stage::{Pass, Row, Sign, Stage, Stretch, Target, Work};

/// A row among its neighbours: below and above along b, r₁, r₂; then itself.
const ALL: usize = 7;
const ITSELF: usize = 6;

/// See the module's head.
pub struct FirstOrder;

impl Kernel for FirstOrder {
    fn prepare(stage: &Stage, work: &mut Work) {
        let rows = stage.across[0].cells;
        work.speeds.iter_mut().for_each(|speeds| speeds.resize(rows, 0.0));
        work.shares.iter_mut().flatten().for_each(|shares| shares.resize(rows, 0.0));
    }

    #[inline(always)]
    fn line<S: Simd>(pass: &Pass<S>, work: &mut Work, at: [usize; 2], _: usize, made: Made) {
        let (first, across) = (pass.first_row(at), pass.stage.across);
        work.shares.iter_mut().for_each(|shares| shares[ITSELF].fill(0.0));
        for (axis, at) in [0, at[0], at[1]].into_iter().enumerate() {
            share(pass, work, axis, first, at);
        }
        let [to_r1, to_r2] = [across[1].distances(at[0]), across[2].distances(at[1])];
        for i in 0..across[0].cells {
            let (row, to_b) = (first + i, across[0].distances(i));
            let rows = [
                pass.row(row - to_b.behind),
                pass.row(row + to_b.ahead),
                pass.row(row - to_r1.behind),
                pass.row(row + to_r1.ahead),
                pass.row(row - to_r2.behind),
                pass.row(row + to_r2.ahead),
                pass.row(row),
            ];
            let cells = pass.stage.along.cells;
            let mut target = Target::new(pass, &mut made.out[i * cells..(i + 1) * cells]);
            let gathering = Gathering { pass, rows, shares: &work.shares, row: i };
            let speed = -2.0 * pass.scale() * pass.stage.potential[row];
            if speed > 0.0 {
                gathering.row::<true>(speed, &mut target);
            } else {
                gathering.row::<false>(-speed, &mut target);
            }
            [made.sums[i], made.totals[i]] = target.weighed(pass.simd);
        }
    }
}

/// What a line's rows get per a from those below and above along an axis, where a > 0 and where a < 0; and adds what they lose.
#[inline(always)]
fn share<S: Simd>(pass: &Pass<S>, work: &mut Work, axis: usize, first: usize, at: usize) {
    let (across, Work { speeds, shares, .. }) = (&pass.stage.across[axis], work);
    let [upper, _, _, lower] = speeds;
    pass.speeds(axis, first, at, upper);
    if axis == 0 {
        lower[0] = 0.0;
        let last = upper.len() - 1;
        lower[1..].copy_from_slice(&upper[..last]);
    } else if at > 0 {
        pass.speeds(axis, first - across.stride, at - 1, lower);
    } else {
        lower.fill(0.0);
    }
    for (sign, shares) in [1.0, -1.0].into_iter().zip(shares) {
        let [below, above] = &mut shares[2 * axis..2 * axis + 2] else { return };
        for (i, (lower, upper)) in lower.iter().zip(&*upper).enumerate() {
            let [behind, _, ahead] = across.weights[0][if axis == 0 { i } else { at }].inverse_width;
            below[i] = if sign * lower > 0.0 { lower * behind } else { 0.0 };
            above[i] = if sign * upper < 0.0 { -upper * ahead } else { 0.0 };
        }
        for (i, (lower, upper)) in lower.iter().zip(&*upper).enumerate() {
            let here = across.inverse_width[if axis == 0 { i } else { at }];
            let leaves_below = if sign * lower < 0.0 { lower * here } else { 0.0 };
            let leaves_above = if sign * upper > 0.0 { upper * here } else { 0.0 };
            shares[ITSELF][i] += leaves_below - leaves_above;
        }
    }
}

/// A row, its neighbours, and what it gets of each per a.
struct Gathering<'a, S: Simd> {
    pass: &'a Pass<'a, S>,
    rows: [Row<'a, S>; ALL],
    shares: &'a [[Vec<f64>; ALL]; 2],
    /// Its place in the line.
    row: usize,
}

impl<S: Simd> Gathering<'_, S> {
    /// The row after a stage, in a flow along it of this speed, upwards or downwards. Vectors are taken in the flow's direction:
    /// what enters one comes from the one before.
    #[inline(always)]
    fn row<const UPWARDS: bool>(&self, speed: f64, target: &mut Target<S>) {
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
            vectors[n] = simd.splat_f64s(shares[n][self.row]);
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
        let std::ops::Range { start, end } = stretch.vectors;
        let rows = &self.rows;
        for step in 0..end - start {
            let j = if UPWARDS { start + step } else { end - 1 - step };
            let (a, here) = (positions[j], rows[ITSELF].at::<WHOLE>(simd, j));
            let shares = shares(a);
            let left = simd.mul_add_f64s(a, shares[ITSELF], along.left(j));
            let mut gain = simd.mul_f64s(shares[0], rows[0].at::<WHOLE>(simd, j));
            for n in 1..ITSELF {
                gain = simd.mul_add_f64s(shares[n], rows[n].at::<WHOLE>(simd, j), gain);
            }
            let new = simd.mul_add_f64s(left, here, along.enters(j, here));
            target.put::<WHOLE>(simd, j, a, simd.mul_add_f64s(a, gain, new));
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
        let behind = if UPWARDS { shift.below(before, here) } else { shift.above(here, before) };
        self.before = here;
        simd.mul_f64s(simd.mul_f64s(self.speed, self.enters[j]), behind)
    }
}
