//! The system `finite-volume` with noise: the distributional dynamics with diffusion, fluxes of Scharfetter &
//! Gummel, implicit steps as long as accuracy allows.
//!
//! It keeps mass, is positive, lowers the free energy at every step, and stands still in the Gibbs state of
//! its grid. Steps are second order where that lowers F, else first; the difference of the two sets their
//! length. The grid grows at every end beyond which a coordinate goes on, before mass gets there. (Without
//! noise nothing spreads: `finite_volume` follows the law's fronts better then.)
//!
//! Noise has a scheme of its own instead of one more term in the noiseless one: explicit diffusion would
//! limit steps to the square of the cell width, and limited slopes do not preserve the Gibbs state. Where
//! noise is weak the fluxes are upwind, of first order: cells must resolve βΔΨ, or else the noiseless scheme
//! is the better choice.

mod axis_geometry;
mod certificates;
mod chain;
pub mod extrapolation;
mod flux;
pub mod implicit;
pub mod operator;

use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_run::cooling::Cooling;
use meanfield_run::quantities;
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System, stride};

use crate::grid::{End, Grid};
use crate::growing_grid::{GrowingGrid, Guard};
use crate::truncation::KernelTruncation;
use crate::{growth, saved_grid, scalars};
use certificates::{DiffusionCertificates, SAVED};
use operator::{Energies, Operator};

/// Steps in one stride.
const STEPS: usize = 4;
/// Cells that a stride may treat, all its steps together: a second.
const CELLS_OF_STRIDE: usize = 100_000;
/// First step tried.
const FIRST_STEP: f64 = 1e-5;
/// Steps begin to grow with the time about here, times the root of the tolerance.
const EARLY: f64 = 1e-2;
/// A step this much shorter than the time reached (or than 1) means that the run is stuck.
const SHORTEST: f64 = 1e-13;
/// F may rise by this in a step, relative to its terms: rounding.
const ROUNDING: f64 = 1e-14;
/// A step aims at this share of what it may err by, and differs from the last at most by these factors.
const AIM: f64 = 0.9;
const FACTORS: (f64, f64) = (0.2, 3.0);

/// The system on a grid that grows.
pub struct Diffusion<const D: usize, L> {
    operator: Operator<D, L>,
    cooling: Cooling,
    /// 1/β at t = 0.
    first_temperature: f64,
    tolerance: f64,
    mass: Vec<f64>,
    time: f64,
    /// Length of the next step.
    next: f64,
    energies: Energies,
    /// −dF/ds at present.
    dissipation: f64,
    certificates: DiffusionCertificates,
    truncation: KernelTruncation<D>,
    first_cells: usize,
    evaluations: u64,
}

impl<const D: usize, L: Landscape<D>> Diffusion<D, L> {
    /// The system with these masses at t = 0 (one a cell, summing to 1). `tolerance` is the share of the mass
    /// that one implicit step and two of half the length may place differently.
    pub fn new(operator: Operator<D, L>, mass: Vec<f64>, tolerance: f64) -> Self {
        let energies = operator.energies(&mass);
        let mut system = Self {
            dissipation: operator.dissipation(&mass),
            truncation: KernelTruncation::default(),
            first_cells: operator.grid.cells(),
            cooling: Cooling::none(),
            first_temperature: operator.temperature,
            certificates: DiffusionCertificates::new(energies.free_energy),
            energies,
            operator,
            tolerance,
            mass,
            time: 0.0,
            next: FIRST_STEP,
            evaluations: 0,
        };
        system.grow_to_start();
        system.certify();
        system
    }

    /// The system with noise whose temperature changes on the way, from what the operator has.
    #[must_use]
    pub fn with_cooling(self, cooling: Cooling) -> Self {
        Self { cooling, ..self }
    }

    /// Goes over to the temperature of a time. F is then another functional of the same law, and what it
    /// changes by is no work of the dynamics.
    fn cool(&mut self, time: f64) {
        let temperature = self.cooling.factor(time) * self.first_temperature;
        if temperature == self.operator.temperature {
            return;
        }
        let before = self.energies.free_energy;
        self.operator.temperature = temperature;
        self.energies = self.operator.energies(&self.mass);
        self.dissipation = self.operator.dissipation(&self.mass);
        self.certificates.first_free_energy += self.energies.free_energy - before;
    }

