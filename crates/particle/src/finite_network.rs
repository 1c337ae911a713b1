//! The system `finite-network`: N neurons trained by one-pass SGD from one seed.
//!
//! Time is t = kε, and step k = 1, 2, … has the size s_k = ε ξ(kε): the first one takes ξ(ε), since ξ =
//! t^(−1/4) is infinite at 0. Neurons are σ(⟨w, x⟩), or a σ(⟨w, x⟩ + b) with all of (a, b, w) trained. The
//! network's risk is the population risk of the network with its present weights. For the squared loss it is
//! exact (see [`meanfield_model::finite_network`]), and also estimated from fresh samples where that is
//! requested; for the others the estimate is the risk. A network that begins where another run left one goes
//! on in its stream of samples.

mod lazy;
mod observed;
mod outputs;
mod setup;

use std::ops::Range;

use meanfield_run::schedule::Schedule;
use meanfield_run::system::{FurtherLaw, Observation, RunError, State, Stride, System};
use ndarray::{Array2, s};

use crate::engine::{Batch, Blocked, Engine, MiniBatch, Rule, Sequential};
use crate::sampler::{self, BLOCK, Samples};
use lazy::LazyStart;
use meanfield_random::stream::Purpose;

pub use observed::{
    DEFAULT_SAMPLES, classification_error, has_exact_risk, monte_carlo_risk, observe, observe_beside,
    samples_of_classification, samples_of_risk,
};
pub use setup::{Precision, Setup, steps_of_stream};

/// Multiply-adds in one stride: a few hundredths of a second.
const STRIDE: f64 = 2e8;
/// A weight beyond this has run away.
const LARGEST: f64 = 1e9;
/// What is said of weights that have.
pub const RUN_AWAY: &str = "the weights have run away: SGD diverges; write a smaller `step-size`";
/// A normal deviate, and a step of the smallest network, in multiply-adds.
const SAMPLING: usize = 8;
const OVERHEAD: usize = 400;

/// A network and the samples that it is trained on.
pub struct FiniteNetwork {
    setup: Setup,
    /// Where it began, in the lazy scaling.
    lazy: Option<LazyStart>,
    /// After a whole number of its blocks: where a run pauses must leave no trace in how it is rounded.
    engine: Box<dyn Engine>,
    /// Steps that the engine has made.
    trained: u64,
    /// k, less than a block ahead.
    step: u64,
    samples: Option<(u64, Samples)>,
    threads: usize,
    work: u64,
}

impl FiniteNetwork {
    /// The network at k = 0.
    pub fn new(setup: Setup) -> Self {
        let engine = engine(&setup, &setup.start());
        let lazy = LazyStart::new(&setup);
        Self { engine, lazy, setup, trained: 0, step: 0, samples: None, threads: 1, work: 0 }
    }

    /// The definition of the run.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The parameters at step k, shape (neuron, D).
    pub fn weights(&self) -> Array2<f64> {
        if self.trained == self.step {
            return self.engine.weights();
        }
        let mut ahead = self.engine.fork();
        let (index, _) = place(&self.setup, self.trained);
        match &self.samples {
            Some((held, samples)) if *held == index => {
                train(&self.setup, &mut *ahead, samples, self.trained..self.step);
            }
            _ => train(&self.setup, &mut *ahead, &self.draw(index), self.trained..self.step),
        }
        ahead.weights()
    }

    /// Mean and standard error of ℓ(y, ŷ) over fresh samples at this step; see [`monte_carlo_risk`].
    pub fn monte_carlo_risk(&self, parameters: &Array2<f64>, samples: usize) -> (f64, f64) {
        monte_carlo_risk(&self.setup, self.step, parameters, samples)
    }

    /// Whether a network can be at this step with an engine trained so far: to where one of its blocks
    /// begins, and less than one behind.
    fn is_place(&self, step: u64, trained: u64) -> bool {
        let block = self.engine.block() as u64;
        trained.is_multiple_of(block) && step.checked_sub(trained).is_some_and(|ahead| ahead < block)
    }

    /// The step at which time t is observed.
    fn step_at(&self, time: f64) -> u64 {
        (time / self.setup.step_size).round() as u64
    }

    /// A block of samples, with the labels that the engine is to see.
    fn draw(&self, index: u64) -> Samples {
        let mut samples = draw(&self.setup, index);
        if let Some(lazy) = &self.lazy {
            lazy.relabel(&self.setup, &mut samples);
        }
        samples
    }

    /// Trains the engine by whole blocks of its own, to the end of the block of samples at hand or as near to
    /// step `last` as they go.
    fn train_in_block(&mut self, last: u64) {
        let (index, offset) = place(&self.setup, self.trained);
        let samples = match self.samples.take() {
            Some((held, samples)) if held == index => samples,
            _ => self.draw(index),
        };
        let until = last.min(self.trained + (steps_of_block(&self.setup) - offset) as u64);
        let whole = until - until % self.engine.block() as u64;
        train(&self.setup, &mut *self.engine, &samples, self.trained..whole);
        (self.trained, self.step, self.samples) = (whole, until, Some((index, samples)));
    }
}

