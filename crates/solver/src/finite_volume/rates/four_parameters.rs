//! The rates in four coordinates with an outer weight a, by the fused kernel: Ψ = a P(b, r₁, r₂), so that all
//! that is coupled are tables of *rows* of cells along a, and a stage is one pass over the masses. It knows
//! of its masses the sums over rows that the last stage has computed, from which moments follow.
//!
//! Of several processes each holds some planes of r₂. What crosses them is small: moments and statistics
//! plane by plane, the largest loss, and after a stage the planes beside one's own.

use meanfield_run::flow::Stage;
use pulp::Arch;

use super::{LawSummary, Rates};
use crate::cell_features::{combination_of_planes, moments_of_planes};
use crate::finite_volume::cells::Cells;
use crate::finite_volume::four::{FourParameterTransport, StageOutput};
use crate::finite_volume::limiter::Limiter;
use crate::finite_volume::line::Line;
use crate::finite_volume::planes::Planes;
use crate::finite_volume::row_statistics::{RowStatistics, summary_of_planes};
use crate::grid::Grid;

/// Cells in a quarter of a second.
const CELLS_OF_STRIDE: usize = 4_000_000;

/// Work space, and what is known of the last masses.
pub struct FourParameters {
    limiter: Limiter,
    transport: FourParameterTransport,
    threads: usize,
    planes: Planes,
    rows_of_plane: usize,
    cells_of_plane: usize,
    /// P of each row that is held.
    potential: Vec<f64>,
    /// Σ a · mass and Σ mass of each row of the last masses, on the present grid; only those of one's own
    /// planes are kept.
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
        let cells_of_plane = cells.cells_of_plane();
        let rows = cells_of_plane / cells.grid.axes[0].cells();
        let planes = cells.planes.clone();
        let held = planes.held.len();
        let velocities = velocities(&cells.lines);
        Self {
            limiter,
            transport: FourParameterTransport::in_planes(&cells.grid, &velocities, limiter, &planes),
            threads: 1,
            planes,
            rows_of_plane: rows,
            cells_of_plane,
            potential: vec![0.0; held * rows],
            sums: vec![0.0; held * rows],
            totals: vec![0.0; held * rows],
            are_known: false,
            extent: extent(&cells.grid),
            out: vec![0.0; held * cells_of_plane],
            arch: Arch::new(),
        }
    }

    /// Σ a · mass and Σ mass of each row of these masses, which are held.
    fn sum_rows(&mut self, weights: &[f64], mass: &[f64]) {
        let rows = mass.chunks_exact(weights.len()).zip(&mut self.sums).zip(&mut self.totals);
        for ((row, sum), total) in rows {
            *sum = row.iter().zip(weights).map(|(mass, a)| mass * a).sum();
            *total = row.iter().sum();
        }
        self.are_known = true;
    }
}

impl Rates<4> for FourParameters {
    fn moments(&mut self, cells: &Cells<4>, mass: &[f64], moments: &mut [f64]) {
        if !self.are_known {
            self.sum_rows(&cells.lines[0].position, mass);
        }
        let own = &cells.features.planes()[self.planes.own_among_held()];
        let table = moments_of_planes(own, self.planes.own_part(&self.sums, self.rows_of_plane));
        moments.copy_from_slice(&self.planes.sum(table, moments.len()));
    }

    fn prepare(&mut self, cells: &Cells<4>, _mass: &[f64], coefficients: &[f64]) {
        combination_of_planes(cells.features.planes(), coefficients, &mut self.potential);
    }

    fn is_prepared(&self, _mass: &[f64]) -> bool {
        self.are_known
    }

    fn bound(&mut self, _cells: &Cells<4>) -> f64 {
        self.planes.largest(self.transport.largest_loss(&self.potential)).recip()
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
        self.planes.exchange(mass, self.cells_of_plane);
        self.are_known = true;
    }

    fn summary(&mut self, cells: &Cells<4>, mass: &[f64]) -> LawSummary<4> {
        let statistics = RowStatistics::new(self.arch, cells, mass);
        let table = statistics.of_planes(cells, &self.potential, &self.totals);
        summary_of_planes(cells, table)
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
        let velocities = velocities(&cells.lines);
        self.transport =
            FourParameterTransport::in_planes(&cells.grid, &velocities, self.limiter, &self.planes);
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

    /// The sums of the rows of a plane, then their totals.
    fn memory(&self) -> Vec<f64> {
        let Self { planes, rows_of_plane: rows, .. } = self;
        let sums = planes.own_part(&self.sums, *rows).chunks_exact(*rows);
        let totals = planes.own_part(&self.totals, *rows).chunks_exact(*rows);
        sums.zip(totals).flat_map(|(sums, totals)| sums.iter().chain(totals)).copied().collect()
    }

    fn memory_of_plane(&self) -> usize {
        2 * self.rows_of_plane
    }

    fn recall(&mut self, memory: &[f64]) {
        let Self { planes, rows_of_plane: rows, sums, totals, .. } = self;
        let saved = planes.held_part(memory, 2 * *rows).chunks_exact(2 * *rows);
        for ((sums, totals), saved) in
            sums.chunks_exact_mut(*rows).zip(totals.chunks_exact_mut(*rows)).zip(saved)
        {
            let (saved_sums, saved_totals) = saved.split_at(*rows);
            sums.copy_from_slice(saved_sums);
            totals.copy_from_slice(saved_totals);
        }
        self.are_known = true;
    }

    fn can_be_dealt(&self) -> bool {
        true
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