    /// One step towards `until`, accurate to the tolerance, after which F is lower; at the temperature of its
    /// middle, which jumps in none.
    fn step(&mut self, until: f64) -> Result<(), RunError> {
        let until = until.min(self.cooling.next_jump(self.time));
        let shortest = SHORTEST * self.time.max(1.0);
        loop {
            let length = self.next.min(until - self.time);
            self.cool(self.time + 0.5 * length);
            let error = match self.law_after(length) {
                // It would pile up at an edge: the grid first, then the step.
                Some((mass, ..)) if self.grows_for(&mass) => continue,
                Some((mass, energies, error)) if error <= self.tolerance => {
                    self.accept(mass, energies, length, until);
                    self.cool(self.time);
                    self.adapt(length, error);
                    return Ok(());
                }
                Some((.., error)) => error,
                None => f64::INFINITY,
            };
            self.certificates.repeated_steps += 1.0;
            self.next = length;
            self.adapt(length, error);
            if self.next < shortest {
                return Err(self.failed(
                    "no step meets the tolerance: the start may be too narrow for this noise, write a larger \
                     scale, or a larger `tolerance`",
                ));
            }
        }
    }

    /// The law after a step of length `s` in ∫ξ dt, the better of two if it lowers F, and how far they are
    /// apart; None if neither lowers it.
    fn law_after(&mut self, s: f64) -> Option<(Vec<f64>, Energies, f64)> {
        self.evaluations += 3;
        let pair = extrapolation::pair(&self.operator, &self.mass, s)?;
        let highest = self.energies.free_energy + ROUNDING * self.energies.size.max(1.0);
        [pair.accurate, pair.sure].into_iter().find_map(|mass| {
            let energies = self.operator.energies(&mass);
            (energies.free_energy <= highest).then_some((mass, energies, pair.error))
        })
    }

    fn accept(&mut self, mass: Vec<f64>, energies: Energies, length: f64, until: f64) {
        let before = self.dissipation;
        let rise = energies.free_energy - self.energies.free_energy;
        self.time = if length == until - self.time { until } else { self.time + length };
        (self.mass, self.energies) = (mass, energies);
        self.dissipation = self.operator.dissipation(&self.mass);
        self.certificates.dissipated += 0.5 * length * (before + self.dissipation);
        self.certificates.free_energy_rise = self.certificates.free_energy_rise.max(rise);
        self.certify();
    }

    /// The length of the next step, after one of this length and error: of second order in it. One that was
    /// cut short by the time of an observation only lengthens it.
    fn adapt(&mut self, length: f64, error: f64) {
        let factor = (AIM * (self.tolerance / error).sqrt()).clamp(FACTORS.0, FACTORS.1);
        self.next = if length < self.next { self.next.max(factor * length) } else { factor * length };
    }

    /// Brings the worst-so-far up to date.
    fn certify(&mut self) {
        let grid = &self.operator.grid;
        let total: f64 = self.mass.iter().sum();
        let edge = growth::edge_mass(grid, &growth::marginals(grid, &self.mass));
        self.certificates.masses.update(total, self.operator.lowest_density(&self.mass), edge);
    }

    /// Whether the masses after a step would pile up at an end and there was room for the grid to grow.
    fn grows_for(&mut self, mass: &[f64]) -> bool {
        let mut piled = self.guards();
        piled.retain(|guard| growth::is_piled(self.grid(), mass, guard.axis, guard.grows_at));
        piled.retain(|guard| self.has_room() && self.grow(guard.axis, guard.grows_at));
        !piled.is_empty()
    }

    /// The grid of the present law.
    pub fn grid(&self) -> &Grid<D> {
        &self.operator.grid
    }

    /// Mass of each cell.
    pub fn mass(&self) -> &[f64] {
        &self.mass
    }

    /// The operator on the grid of the present law.
    pub fn operator(&self) -> &Operator<D, L> {
        &self.operator
    }

    /// The cell Péclet number of the present law: from 2 on its cells do not resolve the noise.
    fn cell_peclet(&self) -> Scalar {
        Scalar::new(quantities::CELL_PECLET, self.operator.cell_peclet(&self.mass))
    }

