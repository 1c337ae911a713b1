//! A residual network coupled to its limit, or to its own flow, as a system: see `crate::residual::coupling`.

use meanfield_run::by_layer::LAYER_DISTANCES;
use meanfield_run::quantities::LARGEST_RISK_GAP;
use meanfield_run::system::{FurtherLaw, Observation, RunError, Scalar, State, Stride, System};

use super::network::steps_in_a_stride;
use crate::residual::coupling::CoupledResidualNetwork;
use crate::residual::observation::{laws_of_features, observe};

/// How distances are defined here.
const FEATURES: &str = "root mean square over inputs and neurons of the layer's features less their \
                        copies' in the limit";
const OWN_FEATURES: &str = "root mean square over inputs and neurons of the layer's features less those \
                            in the network's own flow";
/// The same of the gap of losses.
const OWN_GAP: &str =
    "largest |L_k − L(kη)| of a residual network and its own flow at 20 equal parts of the run until now";

/// A residual network and its copies that follow the limit, or its own flow; their losses are compared at
/// every multiple of a time, the spacing of looks.
pub struct CoupledResidualSystem {
    coupled: CoupledResidualNetwork,
    steps_a_stride: u64,
    spacing: f64,
}

impl CoupledResidualSystem {
    /// A network at t = 0, and what it is compared with, with the spacing of looks.
    pub fn new(coupled: CoupledResidualNetwork, spacing: f64) -> Self {
        Self { steps_a_stride: steps_in_a_stride(coupled.network()), coupled, spacing }
    }

    /// The next time at which losses are compared, not past `until`.
    fn next_look(&self, until: f64) -> f64 {
        let looks = (self.time() / self.spacing * (1.0 + 1e-12)).floor();
        until.min((looks + 1.0) * self.spacing)
    }
}

impl System for CoupledResidualSystem {
    fn time(&self) -> f64 {
        self.coupled.time()
    }

    fn step(&self) -> Option<u64> {
        let network = self.coupled.network();
        network.training().step_size().map(|_| network.steps())
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let look = self.next_look(until);
        match self.coupled.stride(look, self.steps_a_stride)? {
            Stride::Reached if look < until => Ok(Stride::Underway),
            stride => Ok(stride),
        }
    }

    fn observe(&self) -> Observation {
        let network = self.coupled.network();
        let mut observation = observe(network.problem(), network.paths());
        let distances = self.coupled.distances();
        let meaning = if self.coupled.is_beside_own_flow() { OWN_FEATURES } else { FEATURES };
        let scalars = LAYER_DISTANCES.iter().zip(&distances);
        let scalars = scalars.map(|(quantity, layer)| Scalar::defined(quantity, meaning, layer.rms));
        observation.scalars.extend(scalars);
        let gap = self.coupled.largest_gap();
        observation.scalars.push(match self.coupled.is_beside_own_flow() {
            true => Scalar::defined(LARGEST_RISK_GAP, OWN_GAP, gap),
            false => Scalar::new(LARGEST_RISK_GAP, gap),
        });
        observation
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        let network = self.coupled.network();
        laws_of_features(network.problem(), network.paths())
    }

    fn work(&self) -> u64 {
        self.coupled.network().steps() + self.coupled.evaluations()
    }

    fn save(&self) -> State {
        self.coupled.state()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.coupled.restore(state)
    }
}
