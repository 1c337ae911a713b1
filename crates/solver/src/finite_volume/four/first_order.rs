//! First order on a fixed grid. A stage is then linear in the masses, with coefficients that are
//! known beforehand: what a row holds after it is a sum over itself and its six neighbours, each times a · a
//! number, which depends on the sign of a alone. No flux is written down: it is the product of the same two
//! numbers on either side of a face.

use std::ops::Range;

use meanfield_kernel::part::{Part, vectors};
use pulp::Simd;

use super::buffers::ThreadBuffers;
use super::geometry::TILE;
use super::pass::{Pass, StageInputs, Target, WeightedSums};
use super::slab::{RowKernel, StageOutput};
use super::tile_coefficients::{ABOVE, ALL, ITSELF, TileCoefficients};

/// Rows of a stage that is linear in the masses.
pub struct FirstOrder;

impl RowKernel for FirstOrder {
    fn prepare(stage: &StageInputs, work: &mut ThreadBuffers) {
        let rows = stage.across[0].cells;
        let cells = stage.along.cells;
        work.set_edges(stage.state, TILE.min(rows) * cells, cells);
        work.coefficients.fit(rows);
    }

    #[inline(always)]
    fn line<S: Simd>(
        pass: &Pass<S>,
        work: &mut ThreadBuffers,
        at: [usize; 2],
        _: usize,
        mut made: StageOutput,
    ) {
        let tables = FirstOrderTables::new(pass);
        let first = pass.first_row(at);
        let ThreadBuffers { coefficients, edges, .. } = work;
        coefficients.enter(&pass.inputs.potential[first..][..pass.rows]);
        for from in (0..pass.rows).step_by(TILE) {
            let count = TILE.min(pass.rows - from);
            coefficients.fill(pass, from, at);
            let sources = Sources::new(pass, edges, [first + from, count], at);
            tile(pass, &tables, coefficients, &sources, made.rows(from..from + count, pass.cells));
        }
    }
}

/// Treats the rows of a tile.
#[inline(always)]
fn tile<S: Simd>(
    pass: &Pass<S>,
    tables: &FirstOrderTables<S>,
    coefficients: &TileCoefficients,
    sources: &Sources,
    made: StageOutput,
) {
    let cells = pass.cells;
    let [below_b, above_b, below_1, above_1, below_2, above_2] = sources.beside;
    let along_b = below_b.chunks_exact(cells).zip(above_b.chunks_exact(cells));
    let along_1 = below_1.chunks_exact(cells).zip(above_1.chunks_exact(cells));
    let along_2 = below_2.chunks_exact(cells).zip(above_2.chunks_exact(cells));
    let moved = sources.moved[0].chunks_exact(cells).zip(sources.moved[1].chunks_exact(cells));
    let here = sources.here.chunks_exact(cells).zip(moved);
    let read = here.zip(along_b.zip(along_1.zip(along_2)));
    let made = made.mass.chunks_exact_mut(cells).zip(made.sums.iter_mut().zip(made.totals));
    for (i, ((made, read), velocity)) in made.zip(read).zip(&coefficients.velocities).enumerate() {
        let (out, (sum, total)) = made;
        let ((here, (up, down)), ((below_b, above_b), ((below_1, above_1), (below_2, above_2)))) = read;
        let behind = if *velocity < 0.0 { down } else { up };
        let read = [below_b, above_b, below_1, above_1, below_2, above_2, here, behind];
        let row = Row::new(pass, tables, read, *velocity);
        [*sum, *total] = row.gather(pass, tables, coefficients.of_row(pass.simd, i), out);
    }
}

