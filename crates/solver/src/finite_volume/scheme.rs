//! The right-hand side: d(mass)/dt of every cell, as the method is written in a paper.
//!
//! Mass per cell is stored, not density: what leaves one cell enters its neighbour, term by term. The features
//! of a cell are taken at its centre, second order; a sticky cell's at the boundary where its mass lies, exactly. Where the faces
//! move, mass flows through them with the velocity that they see (arbitrary Lagrangian–Eulerian): nothing is interpolated.

use meanfield_model::landscape::Landscape;
use meanfield_run::flow::{Flow, Staged, mix};
use pulp::Arch;

use super::limiter::Limiter;
use super::line::Line;
use super::reduction::{Largest, Summary};
use super::sweep::{Speeds, Transport, Work};
use super::window::Window;
use crate::cell_features::CellFeatures;
use crate::grid::Grid;

/// The semi-discrete distributional dynamics on a grid.
pub struct Scheme<const D: usize, L> {
    pub(super) grid: Grid<D>,
    pub(super) landscape: L,
    limiter: Limiter,
    /// How the grid moves from where it stood at a time; not at all where there are none.
    windows: Option<(f64, [Window; D])>,
    /// When the grid stands as it does.
    stands_at: f64,
    lines: [Line; D],
    features: CellFeatures,
    /// One over each cell's volume.
    inverse_volume: Vec<f64>,
    work: Work,
    known: Known,
    arch: Arch,
}

/// What is known of one state; kept, because a step begins where the one before has ended.
#[derive(Clone, Debug)]
struct Known {
    time: f64,
    mass: Vec<f64>,
    /// E.
    energy: f64,
    /// With the rates: the largest forward-Euler step that keeps every mass positive.
    largest_step: Option<f64>,
    rate: Vec<f64>,
}

impl<const D: usize, L: Landscape<D>> Scheme<D, L> {
    /// The scheme on a grid that stays.
    pub fn new(landscape: L, grid: Grid<D>, limiter: Limiter) -> Self {
        let lines = lines(&landscape, &grid);
        let features = features(&landscape, &lines);
        let inverse_volume = inverse_volumes(&grid);
        let work = Work::new(landscape.rank(), grid.cells());
        let (known, arch) = (Known::nothing(grid.cells()), Arch::new());
        let (windows, stands_at) = (None, 0.0);
        Self {
            grid,
            landscape,
            limiter,
            windows,
            stands_at,
            lines,
            features,
            inverse_volume,
            work,
            known,
            arch,
        }
    }

    /// Goes over to another grid.
    pub fn replace_grid(&mut self, grid: Grid<D>) {
        self.work = Work::new(self.landscape.rank(), grid.cells());
        self.known = Known::nothing(grid.cells());
        self.place(grid);
    }

    /// Lets the grid move like these windows, which say where it stands at this time.
    pub fn follow(&mut self, time: f64, windows: [Window; D]) {
        for (line, window) in self.lines.iter_mut().zip(&windows) {
            line.face_velocity = window.face_velocities();
        }
        self.windows = Some((time, windows));
        self.known.largest_step = None;
    }

    /// Puts the grid where it stands at a time.
    fn stand_at(&mut self, time: f64) {
        let Some((from, windows)) = self.windows.as_ref().filter(|_| time != self.stands_at) else { return };
        let axes: Option<Vec<_>> = windows.iter().map(|window| window.axis_after(time - from).ok()).collect();
        // Faces that are no longer distinct numbers: the grid stays, and the step is too short to go on.
        if let Some(Ok(axes)) = axes.map(<[_; D]>::try_from) {
            let velocities: [Vec<f64>; D] = std::array::from_fn(|c| windows[c].face_velocities());
            self.place(Grid { axes });
            self.lines.iter_mut().zip(velocities).for_each(|(line, v)| line.face_velocity = v);
        }
        self.stands_at = time;
    }

    /// Puts the cells where those of this grid are, which has as many.
    fn place(&mut self, grid: Grid<D>) {
        self.lines = lines(&self.landscape, &grid);
        self.features = features(&self.landscape, &self.lines);
        self.inverse_volume = inverse_volumes(&grid);
        self.grid = grid;
        self.known.time = f64::NAN;
    }

