//! A finite residual network beside its copies in the field of the limit (the ideal process of the paper's
//! section A.2.2): neuron i of all layers is the path Θ̄_i = (v_1, ᾱ_2, …, ᾱ_L) with
//!
//! ```text
//!   ᾱ_ℓ = K_{ℓ−1}^½ K̂_{ℓ−1}^{−½} α_ℓ
//! ```
//! (section A.2.3), which are independent for independent neurons; copies are tagged paths, of share 0. What
//! is compared are features and losses: weights between paths contain K⁻¹.

use meanfield_run::system::{RunError, State, Stride};
use ndarray::Array2;
use thiserror::Error;

use super::architecture::ResidualProblem;
use super::gram::LimitGrams;
use super::limit::{ResidualLimit, ResidualLimitError};
use super::network::{ResidualNetwork, ResidualNetworkError};
use super::resolution::ResidualResolution;
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
}

/// The paths of the limit that are coupled to a network's.
pub fn copies(grams: &LimitGrams, drawn: &DrawnResidualNetwork) -> SkipPaths {
    let layers = drawn.residuals.iter().zip(&drawn.grams).enumerate();
    let residuals = layers.map(|(index, (residuals, gram))| {
        square_root(grams.matrix(index + 1)).dot(&inverse_root(gram).dot(residuals))
    });
    SkipPaths { first: drawn.paths.first.clone(), residuals: residuals.collect() }
}

/// A network and the limit with its copies.
pub struct CoupledResidualNetwork {
    network: ResidualNetwork,
    limit: ResidualLimit,
    /// Largest |L_k − L^{kη}| at the looks so far.
    largest_gap: f64,
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
        let tagged = copies(&grams, &drawn);
        let limit = ResidualLimit::with_tagged(problem.clone(), start, resolution, grams, &tagged)?;
        let network = ResidualNetwork::new(problem, drawn.paths, training, seed)?;
        let mut coupled = Self { network, limit, largest_gap: 0.0 };
        coupled.look();
        Ok(coupled)
    }

    /// The network.
    pub fn network(&self) -> &ResidualNetwork {
        &self.network
    }

    /// The limit.
    pub fn limit(&self) -> &ResidualLimit {
        &self.limit
    }

    /// t of the network.
    pub fn time(&self) -> f64 {
        self.network.time()
    }

    /// Distances of β_1 … β_L now over neurons and points: of the network's from its copies'.
    pub fn distances(&self) -> Vec<LayerDistance> {
        let engine = self.network.forward();
        let flow = self.limit.flow();
        let copies = flow.forward();
        let acting = flow.paths().acting();
        let layers = 1..=self.network.problem().architecture.depth();
        layers.map(|layer| feature_distance(engine.features(layer), copies.features(layer), acting)).collect()
    }

    /// L_k − L^{kη} now, the limit's extrapolated.
    pub fn gap(&self) -> f64 {
        self.network.loss() - self.limit.loss().value
    }

    /// sup |L_k − L^{kη}| over the times looked at so far.
    pub fn largest_gap(&self) -> f64 {
        self.largest_gap
    }

    fn look(&mut self) {
        self.largest_gap = self.largest_gap.max(self.gap().abs());
    }

    /// Takes both to `until` (the network to the nearest step), and looks at their losses.
    ///
    /// # Errors
    /// Where the numbers run away.
    pub fn advance(&mut self, until: f64) -> Result<(), RunError> {
        while self.stride(until, u64::MAX)? == Stride::Underway {}
        Ok(())
    }

    /// The same, but no more than so many steps of the network, or one of the limit.
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub fn stride(&mut self, until: f64, most_steps: u64) -> Result<Stride, RunError> {
        if self.network.stride(until, most_steps)? == Stride::Underway {
            return Ok(Stride::Underway);
        }
        let time = self.network.time();
        self.limit.step(time)?;
        if self.limit.time() < time {
            return Ok(Stride::Underway);
        }
        self.look();
        Ok(Stride::Reached)
    }

    /// Everything needed to go on from here.
    pub fn state(&self) -> State {
        let own = State { integers: Vec::new(), reals: vec![self.largest_gap] };
        State::join(&[own, self.network.state(), self.limit.state()])
    }

    /// Goes back to a state.
    ///
    /// # Errors
    /// [`RunError::Checkpoint`] where it is not of this network and limit.
    pub fn restore(&mut self, state: &State) -> Result<(), RunError> {
        let parts = state.split().unwrap_or_default();
        match &parts[..] {
            [State { reals, .. }, network, limit] if reals.len() == 1 => {
                self.network.restore(network)?;
                self.limit.restore(limit)?;
                self.largest_gap = reals[0];
                Ok(())
            }
            _ => Err(RunError::Checkpoint("it is not of a network beside its limit".to_owned())),
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
