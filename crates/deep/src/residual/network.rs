//! A finite residual network, trained from one seed by Algorithm 1, by its stochastic version, or by gradient
//! flow. One run is one thread. How steps are computed is in `descent` and `flow`; no limit is known here.

use meanfield_run::system::{RunError, State, Stride};
use ndarray::Array2;
use thiserror::Error;

use super::architecture::ResidualProblem;
use super::descent::ScaledDescent;
use super::engine::{PathWeights, ResidualEngine};
use super::flow::FeatureFlow;
use super::pair_weights::PairWeights;
use super::paths::{Paths, PathsError};
use crate::engine::Points;
use crate::training::{Sampler, Training, TrainingError};

/// Weights beyond this have run away.
const LARGEST: f64 = 1e9;

/// A residual network that cannot be trained.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ResidualNetworkError {
    /// Its weights do not fit the problem.
    #[error(transparent)]
    Paths(#[from] PathsError),
    /// Its training is none.
    #[error(transparent)]
    Training(#[from] TrainingError),
}

/// What trains it.
enum ResidualTrainer {
    Descent(Box<ScaledDescent>),
    Flow(Box<FeatureFlow>),
}

/// A finite residual network while it is trained.
///
/// ```
/// use meanfield_deep::activation::LayerActivation;
/// use meanfield_deep::data::DataPoints;
/// use meanfield_deep::residual::architecture::{ResidualArchitecture, ResidualProblem};
/// use meanfield_deep::residual::network::ResidualNetwork;
/// use meanfield_deep::residual::start::{Regression, ResidualStart};
/// use meanfield_deep::training::Training;
/// use meanfield_model::activation::{Activation, Placement, Shape, Smooth};
/// use meanfield_model::loss::Loss;
/// use ndarray::array;
///
/// let tanh = Activation::Smooth(Smooth { shape: Shape::Tanh, place: Placement::default() });
/// let architecture = ResidualArchitecture::new(3, tanh.clone().into(), tanh.into(), Loss::Squared)?;
/// let data = DataPoints::uniform(array![[1.0, 0.5], [-1.0, 1.0], [0.2, 2.0]], array![1.0, -1.0, 0.5])?;
/// let problem = ResidualProblem::new(architecture, data);
/// let start = ResidualStart::new(1.0, 1.0, Regression::MinimumNorm)?;
/// let drawn = start.network(&problem, 40, 1);
/// let training = Training::FullBatch { step_size: 0.05 };
/// let mut network = ResidualNetwork::new(problem, drawn.paths, training, 1)?;
/// network.advance(20.0)?;
/// assert!(network.loss() < 1e-2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ResidualNetwork {
    problem: ResidualProblem,
    training: Training,
    sampler: Sampler,
    trainer: ResidualTrainer,
    steps: u64,
}

impl ResidualNetwork {
    /// A network of these weights; `seed` draws the samples that it is trained on.
    ///
    /// # Errors
    /// Where weights do not fit the problem, or the training is none.
    pub fn new(
        problem: ResidualProblem,
        paths: Paths,
        training: Training,
        seed: u64,
    ) -> Result<Self, ResidualNetworkError> {
        training.check()?;
        paths.check(&problem)?;
        let sampler = Sampler::new(&problem.data, seed);
        let trainer = match training {
            Training::Flow { tolerance } => {
                ResidualTrainer::Flow(Box::new(FeatureFlow::new(problem.clone(), paths, tolerance)))
            }
            _ => ResidualTrainer::Descent(Box::new(ScaledDescent::new(problem.clone(), paths))),
        };
        Ok(Self { problem, training, sampler, trainer, steps: 0 })
    }

