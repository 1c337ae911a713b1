//! The rates line by line along every axis, for any number of coordinates: the method as it is written, and
//! what other ways are tested against.

use meanfield_run::flow::Stage;
use pulp::Arch;

use super::{LawSummary, Rates};
use crate::finite_volume::cells::Cells;
use crate::finite_volume::limiter::Limiter;
use crate::finite_volume::line_kernels::{
    CellBuffers, LargestOf, LineSpeeds, LineTransport, SpeedAndDensity,
};
use crate::grid::Grid;
use crate::growth;

/// Cells in a quarter of a second.
const CELLS_OF_STRIDE: usize = 500_000;

/// Work space, and the rates of the last masses.
pub struct Reference {
    limiter: Limiter,
    buffers: CellBuffers,
    rate: Vec<f64>,
    /// The masses that the potential is of.
    mass: Vec<f64>,
    /// One over each cell's volume.
    inverse_volume: Vec<f64>,
    arch: Arch,
}

impl Reference {
    /// For a grid.
    pub fn new<const D: usize>(cells: &Cells<D>, limiter: Limiter) -> Self {
        let count = cells.grid.cells();
        Self {
            limiter,
            buffers: CellBuffers::new(count),
            rate: vec![0.0; count],
            mass: vec![f64::NAN; count],
            inverse_volume: inverse_volumes(&cells.grid),
            arch: Arch::new(),
        }
    }
}

impl<const D: usize> Rates<D> for Reference {
    fn moments(&mut self, cells: &Cells<D>, mass: &[f64], moments: &mut [f64]) {
        cells.moments(mass, moments);
    }

    fn prepare(&mut self, cells: &Cells<D>, mass: &[f64], coefficients: &[f64]) {
        cells.features.combination(coefficients, &mut self.buffers.potential);
        self.mass.copy_from_slice(mass);
    }

    fn is_prepared(&self, mass: &[f64]) -> bool {
        self.mass == mass
    }

    fn bound(&mut self, cells: &Cells<D>) -> f64 {
        let limiter = self.limiter;
        for (axis, line) in cells.lines.iter().enumerate() {
            self.buffers.line.resize(cells.grid.axes[axis].cells());
            let stride = cells.grid.stride(axis);
            let begins = axis == 0;
            for first in cells.grid.lines(axis) {
                let Self { buffers, rate, mass, .. } = self;
                self.arch.dispatch(LineTransport {
                    line,
                    limiter,
                    first,
                    stride,
                    begins,
                    mass,
                    buffers,
                    rate,
                });
            }
        }
        self.arch.dispatch(LargestOf(&self.buffers.loss)).recip()
    }

    fn stage(&mut self, mass: &mut Vec<f64>, start: &mut Vec<f64>, stage: Stage) {
        stage.mix(mass, start, &self.rate);
    }

    fn rate(&mut self, _mass: &[f64], _bound: f64, rate: &mut [f64]) {
        rate.copy_from_slice(&self.rate);
    }

    fn summary(&mut self, cells: &Cells<D>, mass: &[f64]) -> LawSummary<D> {
        for (axis, line) in cells.lines.iter().enumerate() {
            self.buffers.line.resize(cells.grid.axes[axis].cells());
            let stride = cells.grid.stride(axis);
            let begins = axis == 0;
            for first in cells.grid.lines(axis) {
                self.arch.dispatch(LineSpeeds { line, first, stride, begins, buffers: &mut self.buffers });
            }
        }
        let CellBuffers { square, density, .. } = &mut self.buffers;
        let inverse_volume = &self.inverse_volume;
        let look = SpeedAndDensity { mass: &self.mass, square, inverse_volume, density };
        let (dissipation, lowest_density) = self.arch.dispatch(look);
        LawSummary { dissipation, lowest_density, marginals: growth::marginals(&cells.grid, mass) }
    }

    fn place(&mut self, cells: &Cells<D>) {
        self.inverse_volume = inverse_volumes(&cells.grid);
    }

    fn replace_cells(&mut self, cells: &Cells<D>) {
        *self = Self::new(cells, self.limiter);
    }

    fn cells_of_stride(&self) -> usize {
        CELLS_OF_STRIDE
    }
}

fn inverse_volumes<const D: usize>(grid: &Grid<D>) -> Vec<f64> {
    (0..grid.cells()).map(|i| grid.volume(i).recip()).collect()
}
