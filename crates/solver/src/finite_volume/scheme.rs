//! The right-hand side: d(mass)/dt of every cell, as the method is written in a paper.
//!
//! Mass per cell is stored, not density: what leaves one cell enters its neighbour, term by term. The features
//! of a cell are taken at its centre: second order, but first order for mass that has piled up at r = 0 under a
//! σ with a kink at 0 (it counts as if half a cell away).

use meanfield_model::landscape::Landscape;
use meanfield_run::flow::Flow;
use meanfield_run::schedule::Schedule;

use super::limiter::Limiter;
use super::line;
use crate::grid::Grid;

/// The semi-discrete distributional dynamics on a grid.
pub struct Scheme<const D: usize, L> {
    pub(super) grid: Grid<D>,
    pub(super) landscape: L,
    schedule: Schedule,
    limiter: Limiter,
    /// φ_k at the centre of each cell, one row a feature.
    features: Vec<f64>,
    moments: Vec<f64>,
    coefficients: Vec<f64>,
    potential: Vec<f64>,
    /// Bound on the share of its mass that each cell loses per unit time.
    loss: Vec<f64>,
    work: LineWork,
}

/// Buffers of one line.
#[derive(Default)]
struct LineWork {
    density: Vec<f64>,
    potential: Vec<f64>,
    slope: Vec<f64>,
    velocity: Vec<f64>,
    flux: Vec<f64>,
}

impl<const D: usize, L: Landscape<D>> Scheme<D, L> {
    /// The scheme on `grid`.
    pub fn new(landscape: L, grid: Grid<D>, schedule: Schedule, limiter: Limiter) -> Self {
        let (rank, cells) = (landscape.rank(), grid.cells());
        let mut features = vec![0.0; rank * cells];
        let (mut values, mut gradients) = (vec![0.0; rank], vec![[0.0; D]; rank]);
        for i in 0..cells {
            landscape.features(grid.centre(i), &mut values, &mut gradients);
            (0..rank).for_each(|k| features[k * cells + i] = values[k]);
        }
        Self {
            schedule,
            limiter,
            features,
            moments: vec![0.0; rank],
            coefficients: vec![0.0; rank],
            potential: vec![0.0; cells],
            loss: vec![0.0; cells],
            work: LineWork::default(),
            grid,
            landscape,
        }
    }

    /// m_k = Σ_i φ_k(z_i) mass_i.
    pub fn moments(&self, mass: &[f64]) -> Vec<f64> {
        self.features.chunks_exact(mass.len()).map(|row| dot(row, mass)).collect()
    }

    /// R of these masses.
    pub fn risk(&self, mass: &[f64]) -> f64 {
        self.landscape.risk(&self.moments(mass))
    }

    /// Ψ at every centre, from the moments of the law itself.
    fn update_potential(&mut self, mass: &[f64]) {
        for (m, row) in self.moments.iter_mut().zip(self.features.chunks_exact(mass.len())) {
            *m = dot(row, mass);
        }
        self.landscape.potential_coefficients(&self.moments, &mut self.coefficients);
        self.potential.fill(0.0);
        for (coefficient, row) in self.coefficients.iter().zip(self.features.chunks_exact(mass.len())) {
            self.potential.iter_mut().zip(row).for_each(|(psi, phi)| *psi += coefficient * phi);
        }
    }

    /// Adds the fluxes along one line of cells to `rate`, and what the line's cells may lose to `loss`.
    fn transport_line(&mut self, axis: usize, first: usize, speed: f64, mass: &[f64], rate: &mut [f64]) {
        let (stride, edges) = (self.grid.stride(axis), &self.grid.axes[axis]);
        let LineWork { density, potential, slope, velocity, flux } = &mut self.work;
        for i in 0..edges.cells() {
            density[i] = mass[first + i * stride] / edges.width(i);
            potential[i] = self.potential[first + i * stride];
        }
        line::velocities(edges, potential, speed, velocity);
        line::slopes(edges, density, self.limiter, slope);
        line::fluxes(edges, density, slope, velocity, flux);
        for (i, flux) in flux.iter().enumerate() {
            rate[first + i * stride] -= flux;
            rate[first + (i + 1) * stride] += flux;
        }
        for i in 0..edges.cells() {
            self.loss[first + i * stride] += line::largest_loss(edges, velocity, i);
        }
    }
}

impl<const D: usize, L: Landscape<D>> Flow for Scheme<D, L> {
    fn rate(&mut self, time: f64, mass: &[f64], rate: &mut [f64]) -> f64 {
        let speed = 2.0 * self.schedule.rate(time);
        self.update_potential(mass);
        rate.fill(0.0);
        self.loss.fill(0.0);
        for axis in 0..D {
            self.work.resize(self.grid.axes[axis].cells());
            for first in self.grid.lines(axis) {
                self.transport_line(axis, first, speed, mass, rate);
            }
        }
        1.0 / self.loss.iter().fold(0.0, |worst, loss| f64::max(worst, *loss))
    }
}

impl LineWork {
    fn resize(&mut self, cells: usize) {
        for buffer in [&mut self.density, &mut self.potential, &mut self.slope] {
            buffer.resize(cells, 0.0);
        }
        for buffer in [&mut self.velocity, &mut self.flux] {
            buffer.resize(cells - 1, 0.0);
        }
    }
}

/// Σ a_i b_i with eight running sums, so that the compiler may use vectors.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        (0..8).for_each(|lane| sums[lane] += a[lane] * b[lane]);
    }
    sums.iter().sum::<f64>() + rest
}
