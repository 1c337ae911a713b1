//! The right-hand side: d(mass)/dt of every cell, as the method is written in a paper.
//!
//! Mass per cell is stored, not density: what leaves one cell enters its neighbour, term by term. The features
//! of a cell are taken at its centre, second order; a sticky cell's at the boundary where its mass lies, exactly.

use meanfield_model::landscape::Landscape;
use meanfield_run::flow::Flow;
use meanfield_run::schedule::Schedule;
use pulp::{Arch, Simd, WithSimd};

use super::features::Features;
use super::limiter::Limiter;
use super::line::Line;
use super::reduction::{dot, largest, smallest};
use crate::grid::Grid;

/// The semi-discrete distributional dynamics on a grid.
pub struct Scheme<const D: usize, L> {
    pub(super) grid: Grid<D>,
    pub(super) landscape: L,
    schedule: Schedule,
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
    /// R.
    pub risk: f64,
}

/// Buffers, of the moments, of all cells and of one line of them.
#[derive(Default)]
struct Work {
    moments: Vec<f64>,
    coefficients: Vec<f64>,
    potential: Vec<f64>,
    /// Bound on the share of its mass that each cell loses per unit time.
    loss: Vec<f64>,
    /// Σ over the axes of |v|².
    square: Vec<f64>,
    density: Vec<f64>,
    line: LineWork,
}

/// Buffers of one line.
#[derive(Default)]
struct LineWork {
    mass: Vec<f64>,
    density: Vec<f64>,
    potential: Vec<f64>,
    slope: Vec<f64>,
    velocity: Vec<f64>,
    flux: Vec<f64>,
    square: Vec<f64>,
    loss: Vec<f64>,
    rate: Vec<f64>,
}

impl<const D: usize, L: Landscape<D>> Scheme<D, L> {
    /// The scheme on `grid`.
    pub fn new(landscape: L, grid: Grid<D>, schedule: Schedule, limiter: Limiter) -> Self {
        let lines = lines(&landscape, &grid);
        let features = features(&landscape, &grid, &lines);
        let inverse_volume = inverse_volumes(&grid);
        let work = Work::new(landscape.rank(), grid.cells());
        let evaluated = Evaluation::none(grid.cells());
        let arch = Arch::new();
        Self { grid, landscape, schedule, limiter, lines, features, inverse_volume, work, evaluated, arch }
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
        let at = self.grid.indices(i);
        std::array::from_fn(|axis| self.lines[axis].position[at[axis]])
    }

    /// The right-hand side of these masses, computed unless it is the last one computed.
    pub fn evaluate(&mut self, time: f64, mass: &[f64]) -> &Evaluation {
        if self.evaluated.time != time || self.evaluated.mass != mass {
            self.compute(time, mass);
        }
        &self.evaluated
    }

    /// 4ξ ∫|∇Ψ|² dρ, by which R falls per unit time, and the smallest density of any cell.
    pub fn summary(&mut self, time: f64, mass: &[f64]) -> (f64, f64) {
        self.evaluate(time, mass);
        let speed = 2.0 * self.schedule.rate(time);
        for axis in 0..D {
            self.work.line.resize(self.grid.axes[axis].cells());
            for first in self.grid.lines(axis) {
                let (stride, line, work) = (self.grid.stride(axis), &self.lines[axis], &mut self.work);
                self.arch.dispatch(Speeds { line, speed, first, stride, begins: axis == 0, work });
            }
        }
        let Work { square, density, .. } = &mut self.work;
        let (squares, lowest) =
            self.arch.dispatch(Summary { mass, square, inverse_volume: &self.inverse_volume, density });
        let schedule = self.schedule.rate(time);
        // |v| = 2ξ|∇Ψ|
        (if schedule > 0.0 { squares / schedule } else { 0.0 }, lowest)
    }

    fn compute(&mut self, time: f64, mass: &[f64]) {
        let schedule = self.schedule.rate(time);
        self.update_potential(mass);
        for axis in 0..D {
            self.work.line.resize(self.grid.axes[axis].cells());
            for first in self.grid.lines(axis) {
                self.transport_line(axis, first, 2.0 * schedule, mass);
            }
        }
        let evaluated = &mut self.evaluated;
        (evaluated.time, evaluated.risk) = (time, self.landscape.risk(&self.work.moments));
        evaluated.mass.copy_from_slice(mass);
        evaluated.largest_step = self.arch.dispatch(LargestLoss(&self.work.loss)).recip();
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
    fn transport_line(&mut self, axis: usize, first: usize, speed: f64, mass: &[f64]) {
        let (stride, line, limiter) = (self.grid.stride(axis), &self.lines[axis], self.limiter);
        let (work, rate) = (&mut self.work, &mut self.evaluated.rate);
        let begins = axis == 0;
        self.arch.dispatch(Transport { line, limiter, speed, first, stride, begins, mass, work, rate });
    }
}

/// The transport along one line.
struct Transport<'a> {
    line: &'a Line,
    limiter: Limiter,
    /// 2ξ.
    speed: f64,
    first: usize,
    stride: usize,
    begins: bool,
    mass: &'a [f64],
    work: &'a mut Work,
    rate: &'a mut [f64],
}

