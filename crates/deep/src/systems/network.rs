//! A finite network as a system: see `crate::network`.

use meanfield_run::system::{FurtherLaw, Observation, RunError, State, Stride, System};

use super::STRIDE;
use crate::engine::Neurons;
use crate::network::Network;
use crate::observation::{laws_of_pre_activations, observe};
use crate::training::Training;

/// Passes over all weights in a step.
const PASSES: f64 = 3.0;

/// A network that is trained and observed.
pub struct NetworkSystem {
    network: Network,
    steps_a_stride: u64,
}

/// Steps of a network in a fraction of a second.
pub(super) fn steps_in_a_stride(network: &Network) -> u64 {
    let weights: usize = network.weights().iter().map(|matrix| matrix.len()).sum();
    let points = match network.training() {
        Training::OneSample { .. } => 1,
        Training::MiniBatch { batch, .. } => batch,
        _ => network.problem().data.weights().len(),
    };
    let step = PASSES * weights as f64 * points as f64;
    (STRIDE / step).max(1.0) as u64
}

impl NetworkSystem {
    /// A network at t = 0.
    pub fn new(network: Network) -> Self {
        Self { steps_a_stride: steps_in_a_stride(&network), network }
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }
}

impl System for NetworkSystem {
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
        let atoms = self.network.atoms();
        let neurons = Neurons { weights: &atoms.views(), shares: &atoms.shares };
        observe(self.network.problem(), neurons)
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        let atoms = self.network.atoms();
        let neurons = Neurons { weights: &atoms.views(), shares: &atoms.shares };
        laws_of_pre_activations(self.network.problem(), neurons)
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
