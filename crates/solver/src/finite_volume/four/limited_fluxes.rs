//! Fluxes that are costly to compute, limited slopes or faces that move: each is computed once. The one into
//! a row from the one before along an axis was that one's loss, and is kept until then (`entering`). What
//! enters the first rows of a block and of a slab is computed there too, by the same formula: no bit depends
//! on where slabs are cut.

use std::marker::PhantomData;
use std::ops::Range;

use meanfield_kernel::prefetch::{will_read_row, will_write_row};
use pulp::Simd;

use super::buffers::ThreadBuffers;
use super::face::{EitherSide, Face, Flux, OneSided};
use super::geometry::Distances;
use super::pass::{Pass, StageInputs, Stretch, Target, WeightedSums};
use super::row_transport;
use super::slab::{BLOCK, RowKernel, StageOutput};
use crate::finite_volume::limiter::Slope;

/// Rows of a stage whose fluxes are computed once.
pub struct LimitedFluxes<L>(PhantomData<L>);

impl<L: Slope> RowKernel for LimitedFluxes<L> {
    fn prepare(stage: &StageInputs, work: &mut ThreadBuffers) {
        let [b, r1, _] = stage.across;
        let row = stage.along.padded();
        for (entering, rows) in work.entering.iter_mut().zip([1, b.cells, b.cells * BLOCK.min(r1.cells)]) {
            entering.fit(rows * row);
        }
        work.set_edges(stage.state, stage.along.cells - 1, 1);
        work.moved.fit(row);
        work.speeds.iter_mut().for_each(|speeds| speeds.resize(b.cells, 0.0));
    }

    #[inline(always)]
    fn enter_block<S: Simd>(pass: &Pass<S>, work: &mut ThreadBuffers, lines: Range<usize>, plane: usize) {
        for (place, line) in lines.enumerate() {
            LimitedPass::<S, L>::new(pass).enter(2, [line, plane], place, work);
        }
    }

    #[inline(always)]
    fn enter_plane<S: Simd>(pass: &Pass<S>, work: &mut ThreadBuffers, line: usize, plane: usize) {
        LimitedPass::<S, L>::new(pass).enter(1, [line, plane], 0, work);
    }

    #[inline(always)]
    fn line<S: Simd>(
        pass: &Pass<S>,
        work: &mut ThreadBuffers,
        at: [usize; 2],
        place: usize,
        made: StageOutput,
    ) {
        LimitedPass::<S, L>::new(pass).line(at, place, work, made);
    }
}

/// A pass with limited slopes.
#[derive(Clone, Copy)]
struct LimitedPass<'a, S: Simd, L> {
    pass: Pass<'a, S>,
    slope: PhantomData<L>,
}

impl<'a, S: Simd, L: Slope> LimitedPass<'a, S, L> {
    #[inline(always)]
    fn new(pass: &Pass<'a, S>) -> Self {
        Self { pass: *pass, slope: PhantomData }
    }

