//! The system `characteristics`: deterministic atoms that follow dz/dt = −2 f ∇Ψ(z; ρ), ρ the atoms' own law
//! and f the mobility of each coordinate (1 for most).
//!
//! The noiseless dynamics moves mass along these curves, so a law of weighted atoms stays one, exactly; only
//! its sampling of the start and the time step err, and both are controlled: the step by an embedded pair,
//! the sampling by panels that split where neighbours part company ([`Panels`]). Nothing is smeared where the
//! limit forms point masses. Atoms that reach a boundary (r = 0) stop there while the flow points outwards.
//! Tracers, points without mass that follow the same flow, may go along.

mod lazy;
mod motion;
mod tracers;

use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_model::pushforward::Pushforward;
use meanfield_model::recorded_start;
use meanfield_run::stepper::adaptive::{AdaptiveStepper, Controller};
use meanfield_run::system::{Observation, RunError, State, Stride, System, stride};
use ndarray::{Array1, Array2};

use crate::panels::Panels;
use crate::scalars;
use motion::Motion;

/// Steps in one stride, of so few atoms that it takes a tenth of a second at most; of more atoms fewer.
const STEPS: usize = 8;
const ATOMS_OF_STRIDE: usize = 8_000;
/// First step tried.
const FIRST_STEP: f64 = 1e-4;
/// A step this much shorter than the time reached (or than 1) means that the run is stuck.
const SHORTEST: f64 = 1e-12;

/// Midpoints of equal shares of probability: atoms of equal weight.
pub fn quantile_atoms(count: usize, quantile: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..count).map(|i| quantile((i as f64 + 0.5) / count as f64)).collect()
}

/// Atoms that follow the flow, and the panels that sample the start.
pub struct Characteristics<const D: usize, L> {
    motion: Motion<D, L>,
    stepper: AdaptiveStepper,
    controller: Controller,
    /// Positions, atom by atom, those of the tracers, and what has been dissipated: ∫ 4 ∫|∇Ψ|² dρ dt.
    state: Vec<f64>,
    time: f64,
    first_energy: f64,
    /// The panels that the atoms sample, if these are adapted on the way.
    panels: Option<Panels>,
    /// What a landscape has to be told of where panels were split.
    resampled: Option<Resampled<L>>,
}

/// Tells a landscape of other panels.
type Resampled<L> = Box<dyn Fn(&mut L, &Panels) + Send>;

