//! A finite network of any depth, trained from one seed. One run is one thread: bits depend on the seed and
//! the instruction set alone. How steps are computed is in `one_sample`, `batches` and `flow`.

use meanfield_run::system::{RunError, State, Stride};
use ndarray::Array2;
use thiserror::Error;

use crate::atoms::{Atoms, AtomsError, Layout};
use crate::batches::Batches;
use crate::engine::{Engine, Neurons, Points};
use crate::flow::GradientFlow;
use crate::one_sample::{OneSample, SampleStep};
use crate::problem::DeepProblem;
use crate::training::{Sampler, Training, TrainingError, step_sizes};

/// Weights beyond this have run away.
const LARGEST: f64 = 1e9;
/// One-sample steps made in one go.
const TOGETHER: u64 = 256;

/// A network that cannot be trained.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// Its weights do not fit together.
    #[error(transparent)]
    Atoms(#[from] AtomsError),
    /// Its training is none.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// Its weights do not fit the data or the architecture.
    #[error("a network of {layers} layers and {inputs} inputs for {depth} layers and data in {dimension}")]
    Problem {
        /// Layers of the network.
        layers: usize,
        /// Its inputs.
        inputs: usize,
        /// L of the architecture.
        depth: usize,
        /// d of the data.
        dimension: usize,
    },
}

/// What trains it.
enum Trainer {
    OneSample(Box<OneSample>),
    Batches(Box<Batches>),
    Flow(Box<GradientFlow>),
}

/// A finite network while it is trained.
///
/// ```
/// use meanfield_deep::activation::LayerActivation;
/// use meanfield_deep::architecture::{Architecture, LayerSchedule};
/// use meanfield_deep::data::DataPoints;
/// use meanfield_deep::law::EntryLaw;
/// use meanfield_deep::network::Network;
/// use meanfield_deep::problem::DeepProblem;
/// use meanfield_deep::start::Start;
/// use meanfield_deep::training::Training;
/// use meanfield_model::loss::Loss;
/// use ndarray::array;
///
/// let linear = vec![LayerActivation::Identity; 3];
/// let architecture = Architecture::new(linear, Loss::Squared, vec![LayerSchedule::PLAIN; 3])?;
/// let data = DataPoints::uniform(array![[1.0], [-1.0]], array![2.0, -2.0])?;
/// let law = EntryLaw::Normal { mean: 1.0, deviation: 0.1 };
/// let start = Start::independent(vec![law], vec![law; 2])?;
/// let problem = DeepProblem::new(architecture, data);
/// let weights = start.network(&[20, 30], 1).weights;
/// let mut network = Network::new(problem, weights, Training::OneSample { step_size: 0.01 }, 1)?;
/// network.advance(10.0)?;
/// assert!(network.loss() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Network {
    problem: DeepProblem,
    training: Training,
    layout: Layout,
    sampler: Sampler,
    trainer: Trainer,
    steps: u64,
}

impl Network {
    /// A network of weights W_1 … W_L at t = 0, and the seed of its samples.
    ///
    /// # Errors
    /// Where weights do not fit together or not to the problem, or the training is none.
    pub fn new(
        problem: DeepProblem,
        weights: Vec<Array2<f64>>,
        training: Training,
        seed: u64,
    ) -> Result<Self, NetworkError> {
        training.check()?;
        let atoms = Atoms::network(weights)?;
        let layers = atoms.weights.len();
        let inputs = atoms.weights.first().map_or(0, Array2::nrows);
        let depth = problem.architecture.depth();
        let dimension = problem.data.dimension();
        if (layers, inputs) != (depth, dimension) {
            return Err(NetworkError::Problem { layers, inputs, depth, dimension });
        }
        let layout = atoms.layout();
        let sampler = Sampler::new(&problem.data, seed);
        let trainer = trainer(problem.clone(), atoms, training);
        Ok(Self { problem, training, layout, sampler, trainer, steps: 0 })
    }

    /// t.
    pub fn time(&self) -> f64 {
        match (&self.trainer, self.training.step_size()) {
            (Trainer::Flow(flow), _) => flow.time(),
            (_, step_size) => self.steps as f64 * step_size.unwrap_or(0.0),
        }
    }

    /// Steps made, in discrete time.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// How it is trained.
    pub fn training(&self) -> Training {
        self.training
    }

    /// Architecture and data.
    pub fn problem(&self) -> &DeepProblem {
        &self.problem
    }

    /// W_1 … W_L now.
    pub fn weights(&self) -> Vec<Array2<f64>> {
        match &self.trainer {
            Trainer::OneSample(trainer) => trainer.weights(),
            Trainer::Batches(trainer) => trainer.weights().to_vec(),
            Trainer::Flow(flow) => flow.atoms().weights,
        }
    }

    /// The network as atoms of equal shares.
    pub fn atoms(&self) -> Atoms {
        Atoms::network(self.weights()).expect("they did fit")
    }

