//! The right-hand side: d(mass)/dt of every cell, as the method is written in a paper.
//!
//! Mass per cell is stored, not density: what leaves one cell enters its neighbour, term by term. The features
//! of a cell are taken at its centre, second order; a sticky cell's at the boundary where its mass lies, exactly. Where the faces
//! move, mass flows through them with the velocity that they see (arbitrary Lagrangian–Eulerian): nothing is interpolated.

use std::sync::OnceLock;

use meanfield_model::landscape::Landscape;
use meanfield_run::flow::{Flow, Stage, Staged};

use super::by_lines::ByLines;
use super::by_rows::ByRows;
use super::limiter::Limiter;
use super::line::Line;
use super::window::Window;
use crate::cell_features::CellFeatures;
use crate::grid::Grid;
use crate::room;

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
    moments: Vec<f64>,
    sweep: Sweep,
    known: Known,
    /// U(θ, θ) at each of [`Scheme::points`], where the grid stands; computed when it is first asked for.
    own: OnceLock<Vec<f64>>,
}

/// How the rates are computed.
enum Sweep {
    /// Line by line.
    Lines(Box<ByLines>),
    /// Rows of an outer weight, all at once.
    Rows(Box<ByRows>),
}

/// What is known of one state; kept, because a step begins where the one before has ended.
#[derive(Clone, Copy, Debug)]
struct Known {
    time: f64,
    /// E.
    energy: f64,
    /// With the rates: the largest forward-Euler step that keeps every mass positive.
    largest_step: Option<f64>,
}

/// Nothing.
const NOTHING: Known = Known { time: f64::NAN, energy: f64::NAN, largest_step: None };

impl<const D: usize, L: Landscape<D>> Scheme<D, L> {
    /// The scheme on a grid that stays, by the fused kernel where there is one.
    pub fn new(landscape: L, grid: Grid<D>, limiter: Limiter) -> Self {
        let mut scheme = Self::by_lines(landscape, grid, limiter);
        if let CellFeatures::Outer { .. } = scheme.features
            && let Some(rows) = ByRows::new(&scheme.grid, &scheme.lines, limiter)
        {
            scheme.sweep = Sweep::Rows(Box::new(rows));
        }
        scheme
    }

    /// The same, line by line in any case: slower, and what the fused kernel is tested against.
    pub fn by_lines(landscape: L, grid: Grid<D>, limiter: Limiter) -> Self {
        let lines = lines(&landscape, &grid);
        let features = features(&landscape, &lines);
        let (sweep, moments) = (Sweep::Lines(Box::new(ByLines::new(&grid))), vec![0.0; landscape.rank()]);
        let (windows, stands_at, known, own) = (None, 0.0, NOTHING, OnceLock::new());
        Self { grid, landscape, limiter, windows, stands_at, lines, features, moments, sweep, known, own }
    }

    /// Goes over to another grid.
    pub fn replace_grid(&mut self, grid: Grid<D>) {
        self.lines = lines(&self.landscape, &grid);
        self.features = features(&self.landscape, &self.lines);
        self.sweep = match &self.sweep {
            Sweep::Rows(_) => {
                ByRows::new(&grid, &self.lines, self.limiter).map(|rows| Sweep::Rows(Box::new(rows)))
            }
            Sweep::Lines(_) => None,
        }
        .unwrap_or_else(|| Sweep::Lines(Box::new(ByLines::new(&grid))));
        self.grid = grid;
        self.known = NOTHING;
        self.own = OnceLock::new();
    }

    /// Whether rates are computed row by row, many times as fast.
    pub fn goes_by_rows(&self) -> bool {
        matches!(self.sweep, Sweep::Rows(_))
    }

    /// From now on uses so many threads where it can; no result depends on it.
    pub fn use_threads(&mut self, threads: usize) {
        if let Sweep::Rows(rows) = &mut self.sweep {
            rows.use_threads(threads);
        }
    }

