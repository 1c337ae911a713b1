//! The system `finite-volume`: cell masses, upwind fluxes with limited slopes, strong-stability-preserving
//! Runge–Kutta, step from the positivity bound, and no longer than the flow keeps its pace: near rest the
//! bound alone would allow steps longer than the flow takes to get there.
//!
//! It keeps mass exactly, is positive or fails, and never lets the energy rise (the risk, and the ridge's share): a step after
//! which it does is taken again at half the length. No masses are ever clipped or renormalised. A grid of one coordinate grows at its
//! upper end before mass gets there.

mod by_lines;
mod by_rows;
pub mod certificates;
mod following;
pub mod limiter;
pub mod line;
pub mod outer;
pub mod reduction;
pub mod scheme;
mod survey;
mod sweep;
pub mod window;

use std::cell::Cell;

use meanfield_model::landscape::Landscape;
use meanfield_run::flow::Staged;
use meanfield_run::stepper::strong_stability::{Method, Stepper};
use meanfield_run::system::{Observation, RunError, State, Stride, System, stride};

use crate::grid::{End, Grid};
use crate::room::{self, MOST_GROWTH};
use crate::scalars;
use certificates::{Certificates, SAVED};
use limiter::Limiter;
use scheme::Scheme;
use window::Window;

/// Share of the positivity bound that a step uses.
const COURANT: f64 = 0.9;
/// By which share the dissipation may change in a step, unless told otherwise. A mode that decays at the rate
/// λ has steps τ of λτ = 0.025 then, which err by (λτ)³/6.
pub const CHANGE: f64 = 0.05;
/// A fall of the energy in a step by less than this, relative to the energy (or 1), is rounding and says
/// nothing of the pace.
const TELLING: f64 = 1e-12;
/// Nor does a step so many times shorter than the last that did.
const TOO_SHORT: f64 = 1e-3;
/// Steps in one stride.
const STEPS: usize = 64;
/// Steps over which curves are smooth: in each the fastest mass crosses about one cell.
const SMOOTH: usize = 4;
/// Cells that a stride may treat, all its steps together, line by line and row by row: a quarter of a second.
const CELLS_OF_STRIDE: [usize; 2] = [500_000, 4_000_000];
/// A step this much shorter than the time reached (or than 1) means that the run is stuck.
const SHORTEST: f64 = 1e-12;
/// The energy may rise by this in a step, relative to its terms: rounding.
const ROUNDING: f64 = 1e-13;

/// Choices of the scheme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Slope limiter.
    pub limiter: Limiter,
    /// Time stepper.
    pub method: Method,
}

/// See the module's head.
pub struct FiniteVolume<const D: usize, L> {
    scheme: Scheme<D, L>,
    stepper: Stepper,
    mass: Vec<f64>,
    /// Those before the present step.
    start: Vec<f64>,
    time: f64,
    energy: f64,
    /// By which the energy falls per unit time at present.
    dissipation: f64,
    certificates: Certificates,
    /// Length of the last step that no observation cut short.
    own_step: f64,
    /// What the kernel leaves out up to a corner of the grid: the last that was asked for.
    truncation: Cell<([f64; D], f64)>,
    /// Cells at the start.
    first_cells: usize,
    /// How the grid follows the mass; not at all where there are none.
    windows: Option<[Window; D]>,
    /// By which share the dissipation may change in a step.
    change: f64,
    /// The longest step that changes it by no more, as the last steps have it.
    of_pace: f64,
}

impl<const D: usize, L: Landscape<D>> FiniteVolume<D, L> {
    /// The system with these masses at t = 0 (one a cell, summing to 1).
    pub fn new(landscape: L, grid: Grid<D>, mass: Vec<f64>, options: Options) -> Self {
        let mut system = Self::begin(landscape, grid, mass, options, None);
        (0..D).for_each(|axis| while system.grows(axis) {});
        system.certify();
        system
    }

    /// With windows or without.
    fn begin(
        landscape: L,
        grid: Grid<D>,
        mass: Vec<f64>,
        options: Options,
        windows: Option<[Window; D]>,
    ) -> Self {
        let (stepper, first_cells) = (Stepper::new(options.method, mass.len()), grid.cells());
        let mut scheme = Scheme::new(landscape, grid, options.limiter);
        let energy = scheme.energy(0.0, &mass);
        let (dissipation, _) = scheme.summary(0.0, &mass);
        let (certificates, start) = (Certificates::new(energy), mass.clone());
        let (time, change, of_pace) = (0.0, CHANGE, f64::INFINITY);
        let (own_step, truncation) = (0.0, Cell::new(([f64::NAN; D], f64::NAN)));
        Self {
            scheme,
            stepper,
            mass,
            start,
            time,
            energy,
            dissipation,
            certificates,
            own_step,
            truncation,
            first_cells,
            windows,
            change,
            of_pace,
        }
    }

