//! Fluctuations as they evolve, and a limit system that reports them beside its own curves.

use std::sync::{Arc, OnceLock};

use meanfield_model::landscape::Landscape;
use meanfield_run::quantities;
use meanfield_run::stepper::adaptive::{AdaptiveStepper, Controller};
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System};

use super::adjoint::{Backward, backward};
use super::forward::Forward;
use super::history::History;
use super::setup::{Resolution, Setup};
use super::statistics::Statistics;
use crate::characteristics::Characteristics;

/// First step tried.
pub(super) const FIRST_STEP: f64 = 1e-5;
/// A step this much shorter than the time reached (or than 1) means that nothing more can be said.
pub(super) const SHORTEST: f64 = 1e-10;
/// Where ξ is infinite at s = 0 the samples until this s are taken together, at the start's law.
pub(super) const MOMENT: f64 = 1e-9;

/// Nodes behind the second chaos, which a spread needs to a few per cent only: it is found anew for each time.
pub(super) const SECOND_CHAOS: Resolution = Resolution { radii: 12, lengths: 8, degrees: 3, tolerance: 1e-5 };

/// The fluctuations about one law, as they evolve in s.
pub struct Fluctuations {
    forward: Forward,
    state: Vec<f64>,
    clock: f64,
    stepper: AdaptiveStepper,
    controller: Controller,
}

impl Fluctuations {
    /// At s = 0.
    pub fn new(setup: Setup) -> Self {
        let tolerance = setup.tolerance;
        let from = if setup.rate_at(0.0).is_finite() { 0.0 } else { MOMENT };
        let (mut forward, mut state) = Forward::new(Arc::new(setup));
        forward.take_samples(from, &mut state);
        Self {
            stepper: AdaptiveStepper::new(state.len()),
            controller: Controller { next_step: FIRST_STEP, tolerance },
            forward,
            state,
            clock: from,
        }
    }

    /// s.
    pub fn clock(&self) -> f64 {
        self.clock
    }

    /// Evolves until s.
    ///
    /// # Errors
    /// Where the numbers grow beyond all bounds, or a neuron reaches w = 0: nothing is known from there on.
    pub fn advance_to(&mut self, clock: f64) -> Result<(), RunError> {
        while self.clock < clock {
            self.step(clock)?;
        }
        Ok(())
    }

    /// One accepted step, not past `until`.
    pub(super) fn step(&mut self, until: f64) -> Result<(), RunError> {
        let longest = until - self.clock;
        let shortest = SHORTEST * self.clock.clamp(MOMENT, 1.0);
        let Self { forward, state, stepper, controller, .. } = self;
        let taken = stepper.step(forward, self.clock, state, controller, longest, shortest);
        let Some(taken) = taken else {
            let what = "the fluctuations of networks have no first order in 1/N and in the step size here";
            return Err(RunError::Failed { time: self.clock, what: what.into() });
        };
        self.clock = if taken == longest { until } else { self.clock + taken };
        Ok(())
    }

    /// The present numbers, and their equations.
    pub(super) fn state(&self) -> &[f64] {
        &self.state
    }

    pub(super) fn equations(&mut self) -> &mut Forward {
        &mut self.forward
    }

    /// Means and spreads now.
    pub fn statistics(&mut self) -> Statistics {
        self.forward.statistics(&self.state)
    }

    /// Evaluations of the rates so far.
    pub fn evaluations(&self) -> u64 {
        self.stepper.evaluations
    }
}

impl Forward {
    /// Takes all samples until s at the start's law.
    pub(super) fn take_samples(&mut self, clock: f64, state: &mut [f64]) {
        if clock == 0.0 {
            return;
        }
        self.look(state);
        let mut jump = vec![0.0; state.len()];
        let relaxation = self.features.relaxation(&self.setup);
        self.step_part(state, &mut jump, &relaxation, self.setup.noise_until(clock));
        state.iter_mut().zip(jump).for_each(|(number, jump)| *number += jump);
    }
}

/// The law by characteristics, with the fluctuations of networks about it.
pub struct FluctuatingLaw<L> {
    mean_field: Characteristics<1, L>,
    fluctuations: Fluctuations,
    /// Now; not a number where there is no first order any more.
    statistics: Statistics,
    coarse: Setup,
    history: OnceLock<History>,
    until: f64,
}

