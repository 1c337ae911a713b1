//! A limit system that reports the fluctuations of networks beside its own curves. It computes neither.

use std::sync::OnceLock;

use meanfield_model::landscape::Landscape;
use meanfield_run::quantities;
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System};

use super::adjoint::{Backward, backward};
use super::evolution::{Fluctuations, wrong_checkpoint};
use super::history::History;
use super::setup::Setup;
use super::statistics::Statistics;
use crate::characteristics::Characteristics;

/// The law by characteristics, with the fluctuations of networks about it.
pub struct FluctuatingLaw<L> {
    mean_field: Characteristics<1, L>,
    fluctuations: Fluctuations,
    /// Now; not a number where there is no first order any more.
    statistics: Statistics,
    coarse: Setup,
    history: OnceLock<History<Setup>>,
    until: f64,
}

impl<L: Landscape<1>> FluctuatingLaw<L> {
    /// The system that reports what `mean_field` reports, and fluctuations until s = `until` (NaN beyond);
    /// `coarse` is the same problem at `Resolution::of_second_chaos`.
    pub fn new(mean_field: Characteristics<1, L>, setup: Setup, coarse: Setup, until: f64) -> Self {
        let mut fluctuations = Fluctuations::new(setup);
        let statistics = fluctuations.statistics();
        Self { mean_field, fluctuations, statistics, coarse, history: OnceLock::new(), until }
    }

    /// Fluctuations to where the law is, with steps of their own: between observations they are not known.
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

impl<L: Landscape<1>> System for FluctuatingLaw<L> {
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
        State::join(&[self.mean_field.save(), self.fluctuations.evolution.save()])
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let parts = state.split().ok_or_else(wrong_checkpoint)?;
        let [own, fluctuations] = &parts[..] else { return Err(wrong_checkpoint()) };
        self.mean_field.restore(own)?;
        self.fluctuations.evolution.restore(fluctuations)?;
        let is_there = self.fluctuations.clock() >= self.time();
        self.statistics = if is_there { self.fluctuations.statistics() } else { Statistics::UNKNOWN };
        Ok(())
    }
}
