//! The rates in four coordinates with an outer weight a, by the fused kernel: Ψ = a P(b, r₁, r₂), so that all
//! that is coupled are tables of *rows* of cells along a, and a stage is one pass over the masses. It knows
//! of its masses the sums over rows that the last stage has computed, from which moments follow.

use meanfield_run::flow::Stage;
use pulp::Arch;

use super::{LawSummary, Rates};
use crate::finite_volume::cells::Cells;
use crate::finite_volume::four::{FourParameterTransport, StageOutput};
use crate::finite_volume::limiter::Limiter;
use crate::finite_volume::line::Line;
use crate::finite_volume::row_statistics::RowStatistics;
use crate::grid::Grid;
use crate::growth;

/// Cells in a quarter of a second.
const CELLS_OF_STRIDE: usize = 4_000_000;

/// Work space, and what is known of the last masses.
pub struct FourParameters {
    limiter: Limiter,
    transport: FourParameterTransport,
    threads: usize,
    /// P of each row.
    potential: Vec<f64>,
    /// Σ a · mass and Σ mass of each row of the last masses, on the present grid.
    sums: Vec<f64>,
    totals: Vec<f64>,
    /// Whether the sums are those of the present masses.
    are_known: bool,
    /// Lower end and length of the axis of a on the present grid.
    extent: [f64; 2],
    /// Buffer to which a stage writes its masses.
    out: Vec<f64>,
    arch: Arch,
}

impl FourParameters {
    /// For a grid.
    pub fn new(cells: &Cells<4>, limiter: Limiter) -> Self {
        let rows = cells.grid.cells() / cells.grid.axes[0].cells();
        Self {
            limiter,
            transport: FourParameterTransport::moving(&cells.grid, &velocities(&cells.lines), limiter),
            threads: 1,
            potential: vec![0.0; rows],
            sums: vec![0.0; rows],
            totals: vec![0.0; rows],
            are_known: false,
            extent: extent(&cells.grid),
            out: vec![0.0; cells.grid.cells()],
            arch: Arch::new(),
        }
    }

    /// Σ a · mass and Σ mass of each row of these masses.
    fn sum_rows(&mut self, weights: &[f64], mass: &[f64]) {
        let rows = mass.chunks_exact(weights.len()).zip(&mut self.sums).zip(&mut self.totals);
        for ((row, sum), total) in rows {
            *sum = row.iter().zip(weights).map(|(mass, a)| mass * a).sum();
            *total = row.iter().sum();
        }
        self.are_known = true;
    }

    /// The masses along an axis other than that of a.
    fn marginal(&self, grid: &Grid<4>, axis: usize) -> Vec<f64> {
        let stride = grid.stride(axis) / grid.axes[0].cells();
        growth::sums_along(&self.totals, stride, grid.axes[axis].cells())
    }
}

impl Rates<4> for FourParameters {
    fn moments(&mut self, cells: &Cells<4>, mass: &[f64], moments: &mut [f64]) {
        if !self.are_known {
            self.sum_rows(&cells.lines[0].position, mass);
        }
        cells.features.columns().moments(&self.sums, moments);
    }

    fn prepare(&mut self, cells: &Cells<4>, _mass: &[f64], coefficients: &[f64]) {
        cells.features.columns().combination(coefficients, &mut self.potential);
    }

    fn is_prepared(&self, _mass: &[f64]) -> bool {
        self.are_known
    }

    fn bound(&mut self, _cells: &Cells<4>) -> f64 {
        self.transport.largest_loss(&self.potential).recip()
    }

    fn stage(&mut self, mass: &mut Vec<f64>, start: &mut Vec<f64>, stage: Stage) {
        let Self { transport, potential, sums, totals, out, .. } = self;
        if stage.is_last && stage.share > 0.0 {
            transport.stage(potential, stage, mass, StageOutput { mass: start, sums, totals });
            std::mem::swap(mass, start);
        } else {
            if stage.share > 0.0 {
                out.copy_from_slice(start);
            }
            transport.stage(potential, stage, mass, StageOutput { mass: out, sums, totals });
            std::mem::swap(mass, out);
        }
        self.are_known = true;
    }

    fn summary(&mut self, cells: &Cells<4>, mass: &[f64]) -> LawSummary<4> {
        let Cells { grid, lines, .. } = cells;
        let statistics = RowStatistics::new(self.arch, &lines[0], mass);
        let others = [1, 2, 3].map(|axis| self.marginal(grid, axis));
        let dissipation = statistics.squared_speed(grid, lines, &self.potential, &self.totals);
        let lowest_density = statistics.lowest_density(grid);
        let [b, r1, r2] = others;
        LawSummary { dissipation, lowest_density, marginals: [statistics.marginal, b, r1, r2] }
    }

    /// a = lower + length · share, of which the shares stay.
    fn place(&mut self, cells: &Cells<4>) {
        let [lower, length] = self.extent;
        let [new_lower, new_length] = extent(&cells.grid);
        for (sum, total) in self.sums.iter_mut().zip(&self.totals) {
            *sum = new_lower * total + new_length * ((*sum - lower * total) / length);
        }
        self.extent = [new_lower, new_length];
        self.set_velocities(cells);
    }

    fn set_velocities(&mut self, cells: &Cells<4>) {
        self.transport = FourParameterTransport::moving(&cells.grid, &velocities(&cells.lines), self.limiter);
        self.transport.use_threads(self.threads);
    }

    fn replace_cells(&mut self, cells: &Cells<4>) {
        let threads = self.threads;
        *self = Self::new(cells, self.limiter);
        self.use_threads(threads);
    }

    fn forget(&mut self) {
        self.are_known = false;
    }

    fn use_threads(&mut self, threads: usize) {
        self.threads = threads;
        self.transport.use_threads(threads);
    }

    fn cells_of_stride(&self) -> usize {
        CELLS_OF_STRIDE
    }
}

/// The velocities of all faces, the ends included, through which nothing passes.
fn velocities(lines: &[Line; 4]) -> [Vec<f64>; 4] {
    lines.each_ref().map(|line| {
        let inner = line.face_velocity.iter().copied();
        std::iter::once(0.0).chain(inner).chain(std::iter::once(0.0)).collect()
    })
}

/// Lower end and length of the first axis.
fn extent(grid: &Grid<4>) -> [f64; 2] {
    let faces = grid.axes[0].faces();
    [faces[0], faces[faces.len() - 1] - faces[0]]
}
