//! One stage on a slab of planes of r₂, line of rows by line of rows.
//!
//! Lines are visited in blocks of r₁, in these plane after plane, so that the planes beside each other stay
//! in the cache.

use std::marker::PhantomData;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::buffers::ThreadBuffers;
use super::pass::{Pass, StageInputs, stretches};

/// Values of r₁ in a block.
pub const BLOCK: usize = 12;

/// A way to treat a line of rows.
pub trait RowKernel {
    /// Makes buffers fit.
    fn prepare(inputs: &StageInputs, buffers: &mut ThreadBuffers);

    /// Begins a slab's block, at the first plane and all its lines.
    #[inline(always)]
    fn enter_block<S: Simd>(_: &Pass<S>, _: &mut ThreadBuffers, _lines: Range<usize>, _plane: usize) {}

    /// Begins a block's plane, at the block's first line.
    #[inline(always)]
    fn enter_plane<S: Simd>(_: &Pass<S>, _: &mut ThreadBuffers, _line: usize, _plane: usize) {}

    /// Treats the line at (r₁, r₂), the `place`th of its block.
    fn line<S: Simd>(
        pass: &Pass<S>,
        buffers: &mut ThreadBuffers,
        at: [usize; 2],
        place: usize,
        output: StageOutput,
    );
}

/// Results of a stage for rows: masses, Σ a · mass, Σ mass.
pub struct StageOutput<'a> {
    /// Mass of each cell.
    pub mass: &'a mut [f64],
    /// Σ a · mass of each row.
    pub sums: &'a mut [f64],
    /// Σ mass of each row.
    pub totals: &'a mut [f64],
}

/// A slab: planes of r₂, and their parts of what a stage makes.
pub struct Slab<'a, K> {
    pub inputs: &'a StageInputs<'a>,
    pub planes: Range<usize>,
    pub output: StageOutput<'a>,
    pub buffers: &'a mut ThreadBuffers,
    pub kernel: PhantomData<K>,
}

impl<K: RowKernel> WithSimd for Slab<'_, K> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { inputs, planes, mut output, buffers, .. } = self;
        let [b, r1, _] = inputs.across;
        let cells = inputs.along.cells;
        K::prepare(inputs, buffers);
        let stretches = stretches::<S>(inputs.along, inputs.moves);
        let pass = Pass::new(simd, inputs, &stretches);
        let first = pass.first_row([0, planes.start]);
        for from in (0..r1.cells).step_by(BLOCK) {
            let lines = from..(from + BLOCK).min(r1.cells);
            K::enter_block(&pass, buffers, lines.clone(), planes.start);
            for plane in planes.clone() {
                K::enter_plane(&pass, buffers, from, plane);
                for line in lines.clone() {
                    let row = pass.first_row([line, plane]) - first;
                    let output = output.rows(row..row + b.cells, cells);
                    K::line(&pass, buffers, [line, plane], line - from, output);
                }
            }
        }
    }
}

impl StageOutput<'_> {
    /// The part of these rows.
    #[inline(always)]
    pub fn rows(&mut self, rows: Range<usize>, cells: usize) -> StageOutput<'_> {
        StageOutput {
            mass: &mut self.mass[rows.start * cells..rows.end * cells],
            sums: &mut self.sums[rows.clone()],
            totals: &mut self.totals[rows],
        }
    }
}
