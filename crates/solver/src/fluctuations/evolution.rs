//! Equations of fluctuations as they evolve, one accepted step after the other, saved and restored; and those
//! of first order. What these are reported with is in `law`.

use std::sync::Arc;

use meanfield_run::flow::Flow;
use meanfield_run::stepper::adaptive::{AdaptiveStepper, Controller};
use meanfield_run::system::{RunError, State};

use super::forward::Forward;
use super::setup::Setup;
use super::statistics::Statistics;

/// First step tried.
const FIRST_STEP: f64 = 1e-5;
/// A step this much shorter than the time reached (or than 1) means that nothing more can be said.
const SHORTEST: f64 = 1e-10;
/// Where ξ is infinite at s = 0 the samples until this s are taken together, at the start's law.
const MOMENT: f64 = 1e-9;

/// Equations with the numbers that they have reached.
pub(super) struct Evolution<E> {
    pub equations: E,
    pub state: Vec<f64>,
    /// s.
    pub clock: f64,
    stepper: AdaptiveStepper,
    controller: Controller,
}

impl<E: Flow> Evolution<E> {
    /// At the start of a problem, whose forward equations these are made of.
    pub fn new(setup: Setup, equations: impl FnOnce(Forward) -> E) -> Self {
        let tolerance = setup.tolerance;
        let clock = first_clock(setup.rate_at(0.0));
        let (mut forward, mut state) = Forward::new(Arc::new(setup));
        forward.take_samples(clock, &mut state);
        Self::from_state(equations(forward), state, clock, tolerance)
    }

    /// At a state that was reached at s = `clock`.
    pub fn from_state(equations: E, state: Vec<f64>, clock: f64, tolerance: f64) -> Self {
        Self {
            equations,
            stepper: AdaptiveStepper::new(state.len()),
            controller: Controller { next_step: FIRST_STEP, tolerance },
            state,
            clock,
        }
    }

    /// One accepted step, not past s = `until`; None where the numbers grow beyond all bounds.
    pub fn step(&mut self, until: f64) -> Option<()> {
        let longest = until - self.clock;
        let shortest = SHORTEST * self.clock.clamp(MOMENT, 1.0);
        let Self { equations, state, stepper, controller, .. } = self;
        let taken = stepper.step(equations, self.clock, state, controller, longest, shortest)?;
        self.clock = if taken == longest { until } else { self.clock + taken };
        Some(())
    }

    /// Evaluations of the rates so far.
    pub fn evaluations(&self) -> u64 {
        self.stepper.evaluations
    }

    pub fn save(&self) -> State {
        let mut reals = vec![self.clock, self.controller.next_step];
        reals.extend(&self.state);
        State { integers: Vec::new(), reals }
    }

    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
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

/// Where an evolution begins: at s = 0, or a moment later where ξ is infinite there.
pub(super) fn first_clock(rate_at_start: f64) -> f64 {
    if rate_at_start.is_finite() { 0.0 } else { MOMENT }
}

pub(super) fn wrong_checkpoint() -> RunError {
    RunError::Checkpoint("it is not that of a law with its fluctuations".into())
}

/// The fluctuations about one law to first order, as they evolve in s.
pub struct Fluctuations {
    pub(super) evolution: Evolution<Forward>,
}

impl Fluctuations {
    /// At s = 0.
    pub fn new(setup: Setup) -> Self {
        Self { evolution: Evolution::new(setup, |forward| forward) }
    }

    /// s.
    pub fn clock(&self) -> f64 {
        self.evolution.clock
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
        while self.clock() < clock {
            if self.evaluations() >= evaluations {
                return Err(self.failed("the fluctuations of networks take longer than they may"));
            }
            let what = "the fluctuations of networks have no first order in 1/N and in the step size here";
            self.evolution.step(clock).ok_or_else(|| self.failed(what))?;
        }
        Ok(())
    }

    fn failed(&self, what: &str) -> RunError {
        RunError::Failed { time: self.clock(), what: what.to_owned() }
    }

    /// Means and spreads now.
    pub fn statistics(&mut self) -> Statistics {
        let Evolution { equations, state, .. } = &mut self.evolution;
        equations.statistics(state)
    }

    /// Evaluations of the rates so far.
    pub fn evaluations(&self) -> u64 {
        self.evolution.evaluations()
    }
}

impl Forward {
    /// Takes all samples until s at the start's law.
    fn take_samples(&mut self, clock: f64, state: &mut [f64]) {
        if clock == 0.0 {
            return;
        }
        self.look(state);
        let mut jump = vec![0.0; state.len()];
        let relaxation = self.features.relaxation(&self.setup);
        self.step_part(state, &mut jump, &relaxation, self.no_effects(), self.setup.noise_until(clock));
        state.iter_mut().zip(jump).for_each(|(number, jump)| *number += jump);
    }
}
