//! A finite residual network as a system: see `crate::residual::network`.

use meanfield_run::system::{FurtherLaw, Observation, RunError, State, Stride, System};

use crate::residual::network::ResidualNetwork;
use crate::residual::observation::{laws_of_features, observe};
use crate::systems::STRIDE;
use crate::training::Training;

/// Passes over all weights in a step of descent, and in a step of a flow.
const PASSES: [f64; 2] = [3.0, 21.0];

/// A residual network that is trained and observed.
pub struct ResidualNetworkSystem {
    network: ResidualNetwork,
    steps_a_stride: u64,
}

/// Steps of a network in a fraction of a second.
pub(super) fn steps_in_a_stride(network: &ResidualNetwork) -> u64 {
    let width = network.paths().count() as f64;
    let weights = width * width * network.paths().pairs.len().max(1) as f64;
    let data = network.problem().data.points();
    let cost = match network.training() {
        Training::OneSample { .. } => PASSES[0],
        Training::MiniBatch { batch, .. } => PASSES[0] * batch as f64,
        Training::FullBatch { .. } => PASSES[0] * data as f64,
        Training::Flow { .. } => PASSES[1] * data as f64,
    };
    (STRIDE / (cost * weights)).max(1.0) as u64
}

impl ResidualNetworkSystem {
    /// A network at t = 0.
    pub fn new(network: ResidualNetwork) -> Self {
        Self { steps_a_stride: steps_in_a_stride(&network), network }
    }

    /// The network.
    pub fn network(&self) -> &ResidualNetwork {
        &self.network
    }
}

impl System for ResidualNetworkSystem {
    fn time(&self) -> f64 {
        self.network.time()
    }

    fn step(&self) -> Option<u64> {
        self.network.training().step_size().map(|_| self.network.steps())
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        self.network.stride(until, self.steps_a_stride)
    }

    fn observe(&self) -> Observation {
        observe(self.network.problem(), self.network.paths())
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        laws_of_features(self.network.problem(), self.network.paths())
    }

    fn work(&self) -> u64 {
        self.network.steps()
    }

    fn save(&self) -> State {
        self.network.state()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.network.restore(state)
    }
}