    /// Lets the grid move like these windows, which say where it stands at this time.
    pub fn follow(&mut self, time: f64, windows: [Window; D]) {
        self.windows = Some((time, windows));
        self.set_velocities();
        self.known.largest_step = None;
    }

    /// Takes the velocities of the faces from the windows.
    fn set_velocities(&mut self) {
        let Some((_, windows)) = &self.windows else { return };
        for (line, window) in self.lines.iter_mut().zip(windows) {
            line.face_velocity = window.face_velocities();
        }
        if let Sweep::Rows(rows) = &mut self.sweep {
            rows.replace_geometry(&self.grid, &self.lines, self.limiter);
        }
    }

    /// Puts the grid where it stands at a time.
    fn stand_at(&mut self, time: f64) {
        let Some((from, windows)) = self.windows.as_ref().filter(|_| time != self.stands_at) else { return };
        let axes: Option<Vec<_>> = windows.iter().map(|window| window.axis_after(time - from).ok()).collect();
        // Faces that are no longer distinct numbers: the grid stays, and the step is too short to go on.
        if let Some(Ok(axes)) = axes.map(<[_; D]>::try_from)
            && axes != self.grid.axes
        {
            self.place(Grid { axes });
        }
        self.stands_at = time;
    }

    /// Puts the cells where those of this grid are, which has as many.
    fn place(&mut self, grid: Grid<D>) {
        self.lines = lines(&self.landscape, &grid);
        self.features = features(&self.landscape, &self.lines);
        match &mut self.sweep {
            Sweep::Lines(lines) => lines.place(&grid),
            Sweep::Rows(rows) => rows.place(&grid),
        }
        self.grid = grid;
        self.own = OnceLock::new();
        self.set_velocities();
        self.known = NOTHING;
    }

    /// m_k of these masses, where the grid stands.
    pub fn moments(&self, mass: &[f64]) -> Vec<f64> {
        let mut moments = vec![0.0; self.landscape.rank()];
        self.features.moments(mass, &mut moments);
        moments
    }

    /// b of these masses with their moments, where the grid stands: E R_N − R = b/N.
    pub fn independent_bias(&self, mass: &[f64], moments: &[f64]) -> f64 {
        if !self.landscape.bias_is_exact() {
            return self.landscape.independent_bias(&mut self.points(mass), moments);
        }
        let each = || self.points(mass).map(|(z, _)| self.landscape.self_interaction(z)).collect();
        let own = self.own.get_or_init(each);
        let sum: f64 = self.points(mass).zip(own).map(|((_, mass), own)| mass * own).sum();
        sum - self.landscape.interaction(moments)
    }

    /// Cells and their masses; or, what is the same to all that is quadratic in an outer weight, rows at weight 1 with Σ a² · mass.
    fn points<'a>(&'a self, mass: &'a [f64]) -> Box<dyn Iterator<Item = ([f64; D], f64)> + 'a> {
        let CellFeatures::Outer { weights, .. } = &self.features else {
            return Box::new(mass.iter().enumerate().map(|(i, mass)| (self.position(i), *mass)));
        };
        let square = move |row: &[f64]| row.iter().zip(weights).map(|(mass, a)| mass * a * a).sum();
        let rows = mass.chunks_exact(weights.len()).enumerate();
        Box::new(rows.map(move |(row, mass)| {
            let mut z = self.position(row * weights.len());
            z[0] = 1.0;
            (z, square(mass))
        }))
    }

    /// Where the features of cell `i` are taken.
    pub fn position(&self, i: usize) -> [f64; D] {
        let at = self.grid.indices(i);
        std::array::from_fn(|axis| self.lines[axis].position[at[axis]])
    }

    /// E of these masses at a time, with the potential everywhere, unless it is known.
    pub fn energy(&mut self, time: f64, mass: &[f64]) -> f64 {
        self.stand_at(time);
        let is_known = match &self.sweep {
            Sweep::Lines(lines) => lines.knows(mass),
            Sweep::Rows(rows) => rows.knows(),
        };
        if self.known.time != time || !is_known {
            self.update_potential(mass);
            self.known = Known { time, energy: self.landscape.energy(&self.moments), largest_step: None };
        }
        self.known.energy
    }

