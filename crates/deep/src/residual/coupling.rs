//! A finite residual network beside its copies in the field of the limit (the ideal process of the paper's
//! section A.2.2): neuron i of all layers is the path Θ̄_i = (v_1, ᾱ_2, …, ᾱ_L) with
//!
//! ```text
//!   ᾱ_ℓ = K_{ℓ−1}^½ K̂_{ℓ−1}^{−½} α_ℓ
//! ```
//! (section A.2.3), which are independent for independent neurons; copies are tagged paths, of share 0. What
//! is compared are features and losses: weights between paths contain K⁻¹. Or beside its own flow, from which
//! steps alone part it.

use std::sync::Arc;

use meanfield_run::system::{RunError, State, Stride};
use ndarray::Array2;
use thiserror::Error;

use super::architecture::ResidualProblem;
use super::flow::FeatureFlow;
use super::gram::LimitGrams;
use super::limit::LimitLoss;
use super::limit_paths::ResidualLimitError;
use super::network::{ResidualNetwork, ResidualNetworkError};
use super::paths::Paths;
use super::resolution::ResidualResolution;
use super::shared_limit::SharedLimit;
use super::skip_paths::SkipPaths;
use super::start::{DrawnResidualNetwork, ResidualStart};
use crate::coupling::LayerDistance;
use crate::spectral::{inverse_root, square_root};
use crate::training::Training;

