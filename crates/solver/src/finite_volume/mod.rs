//! The system `finite-volume`: cell masses, upwind fluxes with limited slopes, strong-stability-preserving
//! Runge–Kutta, step from the positivity bound.
//!
//! It keeps mass exactly, is positive or fails, and never lets the risk rise: a step after which it does is
//! taken again at half the length. No masses are ever clipped or renormalised.

pub mod limiter;
pub mod line;
pub mod scheme;

use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_run::schedule::Schedule;
use meanfield_run::stepper::strong_stability::{Method, Stepper};
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System, stride};
use ndarray::{ArrayD, IxDyn};

use crate::grid::Grid;
use limiter::Limiter;
use scheme::Scheme;

/// Share of the positivity bound that a step uses.
const COURANT: f64 = 0.9;
/// Steps in one stride.
const STEPS: usize = 64;
/// A step this much shorter than the time reached (or than 1) means that the run is stuck.
const SHORTEST: f64 = 1e-12;
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
    certificates: Certificates,
}

/// The worst seen at any step so far, and how often a step was repeated.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Certificates {
    mass_error: f64,
    minimum_density: f64,
    repeated_steps: f64,
}

impl<const D: usize, L: Landscape<D>> FiniteVolume<D, L> {
    /// The system with these masses at t = 0 (one a cell, summing to 1).
    pub fn new(landscape: L, grid: Grid<D>, mass: Vec<f64>, schedule: Schedule, options: Options) -> Self {
        let stepper = Stepper::new(options.method, mass.len());
        let scheme = Scheme::new(landscape, grid, schedule, options.limiter);
        let risk = scheme.risk(&mass);
        let certificates =
            Certificates { mass_error: 0.0, minimum_density: f64::INFINITY, repeated_steps: 0.0 };
        let mut system = Self { scheme, stepper, mass, time: 0.0, risk, certificates };
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
            self.risk = self.scheme.risk(&self.mass);
            if self.risk <= before + ROUNDING * before.max(1.0) {
                self.time = if taken == until - self.time { until } else { self.time + taken };
                return Ok(());
            }
            if !self.risk.is_finite() || taken < shortest {
                return Err(self.failed("the risk is not finite or rises however short the step"));
            }
            self.certificates.repeated_steps += 1.0;
            self.mass.copy_from_slice(&start);
            longest = 0.5 * taken;
        }
    }

    /// Brings the worst-so-far up to date.
    fn certify(&mut self) {
        let total: f64 = self.mass.iter().sum();
        let density = |(i, mass): (usize, &f64)| mass / self.scheme.grid.volume(i);
        let lowest = self.mass.iter().enumerate().map(density).fold(f64::INFINITY, f64::min);
        let worst = &mut self.certificates;
        worst.mass_error = worst.mass_error.max((total - 1.0).abs());
        worst.minimum_density = worst.minimum_density.min(lowest);
    }

    /// Refuses mass at an upper edge, and masses that lost their sign.
    fn check(&self) -> Result<(), RunError> {
        if self.certificates.minimum_density < 0.0 {
            return Err(self.failed("a cell's mass became negative"));
        }
        for (axis, edges) in self.scheme.grid.axes.iter().enumerate() {
            let (stride, last) = (self.scheme.grid.stride(axis), edges.cells() - 1);
            let at_edge: f64 =
                self.scheme.grid.lines(axis).map(|first| self.mass[first + last * stride]).sum();
            if at_edge > EDGE {
                let upper = edges.faces()[edges.cells()];
                return Err(
                    self.failed(&format!("the mass has reached the grid's edge at {upper}; widen `domain`"))
                );
            }
        }
        Ok(())
    }

    fn failed(&self, what: &str) -> RunError {
        RunError::Failed { time: self.time, what: what.into() }
    }

    /// b of the present law: E R_N − R = b/N.
    fn independent_bias(&self) -> f64 {
        let mut cells = self.mass.iter().enumerate().map(|(i, mass)| (self.scheme.grid.centre(i), *mass));
        self.scheme.landscape.independent_bias(&mut cells, &self.scheme.moments(&self.mass))
    }
}

impl<const D: usize, L: Landscape<D>> System for FiniteVolume<D, L> {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        stride(self, until, STEPS, |cells| {
            cells.step(until)?;
            cells.certify();
            cells.check()
        })
    }

    fn observe(&self) -> Observation {
        let shape: Vec<usize> = self.scheme.grid.axes.iter().map(|axis| axis.cells()).collect();
        let mass = ArrayD::from_shape_fn(IxDyn(&shape), |at| {
            self.mass[(0..D).map(|axis| at[axis] * self.scheme.grid.stride(axis)).sum::<usize>()]
        });
        Observation {
            risk: self.risk,
            scalars: vec![
                Scalar {
                    name: "independent_bias",
                    meaning: "b in E R_N − R = b/N for N independent neurons of this very law",
                    value: self.independent_bias(),
                },
                Scalar {
                    name: "mass_error",
                    meaning: "largest |total mass − 1| at any step so far",
                    value: self.certificates.mass_error,
                },
                Scalar {
                    name: "minimum_density",
                    meaning: "smallest density of any cell at any step so far",
                    value: self.certificates.minimum_density,
                },
                Scalar {
                    name: "repeated_steps",
                    meaning: "steps taken again at half the length because the risk rose",
                    value: self.certificates.repeated_steps,
                },
            ],
            law: Measure::Cells { axes: self.scheme.grid.axes.to_vec(), mass },
        }
    }

    fn work(&self) -> u64 {
        self.stepper.evaluations
    }

    fn save(&self) -> State {
        let Certificates { mass_error, minimum_density, repeated_steps } = self.certificates;
        let mut reals = vec![self.time, self.risk, mass_error, minimum_density, repeated_steps];
        reals.extend(&self.mass);
        State { integers: Vec::new(), reals }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let (cells, found) = (self.mass.len(), state.reals.len());
        match state.reals.split_first_chunk::<5>() {
            Some((&[time, risk, mass_error, minimum_density, repeated_steps], mass))
                if mass.len() == cells =>
            {
                (self.time, self.risk) = (time, risk);
                self.certificates = Certificates { mass_error, minimum_density, repeated_steps };
                self.mass.copy_from_slice(mass);
                Ok(())
            }
            _ => Err(RunError::Checkpoint(format!("{found} numbers for a grid of {cells} cells"))),
        }
    }
}
