//! The system `finite-volume` with noise: the distributional dynamics with diffusion, fluxes of Scharfetter & Gummel,
//! implicit steps as long as accuracy allows.
//!
//! It keeps mass, is positive, lowers the free energy at every step, and stands still in the Gibbs state of its grid. Steps are
//! second order where that lowers F, else first; the difference of the two sets their length. The grid grows at every end beyond
//! which a coordinate goes on, before mass gets there. (Without noise nothing spreads: `finite_volume` follows the law's fronts better then.)

mod along;
mod certificates;
mod chain;
pub mod extrapolation;
mod flux;
pub mod implicit;
pub mod operator;

use meanfield_model::axis::Axis;
use meanfield_model::landscape::Landscape;
use meanfield_run::quantities;
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System, stride};

use crate::grid::{End, Grid};
use crate::room::{self, MOST_GROWTH};
use crate::scalars;
use certificates::{Certificates, SAVED};
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

/// See the module's head.
pub struct Diffusion<const D: usize, L> {
    operator: Operator<D, L>,
    tolerance: f64,
    mass: Vec<f64>,
    time: f64,
    /// Length of the next step.
    next: f64,
    energies: Energies,
    /// −dF/ds at present.
    dissipation: f64,
    certificates: Certificates,
    first_cells: usize,
    evaluations: u64,
}

impl<const D: usize, L: Landscape<D>> Diffusion<D, L> {
    /// The system with these masses at t = 0 (one a cell, summing to 1). `tolerance` is the share of the mass that one implicit
    /// step and two of half the length may place differently.
    pub fn new(operator: Operator<D, L>, mass: Vec<f64>, tolerance: f64) -> Self {
        let energies = operator.energies(&mass);
        let mut system = Self {
            dissipation: operator.dissipation(&mass),
            first_cells: operator.grid.cells(),
            certificates: Certificates::new(energies.free_energy),
            energies,
            operator,
            tolerance,
            mass,
            time: 0.0,
            next: FIRST_STEP,
            evaluations: 0,
        };
        system.open_ends().into_iter().for_each(|(axis, end)| while system.grows(axis, end) {});
        system.certify();
        system
    }

