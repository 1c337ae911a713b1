//! Fluctuations to first order as they evolve. What they are reported with is in `law`.

use std::sync::Arc;

use meanfield_run::stepper::adaptive::{AdaptiveStepper, Controller};
use meanfield_run::system::{RunError, State};

use super::forward::Forward;
use super::setup::Setup;
use super::statistics::Statistics;

/// First step tried.
pub(super) const FIRST_STEP: f64 = 1e-5;
/// A step this much shorter than the time reached (or than 1) means that nothing more can be said.
pub(super) const SHORTEST: f64 = 1e-10;
/// Where ξ is infinite at s = 0 the samples until this s are taken together, at the start's law.
pub(super) const MOMENT: f64 = 1e-9;

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
        self.advance_within(clock, u64::MAX)
    }

    /// The same with so many evaluations of the rates at most, from the start on.
    ///
    /// # Errors
    /// As [`Self::advance_to`], and where the evaluations are used up.
    pub fn advance_within(&mut self, clock: f64, evaluations: u64) -> Result<(), RunError> {
        while self.clock < clock {
            if self.stepper.evaluations >= evaluations {
                let what = "the fluctuations of networks take longer than they may";
                return Err(RunError::Failed { time: self.clock, what: what.into() });
            }
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

impl Fluctuations {
    pub(super) fn save(&self) -> State {
        let mut reals = vec![self.clock, self.controller.next_step];
        reals.extend(&self.state);
        State { integers: Vec::new(), reals }
    }

    pub(super) fn restore(&mut self, state: &State) -> Result<(), RunError> {
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