/// The rows from which those of a tile are computed. Beyond an end other rows stand for those that are not,
/// from where nothing comes.
struct Sources<'a> {
    here: &'a [f64],
    /// Moved upwards by a cell, and downwards.
    moved: [&'a [f64]; 2],
    /// Those below and above along b, r₁, r₂.
    beside: [&'a [f64]; ITSELF],
}

impl<'a> Sources<'a> {
    /// The sources of `count` rows from `row` on.
    #[inline(always)]
    fn new<S: Simd>(
        pass: &Pass<'a, S>,
        [first, last]: &'a [Vec<f64>; 2],
        [row, count]: [usize; 2],
        at: [usize; 2],
    ) -> Self {
        let length = count * pass.cells;
        let cells = pass.cells;
        let state = pass.inputs.state;
        let to_r1 = pass.inputs.across[1].distances(at[0]);
        let to_r2 = pass.inputs.across[2].distances(at[1]);
        let start = row * cells;
        let most = length + cells;
        let rows = |row: usize| &state[row * cells..][..length];
        let from_below = if row > 0 { &state[start - cells..][..most] } else { &first[..most] };
        let is_last = start + most > state.len();
        let to_above = if is_last { &last[last.len() - most..] } else { &state[start..][..most] };
        let beside = [
            &from_below[..length],
            &to_above[cells..][..length],
            rows(row - to_r1.behind),
            rows(row + to_r1.ahead),
            rows(row - to_r2.behind),
            rows(row + to_r2.ahead),
        ];
        let moved = [&from_below[cells - 1..][..length], &to_above[1..][..length]];
        Self { here: rows(row), moved, beside }
    }
}

/// The tables along a row in vectors, and where signs of a change in it.
struct FirstOrderTables<'a, S: Simd> {
    positions: &'a [S::f64s],
    enters: [&'a [S::f64s]; 2],
    leaves: [&'a [S::f64s]; 2],
    /// Whole vectors where a < 0, where it has both signs, and where a > 0.
    negative: Range<usize>,
    mixed: Range<usize>,
    positive: Range<usize>,
    has_rest: bool,
}

impl<'a, S: Simd> FirstOrderTables<'a, S> {
    #[inline(always)]
    fn new(pass: &Pass<'a, S>) -> Self {
        let along = pass.inputs.along;
        let cells = pass.cells;
        let negative = along.position[..cells].iter().filter(|a| **a < 0.0).count();
        let whole = cells / S::F64_LANES;
        let first = (negative / S::F64_LANES).min(whole);
        let last = negative.div_ceil(S::F64_LANES).min(whole);
        Self {
            positions: vectors::<S>(&along.position, cells),
            enters: [vectors::<S>(&along.enters[0], cells), vectors::<S>(&along.enters[1], cells)],
            leaves: [vectors::<S>(&along.leaves[0], cells), vectors::<S>(&along.leaves[1], cells)],
            negative: 0..first,
            mixed: first..last,
            positive: last..whole,
            has_rest: !cells.is_multiple_of(S::F64_LANES),
        }
    }
}

/// A row, or vectors of one.
struct Row<'a, S: Simd> {
    simd: S,
    positions: &'a [S::f64s],
    /// One over the width of the cell behind, 0 if nothing comes from there; and of each itself, 0 if nothing
    /// leaves it.
    enters: &'a [S::f64s],
    leaves: &'a [S::f64s],
    speed: S::f64s,
    keep: S::f64s,
    /// Below and above along b, r₁, r₂; the row itself; the same moved by a cell with the flow along it.
    sources: [Part<'a, S>; ALL + 1],
}

impl<'a, S: Simd> Row<'a, S> {
    /// That of these rows.
    #[inline(always)]
    fn new(
        pass: &Pass<'a, S>,
        tables: &FirstOrderTables<'a, S>,
        rows: [&'a [f64]; ALL + 1],
        velocity: f64,
    ) -> Self {
        let simd = pass.simd;
        let is_downwards = usize::from(velocity < 0.0);
        let mut sources = [pass.row(rows[0], 0); ALL + 1];
        for (source, row) in sources.iter_mut().zip(rows) {
            *source = pass.row(row, 0);
        }
        Self {
            simd,
            positions: tables.positions,
            enters: tables.enters[is_downwards],
            leaves: tables.leaves[is_downwards],
            speed: simd.splat_f64s(velocity.abs()),
            keep: simd.splat_f64s(pass.keep),
            sources,
        }
    }

    /// Writes it, with these coefficients where a > 0 and where a < 0. Σ a · mass and Σ mass of what is
    /// written.
    #[inline(always)]
    fn gather(
        &self,
        pass: &Pass<S>,
        tables: &FirstOrderTables<S>,
        both: [[S::f64s; ALL]; 2],
        out: &mut [f64],
    ) -> [f64; 2] {
        let mut target = pass.target_row(out);
        let mut weighed = WeightedSums::zero(self.simd);
        let FirstOrderTables { negative, mixed, positive, .. } = tables;
        self.stretch::<true>(negative, [both[1]; 2], &mut target, &mut weighed);
        self.stretch::<false>(mixed, both, &mut target, &mut weighed);
        self.stretch::<true>(positive, [both[0]; 2], &mut target, &mut weighed);
        if tables.has_rest {
            self.rest().part::<false, false>(both, &mut target, &mut weighed);
        }
        weighed.totals(self.simd)
    }

    /// Writes vectors of one sign of a, of which the first of both is meant, or of either. Few of them are
    /// done without a loop.
    #[inline(always)]
    fn stretch<const OF_ONE_SIGN: bool>(
        &self,
        range: &Range<usize>,
        both: [[S::f64s; ALL]; 2],
        target: &mut Target<S>,
        weighed: &mut WeightedSums<S>,
    ) {
        match range.end - range.start {
            0 => {}
            1 => self.few::<OF_ONE_SIGN, 1>(range.start, both, target, weighed),
            2 => self.few::<OF_ONE_SIGN, 2>(range.start, both, target, weighed),
            3 => self.few::<OF_ONE_SIGN, 3>(range.start, both, target, weighed),
            4 => self.few::<OF_ONE_SIGN, 4>(range.start, both, target, weighed),
            _ => self.slice(range).part::<OF_ONE_SIGN, true>(both, &mut target.slice(range), weighed),
        }
    }

    #[inline(always)]
    fn few<const OF_ONE_SIGN: bool, const COUNT: usize>(
        &self,
        start: usize,
        both: [[S::f64s; ALL]; 2],
        target: &mut Target<S>,
        weighed: &mut WeightedSums<S>,
    ) {
        let range = start..start + COUNT;
        self.slice(&range).part::<OF_ONE_SIGN, true>(both, &mut target.slice(&range), weighed);
    }

    /// The tables of a range of vectors.
    #[inline(always)]
    fn slice(&self, range: &Range<usize>) -> Self {
        let mut sources = self.sources;
        for source in &mut sources {
            *source = source.slice(range);
        }
        Self {
            positions: &self.positions[range.start..range.end],
            enters: &self.enters[range.start..range.end],
            leaves: &self.leaves[range.start..range.end],
            sources,
            ..*self
        }
    }

    /// The part that is shorter than a vector.
    #[inline(always)]
    fn rest(&self) -> Self {
        Self {
            positions: &self.positions[self.positions.len() - 1..],
            enters: &self.enters[self.enters.len() - 1..],
            leaves: &self.leaves[self.leaves.len() - 1..],
            ..*self
        }
    }

    /// Writes vectors, or the rest.
    #[inline(always)]
    fn part<const OF_ONE_SIGN: bool, const WHOLE: bool>(
        &self,
        both: [[S::f64s; ALL]; 2],
        target: &mut Target<S>,
        weighed: &mut WeightedSums<S>,
    ) {
        let simd = self.simd;
        let read = &self.sources;
        for (j, a) in self.positions.iter().enumerate() {
            read[ABOVE].expect(j);
            target.expect(j);
            let coefficients = if OF_ONE_SIGN { both[0] } else { select_by_sign(simd, *a, both) };
            let left = simd.negate_mul_add_f64s(self.speed, self.leaves[j], self.keep);
            let left = simd.mul_add_f64s(*a, coefficients[ITSELF], left);
            let stays = simd.mul_f64s(left, read[ITSELF].load::<WHOLE>(simd, j));
            let mut gain = simd.mul_f64s(coefficients[0], read[0].load::<WHOLE>(simd, j));
            for n in 1..ITSELF {
                gain = simd.mul_add_f64s(coefficients[n], read[n].load::<WHOLE>(simd, j), gain);
            }
            let enters = simd.mul_f64s(self.speed, self.enters[j]);
            let stays = simd.mul_add_f64s(enters, read[ALL].load::<WHOLE>(simd, j), stays);
            let new = simd.mul_add_f64s(*a, gain, stays);
            weighed.add(simd, *a, target.put::<WHOLE>(simd, j, new));
        }
    }
}

/// Of the coefficients for the two signs, those for the sign of a.
#[inline(always)]
fn select_by_sign<S: Simd>(simd: S, a: S::f64s, [positive, negative]: [[S::f64s; ALL]; 2]) -> [S::f64s; ALL] {
    let is_positive = simd.greater_than_f64s(a, simd.splat_f64s(0.0));
    let mut coefficients = positive;
    for n in 0..ALL {
        coefficients[n] = simd.select_f64s(is_positive, positive[n], negative[n]);
    }
    coefficients
}