    /// t: k η.
    pub fn time(&self) -> f64 {
        match (&self.trainer, self.training.step_size()) {
            (ResidualTrainer::Flow(flow), _) => flow.time(),
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
    pub fn problem(&self) -> &ResidualProblem {
        &self.problem
    }

    /// The network now.
    pub fn paths(&self) -> &Paths {
        match &self.trainer {
            ResidualTrainer::Descent(descent) => descent.paths(),
            ResidualTrainer::Flow(flow) => flow.paths(),
        }
    }

    /// Features and outputs at the data now, from a fresh engine.
    pub fn forward(&self) -> ResidualEngine {
        let mut engine = ResidualEngine::new(self.problem.architecture.clone());
        engine.forward(PathWeights::from(self.paths()), self.problem.data.inputs().view());
        engine
    }

    /// E_Z φ(f, y) over all data now.
    pub fn loss(&self) -> f64 {
        let mut engine = ResidualEngine::new(self.problem.architecture.clone());
        engine.loss(PathWeights::from(self.paths()), Points::from(&*self.problem.data))
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
        let last = match (&mut self.trainer, self.training.step_size()) {
            (ResidualTrainer::Flow(flow), _) => return flow_towards(flow, until, most_steps),
            (_, step_size) => (until / step_size.unwrap_or(1.0)).round() as u64,
        };
        let pause = last.min(self.steps.saturating_add(most_steps));
        while self.steps < pause {
            self.train();
        }
        let paths = self.paths();
        if paths.first.iter().chain(&paths.last).any(|v| v.is_nan() || v.abs() >= LARGEST) {
            let what = "the weights have run away: training diverges; write a smaller `step-size`";
            return Err(RunError::Failed { time: self.time(), what: what.into() });
        }
        Ok(if self.steps < last { Stride::Underway } else { Stride::Reached })
    }

    /// A step in discrete time.
    fn train(&mut self) {
        let Self { training, sampler, trainer, steps, .. } = self;
        let ResidualTrainer::Descent(descent) = trainer else { return };
        match *training {
            Training::OneSample { step_size } => {
                descent.step_on(&[sampler.point(*steps)], step_size);
            }
            Training::MiniBatch { step_size, batch } => {
                let draws = (0..batch as u64).map(|draw| *steps * batch as u64 + draw);
                let points: Vec<usize> = draws.map(|draw| sampler.point(draw)).collect();
                descent.step_on(&points, step_size);
            }
            Training::FullBatch { step_size } => {
                descent.step_on_all(step_size);
            }
            Training::Flow { .. } => {}
        }
        *steps += 1;
    }

    /// Everything needed to go on from here.
    pub fn state(&self) -> State {
        match &self.trainer {
            ResidualTrainer::Flow(flow) => flow.state(),
            ResidualTrainer::Descent(descent) => {
                let paths = descent.paths();
                let mut reals: Vec<f64> = paths.first.iter().chain(&paths.last).copied().collect();
                for pairs in &paths.pairs {
                    reals.extend(&pairs.matrix());
                }
                State { integers: vec![self.steps], reals }
            }
        }
    }

    /// Goes back to a state.
    ///
    /// # Errors
    /// [`RunError::Checkpoint`] where it is not of this network.
    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
        if let ResidualTrainer::Flow(flow) = &mut self.trainer {
            return flow.restore(state);
        }
        let paths = self.paths_of(&state.reals);
        match (state.integers.as_slice(), paths) {
            ([steps], Some(paths)) => {
                self.trainer =
                    ResidualTrainer::Descent(Box::new(ScaledDescent::new(self.problem.clone(), paths)));
                self.steps = *steps;
                Ok(())
            }
            _ => {
                let what = format!("{} numbers for a residual network", state.reals.len());
                Err(RunError::Checkpoint(what))
            }
        }
    }

    /// A network of as many numbers as this one's, if they are.
    fn paths_of(&self, numbers: &[f64]) -> Option<Paths> {
        let own = self.paths();
        let count = own.count();
        let (first, rest) = numbers.split_at_checked(own.first.len())?;
        let (last, rest) = rest.split_at_checked(count)?;
        if rest.len() != own.pairs.len() * count * count || numbers.iter().any(|x| !x.is_finite()) {
            return None;
        }
        let matrices = rest.chunks_exact(count * count);
        let pairs = matrices.map(|numbers| Array2::from_shape_vec((count, count), numbers.to_vec()));
        let pairs = pairs.map(|matrix| matrix.ok().map(PairWeights::Matrix)).collect::<Option<_>>()?;
        let first = Array2::from_shape_vec(own.first.dim(), first.to_vec()).ok()?;
        Some(Paths { first, pairs, last: last.to_vec().into(), shares: own.shares.clone() })
    }
}

fn flow_towards(flow: &mut FeatureFlow, until: f64, most_steps: u64) -> Result<Stride, RunError> {
    for _ in 0..most_steps {
        if flow.time() >= until {
            return Ok(Stride::Reached);
        }
        flow.step(until)?;
    }
    Ok(if flow.time() < until { Stride::Underway } else { Stride::Reached })
}