    /// m_k of these masses, where the grid stands.
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

    /// E of these masses at a time, with the potential at every cell, unless it is known.
    pub fn energy(&mut self, time: f64, mass: &[f64]) -> f64 {
        self.stand_at(time);
        if self.known.time != time || self.known.mass != mass {
            self.update_potential(mass);
            self.known.energy = self.landscape.energy(&self.work.moments);
            self.known.time = time;
            self.known.mass.copy_from_slice(mass);
            self.known.largest_step = None;
        }
        self.known.energy
    }

    /// The largest forward-Euler step from these masses, with the rates, unless they are known.
    fn largest_step(&mut self, time: f64, mass: &[f64]) -> f64 {
        self.energy(time, mass);
        if let Some(step) = self.known.largest_step {
            return step;
        }
        for axis in 0..D {
            self.work.line.resize(self.grid.axes[axis].cells());
            for first in self.grid.lines(axis) {
                self.transport_line(axis, first, mass);
            }
        }
        let step = self.arch.dispatch(Largest(&self.work.loss)).recip();
        self.known.largest_step = Some(step);
        step
    }

    /// 4 ∫|∇Ψ|² dρ, by which E falls per unit time, and the smallest density of any cell.
    pub fn summary(&mut self, time: f64, mass: &[f64]) -> (f64, f64) {
        self.energy(time, mass);
        for axis in 0..D {
            self.work.line.resize(self.grid.axes[axis].cells());
            for first in self.grid.lines(axis) {
                let (stride, line, work) = (self.grid.stride(axis), &self.lines[axis], &mut self.work);
                self.arch.dispatch(Speeds { line, first, stride, begins: axis == 0, work });
            }
        }
        let Work { square, density, .. } = &mut self.work;
        // |v| = 2|∇Ψ|
        self.arch.dispatch(Summary { mass, square, inverse_volume: &self.inverse_volume, density })
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
        let (work, rate) = (&mut self.work, &mut self.known.rate);
        let begins = axis == 0;
        self.arch.dispatch(Transport { line, limiter, first, stride, begins, mass, work, rate });
    }
}

impl<const D: usize, L: Landscape<D>> Flow for Scheme<D, L> {
    fn rate(&mut self, time: f64, mass: &[f64], rate: &mut [f64]) -> f64 {
        let step = self.largest_step(time, mass);
        rate.copy_from_slice(&self.known.rate);
        step
    }
}

impl<const D: usize, L: Landscape<D>> Staged for Scheme<D, L> {
    fn bound(&mut self, time: f64, mass: &[f64]) -> f64 {
        self.largest_step(time, mass)
    }

    fn stage(&mut self, mass: &mut Vec<f64>, start: &[f64], share: f64, step: f64) {
        mix(mass, start, &self.known.rate, share, step);
    }
}

impl Known {
    fn nothing(cells: usize) -> Self {
        let (mass, rate) = (vec![f64::NAN; cells], vec![0.0; cells]);
        Self { time: f64::NAN, mass, energy: f64::NAN, largest_step: None, rate }
    }
}

fn inverse_volumes<const D: usize>(grid: &Grid<D>) -> Vec<f64> {
    (0..grid.cells()).map(|i| grid.volume(i).recip()).collect()
}

/// The geometry of each axis. Mass rests at the lower end only where that is the end of the coordinate itself.
fn lines<const D: usize>(landscape: &impl Landscape<D>, grid: &Grid<D>) -> [Line; D] {
    std::array::from_fn(|axis| {
        let at_end = grid.axes[axis].faces()[0] == 0.0;
        Line::new(&grid.axes[axis], at_end && landscape.rests_at_lower_end(axis))
    })
}

/// The features at the position of each cell.
fn features<const D: usize>(landscape: &impl Landscape<D>, lines: &[Line; D]) -> CellFeatures {
    CellFeatures::new(landscape, lines.each_ref().map(|line| &line.position[..]))
}