    /// One step towards `until`, accurate to the tolerance, after which F is lower.
    fn step(&mut self, until: f64) -> Result<(), RunError> {
        let shortest = SHORTEST * self.time.max(1.0);
        loop {
            let length = self.next.min(until - self.time);
            let error = match self.law_after(length) {
                // It would pile up at an edge: the grid first, then the step.
                Some((mass, ..)) if self.grows_for(&mass) => continue,
                Some((mass, energies, error)) if error <= self.tolerance => {
                    self.accept(mass, energies, length, until);
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
                    "no step meets the tolerance: the start may be too narrow for this noise, write a larger scale, or a larger \
                     `tolerance`",
                ));
            }
        }
    }

    /// The law after a step of length `s` in ∫ξ dt, the better of two if it lowers F, and how far they are apart; None if
    /// neither lowers it.
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
        let (before, rise) = (self.dissipation, energies.free_energy - self.energies.free_energy);
        self.time = if length == until - self.time { until } else { self.time + length };
        (self.mass, self.energies) = (mass, energies);
        self.dissipation = self.operator.dissipation(&self.mass);
        self.certificates.dissipated += 0.5 * length * (before + self.dissipation);
        self.certificates.free_energy_rise = self.certificates.free_energy_rise.max(rise);
        self.certify();
    }

    /// The length of the next step, after one of this length and error: of second order in it. One that was cut short by the
    /// time of an observation only lengthens it.
    fn adapt(&mut self, length: f64, error: f64) {
        let factor = (AIM * (self.tolerance / error).sqrt()).clamp(FACTORS.0, FACTORS.1);
        self.next = if length < self.next { self.next.max(factor * length) } else { factor * length };
    }

    /// Brings the worst-so-far up to date.
    fn certify(&mut self) {
        let worst = &mut self.certificates;
        worst.mass_error = worst.mass_error.max((self.mass.iter().sum::<f64>() - 1.0).abs());
        worst.minimum_density = worst.minimum_density.min(self.operator.lowest_density(&self.mass));
        worst.edge_mass = worst
            .edge_mass
            .max(room::edge_mass(&self.operator.grid, &room::marginals(&self.operator.grid, &self.mass)));
    }

    /// Lets the grid grow; refuses masses that lost their sign, and mass at an edge that can no longer grow.
    fn check(&mut self) -> Result<(), RunError> {
        if self.certificates.minimum_density < 0.0 {
            return Err(self.failed("a cell's mass became negative"));
        }
        for (axis, end) in self.open_ends() {
            if !self.grows(axis, end)
                && let Some(complaint) = room::complaint(&self.operator.grid, &self.mass, axis, end)
            {
                return Err(self.failed(&complaint));
            }
        }
        Ok(())
    }

    /// The ends of axes beyond which their coordinates go on.
    fn open_ends(&self) -> Vec<(usize, End)> {
        let all = (0..D).flat_map(|axis| End::BOTH.map(|end| (axis, end)));
        all.filter(|(axis, end)| *end == End::Upper || self.operator.goes_on_below(*axis)).collect()
    }

    /// Whether mass is near an end of an axis and there was room for the grid to grow.
    fn grows(&mut self, axis: usize, end: End) -> bool {
        let is_needed = room::is_needed(self.grid(), &self.mass, axis, end);
        is_needed && self.has_room() && self.grow(axis, end)
    }

    /// Whether the masses after a step would pile up at an end and there was room for the grid to grow.
    fn grows_for(&mut self, mass: &[f64]) -> bool {
        let ends = self.open_ends().into_iter();
        let piled: Vec<_> =
            ends.filter(|(axis, end)| room::is_piled(self.grid(), mass, *axis, *end)).collect();
        piled.into_iter().filter(|(axis, end)| self.has_room() && self.grow(*axis, *end)).count() > 0
    }

    /// Whether the grid may still grow.
    fn has_room(&self) -> bool {
        self.grid().cells() < MOST_GROWTH * self.first_cells
    }

    /// Adds cells beyond an end of an axis; false where there is no number for their faces.
    fn grow(&mut self, axis: usize, end: End) -> bool {
        let more = room::more(self.grid(), axis);
        let Ok((longer, mass)) = self.grid().extended(axis, end, more, &self.mass) else { return false };
        self.mass = mass;
        self.operator.replace_grid(longer);
        // A restored run knows the longer grid alone.
        self.energies = self.operator.energies(&self.mass);
        self.dissipation = self.operator.dissipation(&self.mass);
        true
    }

    fn failed(&self, what: &str) -> RunError {
        RunError::Failed { time: self.time, what: what.into() }
    }

    /// Mass of each cell.
    pub fn mass(&self) -> &[f64] {
        &self.mass
    }

    /// The operator on the grid of the present law.
    pub fn operator(&self) -> &Operator<D, L> {
        &self.operator
    }

    /// The grid of the present law.
    pub fn grid(&self) -> &Grid<D> {
        &self.operator.grid
    }

    /// Whether the cells resolve the noise at present.
    fn cell_peclet(&self) -> Scalar {
        Scalar::new(quantities::CELL_PECLET, self.operator.cell_peclet(&self.mass))
    }

    /// What the kernel leaves out up to the far corner of the grid.
    fn kernel_truncation(&self) -> f64 {
        self.operator.landscape.truncation(self.grid().far_corner())
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
        let (grid, moments) = (self.grid(), self.operator.moments(&self.mass));
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

    /// Steps grow with the time reached: about as many go to each factor of it.
    fn work_until(&self, time: f64) -> f64 {
        (time / (EARLY * self.tolerance.sqrt())).ln_1p()
    }

    fn work(&self) -> u64 {
        self.evaluations
    }

    /// The number of cells along each axis; time, next step, certificates, faces of each axis, masses.
    fn save(&self) -> State {
        let axes = &self.grid().axes;
        let mut reals = vec![self.time, self.next];
        reals.extend(self.certificates.save());
        axes.iter().for_each(|axis| reals.extend(axis.faces()));
        reals.extend(&self.mass);
        State { integers: axes.iter().map(|axis| axis.cells() as u64).collect(), reals }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let found = state.reals.len();
        let wrong = || RunError::Checkpoint(format!("{found} numbers for a grid of other cells"));
        let (&[time, next], rest) = state.reals.split_first_chunk::<2>().ok_or_else(wrong)?;
        let (saved, mut rest) = rest.split_first_chunk::<SAVED>().ok_or_else(wrong)?;
        let mut grid = self.grid().clone();
        if state.integers.len() != D {
            return Err(wrong());
        }
        for (axis, cells) in grid.axes.iter_mut().zip(&state.integers) {
            let count =
                usize::try_from(*cells).ok().and_then(|cells| cells.checked_add(1)).ok_or_else(wrong)?;
            let (faces, others) = rest.split_at_checked(count).ok_or_else(wrong)?;
            // A grid only grows: the faces of the start are among those of later.
            if !faces.windows(axis.faces().len()).any(|some| some == axis.faces()) {
                return Err(wrong());
            }
            (*axis, rest) = (Axis::from_faces(faces.to_vec()).map_err(|_| wrong())?, others);
        }
        if rest.len() != grid.cells() || !rest.iter().all(|mass| mass.is_finite()) {
            return Err(wrong());
        }
        if grid != *self.grid() {
            self.operator.replace_grid(grid);
        }
        self.mass = rest.to_vec();
        (self.time, self.next, self.certificates) = (time, next, Certificates::restored(*saved));
        (self.energies, self.dissipation) = (self.operator.energies(rest), self.operator.dissipation(rest));
        Ok(())
    }
}