impl<L: Landscape<1>> FluctuatingLaw<L> {
    /// The system that reports what `mean_field` reports, and fluctuations until s = `until` (NaN beyond);
    /// `coarse` is the same problem at [`Resolution::of_second_chaos`].
    pub fn new(mean_field: Characteristics<1, L>, setup: Setup, coarse: Setup, until: f64) -> Self {
        let mut fluctuations = Fluctuations::new(setup);
        let statistics = fluctuations.statistics();
        Self { mean_field, fluctuations, statistics, coarse, history: OnceLock::new(), until }
    }

    /// Fluctuations to where the law is.
    fn follow(&mut self) {
        let clock = self.mean_field.time();
        let is_known = clock <= self.until && self.fluctuations.advance_to(clock).is_ok();
        self.statistics = if is_known { self.fluctuations.statistics() } else { Statistics::UNKNOWN };
    }

    /// What the equations backwards find now.
    fn backward(&self) -> Backward {
        let clock = self.mean_field.time();
        if clock > self.until {
            return Backward::UNKNOWN;
        }
        let history = self.history.get_or_init(|| History::new(self.coarse.clone(), self.until));
        backward(history, clock).unwrap_or(Backward::UNKNOWN)
    }
}

impl Resolution {
    /// Nodes behind the second chaos.
    pub fn of_second_chaos() -> Self {
        SECOND_CHAOS
    }
}

impl<L: Landscape<1>> System for FluctuatingLaw<L> {
    fn time(&self) -> f64 {
        self.mean_field.time()
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let stride = self.mean_field.advance(until)?;
        self.follow();
        Ok(stride)
    }

    fn next_step(&self) -> Option<f64> {
        self.mean_field.next_step()
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        let end = if self.time() < self.until { until.min(self.until) } else { until };
        self.mean_field.step_freely(end)?;
        self.follow();
        Ok(())
    }

    fn observe(&self) -> Observation {
        let mut observation = self.mean_field.observe();
        let Statistics { bias_per_neuron, bias_per_step, variance_per_neuron, variance_per_step, .. } =
            self.statistics;
        let [squared, crossed, of_steps] = self.backward().second;
        let [radius, of_radius_steps, radius_variance, radius_variance_steps] = self.statistics.radius;
        let scalars = [
            (quantities::BIAS_PER_NEURON, bias_per_neuron),
            (quantities::BIAS_PER_STEP, bias_per_step),
            (quantities::VARIANCE_PER_NEURON, variance_per_neuron),
            (quantities::VARIANCE_PER_STEP, variance_per_step),
            (quantities::VARIANCE_PER_NEURON_SQUARED, squared),
            (quantities::VARIANCE_PER_NEURON_STEP, crossed),
            (quantities::VARIANCE_PER_STEP_SQUARED, of_steps),
            (quantities::RADIUS_BIAS_PER_NEURON, radius),
            (quantities::RADIUS_BIAS_PER_STEP, of_radius_steps),
            (quantities::RADIUS_VARIANCE_PER_NEURON, radius_variance),
            (quantities::RADIUS_VARIANCE_PER_STEP, radius_variance_steps),
            (quantities::STEP_GAIN, self.statistics.step_gain),
            (quantities::RISK_SLOPE, self.statistics.risk_slope),
        ];
        observation.scalars.extend(scalars.map(|(quantity, value)| Scalar::new(quantity, value)));
        observation
    }

    fn work(&self) -> u64 {
        self.mean_field.work() + self.fluctuations.evaluations()
    }

    fn save(&self) -> State {
        State::join(&[self.mean_field.save(), self.fluctuations.save()])
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let parts = state.split().ok_or_else(wrong_checkpoint)?;
        let [own, fluctuations] = &parts[..] else { return Err(wrong_checkpoint()) };
        self.mean_field.restore(own)?;
        self.fluctuations.restore(fluctuations)?;
        self.follow();
        Ok(())
    }
}

impl Fluctuations {
    fn save(&self) -> State {
        let mut reals = vec![self.clock, self.controller.next_step];
        reals.extend(&self.state);
        State { integers: Vec::new(), reals }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        match state.reals.split_first_chunk::<2>() {
            Some((&[clock, next_step], numbers)) if numbers.len() == self.state.len() => {
                (self.clock, self.controller.next_step) = (clock, next_step);
                self.state.copy_from_slice(numbers);
                Ok(())
            }
            _ => Err(wrong_checkpoint()),
        }
    }
}

pub(super) fn wrong_checkpoint() -> RunError {
    RunError::Checkpoint("it is not that of a law with its fluctuations".into())
}
