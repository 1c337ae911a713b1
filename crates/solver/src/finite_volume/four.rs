//! Transport of four coordinates (a, b, r₁, r₂) in a potential that is linear in the first, Ψ = a · P(b, r₁,
//! r₂): the scheme of [`super::scheme`], all axes and the next moments in one pass over memory.
//!
//! ```text
//!   a runs fastest: rows of cells, on which the velocity along a is −2P, and those along the other axes
//!                   are a times a number
//! ```
//! P is a table made elsewhere, once a stage, from the sums over rows that come out here; this knows neither
//! features nor time. Faces may move: what passes them is relative to their own velocity.

mod buffers;
mod face;
mod first_order;
mod geometry;
mod largest_loss;
mod limited_fluxes;
mod pass;
mod row_transport;
mod slab;
mod tile_coefficients;

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Mutex;

use meanfield_run::cpu::with_helpers;
use meanfield_run::flow::Stage;
use pulp::Arch;

use super::limiter::{Limiter, Slope, WithSlope};
use super::line::Line;
use super::planes::Planes;
use crate::grid::Grid;
use buffers::ThreadBuffers;
use first_order::FirstOrder;
use geometry::{AxisGeometry, RowGeometry};
use largest_loss::LargestLoss;
use limited_fluxes::LimitedFluxes;
use pass::StageInputs;
use slab::{RowKernel, Slab};

pub use slab::StageOutput;

/// Slabs a thread, where there are several: the last ones to be taken are short then.
const SLABS: usize = 4;

/// The transport on one grid, with its work space.
pub struct FourParameterTransport {
    along: RowGeometry,
    across: [AxisGeometry; 3],
    /// Planes of r₂ that are computed.
    own: Range<usize>,
    moves: bool,
    limiter: Limiter,
    arch: Arch,
    /// One a thread.
    buffers: Vec<ThreadBuffers>,
}

impl FourParameterTransport {
    /// The transport on a fixed grid.
    pub fn new(grid: &Grid<4>, limiter: Limiter) -> Self {
        Self::moving(grid, &grid.axes.each_ref().map(|axis| vec![0.0; axis.cells() + 1]), limiter)
    }

    /// The transport on a grid whose faces have these velocities, axis by axis. Nothing passes the two ends
    /// of an axis, whatever theirs.
    pub fn moving(grid: &Grid<4>, velocities: &[Vec<f64>; 4], limiter: Limiter) -> Self {
        Self::in_planes(grid, velocities, limiter, &Planes::all(grid.axes[3].cells()))
    }

    /// The same of these planes of r₂ alone: masses and potential are those of the planes that are held, and
    /// of one's own a stage is computed.
    pub fn in_planes(grid: &Grid<4>, velocities: &[Vec<f64>; 4], limiter: Limiter, planes: &Planes) -> Self {
        let lines = grid.axes.each_ref().map(|axis| Line::new(axis, false, 1.0));
        let [_, b, r1, _] = grid.axes.each_ref().map(|axis| axis.cells());
        let across = [
            AxisGeometry::new(&lines[1], &velocities[1], 1, true),
            AxisGeometry::new(&lines[2], &velocities[2], b, false),
            AxisGeometry::new(&lines[3], &velocities[3], b * r1, false),
        ];
        let along = RowGeometry::new(&lines[0], &velocities[0]);
        // Asked of all planes: where any face moves a stage is computed in another way, with other last bits.
        let motions = across.iter().map(|across| &across.motion[..]).chain([&along.motion[..]]);
        let moves = motions.flatten().any(|velocity| *velocity != 0.0);
        let [b, r1, r2] = across;
        let across = [b, r1, r2.part(planes.held.clone())];
        let own = planes.own_among_held();
        let buffers = vec![ThreadBuffers::default()];
        Self { along, across, own, moves, limiter, arch: Arch::new(), buffers }
    }

    /// From now on uses so many threads; no bit depends on it.
    pub fn use_threads(&mut self, threads: usize) {
        self.buffers.resize_with(threads.max(1), ThreadBuffers::default);
    }

    /// No cell of one's own planes loses more than this share of its mass per unit time, in the potential a
    /// · P. Forward Euler keeps masses positive for steps up to its inverse.
    pub fn largest_loss(&self, potential: &[f64]) -> f64 {
        let planes = self.own.clone();
        self.arch.dispatch(LargestLoss { along: &self.along, across: &self.across, planes, potential })
    }

    /// output.mass ← share · output.mass + (1 − share) · (state + step · rate of state), and the sums of what
    /// comes out over its rows, of one's own planes. Where the share is 0 the masses of the output are not
    /// read.
    pub fn stage(&mut self, potential: &[f64], stage: Stage, state: &[f64], output: StageOutput) {
        let Stage { step, share, .. } = stage;
        let Self { along, across, own, moves, .. } = self;
        let is_blended = share != 0.0;
        let inputs = StageInputs { along, across, moves: *moves, potential, state, step, share, is_blended };
        let arch = self.arch;
        let buffers = &mut self.buffers[..];
        self.limiter.dispatch(Slabs { arch, inputs: &inputs, own: own.clone(), buffers, output });
    }
}

/// A stage slab by slab.
struct Slabs<'a> {
    arch: Arch,
    inputs: &'a StageInputs<'a>,
    /// Planes of r₂ that are computed.
    own: Range<usize>,
    /// One a thread.
    buffers: &'a mut [ThreadBuffers],
    output: StageOutput<'a>,
}

impl WithSlope for Slabs<'_> {
    type Output = ();

    fn with_slope<L: Slope>(self) {
        if L::FLAT && !self.inputs.moves {
            self.run::<FirstOrder>();
        } else {
            self.run::<LimitedFluxes<L>>();
        }
    }
}

impl Slabs<'_> {
    /// Each thread takes the next slab that is left.
    fn run<K: RowKernel>(self) {
        let Self { arch, inputs, own, buffers, mut output } = self;
        let [b, r1, _] = inputs.across;
        let rows_of_plane = b.cells * r1.cells;
        let output = output.rows(own.start * rows_of_plane..own.end * rows_of_plane, inputs.along.cells);
        // What is at the ends of slabs is read twice, by one thread never.
        let slabs = if buffers.len() == 1 { 1 } else { SLABS * buffers.len() };
        let planes = own.len().div_ceil(slabs).max(1);
        let cut = planes * rows_of_plane;
        let rows = output.sums.chunks_mut(cut).zip(output.totals.chunks_mut(cut));
        let left = Mutex::new(output.mass.chunks_mut(cut * inputs.along.cells).zip(rows).enumerate());
        let next = || left.lock().ok()?.next();
        let run = |buffers: &mut ThreadBuffers| {
            while let Some((i, (mass, (sums, totals)))) = next() {
                let first = own.start + i * planes;
                let planes = first..(first + planes).min(own.end);
                let output = StageOutput { mass, sums, totals };
                let kernel = PhantomData::<K>;
                arch.dispatch(Slab { inputs, planes, output, buffers, kernel });
            }
        };
        let Some((own, others)) = buffers.split_first_mut() else { return };
        let run = &run;
        with_helpers(|| run(own), others.iter_mut().map(|buffers| move || run(buffers)));
    }
}

#[cfg(test)]
pub(super) mod tests;
