//! The system `finite-volume`: cell masses, upwind fluxes with limited slopes, strong-stability-preserving
//! Runge–Kutta, step from the positivity bound, and no longer than the flow keeps its pace: near rest the
//! bound alone would allow steps longer than the flow takes to get there.
//!
//! It keeps mass exactly, is positive or fails, and never lets the energy rise (the risk, and the ridge's
//! share): a step after which it does is taken again at half the length. No masses are ever clipped or
//! renormalised. A grid of one coordinate grows at its upper end before mass gets there.
//!
//! A step may change the dissipation by a limited share, which the companion doubles: without this limit only
//! the times of observation would shorten steps near rest.

pub mod cells;
pub mod certificates;
mod following;
pub mod four;
pub mod limiter;
pub mod line;
mod line_kernels;
mod options;
mod pace;
pub mod planes;
pub mod rates;
mod row_statistics;
pub mod scheme;
mod system;
pub mod window;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use meanfield_model::landscape::Landscape;
use meanfield_run::flow::Staged;
use meanfield_run::peers::Peers;
use meanfield_run::stepper::strong_stability::Stepper;
use meanfield_run::system::RunError;

use crate::grid::{End, Grid};
use crate::growing_grid::{GrowingGrid, Guard};
use crate::growth;
use crate::truncation::KernelTruncation;
use certificates::TransportCertificates;
use pace::{Change, Pace};
use scheme::Scheme;
use window::Window;

pub use options::Options;
pub use pace::CHANGE;

/// Share of the positivity bound that a step uses.
const COURANT: f64 = 0.9;
/// A step this much shorter than the time reached (or than 1) means that the run is stuck.
const SHORTEST: f64 = 1e-12;
/// The energy may rise by this in a step, relative to its terms: rounding.
const ROUNDING: f64 = 1e-13;

/// The system on a grid that stays, or follows the mass.
pub struct FiniteVolume<const D: usize, L> {
    scheme: Scheme<D, L>,
    stepper: Stepper,
    /// The masses that are held.
    mass: Vec<f64>,
    /// The masses of all planes and what the rates know of them, where other processes hold some and they
    /// were sent here since the last step.
    whole: OnceCell<[Vec<f64>; 2]>,
    /// Masses before the present step.
    start: Vec<f64>,
    time: f64,
    energy: f64,
    /// Rate at which the energy falls at present.
    dissipation: f64,
    /// The masses along every axis at present.
    marginals: [Vec<f64>; D],
    certificates: TransportCertificates,
    /// Length of the last step that no observation cut short.
    own_step: f64,
    truncation: KernelTruncation<D>,
    /// Cells at the start.
    first_cells: usize,
    /// Windows by which the grid follows the mass; a fixed grid has none.
    windows: Option<[Window; D]>,
    pace: Pace,
}

impl<const D: usize, L: Landscape<D>> FiniteVolume<D, L> {
    /// The system with these masses at t = 0 (one a cell, summing to 1).
    ///
    /// ```
    /// use meanfield_model::activation::{Activation, PiecewiseLinear};
    /// use meanfield_model::axis::Axis;
    /// use meanfield_model::data::GaussianClasses;
    /// use meanfield_model::initial::Initial;
    /// use meanfield_model::radial_series::{DimensionLimit, RadialSeries};
    /// use meanfield_run::system::{Stride, System};
    /// use meanfield_solver::finite_volume::{FiniteVolume, Options};
    /// use meanfield_solver::grid::Grid;
    ///
    /// // Two classes of Gaussians N(0, (1 ± 0.8)² I) in 40 dimensions, and neurons σ(⟨w, x⟩) with
    /// // w ~ N(0, 0.8² I/40).
    /// let data = GaussianClasses::isotropic(40, 0.8)?;
    /// let sigma = Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?);
    /// let landscape = RadialSeries::new(&data, &sigma, DimensionLimit::Finite, 8.0, 1e-9)?;
    /// let start = Initial::Gaussian { scale: 0.8 };
    ///
    /// let grid = Grid { axes: [Axis::uniform(0.0, 2.5, 100)?] };
    /// let mass = grid.masses(|r| start.radial_distribution(40, r))?;
    /// let mut cells = FiniteVolume::new(landscape, grid, mass, Options::default());
    /// let before = cells.observe().risk;
    /// while let Stride::Underway = cells.advance(0.1)? {}
    /// assert!(cells.observe().risk < before);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    /// If there are not as many masses as cells.
    pub fn new(landscape: L, grid: Grid<D>, mass: Vec<f64>, options: Options) -> Self {
        let mut system = Self::begin(landscape, grid, mass, options, None);
        system.grow_to_start();
        system.certify();
        system
    }

