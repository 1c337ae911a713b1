//! Sweeps along one line of cells, compiled for each instruction set: the line is gathered where its cells do not lie side
//! by side, treated as [`Line`] says, and what comes out is put to its places. The method itself stands elsewhere.

use pulp::{Simd, WithSimd};

use super::limiter::Limiter;
use super::line::Line;

/// Buffers of all cells and of one line of them.
#[derive(Default)]
pub struct Work {
    pub potential: Vec<f64>,
    /// Bound on the share of its mass that each cell loses per unit time.
    pub loss: Vec<f64>,
    /// Σ over the axes of |v|².
    pub square: Vec<f64>,
    pub density: Vec<f64>,
    pub line: LineWork,
}

/// Buffers of one line.
#[derive(Default)]
pub struct LineWork {
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

impl Work {
    /// For `cells` cells.
    pub fn new(cells: usize) -> Self {
        let cells = || vec![0.0; cells];
        Self {
            potential: cells(),
            loss: cells(),
            square: cells(),
            density: cells(),
            line: LineWork::default(),
        }
    }
}

impl LineWork {
    /// For lines of so many cells.
    pub fn resize(&mut self, cells: usize) {
        let Self { mass, density, potential, slope, velocity, flux, square, loss, rate } = self;
        for buffer in [mass, density, potential, slope, square, loss, rate] {
            buffer.resize(cells, 0.0);
        }
        for buffer in [velocity, flux] {
            buffer.resize(cells - 1, 0.0);
        }
    }
}

/// The transport along one line.
pub struct Transport<'a> {
    pub line: &'a Line,
    pub limiter: Limiter,
    /// Index of the line's first cell, and how far apart its cells are.
    pub first: usize,
    pub stride: usize,
    /// Whether results replace what is there, or are added to it.
    pub begins: bool,
    pub mass: &'a [f64],
    pub work: &'a mut Work,
    pub rate: &'a mut [f64],
}

impl WithSimd for Transport<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { line, limiter, first, stride, begins, mass, work, rate } = self;
        let Work { potential, loss, line: work, .. } = work;
        line.densities(along(mass, first, stride, &mut work.mass), &mut work.density);
        line.velocities(along(potential, first, stride, &mut work.potential), &mut work.velocity);
        line.relative(&mut work.velocity);
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
pub struct Speeds<'a> {
    pub line: &'a Line,
    /// Index of the line's first cell, and how far apart its cells are.
    pub first: usize,
    pub stride: usize,
    /// Whether results replace what is there, or are added to it.
    pub begins: bool,
    pub work: &'a mut Work,
}

impl WithSimd for Speeds<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { line, first, stride, begins, work } = self;
        let Work { potential, square, line: work, .. } = work;
        line.velocities(along(potential, first, stride, &mut work.potential), &mut work.velocity);
        line.squared_speeds(&work.velocity, &mut work.square);
        put(&work.square, stride, begins, &mut square[first..]);
    }
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