    /// The system with steps in which the dissipation may change by this share.
    pub fn with_change(self, change: f64) -> Self {
        Self { change, ..self }
    }

    /// Learns the pace of the flow from a step that took so long, before which the dissipation was `before`.
    fn learn_pace(&mut self, taken: f64, before: f64) {
        let telling = before * taken > TELLING * self.energy.abs().max(1.0);
        let long = !self.of_pace.is_finite() || taken > TOO_SHORT * self.of_pace;
        if telling && long {
            let change = (self.dissipation - before).abs() / before.max(self.dissipation);
            self.of_pace = taken * self.change / change;
        }
    }

    /// One step towards `until` that does not raise the energy.
    fn step(&mut self, until: f64) -> Result<(), RunError> {
        let before = self.energy;
        self.start.copy_from_slice(&self.mass);
        let shortest = SHORTEST * self.time.max(1.0);
        let mut longest = self.longest_step(until).min(self.of_pace);
        loop {
            let taken = self
                .stepper
                .step(&mut self.scheme, self.time, &mut self.mass, COURANT, longest, shortest)
                .ok_or_else(|| {
                    self.failed("no positive step is stable; use more cells or check the scenario")
                })?;
            let arrives = taken == until - self.time;
            let time = if arrives { until } else { self.time + taken };
            let energy = self.scheme.energy(time, &self.mass);
            if energy <= before + ROUNDING * before.abs().max(1.0) {
                let before = self.dissipation;
                let moved = time - self.time;
                self.own_step = if arrives { self.own_step.max(taken) } else { taken };
                (self.time, self.energy) = (time, energy);
                self.windows.iter_mut().flatten().for_each(|window| window.advance(moved));
                self.certify();
                self.certificates.dissipated += 0.5 * taken * (before + self.dissipation);
                self.learn_pace(moved, before);
                self.steer(moved);
                return Ok(());
            }
            if !energy.is_finite() || taken < shortest {
                return Err(self.failed("the energy is not finite or rises however short the step"));
            }
            self.certificates.repeated_steps += 1.0;
            self.mass.copy_from_slice(&self.start);
            self.scheme.forget();
            // On a grid that stands still, steps that are short enough lower the energy of its cells: that of moving cells may rise.
            let moves = self.windows.iter().flatten().any(Window::moves);
            longest = if moves { until - self.time } else { 0.5 * taken };
            self.follow(Window::hold);
        }
    }

    /// Brings the dissipation and the worst-so-far up to date.
    fn certify(&mut self) {
        let (dissipation, lowest) = self.scheme.summary(self.time, &self.mass);
        let marginals = self.scheme.marginals(&self.mass);
        let edge = room::edge_mass(&self.scheme.grid, &marginals);
        let total: f64 = marginals[0].iter().sum();
        self.dissipation = dissipation;
        let worst = &mut self.certificates;
        worst.mass_error = worst.mass_error.max((total - 1.0).abs());
        worst.minimum_density = worst.minimum_density.min(lowest);
        worst.cfl_margin = worst.cfl_margin.min(self.stepper.margin);
        worst.edge_mass = worst.edge_mass.max(edge);
    }

    /// Refuses masses that lost their sign, and mass at an upper edge that can no longer grow.
    fn check(&mut self) -> Result<(), RunError> {
        if self.certificates.minimum_density < 0.0 {
            return Err(self.failed("a cell's mass became negative"));
        }
        for axis in 0..D {
            if self.windows.is_none()
                && !self.grows(axis)
                && let Some(complaint) = self.complaint(axis)
            {
                return Err(self.failed(&complaint));
            }
        }
        Ok(())
    }

    /// What is wrong at the ends of an axis that did not grow; a lower end at 0 is that of a radius.
    fn complaint(&self, axis: usize) -> Option<String> {
        let is_wall = self.scheme.grid.axes[axis].faces()[0] == 0.0;
        let mut ends = End::BOTH.into_iter().filter(|end| *end == End::Upper || !is_wall);
        ends.find_map(|end| room::complaint(&self.scheme.grid, &self.mass, axis, end))
    }

    /// Whether mass is near the upper end of an axis and there was room for the grid to grow.
    fn grows(&mut self, axis: usize) -> bool {
        let cells = self.scheme.grid.axes[axis].cells();
        let is_needed = room::is_needed(&self.scheme.grid, &self.mass, axis, End::Upper);
        if !is_needed || self.scheme.grid.cells() >= MOST_GROWTH * self.first_cells {
            return false;
        }
        self.grow(axis);
        self.scheme.grid.axes[axis].cells() > cells
    }