    /// The system with windows or without, before its grid has grown.
    fn begin(
        landscape: L,
        grid: Grid<D>,
        mass: Vec<f64>,
        options: Options,
        windows: Option<[Window; D]>,
    ) -> Self {
        assert_eq!(mass.len(), grid.cells(), "one mass a cell");
        let first_cells = grid.cells();
        let mut scheme = Scheme::new(landscape, grid, options.limiter);
        let energy = scheme.energy(0.0, &mass);
        let summary = scheme.summary(0.0, &mass);
        Self {
            scheme,
            stepper: Stepper::new(options.method, mass.len()),
            start: mass.clone(),
            mass,
            whole: OnceCell::new(),
            time: 0.0,
            energy,
            dissipation: summary.dissipation,
            marginals: summary.marginals,
            certificates: TransportCertificates::new(energy),
            own_step: 0.0,
            truncation: KernelTruncation::default(),
            first_cells,
            windows,
            pace: Pace::new(options.change),
        }
    }

    /// One step towards `until` that does not raise the energy.
    fn step(&mut self, until: f64) -> Result<(), RunError> {
        self.whole = OnceCell::new();
        self.start.copy_from_slice(&self.mass);
        let shortest = SHORTEST * self.time.max(1.0);
        let mut longest = self.longest_step(until).min(self.pace.longest_step);
        loop {
            let taken = self
                .stepper
                .step(&mut self.scheme, self.time, &mut self.mass, COURANT, longest, shortest)
                .ok_or_else(|| {
                    self.failed("no positive step is stable; use more cells or check the scenario")
                })?;
            let is_last = taken == until - self.time;
            let time = if is_last { until } else { self.time + taken };
            let energy = self.scheme.energy(time, &self.mass);
            if energy <= self.energy + ROUNDING * self.energy.abs().max(1.0) {
                self.accept(time, taken, energy, is_last);
                return Ok(());
            }
            if !energy.is_finite() || taken < shortest {
                return Err(self.failed("the energy is not finite or rises however short the step"));
            }
            longest = self.repeat(taken, until);
        }
    }

    /// Takes a step that arrived at a time with this energy; the last one before an observation may have been
    /// cut short.
    fn accept(&mut self, time: f64, taken: f64, energy: f64, is_last: bool) {
        let before = self.dissipation;
        let moved = time - self.time;
        self.own_step = if is_last { self.own_step.max(taken) } else { taken };
        self.time = time;
        self.energy = energy;
        self.windows.iter_mut().flatten().for_each(|window| window.advance(moved));
        self.certify();
        self.certificates.dissipated += 0.5 * taken * (before + self.dissipation);
        self.pace.learn(moved, Change { before, after: self.dissipation, energy });
        self.steer(moved);
    }

    /// Goes back before a step that raised the energy; how long the next may be.
    fn repeat(&mut self, taken: f64, until: f64) -> f64 {
        self.certificates.repeated_steps += 1.0;
        self.mass.copy_from_slice(&self.start);
        self.scheme.forget();
        // On a fixed grid, steps that are short enough lower the energy of its cells; that of moving cells
        // may rise.
        let moves = self.windows.iter().flatten().any(Window::moves);
        self.follow(Window::hold);
        if moves { until - self.time } else { 0.5 * taken }
    }

