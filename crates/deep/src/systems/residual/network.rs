//! A residual network as a system: see `crate::residual::network`.

use meanfield_run::system::{FurtherLaw, Observation, RunError, State, Stride, System};

use super::steps_in_a_stride;
use crate::residual::network::ResidualNetwork;
use crate::residual::observation::{laws_of_features, observe};
use crate::training::Training;

/// A residual network that is trained and observed.
pub struct ResidualNetworkSystem {
    network: ResidualNetwork,
    steps_a_stride: u64,
}

/// Steps of a network in a fraction of a second.
pub(super) fn strides_of(network: &ResidualNetwork) -> u64 {
    let problem = network.problem();
    let points = match network.training() {
        Training::OneSample { .. } => 1,
        Training::MiniBatch { batch, .. } => batch,
        _ => problem.data.points(),
    };
    steps_in_a_stride(network.paths().count(), problem.architecture.depth() - 1, points)
}

impl ResidualNetworkSystem {
    /// A network at t = 0.
    pub fn new(network: ResidualNetwork) -> Self {
        Self { steps_a_stride: strides_of(&network), network }
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
