//! First order on a grid that stands still. A stage is then linear in the masses, with coefficients that are known beforehand:
//! what a row holds after it is a sum over itself and its six neighbours, each times a · a number, which depends on the sign of
//! a alone. No flux is written down: it is the product of the same two numbers on either side of a face.

use pulp::Simd;

use super::geometry::{Across, TILE};
use super::slab::{Kernel, Made};
use super::stage::{Part, Pass, Sign, Stage, Stretch, Weighed, Work};

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
        let (rows, cells) = (stage.across[0].cells, stage.along.cells);
        let speeds = work.speeds.iter_mut().chain(&mut work.lower_speeds);
        speeds.for_each(|speeds| speeds.resize(rows.next_multiple_of(TILE), 0.0));
        let ([first, last], line) = (&mut work.edges, rows * cells);
        first.splice(.., [0.0].into_iter().chain(stage.state[..line - 1].iter().copied()));
        let from = stage.state.len() - line + 1;
        last.splice(.., stage.state[from..].iter().copied().chain([0.0]));
    }

    #[inline(always)]
    fn line<S: Simd>(pass: &Pass<S>, work: &mut Work, at: [usize; 2], _: usize, made: Made) {
        let (simd, first, across) = (pass.simd, pass.first_row(at), pass.stage.across);
        let rows = across[0].cells;
        for (axis, at) in [0, at[0], at[1]].into_iter().enumerate() {
            let speeds = [&mut work.lower_speeds[axis][..rows], &mut work.speeds[axis][..rows]];
            across[axis].both_speeds(pass.stage.potential, first, at, pass.factor, speeds);
        }
        let lines = Lines::new(pass, work, first, at);
        let velocity = |i: usize| pass.factor * pass.stage.potential[first + i];
        for start in (0..rows).step_by(TILE) {
            let shares = shares(across, work, start, at);
            for i in start..(start + TILE).min(rows) {
                let mut weighed = Weighed::nothing(simd);
                for stretch in pass.stretches {
                    let gathering = Gathering { pass, stretch, lines: &lines, i, velocity: velocity(i) };
                    gathering.gather(&shares, i - start, made.out, &mut weighed);
                }
                [made.sums[i], made.totals[i]] = weighed.all(simd);
            }
        }
    }
}