impl WithSimd for Transport<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { line, limiter, speed, first, stride, begins, mass, work, rate } = self;
        let Work { potential, loss, line: work, .. } = work;
        line.densities(along(mass, first, stride, &mut work.mass), &mut work.density);
        line.velocities(along(potential, first, stride, &mut work.potential), speed, &mut work.velocity);
        line.slopes(&work.density, limiter, &mut work.slope);
        line.fluxes(&work.density, &work.slope, &work.velocity, &mut work.flux);
        let cells = work.density.len();
        if begins && stride == 1 {
            line.largest_losses(&work.density, &work.velocity, &mut loss[first..first + cells]);
            divergence(&work.flux, &mut rate[first..first + cells]);
        } else {
            line.largest_losses(&work.density, &work.velocity, &mut work.loss);
            divergence(&work.flux, &mut work.rate);
            put(&work.loss, stride, begins, &mut loss[first..]);
            put(&work.rate, stride, begins, &mut rate[first..]);
        }
    }
}

/// The squared speeds along one line, from the potential of the last evaluation.
struct Speeds<'a> {
    line: &'a Line,
    /// 2ξ.
    speed: f64,
    first: usize,
    stride: usize,
    begins: bool,
    work: &'a mut Work,
}

impl WithSimd for Speeds<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { line, speed, first, stride, begins, work } = self;
        let Work { potential, square, line: work, .. } = work;
        line.velocities(along(potential, first, stride, &mut work.potential), speed, &mut work.velocity);
        line.squared_speeds(&work.velocity, &mut work.square);
        put(&work.square, stride, begins, &mut square[first..]);
    }
}

/// The largest of the losses.
struct LargestLoss<'a>(&'a [f64]);

impl WithSimd for LargestLoss<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        largest(simd, self.0)
    }
}

/// Σ |v|² mass and the smallest density.
struct Summary<'a> {
    mass: &'a [f64],
    square: &'a [f64],
    inverse_volume: &'a [f64],
    density: &'a mut [f64],
}

impl WithSimd for Summary<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (f64, f64) {
        let Self { mass, square, inverse_volume, density } = self;
        for (density, (mass, inverse)) in density.iter_mut().zip(mass.iter().zip(inverse_volume)) {
            *density = mass * inverse;
        }
        (dot(simd, mass, square), smallest(simd, density))
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
        Self { time: f64::NAN, mass, rate, largest_step: 0.0, risk: f64::NAN }
    }
}

impl Work {
    fn new(rank: usize, cells: usize) -> Self {
        let (moments, coefficients) = (vec![0.0; rank], vec![0.0; rank]);
        let cells = || vec![0.0; cells];
        Self {
            moments,
            coefficients,
            potential: cells(),
            loss: cells(),
            square: cells(),
            density: cells(),
            line: LineWork::default(),
        }
    }
}

impl LineWork {
    fn resize(&mut self, cells: usize) {
        let Self { mass, density, potential, slope, velocity, flux, square, loss, rate } = self;
        for buffer in [mass, density, potential, slope, square, loss, rate] {
            buffer.resize(cells, 0.0);
        }
        for buffer in [velocity, flux] {
            buffer.resize(cells - 1, 0.0);
        }
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
        let at = grid.indices(i);
        landscape.features(
            std::array::from_fn(|axis| lines[axis].position[at[axis]]),
            values,
            &mut gradients,
        );
    })
}

/// The numbers along a line: where they lie, or gathered.
#[inline(always)]
fn along<'a>(all: &'a [f64], first: usize, stride: usize, gathered: &'a mut [f64]) -> &'a [f64] {
    if stride == 1 {
        return &all[first..first + gathered.len()];
    }
    for (i, x) in gathered.iter_mut().enumerate() {
        *x = all[first + i * stride];
    }
    gathered
}

/// What enters each cell less what leaves it.
#[inline(always)]
fn divergence(flux: &[f64], rate: &mut [f64]) {
    let faces = flux.len();
    rate[0] = -flux[0];
    let (enters, leaves) = (&flux[..faces - 1], &flux[1..]);
    for (i, rate) in rate[1..faces].iter_mut().enumerate() {
        *rate = enters[i] - leaves[i];
    }
    rate[faces] = flux[faces - 1];
}

/// Puts the numbers of a line to their places, instead of what is there or on top of it.
#[inline(always)]
fn put(line: &[f64], stride: usize, instead: bool, all: &mut [f64]) {
    if instead && stride == 1 {
        all[..line.len()].copy_from_slice(line);
    } else if instead {
        for (i, x) in line.iter().enumerate() {
            all[i * stride] = *x;
        }
    } else {
        for (i, x) in line.iter().enumerate() {
            all[i * stride] += x;
        }
    }
}