impl<const D: usize, L: Landscape<D>> Characteristics<D, L> {
    /// Atoms at `positions` (atom by atom) with `weights` summing to 1; `lower` ends each coordinate's
    /// range, `tolerance` is the largest error of any coordinate in one step.
    ///
    /// ```
    /// use meanfield_model::activation::{Activation, PiecewiseLinear};
    /// use meanfield_model::data::GaussianClasses;
    /// use meanfield_model::initial::Initial;
    /// use meanfield_model::radial_series::{DimensionLimit, RadialSeries};
    /// use meanfield_run::system::{Stride, System};
    /// use meanfield_solver::characteristics::{Characteristics, quantile_atoms};
    ///
    /// // Two classes of Gaussians N(0, (1 ± 0.8)² I) in 40 dimensions, and neurons σ(⟨w, x⟩) with
    /// // w ~ N(0, 0.8² I/40).
    /// let data = GaussianClasses::isotropic(40, 0.8)?;
    /// let sigma = Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?);
    /// let landscape = RadialSeries::new(&data, &sigma, DimensionLimit::Finite, 8.0, 1e-9)?;
    /// let start = Initial::Gaussian { scale: 0.8 };
    ///
    /// let radii = quantile_atoms(50, |level| start.radial_quantile(40, level));
    /// let mut atoms = Characteristics::new(landscape, radii, vec![0.02; 50], [0.0], 1e-6);
    /// let before = atoms.risk();
    /// while let Stride::Underway = atoms.advance(0.1)? {}
    /// assert!(atoms.risk() < before);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(
        landscape: L,
        positions: Vec<f64>,
        weights: Vec<f64>,
        lower: [f64; D],
        tolerance: f64,
    ) -> Self {
        let mut system = Self {
            stepper: AdaptiveStepper::new(0),
            controller: Controller { next_step: FIRST_STEP, tolerance },
            motion: Motion { landscape, weights: Vec::new(), tracers: 0, lower, gradients: Vec::new() },
            state: Vec::new(),
            time: 0.0,
            first_energy: 0.0,
            panels: None,
            resampled: None,
        };
        system.replace_points(positions, weights, 0.0);
        system.first_energy = system.motion.landscape.energy(&system.moments());
        system
    }

    /// Other atoms in the place of the present ones; `positions` has the tracers' after those of the atoms.
    fn replace_points(&mut self, positions: Vec<f64>, weights: Vec<f64>, dissipated: f64) {
        self.motion.weights = weights;
        self.state = positions;
        self.state.push(dissipated);
        self.stepper.resize(self.state.len());
    }

    /// Positions of the atoms.
    fn positions(&self) -> &[f64] {
        &self.state[..D * self.motion.weights.len()]
    }

    fn dissipated(&self) -> f64 {
        self.state[self.state.len() - 1]
    }

    /// Splits the panels that the flow has carried beyond their resolution.
    fn adapt(&mut self) {
        while let Some((mut positions, weights)) = self.split() {
            positions.extend(self.traced());
            self.replace_points(positions, weights, self.dissipated());
            self.tell_landscape();
        }
    }

    /// Tells the landscape what panels there are, where it has to know.
    fn tell_landscape(&mut self) {
        if let (Some(tell), Some(panels)) = (&self.resampled, &self.panels) {
            tell(&mut self.motion.landscape, panels);
        }
    }

    fn split(&mut self) -> Option<(Vec<f64>, Vec<f64>)> {
        let panels = self.panels.as_mut()?;
        let numbers = D * self.motion.weights.len();
        let positions = panels.split(&self.state[..numbers], &self.motion.lower)?;
        Some((positions, panels.nodes().map(|(_, weight)| weight).collect()))
    }

    /// One accepted step.
    fn step(&mut self, until: f64) -> Result<(), RunError> {
        let longest = until - self.time;
        let shortest = SHORTEST * self.time.max(1.0);
        let Self { stepper, motion, state, controller, time, .. } = self;
        let taken = stepper.step(motion, *time, state, controller, longest, shortest).ok_or_else(|| {
            let what =
                "the atoms cannot be followed to the tolerance; loosen `tolerance` or check the scenario";
            RunError::Failed { time: *time, what: what.into() }
        })?;
        *time = if taken == longest { until } else { *time + taken };
        self.adapt();
        Ok(())
    }

    /// R of the present law.
    pub fn risk(&self) -> f64 {
        self.motion.landscape.risk(&self.moments())
    }

    /// The atoms: position and weight of each.
    pub fn atoms(&self) -> impl Iterator<Item = ([f64; D], f64)> {
        self.motion.atoms(&self.state)
    }

    /// The law: of the map that panels sample, or else of the atoms themselves.
    fn law(&self) -> Measure {
        let weights = Array1::from(self.motion.weights.clone());
        let points = Array2::from_shape_fn((weights.len(), D), |(i, c)| self.state[i * D + c]);
        let lower = Array1::from(self.motion.lower.to_vec());
        let ends = self.panels.as_ref().map(Panels::sides);
        let known = ends.and_then(|ends| Pushforward::new(ends, points.clone(), weights.clone(), lower));
        known.map_or(Measure::Atoms { points, weights }, Measure::Pushforward)
    }

    /// The kernel's truncation error at the outermost atom.
    fn truncation(&self) -> f64 {
        self.motion.landscape.truncation(std::array::from_fn(|c: usize| {
            self.atoms().map(|(z, _)| z[c].abs()).fold(0.0, f64::max)
        }))
    }

    /// Moments of the present law.
    fn moments(&self) -> Vec<f64> {
        self.motion.landscape.moments(&mut self.atoms())
    }
}

impl<const D: usize, L: Landscape<D>> System for Characteristics<D, L> {
    fn time(&self) -> f64 {
        self.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let steps = (ATOMS_OF_STRIDE / self.motion.weights.len().max(1)).clamp(1, STEPS);
        stride(self, until, steps, |atoms| atoms.step(until))
    }

    fn next_step(&self) -> Option<f64> {
        Some(self.time + self.controller.next_step)
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.step(until)
    }

    fn observe(&self) -> Observation {
        let moments = self.moments();
        let weights = &self.motion.weights;
        let risk = self.motion.landscape.risk(&moments);
        let energy = self.motion.landscape.energy(&moments);
        let residual = (energy - self.first_energy + self.dissipated()).abs();
        let mut scalars = vec![
            scalars::free_energy(0.5 * energy),
            scalars::mass_error(weights),
            scalars::energy_residual(residual),
            scalars::kernel_truncation(self.truncation()),
        ];
        if !self.motion.landscape.is_less_its_start() {
            let bias = self.motion.landscape.independent_bias(&mut self.atoms(), &moments);
            scalars.insert(1, scalars::independent_bias(bias));
        }
        if let Some(panels) = &self.panels {
            scalars.push(scalars::sampling_error(panels.sampling_error(self.positions())));
        }
        Observation { risk, scalars, law: self.law() }
    }

