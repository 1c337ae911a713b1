//! The setup of a run of SGD, and what follows from it alone: the shape of the parameters, their start, the
//! sizes of the steps. Nothing here trains.

use std::sync::Arc;

use meanfield_model::activation::Activation;
use meanfield_model::coordinates::Coordinates;
use meanfield_model::initial::{AffineStart, Initial};
use meanfield_model::loss::Loss;
use meanfield_model::mixture::Mixture;
use meanfield_model::parameter_groups::ParameterGroups;
use meanfield_model::recorded_start::RecordedStart;
use meanfield_model::unit::Unit;
use meanfield_run::schedule::Schedule;
use ndarray::Array2;

use crate::engine::LONGEST_BLOCK;
use crate::sampler;

/// Definition of a run.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Data, of one block of coordinates or of several.
    pub data: Mixture,
    /// σ.
    pub activation: Activation,
    /// ℓ.
    pub loss: Loss,
    /// Reduced coordinates in which the neurons are reported: those of the data's blocks and of what a
    /// neuron's row is.
    pub coordinates: Coordinates,
    /// Laws of a and b at k = 0 where neurons have them.
    pub affine: Option<AffineStart>,
    /// Law of w at k = 0.
    pub initial: Initial,
    /// What another run left, in the place of these laws: its network of this seed, or neurons drawn from its
    /// law where it is none of networks.
    pub recorded: Option<Arc<RecordedStart>>,
    /// ξ(t).
    pub schedule: Schedule,
    /// λ; 1 − 2λ s_k must be positive for every step, the first of which is the longest.
    pub ridge: f64,
    /// 1/β at t = 0.
    pub temperature: f64,
    /// By what 1/β is multiplied, as a function of t.
    pub cooling: Schedule,
    /// Factors of steps, and the ridge, of groups of parameters.
    pub groups: ParameterGroups,
    /// N.
    pub neurons: usize,
    /// ε.
    pub step_size: f64,
    /// B, samples of a step.
    pub batch: usize,
    /// α of the lazy scaling ŷ = α (f_N − f_N(0)) with steps ε/α², for the squared loss without ridge and
    /// noise of steps; None of the mean-field scaling.
    pub lazy: Option<f64>,
    /// Standard deviation of what is added to every label.
    pub label_noise: f64,
    /// Whether the risk is computed where it has a closed form; if not, the estimate is the risk.
    pub exact_risk: bool,
    /// Samples on which the risk is estimated at each observation; 0 for none, or for
    /// [`DEFAULT_SAMPLES`](super::DEFAULT_SAMPLES) where the estimate is the risk.
    pub monte_carlo: usize,
    /// Whether the share of fresh samples with a wrong sign is counted at each observation, on as many as
    /// the risk is estimated on.
    pub classification_error: bool,
    /// Whether all parameters are a further law, from which other runs can begin.
    pub records_weights: bool,
    /// Precision of the weights during training.
    pub precision: Precision,
    /// The seed of everything random.
    pub seed: u64,
}

impl Setup {
    /// The form of a neuron.
    pub fn unit(&self) -> Unit {
        if self.affine.is_some() { Unit::Affine } else { Unit::Inner }
    }

    /// s_k = ε ξ(kε), k = 1, 2, …, of the step that follows `made` others: k = made + 1.
    pub fn size_of_step(&self, made: u64) -> f64 {
        self.step_size * self.schedule.rate((made + 1) as f64 * self.step_size)
    }

    /// What 1/β is multiplied by at the step that follows `made` others.
    pub fn cooling_of_step(&self, made: u64) -> f64 {
        self.cooling.rate((made + 1) as f64 * self.step_size)
    }

    /// Steps' worth of samples of its stream that the network had seen before k = 0: its samples follow
    /// those.
    pub fn steps_before(&self) -> u64 {
        let network = self.recorded.as_ref().and_then(|recorded| recorded.network(self.seed));
        network.map_or(0, |network| steps_of_stream(network.samples, self.batch))
    }

    /// Parameters at k = 0, shape (neuron, D).
    ///
    /// # Panics
    /// Where what was recorded are networks, none of them of this seed and shape, or a law of pairs.
    pub fn start(&self) -> Array2<f64> {
        if let Some(recorded) = &self.recorded {
            return self.recorded_start(recorded);
        }
        let initial = &self.initial;
        let neurons = self.neurons;
        let dimension = self.data.dimension();
        match &self.affine {
            None => sampler::initial_weights(initial, neurons, dimension, self.seed),
            Some(start) => sampler::initial_affine(start, initial, neurons, dimension, self.seed),
        }
    }

    fn recorded_start(&self, recorded: &RecordedStart) -> Array2<f64> {
        if recorded.networks().is_empty() {
            let shape = self.shape();
            return sampler::drawn_from_law(recorded.law(), self.coordinates, shape, self.seed);
        }
        let network = recorded.network(self.seed).expect("a network of this seed, as was checked");
        assert_eq!(network.parameters.dim(), self.shape(), "of this shape, as was checked");
        network.parameters.clone()
    }

    /// (N, D).
    pub fn shape(&self) -> (usize, usize) {
        (self.neurons, self.unit().parameters(self.data.dimension()))
    }
}

/// Steps of `batch` samples that hold so many samples of a stream, rounded up to where engines pause.
pub fn steps_of_stream(samples: u64, batch: usize) -> u64 {
    let steps = samples.div_ceil(batch as u64);
    if batch > 1 { steps } else { steps.next_multiple_of(LONGEST_BLOCK as u64) }
}

/// Floating-point numbers of the training (samples and risks are always double).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Precision {
    /// 64 bits.
    #[default]
    Double,
    /// 32 bits: faster, and the same in law as long as steps move weights by more than 6e-8 of their size. A
    /// path is not the same: now and then rounding puts a neuron on the other side of a kink.
    Single,
}
