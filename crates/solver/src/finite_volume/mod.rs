//! The system `finite-volume`: cell masses, upwind fluxes with limited slopes, strong-stability-preserving
//! Runge–Kutta, step from the positivity bound.
//!
//! It keeps mass exactly, is positive or fails, and never lets the risk rise: a step after which it does is
//! taken again at half the length. No masses are ever clipped or renormalised. A grid of one coordinate grows at its
//! upper end before mass gets there.

pub mod certificates;
pub mod features;
pub mod limiter;
pub mod line;
pub mod reduction;
pub mod scheme;
mod sweep;

use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_run::schedule::Schedule;
use meanfield_run::stepper::strong_stability::{Method, Stepper};
use meanfield_run::system::{Observation, RunError, State, Stride, System, stride};
use ndarray::{ArrayD, IxDyn};

use crate::grid::Grid;
use crate::scalars;
use certificates::{Certificates, SAVED};
use limiter::Limiter;
use scheme::Scheme;

/// Share of the positivity bound that a step uses.
const COURANT: f64 = 0.9;
/// Steps in one stride.
const STEPS: usize = 64;
/// A step this much shorter than the time reached (or than 1) means that the run is stuck.
const SHORTEST: f64 = 1e-12;
/// A grid grows as soon as there is more mass than this near its upper end.
const GROW: f64 = 1e-12;
/// Near: in this share of its cells, and in this many at least (a step of three stages carries mass three cells far).
const NEAR: (f64, usize) = (0.02, 4);
/// By this share of its cells, and this many at least.
const GROWTH: (f64, usize) = (0.1, 8);
/// A grid that has grown to so many times its cells grows no more.
const MOST_GROWTH: usize = 10;
/// More mass than this in the cell at an outer edge means that the grid is too small.
const EDGE: f64 = 1e-6;
/// The risk may rise by this in a step, relative to its terms: rounding.
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
    time: f64,
    risk: f64,
    /// By which the risk falls per unit time at present.
    dissipation: f64,
    certificates: Certificates,
    /// Cells at the start.
    first_cells: usize,
}

impl<const D: usize, L: Landscape<D>> FiniteVolume<D, L> {
    /// The system with these masses at t = 0 (one a cell, summing to 1).
    pub fn new(landscape: L, grid: Grid<D>, mass: Vec<f64>, schedule: Schedule, options: Options) -> Self {
        let (stepper, first_cells) = (Stepper::new(options.method, mass.len()), grid.cells());
        let mut scheme = Scheme::new(landscape, grid, schedule, options.limiter);
        let risk = scheme.evaluate(0.0, &mass).risk;
        let (dissipation, _) = scheme.summary(0.0, &mass);
        let certificates = Certificates::new(risk);
        let mut system =
            Self { scheme, stepper, mass, time: 0.0, risk, dissipation, certificates, first_cells };
        (0..D).for_each(|axis| while system.grows(axis) {});
        system.certify();
        system
    }

    /// One step towards `until` that does not raise the risk.
    fn step(&mut self, until: f64) -> Result<(), RunError> {
        let (before, start) = (self.risk, self.mass.clone());
        let shortest = SHORTEST * self.time.max(1.0);
        let mut longest = until - self.time;
        loop {
            let taken = self
                .stepper
                .step(&mut self.scheme, self.time, &mut self.mass, COURANT, longest, shortest)
                .ok_or_else(|| {
                    self.failed("no positive step is stable; use more cells or check the scenario")
                })?;
            let time = if taken == until - self.time { until } else { self.time + taken };
            let risk = self.scheme.evaluate(time, &self.mass).risk;
            if risk <= before + ROUNDING * before.abs().max(1.0) {
                let before = self.dissipation;
                (self.time, self.risk) = (time, risk);
                self.certify();
                self.certificates.dissipated += 0.5 * taken * (before + self.dissipation);
                return Ok(());
            }
            if !risk.is_finite() || taken < shortest {
                return Err(self.failed("the risk is not finite or rises however short the step"));
            }
            self.certificates.repeated_steps += 1.0;
            self.mass.copy_from_slice(&start);
            longest = 0.5 * taken;
        }
    }

    /// Brings the dissipation and the worst-so-far up to date.
    fn certify(&mut self) {
        let edge = (0..D).map(|axis| self.mass_at_end(axis, 1)).fold(0.0, f64::max);
        let total: f64 = self.mass.iter().sum();
        let (dissipation, lowest) = self.scheme.summary(self.time, &self.mass);
        self.dissipation = dissipation;
        let worst = &mut self.certificates;
        worst.mass_error = worst.mass_error.max((total - 1.0).abs());
        worst.minimum_density = worst.minimum_density.min(lowest);
        worst.cfl_margin = worst.cfl_margin.min(self.stepper.margin);
        worst.edge_mass = worst.edge_mass.max(edge);
    }

