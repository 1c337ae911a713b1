//! Transport of four coordinates (a, b, r₁, r₂) in a potential that is linear in the first, Ψ = a · P(b, r₁, r₂): the scheme of
//! [`super::scheme`], all axes and the next moments in one pass over memory.
//!
//! ```text
//!   a runs fastest: rows of cells, on which the velocity along a is −2P, those along the others are a times a number
//! ```
//! P is a table made elsewhere, once a stage, from the sums over rows that come out here; this knows neither features nor time.
//! Faces may move: what passes them is relative to their own velocity.

pub mod aligned;
mod along;
mod carried;
mod face;
mod first_order;
mod geometry;
mod loss;
mod prefetch;
mod shares;
mod shift;
mod slab;
mod slope;
mod stage;

use std::marker::PhantomData;
use std::sync::Mutex;

use meanfield_run::cpu::with_helpers;
use pulp::Arch;

use super::limiter::Limiter;
use super::line::Line;
use crate::grid::Grid;
use carried::Carried;
use first_order::FirstOrder;
use geometry::{Across, Along};
use loss::LargestLoss;
use slab::{Kernel, Made, Slab};
use slope::{Central, Flat, Minmod, VanLeer};
use stage::{Stage, Work};

/// Slabs a thread, where there are several: the last ones to be taken are short then.
const SLABS: usize = 4;

/// See the module's head.
pub struct OuterTransport {
    along: Along,
    across: [Across; 3],
    moves: bool,
    limiter: Limiter,
    arch: Arch,
    /// One a thread.
    work: Vec<Work>,
}

impl OuterTransport {
    /// On a grid that stands still.
    pub fn new(grid: &Grid<4>, limiter: Limiter) -> Self {
        Self::moving(grid, &grid.axes.each_ref().map(|axis| vec![0.0; axis.cells() + 1]), limiter)
    }

    /// On a grid whose faces have these velocities, axis by axis. Nothing passes the two ends of an axis, whatever theirs.
    pub fn moving(grid: &Grid<4>, velocities: &[Vec<f64>; 4], limiter: Limiter) -> Self {
        let lines = grid.axes.each_ref().map(|axis| Line::new(axis, false));
        let [_, b, r1, _] = grid.axes.each_ref().map(|axis| axis.cells());
        let across = |axis: usize, stride| Across::new(&lines[axis], &velocities[axis], stride, axis == 1);
        let across = [across(1, 1), across(2, b), across(3, b * r1)];
        let along = Along::new(&lines[0], &velocities[0]);
        let motions = across.iter().map(|across| &across.motion[..]).chain([&along.motion[..]]);
        let moves = motions.flatten().any(|velocity| *velocity != 0.0);
        Self { along, across, moves, limiter, arch: Arch::new(), work: vec![Work::default()] }
    }

    /// From now on uses so many threads; no bit depends on it.
    pub fn use_threads(&mut self, threads: usize) {
        self.work.resize_with(threads.max(1), Work::default);
    }

    /// No cell loses more than this share of its mass per unit time, in the potential a · P. Forward Euler keeps masses positive
    /// for steps up to its inverse.
    pub fn largest_loss(&self, potential: &[f64]) -> f64 {
        self.arch.dispatch(LargestLoss { along: &self.along, across: &self.across, potential })
    }

    /// start_and_out ← share · start_and_out + (1 − share) · (state + step · rate of state), and the sums of what comes out over
    /// its rows. Where the share is 0 the start is not read.
    #[allow(
        clippy::too_many_arguments,
        reason = "five arrays and two numbers, none of which belong together"
    )]
    pub fn stage(
        &mut self,
        potential: &[f64],
        step: f64,
        share: f64,
        state: &[f64],
        start_and_out: &mut [f64],
        sums: &mut [f64],
        totals: &mut [f64],
    ) {
        let (along, across, moves) = (&self.along, &self.across, self.moves);
        let is_blended = share != 0.0;
        let stage = Stage { along, across, moves, potential, state, step, share, is_blended };
        let (arch, work, made) = (self.arch, &mut self.work[..], Made { out: start_and_out, sums, totals });
        match self.limiter {
            Limiter::Flat if !moves => slabs::<FirstOrder>(arch, &stage, work, made),
            Limiter::Flat => slabs::<Carried<Flat>>(arch, &stage, work, made),
            Limiter::Minmod => slabs::<Carried<Minmod>>(arch, &stage, work, made),
            Limiter::VanLeer => slabs::<Carried<VanLeer>>(arch, &stage, work, made),
            Limiter::MonotonizedCentral => slabs::<Carried<Central>>(arch, &stage, work, made),
        }
    }
}

/// A stage slab by slab; each thread takes the next one that is left.
fn slabs<K: Kernel>(arch: Arch, stage: &Stage, work: &mut [Work], made: Made) {
    let [b, r1, r2] = stage.across;
    // What is at the ends of slabs is read twice, by one thread never.
    let slabs = if work.len() == 1 { 1 } else { SLABS * work.len() };
    let planes = r2.cells.div_ceil(slabs);
    let cut = planes * b.cells * r1.cells;
    let rows = made.sums.chunks_mut(cut).zip(made.totals.chunks_mut(cut));
    let left = Mutex::new(made.out.chunks_mut(cut * stage.along.cells).zip(rows).enumerate());
    let next = || left.lock().ok()?.next();
    let run = |work: &mut Work| {
        while let Some((i, (out, (sums, totals)))) = next() {
            let planes = i * planes..((i + 1) * planes).min(r2.cells);
            let (made, kernel) = (Made { out, sums, totals }, PhantomData::<K>);
            arch.dispatch(Slab { stage, planes, made, work, kernel });
        }
    };
    let Some((own, others)) = work.split_first_mut() else { return };
    let run = &run;
    with_helpers(|| run(own), others.iter_mut().map(|work| move || run(work)));
}

#[cfg(test)]
mod tests;
