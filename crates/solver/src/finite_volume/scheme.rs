//! The right-hand side: d(mass)/dt of every cell, as the method is written in a paper.
//!
//! Mass per cell is stored, not density: what leaves one cell enters its neighbour, term by term. The features
//! of a cell are taken at its centre, second order; a sticky cell's at the boundary where its mass lies, exactly.

use meanfield_model::landscape::Landscape;
use meanfield_run::flow::Flow;
use pulp::Arch;

use super::limiter::Limiter;
use super::line::Line;
use super::reduction::{Largest, Summary};
use super::sweep::{Speeds, Transport, Work};
use crate::features::Features;
use crate::grid::Grid;

/// The semi-discrete distributional dynamics on a grid.
pub struct Scheme<const D: usize, L> {
    pub(super) grid: Grid<D>,
    pub(super) landscape: L,
    limiter: Limiter,
    lines: [Line; D],
    features: Features,
    /// One over each cell's volume.
    inverse_volume: Vec<f64>,
    work: Work,
    evaluated: Evaluation,
    arch: Arch,
}

/// The right-hand side at one state; kept, because a step begins where the one before has ended.
#[derive(Clone, Debug)]
pub struct Evaluation {
    time: f64,
    mass: Vec<f64>,
    rate: Vec<f64>,
    /// Largest forward-Euler step that keeps every mass positive.
    pub largest_step: f64,
    /// E.
    pub energy: f64,
}

impl<const D: usize, L: Landscape<D>> Scheme<D, L> {
    /// The scheme on `grid`.
    pub fn new(landscape: L, grid: Grid<D>, limiter: Limiter) -> Self {
        let lines = lines(&landscape, &grid);
        let features = features(&landscape, &grid, &lines);
        let inverse_volume = inverse_volumes(&grid);
        let work = Work::new(landscape.rank(), grid.cells());
        let evaluated = Evaluation::none(grid.cells());
        let arch = Arch::new();
        Self { grid, landscape, limiter, lines, features, inverse_volume, work, evaluated, arch }
    }

    /// Goes over to another grid.
    pub fn replace_grid(&mut self, grid: Grid<D>) {
        self.lines = lines(&self.landscape, &grid);
        self.features = features(&self.landscape, &grid, &self.lines);
        self.inverse_volume = inverse_volumes(&grid);
        self.work = Work::new(self.landscape.rank(), grid.cells());
        self.evaluated = Evaluation::none(grid.cells());
        self.grid = grid;
    }

    /// m_k of these masses.
    pub fn moments(&self, mass: &[f64]) -> Vec<f64> {
        let mut moments = vec![0.0; self.landscape.rank()];
        self.features.moments(mass, &mut moments);
        moments
    }

    /// Where the features of cell `i` are taken.
    pub fn position(&self, i: usize) -> [f64; D] {
        position(&self.grid, &self.lines, i)
    }

    /// The right-hand side of these masses, computed unless it is the last one computed.
    pub fn evaluate(&mut self, time: f64, mass: &[f64]) -> &Evaluation {
        if self.evaluated.time != time || self.evaluated.mass != mass {
            self.compute(time, mass);
        }
        &self.evaluated
    }

    /// 4 ∫|∇Ψ|² dρ, by which E falls per unit time, and the smallest density of any cell.
    pub fn summary(&mut self, time: f64, mass: &[f64]) -> (f64, f64) {
        self.evaluate(time, mass);
        for axis in 0..D {
            self.work.line.resize(self.grid.axes[axis].cells());
            for first in self.grid.lines(axis) {
                let (stride, line, work) = (self.grid.stride(axis), &self.lines[axis], &mut self.work);
                self.arch.dispatch(Speeds { line, first, stride, begins: axis == 0, work });
            }
        }
        let Work { square, density, .. } = &mut self.work;
        let (squares, lowest) =
            self.arch.dispatch(Summary { mass, square, inverse_volume: &self.inverse_volume, density });
        // |v| = 2|∇Ψ|
        (squares, lowest)
    }

    fn compute(&mut self, time: f64, mass: &[f64]) {
        self.update_potential(mass);
        for axis in 0..D {
            self.work.line.resize(self.grid.axes[axis].cells());
            for first in self.grid.lines(axis) {
                self.transport_line(axis, first, mass);
            }
        }
        let evaluated = &mut self.evaluated;
        (evaluated.time, evaluated.energy) = (time, self.landscape.energy(&self.work.moments));
        evaluated.mass.copy_from_slice(mass);
        evaluated.largest_step = self.arch.dispatch(Largest(&self.work.loss)).recip();
    }

    /// Ψ at every cell, from the moments of the law itself.
    fn update_potential(&mut self, mass: &[f64]) {
        let Work { moments, coefficients, potential, .. } = &mut self.work;
        self.features.moments(mass, moments);
        self.landscape.potential_coefficients(moments, coefficients);
        self.features.combination(coefficients, potential);
    }

    /// Adds the fluxes along one line of cells to the rate, and what the line's cells may lose to their loss; the first
    /// axis, whose lines cover every cell, begins both.
    fn transport_line(&mut self, axis: usize, first: usize, mass: &[f64]) {
        let (stride, line, limiter) = (self.grid.stride(axis), &self.lines[axis], self.limiter);
        let (work, rate) = (&mut self.work, &mut self.evaluated.rate);
        let begins = axis == 0;
        self.arch.dispatch(Transport { line, limiter, first, stride, begins, mass, work, rate });
    }
}

impl<const D: usize, L: Landscape<D>> Flow for Scheme<D, L> {
    fn rate(&mut self, time: f64, mass: &[f64], rate: &mut [f64]) -> f64 {
        self.evaluate(time, mass);
        rate.copy_from_slice(&self.evaluated.rate);
        self.evaluated.largest_step
    }
}

impl Evaluation {
    fn none(cells: usize) -> Self {
        let (mass, rate) = (vec![f64::NAN; cells], vec![0.0; cells]);
        Self { time: f64::NAN, mass, rate, largest_step: 0.0, energy: f64::NAN }
    }
}

fn inverse_volumes<const D: usize>(grid: &Grid<D>) -> Vec<f64> {
    (0..grid.cells()).map(|i| grid.volume(i).recip()).collect()
}

/// The geometry of each axis.
fn lines<const D: usize>(landscape: &impl Landscape<D>, grid: &Grid<D>) -> [Line; D] {
    std::array::from_fn(|axis| Line::new(&grid.axes[axis], landscape.rests_at_lower_end(axis)))
}

/// The features at the position of each cell.
fn features<const D: usize>(landscape: &impl Landscape<D>, grid: &Grid<D>, lines: &[Line; D]) -> Features {
    let mut gradients = vec![[0.0; D]; landscape.rank()];
    Features::new(landscape.rank(), grid.cells(), |i, values| {
        landscape.features(position(grid, lines, i), values, &mut gradients);
    })
}

/// Where the features of cell `i` are taken.
fn position<const D: usize>(grid: &Grid<D>, lines: &[Line; D], i: usize) -> [f64; D] {
    let at = grid.indices(i);
    std::array::from_fn(|axis| lines[axis].position[at[axis]])
}
