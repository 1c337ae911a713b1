//! The rates line by line along every axis, for any number of coordinates: the method as it is written, and what the fused kernel is
//! tested against.

use pulp::Arch;

use super::limiter::Limiter;
use super::line::Line;
use super::reduction::{Largest, Summary};
use super::sweep::{Speeds, Transport, Work};
use crate::cell_features::CellFeatures;
use crate::grid::Grid;

/// Work space, and the rates of the last masses.
pub struct ByLines {
    work: Work,
    rate: Vec<f64>,
    /// The masses that the potential is of.
    mass: Vec<f64>,
    /// One over each cell's volume.
    inverse_volume: Vec<f64>,
    arch: Arch,
}

impl ByLines {
    /// For a grid.
    pub fn new<const D: usize>(grid: &Grid<D>) -> Self {
        let cells = grid.cells();
        Self {
            work: Work::new(cells),
            rate: vec![0.0; cells],
            mass: vec![f64::NAN; cells],
            inverse_volume: inverse_volumes(grid),
            arch: Arch::new(),
        }
    }

    /// The cells have moved.
    pub fn place<const D: usize>(&mut self, grid: &Grid<D>) {
        self.inverse_volume = inverse_volumes(grid);
    }

    /// Whether the potential is that of these masses.
    pub fn knows(&self, mass: &[f64]) -> bool {
        self.mass == mass
    }

    /// Ψ at every cell, from the coefficients of these masses.
    pub fn update_potential(&mut self, mass: &[f64], features: &CellFeatures, coefficients: &[f64]) {
        features.combination(coefficients, &mut self.work.potential);
        self.mass.copy_from_slice(mass);
    }

    /// Computes the rates; returns the largest forward-Euler step that keeps every mass positive.
    pub fn largest_step<const D: usize>(
        &mut self,
        grid: &Grid<D>,
        lines: &[Line; D],
        limiter: Limiter,
    ) -> f64 {
        for (axis, line) in lines.iter().enumerate() {
            self.work.line.resize(grid.axes[axis].cells());
            let (stride, begins) = (grid.stride(axis), axis == 0);
            for first in grid.lines(axis) {
                let Self { work, rate, mass, .. } = self;
                self.arch.dispatch(Transport { line, limiter, first, stride, begins, mass, work, rate });
            }
        }
        self.arch.dispatch(Largest(&self.work.loss)).recip()
    }

    /// d(mass)/dt, as last computed.
    pub fn rate(&self) -> &[f64] {
        &self.rate
    }

    /// ∫|v|² dρ, v = −2∇Ψ, and the smallest density of any cell.
    pub fn summary<const D: usize>(&mut self, grid: &Grid<D>, lines: &[Line; D]) -> (f64, f64) {
        for (axis, line) in lines.iter().enumerate() {
            self.work.line.resize(grid.axes[axis].cells());
            let (stride, begins) = (grid.stride(axis), axis == 0);
            for first in grid.lines(axis) {
                self.arch.dispatch(Speeds { line, first, stride, begins, work: &mut self.work });
            }
        }
        let (mass, inverse_volume) = (&self.mass[..], &self.inverse_volume[..]);
        let Work { square, density, .. } = &mut self.work;
        self.arch.dispatch(Summary { mass, square, inverse_volume, density })
    }
}

fn inverse_volumes<const D: usize>(grid: &Grid<D>) -> Vec<f64> {
    (0..grid.cells()).map(|i| grid.volume(i).recip()).collect()
}