    /// Mass in the last `count` cells along an axis.
    fn mass_at_end(&self, axis: usize, count: usize) -> f64 {
        let grid = &self.scheme.grid;
        let (cells, stride) = (grid.axes[axis].cells(), grid.stride(axis));
        let along = |first: usize| (cells - count..cells).map(move |i| self.mass[first + i * stride]);
        grid.lines(axis).flat_map(along).sum()
    }

    /// Refuses masses that lost their sign, and mass at an upper edge that can no longer grow.
    fn check(&mut self) -> Result<(), RunError> {
        if self.certificates.minimum_density < 0.0 {
            return Err(self.failed("a cell's mass became negative"));
        }
        for axis in 0..D {
            if !self.grows(axis) && self.mass_at_end(axis, 1) > EDGE {
                let upper = self.scheme.grid.axes[axis].faces().last().copied().unwrap_or(f64::NAN);
                return Err(self.failed(&format!(
                    "the mass has reached the grid's edge at {upper:.3e}, {MOST_GROWTH} times as many cells as at \
                     the start; widen `domain`"
                )));
            }
        }
        Ok(())
    }

    /// Whether mass is near the upper end of an axis and there was room for the grid to grow.
    fn grows(&mut self, axis: usize) -> bool {
        let cells = self.scheme.grid.axes[axis].cells();
        let near = self.mass_at_end(axis, share(NEAR, cells).min(cells));
        if near <= GROW || self.scheme.grid.cells() >= MOST_GROWTH * self.first_cells {
            return false;
        }
        self.grow(axis);
        self.scheme.grid.axes[axis].cells() > cells
    }

    /// Adds cells at the upper end of an axis, the same whenever it happens.
    fn grow(&mut self, axis: usize) {
        let more = share(GROWTH, self.scheme.grid.axes[axis].cells());
        // Faces that would no longer be finite numbers: the run goes on, and stops when mass comes to the edge.
        if let Ok((longer, mass)) = self.scheme.grid.extended(axis, more, &self.mass) {
            self.stepper.resize(mass.len());
            self.mass = mass;
            self.scheme.replace_grid(longer);
            self.dissipation = self.scheme.summary(self.time, &self.mass).0;
        }
    }

    fn failed(&self, what: &str) -> RunError {
        RunError::Failed { time: self.time, what: what.into() }
    }

    /// b of the present law: E R_N − R = b/N.
    fn independent_bias(&self) -> f64 {
        let mut cells = self.mass.iter().enumerate().map(|(i, mass)| (self.scheme.position(i), *mass));
        self.scheme.landscape.independent_bias(&mut cells, &self.scheme.moments(&self.mass))
    }

    /// What the kernel leaves out up to the upper corner of the grid.
    fn kernel_truncation(&self) -> f64 {
        let upper = |axis: usize| self.scheme.grid.axes[axis].faces().last().copied().unwrap_or(0.0);
        self.scheme.landscape.truncation(std::array::from_fn(upper))
    }
}

/// A share of the cells, or the least number.
fn share((share, least): (f64, usize), cells: usize) -> usize {
    ((share * cells as f64).ceil() as usize).max(least)
}

impl<const D: usize, L: Landscape<D>> System for FiniteVolume<D, L> {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        stride(self, until, STEPS, |cells| {
            cells.step(until)?;
            cells.check()
        })
    }

    fn observe(&self) -> Observation {
        let grid = &self.scheme.grid;
        let shape: Vec<usize> = grid.axes.iter().map(|axis| axis.cells()).collect();
        let mass = ArrayD::from_shape_fn(IxDyn(&shape), |at| {
            self.mass[(0..D).map(|axis| at[axis] * grid.stride(axis)).sum::<usize>()]
        });
        let bias = scalars::independent_bias(self.independent_bias());
        let certificates = self.certificates.scalars(self.risk, self.kernel_truncation());
        Observation {
            risk: self.risk,
            scalars: std::iter::once(bias).chain(certificates).collect(),
            law: Measure::Cells { axes: grid.axes.to_vec(), mass },
        }
    }

    fn work(&self) -> u64 {
        self.stepper.evaluations
    }

    fn save(&self) -> State {
        let cells = self.scheme.grid.axes.iter().map(|axis| axis.cells() as u64).collect();
        let mut reals = vec![self.time];
        reals.extend(self.certificates.save());
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
        let (&time, rest) = state.reals.split_first().ok_or_else(wrong)?;
        let (saved, mass) = rest.split_first_chunk::<SAVED>().ok_or_else(wrong)?;
        if mass.len() != self.mass.len() {
            return Err(wrong());
        }
        self.mass.copy_from_slice(mass);
        (self.time, self.certificates) = (time, Certificates::restored(*saved));
        self.risk = self.scheme.evaluate(time, mass).risk;
        self.dissipation = self.scheme.summary(time, mass).0;
        Ok(())
    }
}