/// Whether some of these parameters are no numbers, or far too large.
pub fn have_run_away(parameters: &Array2<f64>) -> bool {
    parameters.iter().any(|w| w.is_nan() || w.abs() >= LARGEST)
}

fn all_finite(numbers: &[f64]) -> bool {
    numbers.iter().all(|number| number.is_finite())
}

/// Steps whose samples are drawn together: those of a block of samples, one of a larger batch.
fn steps_of_block(setup: &Setup) -> usize {
    (BLOCK / setup.batch).max(1)
}

/// The samples that hold the next step after so many, and which of their steps it is.
fn place(setup: &Setup, step: u64) -> (u64, usize) {
    let steps = steps_of_block(setup) as u64;
    let of_stream = setup.steps_before() + step;
    (of_stream / steps, (of_stream % steps) as usize)
}

fn draw(setup: &Setup, index: u64) -> Samples {
    let Setup { data, seed, label_noise, batch, .. } = setup;
    let blocks = batch.div_ceil(BLOCK) as u64;
    let parts = (index * blocks..(index + 1) * blocks)
        .map(|block| sampler::noisy_block(data, *label_noise, *seed, Purpose::Data, block));
    sampler::concatenated(parts)
}

/// The engine that trains these weights; where groups of parameters differ, one sample after the other.
fn engine(setup: &Setup, weights: &Array2<f64>) -> Box<dyn Engine> {
    let Setup { loss, seed, precision, ridge, temperature, groups, batch, .. } = *setup;
    let activation = setup.activation.clone();
    let rule = Rule { activation, loss, unit: setup.unit(), ridge, temperature, groups };
    match precision {
        _ if batch > 1 => Box::new(MiniBatch::new(rule, weights.clone(), batch, seed)),
        _ if !groups.are_alike() => Box::new(Sequential::new(rule, weights.clone(), seed)),
        Precision::Double => Box::new(Blocked::<f64>::new(rule, weights, seed)),
        Precision::Single => Box::new(Blocked::<f32>::new(rule, weights, seed)),
    }
}

/// Trains an engine through steps of one block of samples; `steps` counts those made before each.
fn train(setup: &Setup, engine: &mut dyn Engine, samples: &Samples, steps: Range<u64>) {
    let first = setup.steps_before() + steps.start;
    let (_, offset) = place(setup, steps.start);
    let step_sizes: Vec<f64> = steps.clone().map(|made| setup.size_of_step(made)).collect();
    let cooling: Vec<f64> = match setup.cooling {
        Schedule::Constant => Vec::new(),
        _ => steps.map(|made| setup.cooling_of_step(made)).collect(),
    };
    let of_samples = offset * setup.batch..(offset + step_sizes.len()) * setup.batch;
    engine.train(&Batch {
        x: samples.x.slice(s![of_samples.clone(), ..]),
        y: &samples.y[of_samples],
        step_sizes: &step_sizes,
        cooling: &cooling,
        first,
    });
}

impl System for FiniteNetwork {
    fn time(&self) -> f64 {
        self.step as f64 * self.setup.step_size
    }

    fn step(&self) -> Option<u64> {
        Some(self.step)
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let last = self.step_at(until);
        let (neurons, parameters) = self.setup.shape();
        let per_sample = neurons * parameters + SAMPLING * self.setup.data.dimension();
        let per_step = self.setup.batch * per_sample + OVERHEAD;
        let stride = (STRIDE / per_step as f64).max(1.0) as u64;
        let pause = last.min(self.step + stride);
        while self.step < pause {
            let before = self.step;
            self.train_in_block(pause);
            self.work += self.step - before;
        }
        let weights = if self.step == last { self.weights() } else { self.engine.weights() };
        if have_run_away(&weights) {
            return Err(RunError::Failed { time: self.time(), what: RUN_AWAY.into() });
        }
        Ok(if self.step < last { Stride::Underway } else { Stride::Reached })
    }

    fn observe(&self) -> Observation {
        observe(&self.setup, self.step, &self.weights())
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        let wanted = self.setup.records_weights;
        wanted.then(|| observed::weights(&self.setup, self.weights())).into_iter().collect()
    }

    fn work(&self) -> u64 {
        self.work
    }

    fn use_threads(&mut self, threads: usize) {
        self.threads = threads;
        self.engine.use_threads(threads);
    }

    fn save(&self) -> State {
        let weights = self.engine.weights();
        State { integers: vec![self.step, self.trained], reals: weights.iter().copied().collect() }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let shape = self.setup.shape();
        match (&state.integers[..], Array2::from_shape_vec(shape, state.reals.clone())) {
            (&[step, trained], Ok(weights)) if self.is_place(step, trained) && all_finite(&state.reals) => {
                self.engine = engine(&self.setup, &weights);
                self.engine.use_threads(self.threads);
                (self.step, self.trained, self.samples) = (step, trained, None);
                Ok(())
            }
            _ => Err(RunError::Checkpoint(format!(
                "{} step counters and {} numbers for {} weights",
                state.integers.len(),
                state.reals.len(),
                shape.0 * shape.1
            ))),
        }
    }
}
