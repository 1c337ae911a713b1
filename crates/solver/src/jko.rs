//! The system `jko`: minimising movements (Jordan, Kinderlehrer & Otto 1998; Mei, Montanari & Nguyen 2018,
//! eq. 10).
//!
//! ```text
//!   ρ_{k+1} = argmin_ρ  E(ρ) + W₂²(ρ, ρ_k) / (2τ),   τ = ∫ξ dt over the step
//! ```
//! On a line W₂ is the distance of the quantile functions. For atoms of fixed weights w_i in order, at y_i
//! before the step and x_i after it, the step minimises E(Σ w_i φ(x_i)) + Σ w_i (x_i − y_i)²/(2τ) over x_i ≥
//! 0: an implicit Euler step, first order in τ, after which the energy E (R, and the ridge's share) is lower
//! whatever τ is. The minimum is found in `movement.rs`. The atoms are nodes of panels, as those
//! of characteristics are: where a step would part neighbours, the panel is split before it and the step is
//! taken again; reading the atoms anew changes E by as much as the panel's tolerance. (Atoms at equal
//! quantiles would err like 1/J, as much as the companion of a run, so that its error could not be told.)
//!
//! The steps are of first order on purpose: midpoint or extrapolated variants are more accurate, but do not
//! lower the risk at every step whatever its size, which is what this system is for; `--refine` reports their
//! error.
//!
//! Steps end where they do, whenever the law is observed. In between the law is De Giorgi's: the minimum
//! for the part of τ gone by, from the step before. The energy falls along it, and observing changes nothing.

use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_model::pushforward::Pushforward;
use meanfield_run::quantities;
use meanfield_run::system::{Observation, RunError, State, Stride, System, stride};
use ndarray::{Array1, Array2};

use crate::movement::Movement;
use crate::panels::Panels;
use crate::scalars::{self, scalar};

/// Steps in one stride.
const STEPS: usize = 4;
/// The first steps are shorter: this many times a half of the next, so that the fast beginning is followed,
/// and the error can be told (from longer steps) soon after it.
const HALVINGS: i32 = 6;

/// Atoms that are moved by one minimisation a step.
pub struct Jko<L> {
    landscape: L,
    weights: Vec<f64>,
    lower: f64,
    /// Step in t.
    step: f64,
    /// Steps taken.
    count: u64,
    /// The law after these steps.
    reached: Law,
    /// The law at the present time.
    present: Law,
    first_energy: f64,
    /// Largest Newton step left undone, so far.
    unconverged: f64,
    evaluations: u64,
    /// The panels that the atoms sample, if these are adapted on the way.
    panels: Option<Panels>,
}

/// The atoms at one time.
#[derive(Clone)]
struct Law {
    time: f64,
    positions: Vec<f64>,
    energy: f64,
    /// Σ W₂²/τ over the steps so far.
    dissipated: f64,
}

impl<L: Landscape<1>> Jko<L> {
    /// Atoms at `positions` ≥ `lower` with `weights` summing to 1. Steps of `step` in t, but for the first
    /// six, which double from a 64th of it and take 63/64 of it together.
    pub fn new(landscape: L, positions: Vec<f64>, weights: Vec<f64>, lower: f64, step: f64) -> Self {
        let mut atoms = positions.iter().zip(&weights).map(|(x, weight)| ([*x], *weight));
        let first_energy = landscape.energy(&landscape.moments(&mut atoms));
        let start = Law { time: 0.0, positions, energy: first_energy, dissipated: 0.0 };
        Self {
            landscape,
            weights,
            lower,
            step,
            count: 0,
            reached: start.clone(),
            present: start,
            first_energy,
            unconverged: 0.0,
            evaluations: 0,
            panels: None,
        }
    }

    /// Atoms that sample a start by panels of one direction, which split as the steps ask for; `start` gives
    /// the position at a standard normal g.
    pub fn sampling(
        landscape: L,
        mut panels: Panels,
        start: impl Fn(f64) -> f64,
        lower: f64,
        step: f64,
    ) -> Self {
        let mut positions = positions_on(&panels, &start);
        while panels.split(&positions, &[lower]).is_some() {
            positions = positions_on(&panels, &start);
        }
        let weights = panels.nodes().map(|(_, weight)| weight).collect();
        Self { panels: Some(panels), ..Self::new(landscape, positions, weights, lower, step) }
    }

    /// One whole step, or the part of one that leads to `until`, which the next step does not start from.
    fn take_step(&mut self, until: f64) -> Result<(), RunError> {
        let end = self.end_of_step(self.count + 1);
        if end <= until {
            self.reached = self.resolved_minimum(end)?;
            self.count += 1;
            self.present = self.reached.clone();
        } else {
            self.present = self.minimum(until)?;
        }
        Ok(())
    }

    /// The law at `end`, from panels that resolve it.
    fn resolved_minimum(&mut self, end: f64) -> Result<Law, RunError> {
        loop {
            let law = self.minimum(end)?;
            let Some(panels) = &mut self.panels else { return Ok(law) };
            let split = panels.split_before(&law.positions, &self.reached.positions, &[self.lower]);
            let Some(positions) = split else { return Ok(law) };
            self.weights = panels.nodes().map(|(_, weight)| weight).collect();
            self.reached.positions = positions;
            self.reached.energy = self.energy();
        }
    }

