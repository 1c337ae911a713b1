//! The kind `coupled-network`: networks as `finite-network` trains them, each beside copies of its neurons
//! that follow the limit. What a network is, costs and is checked for is in `finite_network`.

use meanfield_run::record::Nature;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finite_network::keys::FiniteNetworkKeys;
use super::kind::{Kind, NetworkKind, TwoLayerKind};
use crate::setting::{LayeredProblem, ResidualModel};

/// Keys of `coupled-network`: those of `finite-network`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "FiniteNetworkKeys", into = "FiniteNetworkKeys")]
pub struct CoupledNetworkKeys(FiniteNetworkKeys);

impl From<FiniteNetworkKeys> for CoupledNetworkKeys {
    fn from(keys: FiniteNetworkKeys) -> Self {
        Self(FiniteNetworkKeys { coupled: true, ..keys })
    }
}

impl From<CoupledNetworkKeys> for FiniteNetworkKeys {
    fn from(keys: CoupledNetworkKeys) -> Self {
        keys.0
    }
}

impl Kind for CoupledNetworkKeys {
    fn nature(&self) -> Nature {
        self.0.nature()
    }

    fn run_count(&self) -> usize {
        self.0.run_count()
    }

    fn is_coupled(&self) -> bool {
        true
    }

    fn step_size(&self) -> Option<f64> {
        self.0.step_size()
    }

    fn lack_of_prediction(&self) -> Option<&'static str> {
        self.0.lack_of_prediction()
    }

    fn of_two_layers(&self) -> Option<&dyn TwoLayerKind> {
        self.0.of_two_layers()
    }

    fn of_layers(&self) -> Option<&dyn NetworkKind<LayeredProblem>> {
        self.0.of_layers()
    }

    fn of_residual(&self) -> Option<&dyn NetworkKind<ResidualModel>> {
        self.0.of_residual()
    }
}