    /// The upper faces, along an axis, of the row whose cell there is `at`.
    #[inline(always)]
    fn face(&self, axis: usize, at: usize, row: usize, speed: f64, distances: Distances) -> Face<'a> {
        let Pass { inputs: stage, .. } = self.pass;
        let across = &stage.across[axis];
        let Distances { behind, ahead, beyond } = distances;
        let motion = across.motion[at + 1];
        Face {
            speed,
            motion: motion * self.pass.scale,
            rows: [row - behind, row, row + ahead, row + beyond],
            weights: [&across.weights[0][at], &across.weights[1][(at + 1).min(across.cells - 1)]],
        }
    }

    /// Puts what enters the line of rows at (r₁, r₂) from below along r₁ or r₂ to the `place`th line of what
    /// is entering.
    #[inline(always)]
    fn enter(&self, axis: usize, at: [usize; 2], place: usize, work: &mut ThreadBuffers) {
        let Pass { inputs: stage, stretches, .. } = self.pass;
        let padded = stage.along.padded();
        let rows = stage.across[0].cells;
        let entering = &mut work.entering[axis][place * rows * padded..][..rows * padded];
        let Some(below) = at[axis - 1].checked_sub(1) else { return entering.fill(0.0) };
        let across = &stage.across[axis];
        let speeds = &mut work.speeds[axis];
        let first = self.pass.first_row(at) - across.stride;
        let distances = across.distances(below);
        across.speeds(stage.potential, first, below, self.pass.factor, speeds);
        for (i, entering) in entering.chunks_exact_mut(padded).enumerate() {
            let face = self.face(axis, below, first + i, speeds[i], distances);
            for stretch in stretches {
                self.start(stretch, &face, entering);
            }
        }
    }

    #[inline(always)]
    fn line(&self, at: [usize; 2], place: usize, work: &mut ThreadBuffers, made: StageOutput) {
        let ThreadBuffers { entering: [along_b, along_r1, along_r2], speeds, moved, edges, .. } = work;
        let [b, r1, r2] = self.pass.inputs.across;
        let pass = self.pass;
        let first = pass.first_row(at);
        let padded = pass.inputs.along.padded();
        let tables = row_transport::RowTables::new(&pass);
        for (axis, at) in [0, at[0], at[1]].into_iter().enumerate() {
            let across = &pass.inputs.across[axis];
            let potential = pass.inputs.potential;
            across.speeds(potential, first, at, pass.factor, &mut speeds[axis]);
        }
        let to_r1 = r1.distances(at[0]);
        let to_r2 = r2.distances(at[1]);
        let along_r2 = &mut along_r2[place * b.cells * padded..];
        along_b.fill(0.0);
        for (i, row) in (first..first + b.cells).enumerate() {
            let faces = [
                self.face(0, i, row, speeds[0][i], b.distances(i)),
                self.face(1, at[0], row, speeds[1][i], to_r1),
                self.face(2, at[1], row, speeds[2][i], to_r2),
            ];
            will_read_row(&pass.inputs.state[faces[2].rows[3] * pass.cells..][..pass.cells]);
            will_write_row(&made.mass[i * pass.cells..][..pass.cells]);
            let place = i * padded..(i + 1) * padded;
            let entering = [&mut along_b[..], &mut along_r1[place.clone()], &mut along_r2[place]];
            row_transport::transport::<S, L>(&pass, &tables, edges, row, moved);
            [made.sums[i], made.totals[i]] = self.row(&faces, entering, moved, made.mass, i);
        }
    }

    #[inline(always)]
    fn row(
        &self,
        faces: &[Face<'a>; 3],
        [c0, c1, c2]: [&mut [f64]; 3],
        moved: &[f64],
        out: &mut [f64],
        i: usize,
    ) -> [f64; 2] {
        let mut weighed = WeightedSums::zero(self.pass.simd);
        for stretch in self.pass.stretches {
            let entering = [&mut *c0, &mut *c1, &mut *c2];
            let target = self.pass.target(out, i, stretch);
            weighed = match (stretch.sign.is_some(), stretch.is_whole) {
                (true, true) => {
                    self.advance::<OneSided<S>, true>(stretch, faces, entering, moved, target, weighed)
                }
                (true, false) => {
                    self.advance::<OneSided<S>, false>(stretch, faces, entering, moved, target, weighed)
                }
                (false, true) => {
                    self.advance::<EitherSide<S>, true>(stretch, faces, entering, moved, target, weighed)
                }
                (false, false) => {
                    self.advance::<EitherSide<S>, false>(stretch, faces, entering, moved, target, weighed)
                }
            };
        }
        weighed.totals(self.pass.simd)
    }

    /// Puts the fluxes through `face` of a stretch to what is entering.
    #[inline(always)]
    fn start(&self, stretch: &Stretch<'a, S>, face: &Face<'a>, entering: &mut [f64]) {
        match (stretch.sign.is_some(), stretch.is_whole) {
            (true, true) => self.start_by::<OneSided<S>, true>(stretch, face, entering),
            (true, false) => self.start_by::<OneSided<S>, false>(stretch, face, entering),
            (false, true) => self.start_by::<EitherSide<S>, true>(stretch, face, entering),
            (false, false) => self.start_by::<EitherSide<S>, false>(stretch, face, entering),
        }
    }

    #[inline(always)]
    fn start_by<F: Flux<'a, S>, const WHOLE: bool>(
        &self,
        stretch: &Stretch<'a, S>,
        face: &Face<'a>,
        entering: &mut [f64],
    ) {
        let flux = F::new(&self.pass, face, stretch);
        let entering = vectors_mut::<S, WHOLE>(entering, stretch);
        for (j, (entering, a)) in entering.iter_mut().zip(stretch.position).enumerate() {
            *entering = flux.flux::<L, WHOLE>(self.pass.simd, *a, j);
        }
    }

    /// Moves a stretch of a row.
    #[inline(always)]
    fn advance<F: Flux<'a, S>, const WHOLE: bool>(
        &self,
        stretch: &Stretch<'a, S>,
        faces: &[Face<'a>; 3],
        [c0, c1, c2]: [&mut [f64]; 3],
        moved: &[f64],
        mut target: Target<S>,
        mut weighed: WeightedSums<S>,
    ) -> WeightedSums<S> {
        let simd = self.pass.simd;
        let count = stretch.count::<WHOLE>();
        let f0 = F::new(&self.pass, &faces[0], stretch);
        let f1 = F::new(&self.pass, &faces[1], stretch);
        let f2 = F::new(&self.pass, &faces[2], stretch);
        let moved = &S::as_simd_f64s(&moved[stretch.cells.start..]).0[..count];
        let c0 = vectors_mut::<S, WHOLE>(c0, stretch);
        let c1 = vectors_mut::<S, WHOLE>(c1, stretch);
        let c2 = vectors_mut::<S, WHOLE>(c2, stretch);
        for (j, a) in stretch.position[..count].iter().enumerate() {
            let b = exchange(simd, &mut c0[j], f0.flux::<L, WHOLE>(simd, *a, j));
            let r1 = exchange(simd, &mut c1[j], f1.flux::<L, WHOLE>(simd, *a, j));
            let r2 = exchange(simd, &mut c2[j], f2.flux::<L, WHOLE>(simd, *a, j));
            let gain = simd.add_f64s(b, simd.add_f64s(r1, r2));
            let new = if F::PER_POSITION {
                simd.mul_add_f64s(*a, gain, moved[j])
            } else {
                simd.add_f64s(gain, moved[j])
            };
            weighed.add(simd, *a, target.put::<WHOLE>(simd, j, new));
        }
        weighed
    }
}

/// The flux that enters less the flux that leaves; stores the latter.
#[inline(always)]
fn exchange<S: Simd>(simd: S, entering: &mut S::f64s, leaves: S::f64s) -> S::f64s {
    let enters = std::mem::replace(entering, leaves);
    simd.sub_f64s(enters, leaves)
}

/// The vectors of a stretch of a row that is filled up.
#[inline(always)]
fn vectors_mut<'a, S: Simd, const WHOLE: bool>(
    row: &'a mut [f64],
    stretch: &Stretch<S>,
) -> &'a mut [S::f64s] {
    &mut S::as_mut_simd_f64s(&mut row[stretch.cells.start..]).0[..stretch.count::<WHOLE>()]
}