    fn work(&self) -> u64 {
        self.stepper.evaluations
    }

    fn save(&self) -> State {
        let ends: Vec<f64> = self.panels.iter().flat_map(Panels::ends).collect();
        let mut reals = vec![self.time, self.controller.next_step, self.first_energy];
        reals.extend(&ends);
        reals.extend(&self.state);
        let counts = self.panels.iter().flat_map(Panels::counts);
        State { integers: [ends.len()].into_iter().chain(counts).map(|count| count as u64).collect(), reals }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let atoms = self.motion.weights.len();
        let found = state.reals.len();
        let wrong = || RunError::Checkpoint(format!("{found} numbers for {atoms} atoms"));
        let (&[time, next_step, first_energy], rest) =
            state.reals.split_first_chunk::<3>().ok_or_else(wrong)?;
        let integers: Result<Vec<usize>, _> =
            state.integers.iter().map(|count| usize::try_from(*count)).collect();
        let integers = integers.map_err(|_| wrong())?;
        let (&ends, counts) = integers.split_first().ok_or_else(wrong)?;
        let (ends, rest) = rest.split_at_checked(ends).ok_or_else(wrong)?;
        let (dissipated, positions) = rest.split_last().ok_or_else(wrong)?;
        let panels = match &self.panels {
            Some(panels) => Some(panels.with_ends(ends, counts).ok_or_else(wrong)?),
            None => None,
        };
        let weights = match &panels {
            Some(panels) => panels.nodes().map(|(_, weight)| weight).collect(),
            None => self.motion.weights.clone(),
        };
        let numbers = D * (weights.len() + self.motion.tracers);
        if positions.len() != numbers || !positions.iter().all(|position| position.is_finite()) {
            return Err(wrong());
        }
        self.panels = panels;
        self.replace_points(positions.to_vec(), weights, *dissipated);
        self.tell_landscape();
        (self.time, self.controller.next_step, self.first_energy) = (time, next_step, first_energy);
        Ok(())
    }
}

impl<const D: usize, L: Landscape<D>> Characteristics<D, L> {
    /// Atoms that sample a start by panels and follow the flow as closely as these ask for; `start` gives the
    /// coordinates at standard normals g, as many as the panels have directions.
    pub fn sampling(
        landscape: L,
        panels: Panels,
        start: impl Fn(&[f64]) -> [f64; D],
        lower: [f64; D],
        tolerance: f64,
    ) -> Self {
        Self::sampling_parts(landscape, panels, |_, g| start(g), lower, tolerance)
    }

    /// The same of a start of several parts: `start` gives the coordinates at standard normals of a part.
    pub fn sampling_parts(
        landscape: L,
        panels: Panels,
        start: impl Fn(usize, &[f64]) -> [f64; D],
        lower: [f64; D],
        tolerance: f64,
    ) -> Self {
        let mut panels = panels;
        let mut positions = positions_on(&panels, &start);
        while panels.split(&positions, &lower).is_some() {
            positions = positions_on(&panels, &start);
        }
        let weights = panels.nodes().map(|(_, weight)| weight).collect();
        let mut system = Self::new(landscape, positions, weights, lower, tolerance);
        system.panels = Some(panels);
        system
    }
}

impl<const D: usize, L: Landscape<D>> Characteristics<D, L> {
    /// Atoms that go on from a recorded law: on its panels where it has some, which split on at a tolerance
    /// as long as there are fewer atoms than `most`; else as they are, cells at their midpoints. None of a
    /// law of pairs.
    pub fn recorded(
        landscape: L,
        law: &Measure,
        (sampling_tolerance, most): (f64, usize),
        lower: [f64; D],
        tolerance: f64,
    ) -> Option<Self> {
        let (points, weights) = recorded_start::atoms(law)?;
        let panels = match law {
            Measure::Pushforward(map) => {
                Panels::recorded(map.ends(), &weights.to_vec(), sampling_tolerance, most)
            }
            _ => None,
        };
        let positions = points.iter().copied().collect();
        let mut system = Self::new(landscape, positions, weights.to_vec(), lower, tolerance);
        system.panels = panels;
        Some(system)
    }
}

/// The start at the nodes of panels, atom by atom.
fn positions_on<const D: usize>(panels: &Panels, start: &impl Fn(usize, &[f64]) -> [f64; D]) -> Vec<f64> {
    panels.nodes_of_parts().flat_map(|(part, g, _)| start(part, &g)).collect()
}