    /// The kernel's truncation error up to the far corner of the grid.
    fn kernel_truncation(&self) -> f64 {
        self.truncation.up_to_corner(&self.operator.landscape, self.grid())
    }
}

impl<const D: usize, L: Landscape<D>> GrowingGrid<D> for Diffusion<D, L> {
    fn grid(&self) -> &Grid<D> {
        &self.operator.grid
    }

    fn mass(&self) -> &[f64] {
        &self.mass
    }

    fn first_cells(&self) -> usize {
        self.first_cells
    }

    fn minimum_density(&self) -> f64 {
        self.certificates.masses.minimum_density
    }

    /// The ends of axes beyond which their coordinates go on.
    fn guards(&self) -> Vec<Guard> {
        let mut guards = Vec::with_capacity(2 * D);
        for axis in 0..D {
            if self.operator.goes_on_below(axis) {
                guards.push(Guard { axis, grows_at: End::Lower, refused_at: &[End::Lower] });
            }
            guards.push(Guard { axis, grows_at: End::Upper, refused_at: &[End::Upper] });
        }
        guards
    }

    fn replace_grid(&mut self, grid: Grid<D>, mass: Vec<f64>) {
        self.mass = mass;
        self.operator.replace_grid(grid);
        // A restored run knows the longer grid alone.
        self.energies = self.operator.energies(&self.mass);
        self.dissipation = self.operator.dissipation(&self.mass);
    }
}

impl<const D: usize, L: Landscape<D>> System for Diffusion<D, L> {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let steps = (CELLS_OF_STRIDE / self.mass.len()).clamp(1, STEPS);
        stride(self, until, steps, |law| {
            law.step(until)?;
            law.check()
        })
    }

    fn next_step(&self) -> Option<f64> {
        Some(self.time + self.next)
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.step(until)?;
        self.check()
    }

    fn observe(&self) -> Observation {
        let grid = self.grid();
        let moments = self.operator.moments(&self.mass);
        let landscape = &self.operator.landscape;
        let mut cells = self.mass.iter().enumerate().map(|(i, mass)| (grid.centre(i), *mass));
        let results = [
            scalars::free_energy(self.energies.free_energy),
            scalars::independent_bias(landscape.independent_bias(&mut cells, &moments)),
        ];
        let certificates = self.certificates.scalars(self.energies.free_energy, self.kernel_truncation());
        Observation {
            risk: landscape.risk(&moments),
            scalars: results.into_iter().chain(certificates).chain([self.cell_peclet()]).collect(),
            law: grid.law(&self.mass),
        }
    }

    fn joint_law(&self) -> Option<Measure> {
        (D > 2).then(|| self.grid().joint_law(&self.mass))
    }

    /// Steps grow with the time reached: about as many go to each factor of it.
    fn work_until(&self, time: f64) -> f64 {
        (time / (EARLY * self.tolerance.sqrt())).ln_1p()
    }

    fn work(&self) -> u64 {
        self.evaluations
    }

    /// Cells along each axis; time, next step, certificates, faces, masses.
    fn save(&self) -> State {
        let mut reals = vec![self.time, self.next];
        reals.extend(self.certificates.save());
        reals.extend(saved_grid::faces(self.grid()));
        reals.extend(&self.mass);
        State { integers: saved_grid::counts(self.grid()), reals }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let found = state.reals.len();
        let wrong = || RunError::Checkpoint(format!("{found} numbers for a grid of other cells"));
        let (&[time, next], rest) = state.reals.split_first_chunk::<2>().ok_or_else(wrong)?;
        let (certificates, rest) = rest.split_first_chunk::<SAVED>().ok_or_else(wrong)?;
        let (grid, mass) = saved_grid::restored(self.grid(), &state.integers, rest).ok_or_else(wrong)?;
        if mass.len() != grid.cells() || !mass.iter().all(|mass| mass.is_finite()) {
            return Err(wrong());
        }
        self.time = time;
        self.next = next;
        self.operator.temperature = self.cooling.factor(time) * self.first_temperature;
        self.certificates = DiffusionCertificates::restored(*certificates);
        if grid != *self.grid() {
            self.operator.replace_grid(grid);
        }
        self.mass = mass.to_vec();
        self.energies = self.operator.energies(mass);
        self.dissipation = self.operator.dissipation(mass);
        Ok(())
    }
}