    /// Ψ from the moments of the law itself.
    fn update_potential(&mut self, mass: &[f64]) {
        let mut coefficients = vec![0.0; self.moments.len()];
        match (&mut self.sweep, &self.features) {
            (Sweep::Rows(rows), CellFeatures::Outer { weights, .. }) => {
                rows.moments(mass, weights, &self.features, &mut self.moments);
            }
            _ => self.features.moments(mass, &mut self.moments),
        }
        self.landscape.potential_coefficients(&self.moments, &mut coefficients);
        match &mut self.sweep {
            Sweep::Lines(lines) => lines.update_potential(mass, &self.features, &coefficients),
            Sweep::Rows(rows) => rows.update_potential(&self.features, &coefficients),
        }
    }

    /// The largest forward-Euler step from these masses, with the rates, unless they are known.
    fn largest_step(&mut self, time: f64, mass: &[f64]) -> f64 {
        self.energy(time, mass);
        if let Some(step) = self.known.largest_step {
            return step;
        }
        let step = match &mut self.sweep {
            Sweep::Lines(by_lines) => by_lines.largest_step(&self.grid, &self.lines, self.limiter),
            Sweep::Rows(rows) => rows.largest_step(),
        };
        self.known.largest_step = Some(step);
        step
    }

    /// 4 ∫|∇Ψ|² dρ, by which E falls per unit time, and the smallest density of any cell.
    pub fn summary(&mut self, time: f64, mass: &[f64]) -> (f64, f64) {
        self.energy(time, mass);
        match &mut self.sweep {
            Sweep::Lines(by_lines) => by_lines.summary(&self.grid, &self.lines),
            Sweep::Rows(rows) => rows.summary(&self.grid, &self.lines, mass),
        }
    }

    /// The masses along every axis; `summary` was last asked for them.
    pub fn marginals(&self, mass: &[f64]) -> [Vec<f64>; D] {
        std::array::from_fn(|axis| match &self.sweep {
            Sweep::Lines(_) => room::marginal(&self.grid, mass, axis),
            Sweep::Rows(rows) => rows.marginal(&self.grid, axis),
        })
    }
}

impl<const D: usize, L: Landscape<D>> Flow for Scheme<D, L> {
    /// Where no rates are kept, by one step of forward Euler.
    fn rate(&mut self, time: f64, mass: &[f64], rate: &mut [f64]) -> f64 {
        let step = self.largest_step(time, mass);
        match &mut self.sweep {
            Sweep::Lines(by_lines) => rate.copy_from_slice(by_lines.rate()),
            Sweep::Rows(rows) => {
                let (mut after, length) = (mass.to_vec(), 0.5 * step);
                rows.stage(&mut after, &mut Vec::new(), Stage { share: 0.0, step: length, is_last: true });
                rows.forget();
                let change = after.iter().zip(mass).map(|(after, before)| (after - before) / length);
                rate.iter_mut().zip(change).for_each(|(rate, change)| *rate = change);
            }
        }
        step
    }
}

impl<const D: usize, L: Landscape<D>> Staged for Scheme<D, L> {
    fn bound(&mut self, time: f64, mass: &[f64]) -> f64 {
        self.largest_step(time, mass)
    }

    fn stage(&mut self, mass: &mut Vec<f64>, start: &mut Vec<f64>, stage: Stage) {
        match &mut self.sweep {
            Sweep::Lines(by_lines) => stage.mix(mass, start, by_lines.rate()),
            Sweep::Rows(rows) => {
                rows.stage(mass, start, stage);
                self.known = NOTHING;
            }
        }
    }

    fn forget(&mut self) {
        if let Sweep::Rows(rows) = &mut self.sweep {
            rows.forget();
        }
        self.known = NOTHING;
    }
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