/// A coupled residual network that cannot be made.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ResidualCouplingError {
    /// The network cannot be trained.
    #[error(transparent)]
    Network(#[from] ResidualNetworkError),
    /// There is no limit.
    #[error(transparent)]
    Limit(#[from] ResidualLimitError),
    /// The groups of the limit cannot be looked at.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// The paths of the limit that are coupled to a network's.
pub fn copies(grams: &LimitGrams, drawn: &DrawnResidualNetwork) -> SkipPaths {
    let layers = drawn.residuals.iter().zip(&drawn.grams).enumerate();
    let residuals = layers.map(|(index, (residuals, gram))| {
        square_root(grams.matrix(index + 1)).dot(&inverse_root(gram).dot(residuals))
    });
    SkipPaths { first: drawn.paths.first.clone(), residuals: residuals.collect() }
}

/// What a residual network is compared with.
enum ResidualReference {
    /// The limit: all its paths and the copies, and the groups that tell its loss.
    Limit { whole: Box<FeatureFlow>, groups: Arc<SharedLimit> },
    /// The flow of the network that begins alike.
    OwnFlow(Box<FeatureFlow>),
}

impl ResidualReference {
    fn flow(&self) -> &FeatureFlow {
        match self {
            Self::Limit { whole, .. } => whole,
            Self::OwnFlow(flow) => flow,
        }
    }

    fn flow_mut(&mut self) -> &mut FeatureFlow {
        match self {
            Self::Limit { whole, .. } => whole,
            Self::OwnFlow(flow) => flow,
        }
    }

    /// Paths before the copies.
    fn others(&self) -> usize {
        match self {
            Self::Limit { whole, .. } => whole.paths().acting(),
            Self::OwnFlow(_) => 0,
        }
    }

    /// Its loss where it is, and evaluations of right-hand sides beside those of its flow.
    fn loss(&self) -> Result<(f64, u64), RunError> {
        match self {
            Self::Limit { whole, groups } => {
                let groups = groups.losses(whole.time())?;
                Ok((LimitLoss::new(whole.loss(), &groups.losses).value, groups.evaluations))
            }
            Self::OwnFlow(flow) => Ok((flow.loss(), 0)),
        }
    }

    fn state(&self) -> State {
        match self {
            Self::Limit { whole, groups } => State::join(&[whole.state(), groups.state()]),
            Self::OwnFlow(flow) => flow.state(),
        }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        match self {
            Self::Limit { whole, groups } => match &state.split().unwrap_or_default()[..] {
                [own, others] => {
                    groups.restore(others)?;
                    whole.restore(own)
                }
                _ => Err(RunError::Checkpoint("it is not of a limit and its groups".to_owned())),
            },
            Self::OwnFlow(flow) => flow.restore(state),
        }
    }
}

/// A network and the limit with its copies, or its own flow.
pub struct CoupledResidualNetwork {
    network: ResidualNetwork,
    reference: ResidualReference,
    /// Largest |L_k − L^{kη}| at the looks so far, and L_k − L^{kη} at the last one.
    largest_gap: f64,
    gap: f64,
    /// Evaluations of the groups until the last look.
    evaluations: u64,
}

impl CoupledResidualNetwork {
    /// A drawn network, trained, and the limit with its copies.
    ///
    /// # Errors
    /// Where the training is none, or there is no limit.
    pub fn new(
        problem: ResidualProblem,
        start: &ResidualStart,
        resolution: &ResidualResolution,
        grams: LimitGrams,
        drawn: DrawnResidualNetwork,
        training: Training,
        seed: u64,
    ) -> Result<Self, ResidualCouplingError> {
        let limit = SharedLimit::new(problem.clone(), start, resolution, grams)?;
        Self::beside(Arc::new(limit), problem, drawn, training, seed)
    }

    /// The same beside a limit of this problem and start that is shared with others, which look at the same
    /// times.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn beside(
        limit: Arc<SharedLimit>,
        problem: ResidualProblem,
        drawn: DrawnResidualNetwork,
        training: Training,
        seed: u64,
    ) -> Result<Self, ResidualCouplingError> {
        let whole = Box::new(limit.with_tagged(&copies(limit.grams(), &drawn))?);
        let network = ResidualNetwork::new(problem, drawn.paths, training, seed)?;
        Ok(Self::joined(network, ResidualReference::Limit { whole, groups: limit })?)
    }

    /// A network of these paths beside its own flow.
    ///
    /// # Errors
    /// Where paths do not fit, or the training is none.
    pub fn beside_own_flow(
        problem: ResidualProblem,
        paths: Paths,
        training: Training,
        seed: u64,
        tolerance: f64,
    ) -> Result<Self, ResidualCouplingError> {
        let network = ResidualNetwork::new(problem.clone(), paths.clone(), training, seed)?;
        let flow = FeatureFlow::new(problem, paths, tolerance);
        Ok(Self::joined(network, ResidualReference::OwnFlow(Box::new(flow)))?)
    }

    fn joined(network: ResidualNetwork, reference: ResidualReference) -> Result<Self, RunError> {
        let mut coupled = Self { network, reference, largest_gap: 0.0, gap: 0.0, evaluations: 0 };
        coupled.look()?;
        Ok(coupled)
    }

    /// The network.
    pub fn network(&self) -> &ResidualNetwork {
        &self.network
    }

    /// t that network and reference have reached.
    pub fn time(&self) -> f64 {
        self.network.time().min(self.reference.flow().time())
    }

    /// Whether it is compared with its own flow, not with the limit.
    pub fn is_beside_own_flow(&self) -> bool {
        matches!(self.reference, ResidualReference::OwnFlow(_))
    }

    /// Evaluations of right-hand sides of the reference so far.
    pub fn evaluations(&self) -> u64 {
        self.reference.flow().evaluations() + self.evaluations
    }

    /// Distances of β_1 … β_L now over neurons and points: of the network's from its copies'.
    pub fn distances(&self) -> Vec<LayerDistance> {
        let engine = self.network.forward();
        let copies = self.reference.flow().forward();
        let acting = self.reference.others();
        let layers = 1..=self.network.problem().architecture.depth();
        layers.map(|layer| feature_distance(engine.features(layer), copies.features(layer), acting)).collect()
    }

    /// L_k − L^{kη} at the last look, the limit's extrapolated.
    pub fn gap(&self) -> f64 {
        self.gap
    }

    /// sup |L_k − L^{kη}| over the times looked at so far.
    pub fn largest_gap(&self) -> f64 {
        self.largest_gap
    }

    fn look(&mut self) -> Result<(), RunError> {
        let (loss, evaluations) = self.reference.loss()?;
        self.evaluations = evaluations;
        self.gap = self.network.loss() - loss;
        self.largest_gap = self.largest_gap.max(self.gap.abs());
        Ok(())
    }

    /// Takes both to `until` (the network to the nearest step), and looks at their losses.
    ///
    /// # Errors
    /// Where the numbers run away.
    pub fn advance(&mut self, until: f64) -> Result<(), RunError> {
        while self.stride(until, u64::MAX)? == Stride::Underway {}
        Ok(())
    }

    /// The same, but no more than so many steps of the network, or one of the reference.
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub fn stride(&mut self, until: f64, most_steps: u64) -> Result<Stride, RunError> {
        if self.network.stride(until, most_steps)? == Stride::Underway {
            return Ok(Stride::Underway);
        }
        let time = self.network.time();
        self.reference.flow_mut().step(time)?;
        if self.reference.flow().time() < time {
            return Ok(Stride::Underway);
        }
        self.look()?;
        Ok(Stride::Reached)
    }

    /// Everything needed to go on from here.
    pub fn state(&self) -> State {
        let own = State { integers: Vec::new(), reals: vec![self.largest_gap, self.gap] };
        State::join(&[own, self.network.state(), self.reference.state()])
    }

    /// Goes back to a state.
    ///
    /// # Errors
    /// [`RunError::Checkpoint`] where it is not of this network and reference.
    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let parts = state.split().unwrap_or_default();
        match &parts[..] {
            [State { reals, .. }, network, reference] if reals.len() == 2 => {
                self.network.restore(network)?;
                self.reference.restore(reference)?;
                [self.largest_gap, self.gap] = [reals[0], reals[1]];
                Ok(())
            }
            _ => Err(RunError::Checkpoint("it is not of a network and its reference".to_owned())),
        }
    }
}

/// Root mean square and largest size of β − β̄, where copies come after the acting paths.
fn feature_distance(own: &Array2<f64>, copies: &Array2<f64>, acting: usize) -> LayerDistance {
    let apart = own - &copies.slice(ndarray::s![.., acting..]);
    let mean = apart.iter().map(|x| x * x).sum::<f64>() / apart.len() as f64;
    let largest = apart.iter().fold(0.0, |largest, x| f64::max(largest, x.abs()));
    LayerDistance { rms: mean.sqrt(), largest }
}