    /// Updates the dissipation, the marginals and the worst values so far.
    fn certify(&mut self) {
        let summary = self.scheme.summary(self.time, &self.mass);
        let total: f64 = summary.marginals[0].iter().sum();
        let edge = growth::edge_mass(self.scheme.grid(), &summary.marginals);
        let worst = &mut self.certificates;
        worst.masses.update(total, summary.lowest_density, edge);
        worst.cfl_margin = worst.cfl_margin.min(self.stepper.margin);
        self.dissipation = summary.dissipation;
        self.marginals = summary.marginals;
    }

    /// From now on holds its part of the planes of the last coordinate alone; false where it cannot. A grid
    /// that grows cannot: it looks at single masses.
    fn deal(&mut self, peers: &Arc<dyn Peers>) -> bool {
        if self.windows.is_none() || !self.scheme.deal(peers) {
            return false;
        }
        let whole = std::mem::take(&mut self.mass);
        self.hold_part_of(&whole);
        true
    }

    /// Takes the part that is held of the masses of all planes.
    fn hold_part_of(&mut self, whole: &[f64]) {
        let planes = self.scheme.planes();
        self.mass = planes.held_part(whole, self.scheme.cells_of_plane()).to_vec();
        self.stepper.resize(self.mass.len());
        self.start.resize(self.mass.len(), 0.0);
        self.whole = OnceCell::new();
    }

    /// The masses of all planes; of several processes the first alone has them.
    fn whole(&self) -> &[f64] {
        if self.scheme.planes().are_dealt() { &self.gathered()[0] } else { &self.mass }
    }

    /// What the rates know of them.
    fn memory(&self) -> Cow<'_, [f64]> {
        match self.scheme.planes().are_dealt() {
            true => Cow::Borrowed(&self.gathered()[1]),
            false => Cow::Owned(self.scheme.memory()),
        }
    }

    /// Both, from all processes.
    fn gathered(&self) -> &[Vec<f64>; 2] {
        self.whole.get_or_init(|| {
            let planes = self.scheme.planes();
            let of_plane = self.scheme.cells_of_plane();
            let mass = planes.own_part(&self.mass, of_plane).to_vec();
            let mass = planes.gather_to_first(mass, of_plane);
            [mass, planes.gather_to_first(self.scheme.memory(), self.scheme.memory_of_plane())]
        })
    }

    /// The kernel's truncation error up to the far corner of the grid.
    fn kernel_truncation(&self) -> f64 {
        self.truncation.up_to_corner(self.scheme.landscape(), self.scheme.grid())
    }
}

impl<const D: usize, L: Landscape<D>> GrowingGrid<D> for FiniteVolume<D, L> {
    fn grid(&self) -> &Grid<D> {
        self.scheme.grid()
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

    /// Each axis at its upper end; mass must not come to its lower end either, unless that is 0, the end of a
    /// radius.
    fn guards(&self) -> Vec<Guard> {
        if self.windows.is_some() {
            return Vec::new();
        }
        let axes = self.grid().axes.iter().enumerate();
        axes.map(|(axis, cells)| {
            let is_radius = cells.faces()[0] == 0.0;
            let refused_at = if is_radius { &[End::Upper][..] } else { &End::BOTH };
            Guard { axis, grows_at: End::Upper, refused_at }
        })
        .collect()
    }

    fn replace_grid(&mut self, grid: Grid<D>, mass: Vec<f64>) {
        self.stepper.resize(mass.len());
        self.start.resize(mass.len(), 0.0);
        self.mass = mass;
        self.scheme.replace_grid(grid);
        self.dissipation = self.scheme.summary(self.time, &self.mass).dissipation;
    }
}