/// Lines of cells that meet in a line's rows.
struct Lines<'a> {
    here: &'a [f64],
    /// The line itself, moved upwards by a cell and downwards.
    moved: [&'a [f64]; 2],
    /// Below and above along r₁, r₂.
    beside: [&'a [f64]; 4],
}

impl<'a> Lines<'a> {
    #[inline(always)]
    fn new<S: Simd>(pass: &Pass<'a, S>, work: &'a Work, first: usize, at: [usize; 2]) -> Self {
        let [_, r1, r2] = pass.stage.across;
        let (to_r1, to_r2) = (r1.distances(at[0]), r2.distances(at[1]));
        let line = |row: usize| pass.line_from(row * pass.cells);
        let (here, start) = (line(first), first * pass.cells);
        let (end, length) = (start + here.len(), pass.rows * pass.cells);
        let beside = [
            line(first - to_r1.behind),
            line(first + to_r1.ahead),
            line(first - to_r2.behind),
            line(first + to_r2.ahead),
        ];
        let upwards = if start > 0 { pass.line_from(start - 1) } else { &work.edges[0][..length] };
        let is_last = end == pass.stage.state.len();
        let downwards = if is_last { &work.edges[1][..length] } else { pass.line_from(start + 1) };
        Self { here, moved: [upwards, downwards], beside }
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

/// What a row of a line takes of others in one stretch.
struct Gathering<'a, S: Simd> {
    pass: &'a Pass<'a, S>,
    stretch: &'a Stretch<'a, S>,
    lines: &'a Lines<'a>,
    /// The row's place in the line.
    i: usize,
    /// Of the flow along it.
    velocity: f64,
}

impl<S: Simd> Gathering<'_, S> {
    /// `place` is the row's place in its tile.
    #[inline(always)]
    fn gather(&self, shares: &[Shares; 2], place: usize, out: &mut [f64], weighed: &mut Weighed<S>) {
        let of = |sign: Sign| self.shares_of(&shares[sign as usize], place);
        match (self.stretch.sign, self.stretch.is_whole) {
            (Some(sign), true) => self.part::<true, true>([of(sign); 2], out, weighed),
            (Some(sign), false) => self.part::<true, false>([of(sign); 2], out, weighed),
            (None, true) => {
                self.part::<false, true>([of(Sign::Positive), of(Sign::Negative)], out, weighed);
            }
            (None, false) => {
                self.part::<false, false>([of(Sign::Positive), of(Sign::Negative)], out, weighed);
            }
        }
    }

    #[inline(always)]
    fn shares_of(&self, shares: &Shares, place: usize) -> [S::f64s; ALL] {
        let mut vectors = [self.pass.simd.splat_f64s(0.0); ALL];
        for n in 0..ALL {
            vectors[n] = self.pass.simd.splat_f64s(shares[n][place]);
        }
        vectors
    }

    #[inline(always)]
    fn part<const OF_ONE_SIGN: bool, const WHOLE: bool>(
        &self,
        shares: [[S::f64s; ALL]; 2],
        out: &mut [f64],
        weighed: &mut Weighed<S>,
    ) {
        let Self { pass, stretch, lines, i, velocity } = *self;
        let (simd, along) = (pass.simd, AlongRow::new::<WHOLE>(pass, stretch, lines, i, velocity));
        let (below, above) = (i.saturating_sub(1), (i + 1).min(pass.rows - 1));
        let part = |line, i| pass.part(line, i, stretch);
        let [below_r1, above_r1, below_r2, above_r2] = lines.beside;
        let rows = [
            part(lines.here, below),
            part(lines.here, above),
            part(below_r1, i),
            part(above_r1, i),
            part(below_r2, i),
            part(above_r2, i),
            part(lines.here, i),
        ];
        let mut target = pass.target(out, i, stretch);
        for (j, a) in stretch.position[..stretch.count::<WHOLE>()].iter().enumerate() {
            let shares = if OF_ONE_SIGN { shares[0] } else { either(simd, *a, shares) };
            let left = simd.mul_add_f64s(*a, shares[ITSELF], along.left(j));
            let stays = simd.mul_f64s(left, rows[ITSELF].at::<WHOLE>(simd, j));
            let mut gain = simd.mul_f64s(shares[0], rows[0].at::<WHOLE>(simd, j));
            for n in 1..ITSELF {
                gain = simd.mul_add_f64s(shares[n], rows[n].at::<WHOLE>(simd, j), gain);
            }
            let new = simd.mul_add_f64s(*a, gain, along.enters::<WHOLE>(j, stays));
            weighed.add(simd, *a, target.put::<WHOLE>(simd, j, new));
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

/// The flow along a stretch of a row.
struct AlongRow<'a, S: Simd> {
    simd: S,
    speed: S::f64s,
    keep: S::f64s,
    /// What is behind each cell.
    behind: Part<'a, S>,
    /// One over the width of the cell behind, 0 if nothing comes from there; and of each itself, 0 if nothing leaves it.
    enters: &'a [S::f64s],
    leaves: &'a [S::f64s],
}

impl<'a, S: Simd> AlongRow<'a, S> {
    #[inline(always)]
    fn new<const WHOLE: bool>(
        pass: &Pass<'a, S>,
        stretch: &Stretch<'a, S>,
        lines: &Lines<'a>,
        i: usize,
        velocity: f64,
    ) -> Self {
        let (simd, count) = (pass.simd, stretch.count::<WHOLE>());
        let is_downwards = usize::from(velocity < 0.0);
        Self {
            simd,
            speed: simd.splat_f64s(velocity.abs()),
            keep: simd.splat_f64s(pass.keep),
            behind: pass.part(lines.moved[is_downwards], i, stretch),
            enters: &stretch.enters[is_downwards][..count],
            leaves: &stretch.leaves[is_downwards][..count],
        }
    }

    /// What the cells of vector `j` keep.
    #[inline(always)]
    fn left(&self, j: usize) -> S::f64s {
        self.simd.negate_mul_add_f64s(self.speed, self.leaves[j], self.keep)
    }

    /// What is in them with what enters.
    #[inline(always)]
    fn enters<const WHOLE: bool>(&self, j: usize, stays: S::f64s) -> S::f64s {
        let share = self.simd.mul_f64s(self.speed, self.enters[j]);
        self.simd.mul_add_f64s(share, self.behind.at::<WHOLE>(self.simd, j), stays)
    }
}
