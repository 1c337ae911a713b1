//! The right-hand side: d(mass)/dt of every cell, as the method is written in a paper.
//!
//! Mass per cell is stored, not density: what leaves one cell enters its neighbour, term by term. The
//! features of a cell are taken at its centre, second order; a sticky cell's at the boundary where its mass
//! lies, exactly. Where the faces move, mass flows through them with the velocity that they see (arbitrary
//! Lagrangian–Eulerian): nothing is interpolated.
//!
//! This module brings landscape and time to the rates; the implementations of [`Rates`] compute them.
//!
//! Because masses are stored, conservation is a sum that must not change.

use std::sync::{Arc, OnceLock};

use meanfield_model::landscape::Landscape;
use meanfield_run::flow::{Flow, Stage, Staged};
use meanfield_run::peers::Peers;

use super::cells::Cells;
use super::limiter::Limiter;
use super::planes::Planes;
use super::rates::reference::Reference;
use super::rates::selection::fastest;
use super::rates::{LawSummary, Rates};
use super::window::Window;
use crate::grid::Grid;

/// The semi-discrete distributional dynamics on a grid.
pub struct Scheme<const D: usize, L> {
    cells: Cells<D>,
    landscape: L,
    rates: Box<dyn Rates<D>>,
    /// Motion of the grid; a fixed grid has none.
    motion: Option<GridMotion<D>>,
    moments: Vec<f64>,
    /// The state that the rates were last prepared for, until it changes.
    known: Option<KnownState>,
    /// U(θ, θ) at each of [`Cells::points`] of the present grid; computed on first use.
    self_interactions: OnceLock<Vec<f64>>,
}

/// A grid that follows its windows.
struct GridMotion<const D: usize> {
    /// Time to which the ends of the windows belong.
    from: f64,
    windows: [Window; D],
    /// Time to which the present grid belongs.
    placed_at: f64,
}

/// Cached results for one state: a step begins where the one before has ended.
#[derive(Clone, Copy, Debug)]
struct KnownState {
    time: f64,
    /// E.
    energy: f64,
    /// With the rates: the largest forward-Euler step that keeps every mass positive.
    bound: Option<f64>,
}

impl<const D: usize, L: Landscape<D>> Scheme<D, L> {
    /// The scheme on a grid that stays, by the fastest rates that there are for it.
    pub fn new(landscape: L, grid: Grid<D>, limiter: Limiter) -> Self {
        let cells = Cells::new(&landscape, grid);
        let rates = fastest(&cells, limiter);
        Self::with_rates(landscape, cells, rates)
    }

    /// The scheme line by line in any case: slower, and what all else is tested against.
    pub fn reference(landscape: L, grid: Grid<D>, limiter: Limiter) -> Self {
        let cells = Cells::new(&landscape, grid);
        let rates = Box::new(Reference::new(&cells, limiter));
        Self::with_rates(landscape, cells, rates)
    }

    fn with_rates(landscape: L, cells: Cells<D>, rates: Box<dyn Rates<D>>) -> Self {
        let moments = vec![0.0; landscape.rank()];
        let self_interactions = OnceLock::new();
        Self { cells, landscape, rates, motion: None, moments, known: None, self_interactions }
    }

    /// The present grid.
    pub fn grid(&self) -> &Grid<D> {
        &self.cells.grid
    }

    /// Whether nothing moves along a coordinate.
    pub fn is_frozen(&self, coordinate: usize) -> bool {
        self.cells.lines[coordinate].mobility == 0.0
    }

    /// The landscape.
    pub fn landscape(&self) -> &L {
        &self.landscape
    }

    /// The planes of the last coordinate that this process holds.
    pub fn planes(&self) -> &Planes {
        &self.cells.planes
    }

    /// What the rates know of the masses of this process's planes beside them.
    pub fn memory(&self) -> Vec<f64> {
        self.rates.memory()
    }

    /// Numbers of it for each plane.
    pub fn memory_of_plane(&self) -> usize {
        self.rates.memory_of_plane()
    }

    /// Takes the memory of all planes back, at the time of the masses to which it belongs.
    pub fn recall(&mut self, time: f64, memory: &[f64]) {
        self.place_at(time);
        self.rates.recall(memory);
        self.known = None;
    }

    /// Cells of such a plane.
    pub fn cells_of_plane(&self) -> usize {
        self.cells.cells_of_plane()
    }

    /// From now on computes its part of the planes alone, together with others; false, and nothing is
    /// changed, where the rates cannot. Masses are then those of the planes that are held.
    pub fn deal(&mut self, peers: &Arc<dyn Peers>) -> bool {
        if !self.rates.can_be_dealt() {
            return false;
        }
        let planes = Planes::dealt(self.grid().axes[D - 1].cells(), peers);
        self.lay_out(self.cells.grid.clone(), planes);
        self.rates.replace_cells(&self.cells);
        self.known = None;
        true
    }

    /// Goes over to another grid.
    pub fn replace_grid(&mut self, grid: Grid<D>) {
        self.cells = Cells::new(&self.landscape, grid);
        self.rates.replace_cells(&self.cells);
        self.known = None;
        self.self_interactions = OnceLock::new();
    }

    /// Cells that are treated in a quarter of a second.
    pub fn cells_of_stride(&self) -> usize {
        self.rates.cells_of_stride()
    }

    /// From now on uses so many threads where it can; no result depends on it.
    pub fn use_threads(&mut self, threads: usize) {
        self.rates.use_threads(threads);
    }