    /// The present law: of the map that panels sample, or else of the atoms themselves.
    fn law(&self) -> Measure {
        let positions = &self.present.positions;
        let points = Array2::from_shape_fn((positions.len(), 1), |(i, _)| positions[i]);
        let weights = Array1::from(self.weights.clone());
        let lower = Array1::from(vec![self.lower]);
        let ends = self.panels.as_ref().map(Panels::sides);
        let known = ends.and_then(|ends| Pushforward::new(ends, points.clone(), weights.clone(), lower));
        known.map_or(Measure::Atoms { points, weights }, Measure::Pushforward)
    }

    /// E of the law after the last whole step.
    fn energy(&self) -> f64 {
        let mut atoms = self.reached.positions.iter().zip(&self.weights).map(|(x, weight)| ([*x], *weight));
        self.landscape.energy(&self.landscape.moments(&mut atoms))
    }

    /// End of a number of whole steps: steps double until they have their length.
    fn end_of_step(&self, count: u64) -> f64 {
        let whole = 2.0_f64.powi(HALVINGS);
        match i32::try_from(count).ok().filter(|count| *count <= HALVINGS) {
            Some(count) => self.step * (2.0_f64.powi(count) - 1.0) / whole,
            None => self.step * ((whole - 1.0) / whole + (count - HALVINGS as u64) as f64),
        }
    }

    /// The law at `end`: argmin E + W₂²/(2τ) from the law after the last whole step.
    fn minimum(&mut self, end: f64) -> Result<Law, RunError> {
        let tau = end - self.reached.time;
        if tau <= 0.0 {
            return Ok(Law { time: end, ..self.reached.clone() });
        }
        let start = &self.reached.positions;
        let movement = Movement::new(&self.landscape, &self.weights, self.lower, start, tau);
        let lowest = movement.minimise().ok_or_else(|| RunError::Failed {
            time: self.reached.time,
            what: "no Newton step can be computed; write a smaller `step`".into(),
        })?;
        self.evaluations += lowest.evaluations;
        self.unconverged = self.unconverged.max(lowest.left);
        let distance: f64 = lowest
            .positions
            .iter()
            .zip(start)
            .zip(&self.weights)
            .map(|((x, y), w): ((&f64, &f64), &f64)| w * (x - y).powi(2))
            .sum();
        let dissipated = self.reached.dissipated + distance / tau;
        Ok(Law { time: end, positions: lowest.positions, energy: lowest.energy, dissipated })
    }
}

impl<L: Landscape<1>> System for Jko<L> {
    fn time(&self) -> f64 {
        self.present.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        stride(self, until, STEPS, |system| system.take_step(until))
    }

    fn observe(&self) -> Observation {
        let Law { positions, energy, dissipated, .. } = &self.present;
        let largest = positions.iter().copied().fold(self.lower, f64::max);
        let residual = (energy - self.first_energy + dissipated).abs();
        let mut atoms = positions.iter().zip(&self.weights).map(|(x, weight)| ([*x], *weight));
        let risk = self.landscape.risk(&self.landscape.moments(&mut atoms));
        let truncation = self.landscape.truncation([largest]);
        let sampling =
            self.panels.as_ref().map(|panels| scalars::sampling_error(panels.sampling_error(positions)));
        let mut observation = Observation {
            risk,
            scalars: vec![
                scalars::free_energy(0.5 * energy),
                scalars::mass_error(&self.weights),
                scalar(
                    quantities::ENERGY_RESIDUAL,
                    "|E(t) − E(0) + Σ W₂²/τ| over the steps, E = R + λ ∫|θ|²dρ",
                    residual,
                ),
                scalars::kernel_truncation(truncation),
                scalar(
                    quantities::UNCONVERGED,
                    "largest Newton step left undone in a minimisation so far",
                    self.unconverged,
                ),
            ],
            law: self.law(),
        };
        observation.scalars.extend(sampling);
        observation
    }

    fn work(&self) -> u64 {
        self.evaluations
    }

    fn save(&self) -> State {
        let Law { time, positions, energy, dissipated } = &self.reached;
        let ends: Vec<f64> = self.panels.iter().flat_map(Panels::ends).collect();
        let mut reals = vec![*time, *energy, self.first_energy, *dissipated, self.unconverged];
        reals.extend(&ends);
        reals.extend(positions);
        State { integers: vec![self.count, ends.len() as u64], reals }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let found = state.reals.len();
        let atoms = self.weights.len();
        let wrong = || RunError::Checkpoint(format!("{found} numbers for {atoms} atoms"));
        let &[count, ends] = &state.integers[..] else { return Err(wrong()) };
        let (&[time, energy, first_energy, dissipated, unconverged], rest) =
            state.reals.split_first_chunk::<5>().ok_or_else(wrong)?;
        let ends = usize::try_from(ends).map_err(|_| wrong())?;
        let (ends, positions) = rest.split_at_checked(ends).ok_or_else(wrong)?;
        let panels = match &self.panels {
            Some(panels) => Some(panels.with_ends(ends, &[]).ok_or_else(wrong)?),
            None => None,
        };
        let weights = panels.as_ref().map(|panels| panels.nodes().map(|(_, weight)| weight).collect());
        let weights: Vec<f64> = weights.unwrap_or_else(|| self.weights.clone());
        if positions.len() != weights.len() || !positions.iter().all(|position| position.is_finite()) {
            return Err(wrong());
        }
        (self.weights, self.panels) = (weights, panels);
        (self.count, self.first_energy, self.unconverged) = (count, first_energy, unconverged);
        self.reached = Law { time, positions: positions.to_vec(), energy, dissipated };
        self.present = self.reached.clone();
        Ok(())
    }
}

/// The start at the nodes of panels of one direction.
fn positions_on(panels: &Panels, start: &impl Fn(f64) -> f64) -> Vec<f64> {
    panels.nodes().map(|(g, _)| start(g[0])).collect()
}
