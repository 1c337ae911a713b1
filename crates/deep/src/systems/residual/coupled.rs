//! A residual network beside its limit as a system: see `crate::residual::coupling`.

use meanfield_run::by_layer::LAYER_DISTANCES;
use meanfield_run::quantities::LARGEST_RISK_GAP;
use meanfield_run::system::{FurtherLaw, Observation, RunError, Scalar, State, Stride, System};

use super::network::strides_of;
use crate::residual::coupling::CoupledResidualNetwork;
use crate::residual::observation::{laws_of_features, observe};

/// How the curves are defined here.
const OF_FEATURES: &str = "root mean square over the paths and inputs of β − β̄, the layer's features, β̄ those of the limit's copies";

/// A network and its copies in the limit; it is looked at at every multiple of `grid`.
pub struct CoupledResidualSystem {
    coupled: CoupledResidualNetwork,
    steps_a_stride: u64,
    grid: f64,
}

impl CoupledResidualSystem {
    /// A network at t = 0, and its copies.
    pub fn new(coupled: CoupledResidualNetwork, grid: f64) -> Self {
        Self { steps_a_stride: strides_of(coupled.network()), coupled, grid }
    }

    /// The next time at which the gap is looked at, not past `until`.
    fn next_look(&self, until: f64) -> f64 {
        let looks = (self.coupled.time() / self.grid * (1.0 + 1e-12)).floor();
        until.min((looks + 1.0) * self.grid)
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
        let scalars = LAYER_DISTANCES.iter().zip(&distances);
        let scalars = scalars.map(|(quantity, layer)| Scalar::defined(quantity, OF_FEATURES, layer.rms));
        observation.scalars.extend(scalars);
        observation.scalars.push(Scalar::new(LARGEST_RISK_GAP, self.coupled.largest_gap()));
        observation
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        let network = self.coupled.network();
        laws_of_features(network.problem(), network.paths())
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
