//! The fused kernel as a scheme in four coordinates with an outer weight a: Ψ = a P(b, r₁, r₂), so that all that is coupled are tables
//! of *rows* of cells along a, and a stage is one pass over the masses. It knows of its masses what the last stage has told.

use meanfield_run::flow::Stage;
use pulp::Arch;

use super::limiter::Limiter;
use super::line::Line;
use super::outer::OuterTransport;
use super::survey::Survey;
use crate::cell_features::CellFeatures;
use crate::grid::Grid;
use crate::room;

/// Work space, and what is known of the last masses.
pub struct ByRows {
    transport: OuterTransport,
    threads: usize,
    /// P of each row.
    potential: Vec<f64>,
    /// Σ a · mass and Σ mass of each row of the last masses, where the grid stands.
    sums: Vec<f64>,
    totals: Vec<f64>,
    /// Whether they are those of the present masses.
    are_known: bool,
    /// Lower end and length of the axis of a, where the grid stands.
    extent: [f64; 2],
    /// Mass at each a, at the last summary.
    along: Vec<f64>,
    /// Where a stage writes its masses.
    out: Vec<f64>,
    arch: Arch,
}

impl ByRows {
    /// For a grid; None in other than four coordinates.
    pub fn new<const D: usize>(grid: &Grid<D>, lines: &[Line; D], limiter: Limiter) -> Option<Self> {
        let grid = four(grid)?;
        let rows = grid.cells() / grid.axes[0].cells();
        Some(Self {
            transport: OuterTransport::moving(&grid, &velocities(lines)?, limiter),
            threads: 1,
            potential: vec![0.0; rows],
            sums: vec![0.0; rows],
            totals: vec![0.0; rows],
            are_known: false,
            along: Vec::new(),
            extent: extent(&grid),
            out: vec![0.0; grid.cells()],
            arch: Arch::new(),
        })
    }

    /// From now on uses so many threads; no bit depends on it.
    pub fn use_threads(&mut self, threads: usize) {
        self.threads = threads;
        self.transport.use_threads(threads);
    }

    /// The cells have moved: a = lower + length · share.
    pub fn place<const D: usize>(&mut self, grid: &Grid<D>) {
        let Some(grid) = four(grid) else { return };
        let ([lower, length], [new_lower, new_length]) = (self.extent, extent(&grid));
        for (sum, total) in self.sums.iter_mut().zip(&self.totals) {
            *sum = new_lower * total + new_length * ((*sum - lower * total) / length);
        }
        self.extent = [new_lower, new_length];
    }

    /// The cells or the velocities of their faces are others.
    pub fn replace_geometry<const D: usize>(&mut self, grid: &Grid<D>, lines: &[Line; D], limiter: Limiter) {
        if let (Some(grid), Some(velocities)) = (four(grid), velocities(lines)) {
            self.transport = OuterTransport::moving(&grid, &velocities, limiter);
            self.transport.use_threads(self.threads);
        }
    }

    /// Whether the masses are those that the last stage has made.
    pub fn knows(&self) -> bool {
        self.are_known
    }

    /// The masses are others.
    pub fn forget(&mut self) {
        self.are_known = false;
    }

    /// Moments of the present masses, which are `mass`.
    pub fn moments(&mut self, mass: &[f64], weights: &[f64], features: &CellFeatures, moments: &mut [f64]) {
        if !self.are_known {
            for ((row, sum), total) in
                mass.chunks_exact(weights.len()).zip(&mut self.sums).zip(&mut self.totals)
            {
                *sum = row.iter().zip(weights).map(|(mass, a)| mass * a).sum();
                *total = row.iter().sum();
            }
            self.are_known = true;
        }
        features.columns().moments(&self.sums, moments);
    }

    /// P of every row.
    pub fn update_potential(&mut self, features: &CellFeatures, coefficients: &[f64]) {
        features.columns().combination(coefficients, &mut self.potential);
    }

    /// The largest forward-Euler step that keeps every mass positive.
    pub fn largest_step(&self) -> f64 {
        self.transport.largest_loss(&self.potential).recip()
    }

    /// mass ← share · start + (1 − share)(mass + step · rate). In the last stage `start` may come out as anything.
    pub fn stage(&mut self, mass: &mut Vec<f64>, start: &mut Vec<f64>, stage: Stage) {
        let Stage { share, step, is_last } = stage;
        let Self { transport, potential, sums, totals, out, .. } = self;
        if is_last && share > 0.0 {
            transport.stage(potential, step, share, mass, start, sums, totals);
            std::mem::swap(mass, start);
        } else {
            if share > 0.0 {
                out.copy_from_slice(start);
            }
            transport.stage(potential, step, share, mass, out, sums, totals);
            std::mem::swap(mass, out);
        }
        self.are_known = true;
    }

    /// ∫|v|² dρ, v = −2∇Ψ, and the smallest density of any cell.
    pub fn summary<const D: usize>(&mut self, grid: &Grid<D>, lines: &[Line; D], mass: &[f64]) -> (f64, f64) {
        let seen = Survey::new(self.arch, &lines[0], mass);
        let known = four(grid).zip(<&[Line; 4]>::try_from(&lines[..]).ok());
        let (speed, density) = known.map_or((f64::NAN, f64::NAN), |(grid, lines)| {
            (seen.squared_speed(&grid, lines, &self.potential, &self.totals), seen.lowest_density(&grid))
        });
        self.along = seen.along;
        (speed, density)
    }

    /// The masses along an axis, as they were at the last summary.
    pub fn marginal<const D: usize>(&self, grid: &Grid<D>, axis: usize) -> Vec<f64> {
        if axis == 0 {
            return self.along.clone();
        }
        room::sums_along(&self.totals, grid.stride(axis) / grid.axes[0].cells(), grid.axes[axis].cells())
    }
}

/// The same grid, if it is one in four coordinates.
fn four<const D: usize>(grid: &Grid<D>) -> Option<Grid<4>> {
    Some(Grid { axes: grid.axes.to_vec().try_into().ok()? })
}

/// The velocities of all faces, the ends included, through which nothing passes.
fn velocities<const D: usize>(lines: &[Line; D]) -> Option<[Vec<f64>; 4]> {
    let with_ends = |line: &Line| {
        let inner = line.face_velocity.iter().copied();
        std::iter::once(0.0).chain(inner).chain(std::iter::once(0.0)).collect::<Vec<f64>>()
    };
    lines.iter().map(with_ends).collect::<Vec<_>>().try_into().ok()
}

/// Lower end and length of the first axis.
fn extent(grid: &Grid<4>) -> [f64; 2] {
    let faces = grid.axes[0].faces();
    [faces[0], faces[faces.len() - 1] - faces[0]]
}
