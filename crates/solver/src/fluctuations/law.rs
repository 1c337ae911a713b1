//! A limit system that reports the fluctuations of networks beside its own curves. It computes neither: it
//! takes the fluctuations to where the law is.

use meanfield_model::measure::Measure;
use meanfield_run::system::{FurtherLaw, Observation, RunError, Scalar, State, Stride, System};

use super::evolution::wrong_checkpoint;
use super::statistics::Statistics;

/// Fluctuations of networks about a law, as they evolve in s.
pub trait EvolvingFluctuations: Send {
    /// s.
    fn clock(&self) -> f64;

    /// Evolves until s; whether they are known there.
    fn advance_to(&mut self, clock: f64) -> bool;

    /// Means and spreads now.
    fn statistics(&mut self) -> Statistics;

    /// What is reported at s where the law has this risk; the second chaos is asked for until `until`.
    fn scalars(&self, statistics: &Statistics, risk: f64, clock: f64, until: f64) -> Vec<Scalar>;

    /// Evaluations of the rates so far.
    fn evaluations(&self) -> u64;

    /// Everything needed to go on from here.
    fn save(&self) -> State;

    /// Goes back to a saved state.
    fn restore(&mut self, state: &State) -> Result<(), RunError>;
}

/// A law, with the fluctuations of networks about it.
pub struct FluctuatingLaw<M, F: EvolvingFluctuations> {
    mean_field: M,
    fluctuations: F,
    /// Now; not a number where they are not known.
    statistics: Statistics,
    until: f64,
}

impl<M: System, F: EvolvingFluctuations> FluctuatingLaw<M, F> {
    /// The system that reports what `mean_field` reports, and fluctuations until s = `until` (NaN beyond).
    pub fn new(mean_field: M, mut fluctuations: F, until: f64) -> Self {
        let statistics = fluctuations.statistics();
        Self { mean_field, fluctuations, statistics, until }
    }

    /// Fluctuations to where the law is, with steps of their own: between observations they are not known.
    fn follow(&mut self) {
        let clock = self.mean_field.time();
        let is_known = clock <= self.until && self.fluctuations.advance_to(clock);
        self.statistics = if is_known { self.fluctuations.statistics() } else { Statistics::UNKNOWN };
    }
}

impl<M: System, F: EvolvingFluctuations> System for FluctuatingLaw<M, F> {
    fn time(&self) -> f64 {
        self.mean_field.time()
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let stride = self.mean_field.advance(until)?;
        match stride {
            Stride::Reached => self.follow(),
            Stride::Underway => self.statistics = Statistics::UNKNOWN,
        }
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
        let own = self.fluctuations.scalars(&self.statistics, observation.risk, self.time(), self.until);
        observation.scalars.extend(own);
        observation
    }

    fn joint_law(&self) -> Option<Measure> {
        self.mean_field.joint_law()
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        self.mean_field.further_laws()
    }

    fn work_until(&self, time: f64) -> f64 {
        self.mean_field.work_until(time)
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
        let is_there = self.fluctuations.clock() >= self.time();
        self.statistics = if is_there { self.fluctuations.statistics() } else { Statistics::UNKNOWN };
        Ok(())
    }
}
