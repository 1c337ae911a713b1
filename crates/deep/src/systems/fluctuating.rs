//! The mean-field limit together with what widths and the step size do to networks: see
//! `crate::first_order`. Batches, and layers that are not equally wide, are not told apart here.

use meanfield_run::quantities::{
    BIAS_PER_NEURON, BIAS_PER_STEP, VARIANCE_PER_NEURON, VARIANCE_PER_NEURON_SQUARED, VARIANCE_PER_STEP,
};
use meanfield_run::system::{FurtherLaw, Observation, RunError, Scalar, State, Stride, System};

use super::STRIDE;
use super::limit::LimitSystem;
use crate::first_order::{FirstOrder, FirstOrderEffects};

/// How the curves are defined here.
const BIAS_OF_WIDTHS: &str =
    "b in E R_SGD = R + b/n + c ε, for hidden layers of n neurons each: the sum of b_i over the layers";
const BIAS_OF_STEPS: &str = "c in E R_SGD = R + b/n + c ε, for steps ε of one sample";
const VARIANCE_OF_WIDTHS: &str =
    "v_n in Var R_SGD = v_n/n + v_ε ε + v_nn/n², for hidden layers of n neurons each: the sum of v_i";
const VARIANCE_OF_STEPS: &str = "v_ε in Var R_SGD = v_n/n + v_ε ε + v_nn/n², for steps ε of one sample";
const VARIANCE_OF_PAIRS: &str =
    "v_nn in Var R_SGD = v_n/n + v_ε ε + v_nn/n², for hidden layers of n neurons each";

/// A limit that reports b, c, v_n, v_ε and v_nn until a time, and NaN from then on.
pub struct FluctuatingLimit {
    limit: LimitSystem,
    effects: FirstOrderEffects,
    until: f64,
    /// Now; None where they are not known.
    found: Option<FirstOrder>,
}

impl FluctuatingLimit {
    /// A limit at t = 0, with effects at t = 0.
    pub fn new(limit: LimitSystem, effects: FirstOrderEffects, until: f64) -> Self {
        let found = Some(effects.effects());
        Self { limit, effects, until, found }
    }

    /// Takes the effects part of the way to where the limit is.
    fn follow(&mut self, multiplications: f64) -> Result<Stride, RunError> {
        let time = self.limit.time();
        self.found = None;
        if time > self.until {
            return Ok(Stride::Reached);
        }
        let stride = self.effects.stride(time, multiplications)?;
        if stride == Stride::Reached {
            self.found = Some(self.effects.effects());
        }
        Ok(stride)
    }

    fn scalars(&self) -> [Scalar; 5] {
        let sums = self.found.as_ref().map_or([f64::NAN; 5], |found| {
            let bias = found.widths.iter().map(|effect| effect.bias).sum();
            let variance = found.widths.iter().map(|effect| effect.variance).sum();
            [bias, found.step.bias(1), variance, found.step.variance, found.variance_of_pairs]
        });
        [
            Scalar::defined(BIAS_PER_NEURON, BIAS_OF_WIDTHS, sums[0]),
            Scalar::defined(BIAS_PER_STEP, BIAS_OF_STEPS, sums[1]),
            Scalar::defined(VARIANCE_PER_NEURON, VARIANCE_OF_WIDTHS, sums[2]),
            Scalar::defined(VARIANCE_PER_STEP, VARIANCE_OF_STEPS, sums[3]),
            Scalar::defined(VARIANCE_PER_NEURON_SQUARED, VARIANCE_OF_PAIRS, sums[4]),
        ]
    }
}

impl System for FluctuatingLimit {
    fn time(&self) -> f64 {
        self.limit.time()
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        match self.limit.advance(until)? {
            Stride::Reached => self.follow(STRIDE),
            Stride::Underway => Ok(Stride::Underway),
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

    /// Copies of time 0 and those that steps displaced, which become more.
    fn work_until(&self, time: f64) -> f64 {
        let time_of_copies = time.min(self.until);
        let (at_start, rate) = self.effects.copy_counts();
        time + time_of_copies * (at_start as f64 + 0.5 * rate * time_of_copies)
    }

    fn work(&self) -> u64 {
        self.limit.work() + self.effects.evaluations()
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
        self.effects.restore(effects)?;
        let is_there = self.effects.time() == self.limit.time();
        self.found = is_there.then(|| self.effects.effects());
        Ok(())
    }
}