    /// Lets the grid move like these windows, which are those of the grid at this time. The first ones given
    /// must be those of the present grid.
    pub fn follow(&mut self, time: f64, windows: [Window; D]) {
        set_velocities(&mut self.cells, &windows);
        self.rates.set_velocities(&self.cells);
        let placed_at = self.motion.as_ref().map_or(time, |motion| motion.placed_at);
        self.motion = Some(GridMotion { from: time, windows, placed_at });
        if let Some(known) = &mut self.known {
            known.bound = None;
        }
    }

    /// Puts the grid where its windows are at a time.
    fn place_at(&mut self, time: f64) {
        let Some(motion) = self.motion.as_mut().filter(|motion| motion.placed_at != time) else { return };
        motion.placed_at = time;
        // Faces that are no longer distinct numbers: the grid stays, and the step is too short to go on.
        let Some(grid) = motion.grid_at(time).filter(|grid| *grid != self.cells.grid) else { return };
        self.lay_out(grid, self.cells.planes.clone());
        self.rates.place(&self.cells);
        self.known = None;
        self.self_interactions = OnceLock::new();
    }

    /// Makes the cells of a grid in these planes, whose faces move as they do now.
    fn lay_out(&mut self, grid: Grid<D>, planes: Planes) {
        self.cells = Cells::in_planes(&self.landscape, grid, planes);
        if let Some(motion) = &self.motion {
            set_velocities(&mut self.cells, &motion.windows);
        }
    }

    /// m_k of the masses whose energy was last asked for.
    pub fn present_moments(&self) -> &[f64] {
        &self.moments
    }

    /// m_k of these masses on the present grid.
    pub fn moments(&self, mass: &[f64]) -> Vec<f64> {
        let mut moments = vec![0.0; self.landscape.rank()];
        self.cells.moments(mass, &mut moments);
        moments
    }

    /// b of these masses with their moments on the present grid: E R_N − R = b/N.
    pub fn independent_bias(&self, mass: &[f64], moments: &[f64]) -> f64 {
        if !self.landscape.bias_is_exact() {
            return self.landscape.independent_bias(&mut self.cells.points(mass), moments);
        }
        let own = self.self_interactions.get_or_init(|| {
            self.cells.points(mass).map(|(z, _)| self.landscape.self_interaction(z)).collect()
        });
        let sum: f64 = self.cells.points(mass).zip(own).map(|((_, mass), own)| mass * own).sum();
        sum - self.landscape.interaction(moments)
    }

    /// E of these masses at a time, with the potential everywhere, unless it is known.
    pub fn energy(&mut self, time: f64, mass: &[f64]) -> f64 {
        self.known(time, mass).energy
    }

    /// The largest forward-Euler step from these masses, with the rates, unless they are known.
    fn largest_step(&mut self, time: f64, mass: &[f64]) -> f64 {
        let known = self.known(time, mass);
        let bound = known.bound.unwrap_or_else(|| self.rates.bound(&self.cells));
        self.known = Some(KnownState { bound: Some(bound), ..known });
        bound
    }

    /// Summary of these masses.
    pub fn summary(&mut self, time: f64, mass: &[f64]) -> LawSummary<D> {
        self.known(time, mass);
        self.rates.summary(&self.cells, mass)
    }

    /// Prepares the rates for these masses at a time, unless they are.
    fn known(&mut self, time: f64, mass: &[f64]) -> KnownState {
        self.place_at(time);
        match self.known.filter(|known| known.time == time && self.rates.is_prepared(mass)) {
            Some(known) => known,
            None => {
                self.prepare(mass);
                let energy = self.landscape.energy(&self.moments);
                let known = KnownState { time, energy, bound: None };
                self.known = Some(known);
                known
            }
        }
    }

    /// Ψ from the moments of the law itself.
    fn prepare(&mut self, mass: &[f64]) {
        let mut coefficients = vec![0.0; self.moments.len()];
        self.rates.moments(&self.cells, mass, &mut self.moments);
        self.landscape.potential_coefficients(&self.moments, &mut coefficients);
        self.rates.prepare(&self.cells, mass, &coefficients);
    }
}

impl<const D: usize> GridMotion<D> {
    /// The grid at a time; none where its faces are no longer distinct numbers.
    fn grid_at(&self, time: f64) -> Option<Grid<D>> {
        let axes: Option<Vec<_>> =
            self.windows.iter().map(|window| window.axis_after(time - self.from).ok()).collect();
        Some(Grid { axes: axes?.try_into().ok()? })
    }
}

/// Takes the velocities of the faces from windows.
fn set_velocities<const D: usize>(cells: &mut Cells<D>, windows: &[Window; D]) {
    for (line, window) in cells.lines.iter_mut().zip(windows) {
        line.face_velocity = window.face_velocities();
    }
}

impl<const D: usize, L: Landscape<D>> Flow for Scheme<D, L> {
    fn rate(&mut self, time: f64, mass: &[f64], rate: &mut [f64]) -> f64 {
        let bound = self.largest_step(time, mass);
        self.rates.rate(mass, bound, rate);
        bound
    }
}

impl<const D: usize, L: Landscape<D>> Staged for Scheme<D, L> {
    fn bound(&mut self, time: f64, mass: &[f64]) -> f64 {
        self.largest_step(time, mass)
    }

    fn stage(&mut self, mass: &mut Vec<f64>, start: &mut Vec<f64>, stage: Stage) {
        self.rates.stage(mass, start, stage);
        self.known = None;
    }

    fn forget(&mut self) {
        self.rates.forget();
        self.known = None;
    }
}
