//! A system whose time is s = ∫ξ dt, driven and observed in t.
//!
//! Every term of the distributional dynamics has the factor ξ(t), so its law depends on t through s(t) alone:
//! solvers know no schedule, and one that is infinite at t = 0 gives them no trouble. A pace makes the clock
//! slower, as steps ε/α² of the lazy scaling do. Times are translated here, and nothing else.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::peers::Peers;
use crate::schedule::Schedule;
use meanfield_model::measure::Measure;

use crate::system::{FurtherLaw, Observation, RunError, State, Stride, System};

/// A system in s, driven and observed in t.
pub struct Reclocked<S> {
    system: S,
    schedule: Schedule,
    /// s is so many times ∫ξ dt.
    pace: f64,
    /// The last target time: there the inverse of the clock must not round.
    target: f64,
}

impl<S: System> Reclocked<S> {
    /// `system`, whose time is s, under this schedule.
    pub fn new(system: S, schedule: Schedule) -> Self {
        Self::paced(system, schedule, 1.0)
    }

    /// `system`, whose time is `pace` > 0 times s.
    pub fn paced(system: S, schedule: Schedule, pace: f64) -> Self {
        Self { system, schedule, pace, target: 0.0 }
    }

    /// The system's time at t.
    fn clock_at(&self, time: f64) -> f64 {
        self.pace * self.schedule.clock(time)
    }

    /// t at the system's time.
    fn time_at(&self, clock: f64) -> f64 {
        if clock == self.clock_at(self.target) { self.target } else { self.schedule.time(clock / self.pace) }
    }

    /// An error of the system, its time in t.
    fn error_in_t(&self, error: RunError) -> RunError {
        match error {
            RunError::Failed { time, what } => {
                RunError::Failed { time: self.schedule.time(time / self.pace), what }
            }
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
        self.system.advance(self.clock_at(until)).map_err(|error| self.error_in_t(error))
    }

    fn next_step(&self) -> Option<f64> {
        self.system.next_step().map(|clock| self.schedule.time(clock / self.pace))
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.target = until;
        self.system.step_freely(self.clock_at(until)).map_err(|error| self.error_in_t(error))
    }

    /// Curves are smooth in the system's own variable at s.
    fn clock(&self, time: f64) -> f64 {
        self.system.clock(self.clock_at(time))
    }

    fn observe(&self) -> Observation {
        self.system.observe()
    }

    fn joint_law(&self) -> Option<Measure> {
        self.system.joint_law()
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        self.system.further_laws()
    }

    fn work_until(&self, time: f64) -> f64 {
        self.system.work_until(self.clock_at(time))
    }

    fn work(&self) -> u64 {
        self.system.work()
    }

    fn use_threads(&mut self, threads: usize) {
        self.system.use_threads(threads);
    }

    fn deal(&mut self, peers: &Arc<dyn Peers>) -> bool {
        self.system.deal(peers)
    }

    fn bring_together(&self) {
        self.system.bring_together();
    }

    fn save(&self) -> State {
        self.system.save()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.system.restore(state)
    }
}
