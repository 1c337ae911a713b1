//! A network coupled to its limit as a system: see `crate::coupling`.

use meanfield_run::by_layer::LAYER_DISTANCES;
use meanfield_run::quantities::LARGEST_DISTANCE_SO_FAR;
use meanfield_run::system::{FurtherLaw, Observation, RunError, Scalar, State, Stride, System};

use super::network::steps_in_a_stride;
use crate::coupling::CoupledNetwork;
use crate::engine::Neurons;
use crate::observation::{laws_of_pre_activations, observe};

/// A network and its copies that follow the limit.
pub struct CoupledSystem {
    coupled: CoupledNetwork,
    steps_a_stride: u64,
}

impl CoupledSystem {
    /// A network at t = 0, and its copies.
    pub fn new(coupled: CoupledNetwork) -> Self {
        Self { steps_a_stride: steps_in_a_stride(coupled.network()), coupled }
    }
}

impl System for CoupledSystem {
    fn time(&self) -> f64 {
        self.coupled.time()
    }

    fn step(&self) -> Option<u64> {
        let network = self.coupled.network();
        network.training().step_size().map(|_| network.steps())
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        self.coupled.stride(until, self.steps_a_stride)
    }

    fn observe(&self) -> Observation {
        let network = self.coupled.network();
        let atoms = network.atoms();
        let neurons = Neurons { weights: &atoms.views(), shares: &atoms.shares };
        let mut observation = observe(network.problem(), neurons);
        let distances = self.coupled.distances();
        let scalars = LAYER_DISTANCES.iter().zip(&distances);
        observation.scalars.extend(scalars.map(|(quantity, layer)| Scalar::new(quantity, layer.rms)));
        let largest =
            distances.iter().map(|layer| layer.largest).chain(self.coupled.suprema().iter().copied());
        observation.scalars.push(Scalar::new(LARGEST_DISTANCE_SO_FAR, largest.fold(0.0, f64::max)));
        observation
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        let network = self.coupled.network();
        let atoms = network.atoms();
        let neurons = Neurons { weights: &atoms.views(), shares: &atoms.shares };
        laws_of_pre_activations(network.problem(), neurons)
    }

    fn work(&self) -> u64 {
        self.coupled.network().steps()
    }

    fn save(&self) -> State {
        self.coupled.state()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.coupled.restore(state)
    }
}
