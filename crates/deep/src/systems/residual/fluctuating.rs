//! The limit of residual networks together with what width and step size do to networks: see
//! `crate::residual::effects`. Batches are not told apart here.

use meanfield_run::quantities::{
    BIAS_PER_NEURON, BIAS_PER_STEP, VARIANCE_PER_NEURON, VARIANCE_PER_NEURON_SQUARED, VARIANCE_PER_STEP,
};
use meanfield_run::system::{FurtherLaw, Observation, RunError, Scalar, State, Stride, System};

use super::limit::ResidualLimitSystem;
use crate::residual::effects::{ResidualEffect, ResidualEffects};

/// How the curves are defined here.
const BIAS_OF_WIDTH: &str = "b in E R_SGD = R + b/m + c η, for networks of m neurons a layer";
const BIAS_OF_STEPS: &str = "c in E R_SGD = R + b/m + c η, for steps η of one sample";
const VARIANCE_OF_WIDTH: &str =
    "v_m in Var R_SGD = v_m/m + v_η η + v_mm/m², for networks of m neurons a layer";
const VARIANCE_OF_STEPS: &str = "v_η in Var R_SGD = v_m/m + v_η η + v_mm/m², for steps η of one sample";
const VARIANCE_OF_PAIRS: &str =
    "v_mm in Var R_SGD = v_m/m + v_η η + v_mm/m², for networks of m neurons a layer";
/// The time of all copies, in times of the limit.
const COPIES: f64 = 4.0;

/// A limit that reports b, c, v_m, v_η and v_mm until a time, and NaN from then on.
pub struct FluctuatingResidualLimit {
    limit: ResidualLimitSystem,
    effects: ResidualEffects,
    end: f64,
}

impl FluctuatingResidualLimit {
    /// A limit at t = 0 that runs until `end`, and effects of which no copies are there yet.
    pub fn new(limit: ResidualLimitSystem, effects: ResidualEffects, end: f64) -> Self {
        Self { limit, effects, end }
    }

    fn scalars(&self) -> [Scalar; 5] {
        let effect = self.effects.effect(self.limit.time());
        let numbers = effect.map_or([f64::NAN; 5], |ResidualEffect { width, step, variance_of_pairs }| {
            [width.bias, step.bias(1), width.variance, step.variance, variance_of_pairs]
        });
        [
            Scalar::defined(BIAS_PER_NEURON, BIAS_OF_WIDTH, numbers[0]),
            Scalar::defined(BIAS_PER_STEP, BIAS_OF_STEPS, numbers[1]),
            Scalar::defined(VARIANCE_PER_NEURON, VARIANCE_OF_WIDTH, numbers[2]),
            Scalar::defined(VARIANCE_PER_STEP, VARIANCE_OF_STEPS, numbers[3]),
            Scalar::defined(VARIANCE_PER_NEURON_SQUARED, VARIANCE_OF_PAIRS, numbers[4]),
        ]
    }
}

impl System for FluctuatingResidualLimit {
    fn time(&self) -> f64 {
        self.limit.time()
    }

    /// All copies first: they are known at times of their own.
    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        match self.effects.is_complete() {
            true => self.limit.advance(until),
            false => self.effects.advance().map(|()| Stride::Underway),
        }
    }

    fn observe(&self) -> Observation {
        let mut observation = self.limit.observe();
        observation.scalars.extend(self.scalars());
        observation
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        self.limit.further_laws()
    }

    /// The copies, and the limit.
    fn work_until(&self, time: f64) -> f64 {
        let (done, all) = self.effects.progress();
        let copies = if time > 0.0 { all } else { done };
        time + COPIES * self.end * copies as f64 / all as f64
    }

    fn work(&self) -> u64 {
        self.limit.work()
    }

    fn save(&self) -> State {
        State::join(&[self.limit.save(), self.effects.state()])
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let parts = state.split().unwrap_or_default();
        let [own, effects] = &parts[..] else {
            return Err(RunError::Checkpoint("it is not of a limit with effects beside it".to_owned()));
        };
        self.limit.restore(own)?;
        self.effects.restore(effects)
    }
}
