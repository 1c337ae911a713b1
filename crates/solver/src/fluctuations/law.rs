//! A limit system that reports the fluctuations of networks beside its own curves. It computes neither.

use meanfield_model::landscape::Landscape;
use meanfield_run::quantities;
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System};

use super::adjoint::Backward;
use super::evolution::wrong_checkpoint;
use super::network::{FluctuationSetup, NetworkFluctuations};
use super::statistics::Statistics;
use crate::characteristics::Characteristics;

/// The law by characteristics, with the fluctuations of networks about it.
pub struct FluctuatingLaw<const D: usize, L> {
    mean_field: Characteristics<D, L>,
    fluctuations: NetworkFluctuations,
    /// Now; not a number where there is no first order any more.
    statistics: Statistics,
    until: f64,
}

impl<const D: usize, L: Landscape<D>> FluctuatingLaw<D, L> {
    /// The system that reports what `mean_field` reports, and fluctuations until s = `until` (NaN beyond).
    pub fn new(mean_field: Characteristics<D, L>, setup: FluctuationSetup, until: f64) -> Self {
        let mut fluctuations = NetworkFluctuations::new(setup);
        let statistics = fluctuations.statistics();
        Self { mean_field, fluctuations, statistics, until }
    }

    /// Fluctuations to where the law is, with steps of their own: between observations they are not known.
    fn follow(&mut self) {
        let clock = self.mean_field.time();
        let is_known = clock <= self.until && self.fluctuations.advance_within(clock, u64::MAX).is_ok();
        self.statistics = if is_known { self.fluctuations.statistics() } else { Statistics::UNKNOWN };
    }

    /// What the equations backwards find now.
    fn backward(&self) -> Backward {
        let clock = self.mean_field.time();
        if clock > self.until || self.statistics.risk.is_nan() {
            return Backward::UNKNOWN;
        }
        self.fluctuations.backward(clock, self.until).unwrap_or(Backward::UNKNOWN)
    }
}

impl<const D: usize, L: Landscape<D>> System for FluctuatingLaw<D, L> {
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
        let second = self.backward().second;
        observation.scalars.extend(self.statistics.risk_scalars(second));
        // The mean radius is known in one radius; elsewhere there is an error.
        match self.fluctuations.error() {
            None => observation.scalars.extend(self.statistics.radius_scalars()),
            Some(error) => observation.scalars.push(Scalar::new(quantities::FLUCTUATION_ERROR, error)),
        }
        observation.scalars.extend(self.statistics.step_scalars());
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
        let is_there = self.fluctuations.clock() >= self.time();
        self.statistics = if is_there { self.fluctuations.statistics() } else { Statistics::UNKNOWN };
        Ok(())
    }
}