    /// E_Z ℓ(y, ŷ) over all data now.
    pub fn loss(&self) -> f64 {
        let atoms = self.atoms();
        let mut engine = Engine::new(self.problem.architecture.clone());
        let neurons = Neurons { weights: &atoms.views(), shares: &atoms.shares };
        engine.loss(neurons, Points::from(&*self.problem.data))
    }

    /// Trains until the last step that ends by `until` (to the nearest step).
    ///
    /// # Errors
    /// Where the weights run away.
    pub fn advance(&mut self, until: f64) -> Result<(), RunError> {
        while self.stride(until, u64::MAX)? == Stride::Underway {}
        Ok(())
    }

    /// The same, but no more than so many steps; where it pauses does not matter.
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub fn stride(&mut self, until: f64, most_steps: u64) -> Result<Stride, RunError> {
        let Some(step_size) = self.training.step_size() else { return self.flow_towards(until, most_steps) };
        let last = (until / step_size).round() as u64;
        let pause = last.min(self.steps.saturating_add(most_steps));
        while self.steps < pause {
            let count = TOGETHER.min(pause - self.steps);
            self.train(step_size, count);
        }
        if self.weights().iter().flatten().any(|w| w.is_nan() || w.abs() >= LARGEST) {
            let what = "the weights have run away: training diverges; write a smaller `step-size`";
            return Err(RunError::Failed { time: self.time(), what: what.into() });
        }
        Ok(if self.steps < last { Stride::Underway } else { Stride::Reached })
    }

    fn flow_towards(&mut self, until: f64, most_steps: u64) -> Result<Stride, RunError> {
        let Trainer::Flow(flow) = &mut self.trainer else { return Ok(Stride::Reached) };
        for _ in 0..most_steps {
            if flow.time() >= until {
                return Ok(Stride::Reached);
            }
            flow.step(until)?;
        }
        Ok(if flow.time() < until { Stride::Underway } else { Stride::Reached })
    }

    /// So many steps in discrete time.
    fn train(&mut self, step_size: f64, count: u64) {
        let Self { problem, training, sampler, trainer, steps, .. } = self;
        let numbers = *steps + 1..=*steps + count;
        match trainer {
            Trainer::OneSample(trainer) => {
                let steps: Vec<SampleStep> = numbers
                    .map(|step| SampleStep {
                        point: sampler.point(step - 1),
                        sizes: step_sizes(&problem.architecture, step_size, step),
                    })
                    .collect();
                trainer.train(&steps);
            }
            Trainer::Batches(trainer) => {
                for step in numbers {
                    let sizes = step_sizes(&problem.architecture, step_size, step);
                    match *training {
                        Training::MiniBatch { batch, .. } => {
                            let draws = (0..batch as u64).map(|draw| (step - 1) * batch as u64 + draw);
                            let points: Vec<usize> = draws.map(|draw| sampler.point(draw)).collect();
                            trainer.train(&points, &sizes);
                        }
                        _ => trainer.train_all(&sizes),
                    }
                }
            }
            Trainer::Flow(_) => {}
        }
        *steps += count;
    }

    /// Everything needed to go on from here.
    pub fn state(&self) -> State {
        match &self.trainer {
            Trainer::Flow(flow) => flow.state(),
            _ => State {
                integers: vec![self.steps],
                reals: self.weights().iter().flatten().copied().collect(),
            },
        }
    }

    /// Goes back to a state.
    ///
    /// # Errors
    /// [`RunError::Checkpoint`] where it is not of this network.
    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
        if let Trainer::Flow(flow) = &mut self.trainer {
            return flow.restore(state);
        }
        let finite = state.reals.iter().all(|number| number.is_finite());
        match state.integers[..] {
            [steps] if state.reals.len() == self.layout.numbers() && finite => {
                let views = self.layout.views(&state.reals);
                let weights = views.iter().map(|view| view.to_owned()).collect();
                let atoms = Atoms::network(weights).expect("of its own layout");
                self.trainer = trainer(self.problem.clone(), atoms, self.training);
                self.steps = steps;
                Ok(())
            }
            _ => {
                let [found, own] = [state.reals.len(), self.layout.numbers()];
                Err(RunError::Checkpoint(format!("{found} numbers for {own} weights of a network")))
            }
        }
    }
}

fn trainer(problem: DeepProblem, atoms: Atoms, training: Training) -> Trainer {
    match training {
        Training::OneSample { .. } => Trainer::OneSample(Box::new(OneSample::new(problem, atoms.weights))),
        Training::MiniBatch { .. } | Training::FullBatch { .. } => {
            Trainer::Batches(Box::new(Batches::new(problem, atoms)))
        }
        Training::Flow { tolerance } => Trainer::Flow(Box::new(GradientFlow::new(problem, atoms, tolerance))),
    }
}
