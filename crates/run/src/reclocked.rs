//! A system whose time is s = ∫ξ dt, driven and observed in t.
//!
//! Every term of the distributional dynamics has the factor ξ(t), so its law depends on t through s(t) alone:
//! solvers know no schedule, and one that is infinite at t = 0 gives them no trouble. Times are translated
//! here, and nothing else.

#[cfg(test)]
mod tests;

use crate::schedule::Schedule;
use crate::system::{FurtherLaw, Observation, RunError, State, Stride, System};

/// A system in s, driven and observed in t.
pub struct Reclocked<S> {
    system: S,
    schedule: Schedule,
    /// The last target time: there the inverse of the clock must not round.
    target: f64,
}

impl<S: System> Reclocked<S> {
    /// `system`, whose time is s, under this schedule.
    pub fn new(system: S, schedule: Schedule) -> Self {
        Self { system, schedule, target: 0.0 }
    }

    /// t at s.
    fn time_at(&self, clock: f64) -> f64 {
        if clock == self.schedule.clock(self.target) { self.target } else { self.schedule.time(clock) }
    }

    /// An error of the system, its time in t.
    fn error_in_t(&self, error: RunError) -> RunError {
        match error {
            RunError::Failed { time, what } => RunError::Failed { time: self.schedule.time(time), what },
            other => other,
        }
    }
}

// Every method of `System` is forwarded, those with a default too: a test holds it.
impl<S: System> System for Reclocked<S> {
    fn time(&self) -> f64 {
        self.time_at(self.system.time())
    }

    fn step(&self) -> Option<u64> {
        self.system.step()
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        self.target = until;
        self.system.advance(self.schedule.clock(until)).map_err(|error| self.error_in_t(error))
    }

    fn next_step(&self) -> Option<f64> {
        self.system.next_step().map(|clock| self.schedule.time(clock))
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.target = until;
        self.system.step_freely(self.schedule.clock(until)).map_err(|error| self.error_in_t(error))
    }

    /// Curves are smooth in the system's own variable at s.
    fn clock(&self, time: f64) -> f64 {
        self.system.clock(self.schedule.clock(time))
    }

    fn observe(&self) -> Observation {
        self.system.observe()
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        self.system.further_laws()
    }

    fn work_until(&self, time: f64) -> f64 {
        self.system.work_until(self.schedule.clock(time))
    }

    fn work(&self) -> u64 {
        self.system.work()
    }

    fn use_threads(&mut self, threads: usize) {
        self.system.use_threads(threads);
    }

    fn save(&self) -> State {
        self.system.save()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.system.restore(state)
    }
}