    /// Adds cells at the upper end of an axis, the same whenever it happens.
    fn grow(&mut self, axis: usize) {
        let more = room::more(&self.scheme.grid, axis);
        // Faces that would no longer be finite numbers: the run goes on, and stops when mass comes to the edge.
        if let Ok((longer, mass)) = self.scheme.grid.extended(axis, End::Upper, more, &self.mass) {
            self.stepper.resize(mass.len());
            self.start.resize(mass.len(), 0.0);
            self.mass = mass;
            self.scheme.replace_grid(longer);
            self.dissipation = self.scheme.summary(self.time, &self.mass).0;
        }
    }

    fn failed(&self, what: &str) -> RunError {
        RunError::Failed { time: self.time, what: what.into() }
    }

    /// What the kernel leaves out up to the far corner of the grid.
    fn kernel_truncation(&self) -> f64 {
        let corner = self.scheme.grid.far_corner();
        if self.truncation.get().0 != corner {
            self.truncation.set((corner, self.scheme.landscape.truncation(corner)));
        }
        self.truncation.get().1
    }
}

impl<const D: usize, L: Landscape<D>> System for FiniteVolume<D, L> {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let cells = CELLS_OF_STRIDE[usize::from(self.scheme.goes_by_rows())];
        let steps = (cells / self.mass.len()).clamp(1, STEPS);
        stride(self, until, steps, |cells| {
            cells.step(until)?;
            cells.check()
        })
    }

    fn next_step(&self) -> Option<f64> {
        (self.own_step > 0.0).then_some(self.time + SMOOTH as f64 * self.own_step)
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        for _ in 0..SMOOTH {
            if self.time < until {
                self.step(until)?;
                self.check()?;
            }
        }
        Ok(())
    }

    fn observe(&self) -> Observation {
        let moments = self.scheme.moments(&self.mass);
        let risk = self.scheme.landscape.risk(&moments);
        let bias = self.scheme.independent_bias(&self.mass, &moments);
        let results = [scalars::free_energy(0.5 * self.energy), scalars::independent_bias(bias)];
        let certificates = self.certificates.scalars(self.energy, self.kernel_truncation());
        Observation {
            risk,
            scalars: results.into_iter().chain(certificates).collect(),
            law: self.scheme.grid.law(&self.mass),
        }
    }

    fn work(&self) -> u64 {
        self.stepper.evaluations
    }

    fn use_threads(&mut self, threads: usize) {
        self.scheme.use_threads(threads);
    }

    fn save(&self) -> State {
        let cells = self.scheme.grid.axes.iter().map(|axis| axis.cells() as u64).collect();
        let mut reals = vec![self.time, self.own_step, self.of_pace];
        reals.extend(self.certificates.save());
        reals.extend(self.windows.iter().flatten().flat_map(Window::save));
        reals.extend(&self.mass);
        State { integers: cells, reals }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let cells = self.mass.len();
        let wrong =
            || RunError::Checkpoint(format!("{} numbers for a grid of {cells} cells", state.reals.len()));
        for (axis, wanted) in state.integers.iter().enumerate() {
            while (self.scheme.grid.axes.get(axis).ok_or_else(wrong)?.cells() as u64) < *wanted {
                let before = self.scheme.grid.cells();
                self.grow(axis);
                if self.scheme.grid.cells() == before
                    || self.scheme.grid.cells() > 2 * MOST_GROWTH * self.first_cells
                {
                    return Err(wrong());
                }
            }
        }
        let (&[time, own_step, of_pace], rest) = state.reals.split_first_chunk::<3>().ok_or_else(wrong)?;
        let (saved, rest) = rest.split_first_chunk::<SAVED>().ok_or_else(wrong)?;
        let windows = self.windows.iter().flatten().count() * window::SAVED;
        let (windows, mass) = rest.split_at_checked(windows).ok_or_else(wrong)?;
        if mass.len() != self.mass.len() || !mass.iter().all(|mass| mass.is_finite()) {
            return Err(wrong());
        }
        self.mass.copy_from_slice(mass);
        self.scheme.forget();
        (self.time, self.own_step, self.of_pace) = (time, own_step, of_pace);
        self.certificates = Certificates::restored(*saved);
        let saved = windows.as_chunks::<{ window::SAVED }>().0.iter();
        self.windows
            .iter_mut()
            .flatten()
            .zip(saved)
            .for_each(|(window, saved)| *window = window.restored(*saved));
        self.follow(|_| ());
        self.energy = self.scheme.energy(time, mass);
        self.dissipation = self.scheme.summary(time, mass).0;
        Ok(())
    }
}
