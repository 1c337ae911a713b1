//! One stage on a slab of planes of r₂, line of rows by line of rows.
//!
//! Lines are visited in blocks of r₁, in these plane after plane, so that the planes beside each other stay in the cache.

use std::marker::PhantomData;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::stage::{Pass, Stage, Work, stretches};

/// Values of r₁ in a block.
pub const BLOCK: usize = 12;

/// A way to treat a line of rows.
pub trait Kernel {
    /// Makes buffers fit.
    fn prepare(stage: &Stage, work: &mut Work);

    /// Begins a slab's block, at the first plane and all its lines.
    #[inline(always)]
    fn enter_block<S: Simd>(_: &Pass<S>, _: &mut Work, _lines: Range<usize>, _plane: usize) {}

    /// Begins a block's plane, at the block's first line.
    #[inline(always)]
    fn enter_plane<S: Simd>(_: &Pass<S>, _: &mut Work, _line: usize, _plane: usize) {}

    /// Treats the line at (r₁, r₂), the `place`th of its block.
    fn line<S: Simd>(pass: &Pass<S>, work: &mut Work, at: [usize; 2], place: usize, made: Made);
}

/// What a stage makes of rows: masses, Σ a · mass, Σ mass.
pub struct Made<'a> {
    pub out: &'a mut [f64],
    pub sums: &'a mut [f64],
    pub totals: &'a mut [f64],
}

/// A slab: planes of r₂, and their parts of what a stage makes.
pub struct Slab<'a, K> {
    pub stage: &'a Stage<'a>,
    pub planes: Range<usize>,
    pub made: Made<'a>,
    pub work: &'a mut Work,
    pub kernel: PhantomData<K>,
}

impl<K: Kernel> WithSimd for Slab<'_, K> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { stage, planes, mut made, work, .. } = self;
        let [b, r1, _] = stage.across;
        let cells = stage.along.cells;
        K::prepare(stage, work);
        let stretches = stretches::<S>(stage.along, stage.moves);
        let pass = Pass::new(simd, stage, &stretches);
        let first = pass.first_row([0, planes.start]);
        for from in (0..r1.cells).step_by(BLOCK) {
            let lines = from..(from + BLOCK).min(r1.cells);
            K::enter_block(&pass, work, lines.clone(), planes.start);
            for plane in planes.clone() {
                K::enter_plane(&pass, work, from, plane);
                for line in lines.clone() {
                    let row = pass.first_row([line, plane]) - first;
                    let made = made.rows(row..row + b.cells, cells);
                    K::line(&pass, work, [line, plane], line - from, made);
                }
            }
        }
    }
}

impl Made<'_> {
    /// The part of these rows.
    #[inline(always)]
    pub fn rows(&mut self, rows: Range<usize>, cells: usize) -> Made<'_> {
        Made {
            out: &mut self.out[rows.start * cells..rows.end * cells],
            sums: &mut self.sums[rows.clone()],
            totals: &mut self.totals[rows],
        }
    }
}
