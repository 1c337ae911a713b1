//! The kernels on one line of cells, compiled for each instruction set: the line is gathered where its cells
//! do not lie side by side, treated as [`Line`] says, and what comes out is scattered to its places. The
//! method itself is in [`line`](super::line).

use meanfield_kernel::reduction::{dot, largest, smallest};
use pulp::{Simd, WithSimd};

use super::limiter::Limiter;
use super::line::Line;

/// Buffers of all cells and of one line of them.
#[derive(Default)]
pub struct CellBuffers {
    pub potential: Vec<f64>,
    /// Bound on the share of its mass that each cell loses per unit time.
    pub loss: Vec<f64>,
    /// Σ over the axes of |v|².
    pub square: Vec<f64>,
    pub density: Vec<f64>,
    pub line: LineBuffers,
}

/// Buffers of one line.
#[derive(Default)]
pub struct LineBuffers {
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

impl CellBuffers {
    /// For `cells` cells.
    pub fn new(cells: usize) -> Self {
        let zeros = vec![0.0; cells];
        Self {
            potential: zeros.clone(),
            loss: zeros.clone(),
            square: zeros.clone(),
            density: zeros,
            line: LineBuffers::default(),
        }
    }
}

impl LineBuffers {
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
pub struct LineTransport<'a> {
    pub line: &'a Line,
    pub limiter: Limiter,
    /// Index of the line's first cell, and how far apart its cells are.
    pub first: usize,
    pub stride: usize,
    /// Whether results replace what is there, or are added to it.
    pub begins: bool,
    pub mass: &'a [f64],
    pub buffers: &'a mut CellBuffers,
    pub rate: &'a mut [f64],
}

impl WithSimd for LineTransport<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { line, limiter, first, stride, begins, mass, buffers, rate } = self;
        let CellBuffers { potential, loss, line: buffers, .. } = buffers;
        line.densities(line_of(mass, first, stride, &mut buffers.mass), &mut buffers.density);
        line.velocities(line_of(potential, first, stride, &mut buffers.potential), &mut buffers.velocity);
        line.relative(&mut buffers.velocity);
        line.slopes(&buffers.density, limiter, &mut buffers.slope);
        line.fluxes(&buffers.density, &buffers.slope, &buffers.velocity, &mut buffers.flux);
        let cells = buffers.density.len();
        if begins && stride == 1 {
            line.largest_losses(&buffers.density, &buffers.velocity, &mut loss[first..first + cells]);
            divergence(&buffers.flux, &mut rate[first..first + cells]);
        } else {
            line.largest_losses(&buffers.density, &buffers.velocity, &mut buffers.loss);
            divergence(&buffers.flux, &mut buffers.rate);
            scatter(&buffers.loss, stride, begins, &mut loss[first..]);
            scatter(&buffers.rate, stride, begins, &mut rate[first..]);
        }
    }
}

/// The squared speeds along one line, from the potential of the last evaluation.
pub struct LineSpeeds<'a> {
    pub line: &'a Line,
    /// Index of the line's first cell, and how far apart its cells are.
    pub first: usize,
    pub stride: usize,
    /// Whether results replace what is there, or are added to it.
    pub begins: bool,
    pub buffers: &'a mut CellBuffers,
}

impl WithSimd for LineSpeeds<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { line, first, stride, begins, buffers } = self;
        let CellBuffers { potential, square, line: buffers, .. } = buffers;
        line.velocities(line_of(potential, first, stride, &mut buffers.potential), &mut buffers.velocity);
        line.squared_speeds(&buffers.velocity, &mut buffers.square);
        scatter(&buffers.square, stride, begins, &mut square[first..]);
    }
}

/// The numbers along a line: where they lie, or gathered.
#[inline(always)]
fn line_of<'a>(all: &'a [f64], first: usize, stride: usize, gathered: &'a mut [f64]) -> &'a [f64] {
    if stride == 1 {
        return &all[first..first + gathered.len()];
    }
    for (i, x) in gathered.iter_mut().enumerate() {
        *x = all[first + i * stride];
    }
    gathered
}

/// Inflow of each cell less its outflow.
#[inline(always)]
fn divergence(flux: &[f64], rate: &mut [f64]) {
    let faces = flux.len();
    rate[0] = -flux[0];
    let enters = &flux[..faces - 1];
    let leaves = &flux[1..];
    for (i, rate) in rate[1..faces].iter_mut().enumerate() {
        *rate = enters[i] - leaves[i];
    }
    rate[faces] = flux[faces - 1];
}

/// Puts the numbers of a line to their places, instead of what is there or on top of it.
#[inline(always)]
fn scatter(line: &[f64], stride: usize, instead: bool, all: &mut [f64]) {
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

/// The largest of numbers ≥ 0, 0 for none.
pub struct LargestOf<'a>(pub &'a [f64]);

impl WithSimd for LargestOf<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        largest(simd, self.0)
    }
}

/// Σ |v|² mass and the smallest density.
pub struct SpeedAndDensity<'a> {
    /// Mass of each cell.
    pub mass: &'a [f64],
    /// |v|² there.
    pub square: &'a [f64],
    /// One over its volume.
    pub inverse_volume: &'a [f64],
    /// Buffer.
    pub density: &'a mut [f64],
}

impl WithSimd for SpeedAndDensity<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (f64, f64) {
        let Self { mass, square, inverse_volume, density } = self;
        for (density, (mass, inverse)) in density.iter_mut().zip(mass.iter().zip(inverse_volume)) {
            *density = mass * inverse;
        }
        (dot::<S, 4>(simd, mass, square), smallest(simd, density))
    }
}
