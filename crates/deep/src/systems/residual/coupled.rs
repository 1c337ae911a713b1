//! A residual network coupled to its limit as a system: see `crate::residual::coupling`.

use meanfield_run::by_layer::LAYER_DISTANCES;
use meanfield_run::quantity::Quantity;
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System};

use super::network::steps_in_a_stride;
use super::observe;
use crate::residual::coupling::CoupledResidualNetwork;

/// sup |L_k − L^{kη}| of Theorem 1.
pub static LARGEST_LOSS_GAP: &Quantity = &Quantity::result(
    "largest_loss_gap",
    "",
    "largest |L_k − L^{kη}| at the times observed so far, L^t the limit's extrapolated loss",
);

/// How distances are defined here.
const FEATURES: &str = "root mean square over inputs and neurons of the layer's features less their \
                        copies' in the limit";

/// A residual network and its copies that follow the limit.
pub struct CoupledResidualSystem {
    coupled: CoupledResidualNetwork,
    steps_a_stride: u64,
}

impl CoupledResidualSystem {
    /// A network at t = 0, and its copies.
    pub fn new(coupled: CoupledResidualNetwork) -> Self {
        Self { steps_a_stride: steps_in_a_stride(coupled.network()), coupled }
    }
}

impl System for CoupledResidualSystem {
    fn time(&self) -> f64 {
        self.coupled.time().min(self.coupled.limit().time())
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
        let mut observation = observe(network.problem(), network.paths());
        let distances = self.coupled.distances();
        let scalars = LAYER_DISTANCES.iter().zip(&distances);
        let scalars = scalars.map(|(quantity, layer)| Scalar::defined(quantity, FEATURES, layer.rms));
        observation.scalars.extend(scalars);
        observation.scalars.push(Scalar::new(LARGEST_LOSS_GAP, self.coupled.largest_gap()));
        observation
    }

    fn work(&self) -> u64 {
        self.coupled.network().steps() + self.coupled.limit().evaluations()
    }

    fn save(&self) -> State {
        self.coupled.state()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.coupled.restore(state)
    }
}
