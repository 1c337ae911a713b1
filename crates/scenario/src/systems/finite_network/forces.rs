//! Networks of few neurons that say what moves each of them, `observe.forces`.

use meanfield_model::landscape::Landscape;
use meanfield_model::reduction::{Reduced, Reduction, Visitor};
use meanfield_particle::driven_network::DrivenNetwork;
use meanfield_particle::finite_network::FiniteNetwork;
use meanfield_run::system::System;

use super::keys::{DeviceName, FiniteNetworkKeys};
use crate::setting::Setting;
use crate::systems::kernel_keys::{LimitName, default_kernel_tolerance};
use crate::systems::kind::BuildError;

/// Most neurons whose arrows can be told apart.
const FEW: usize = 12;

impl FiniteNetworkKeys {
    /// Whether its forces are kept where they are asked for.
    pub(crate) fn has_forces(&self) -> bool {
        let is_plain = self.scaling.is_default() && !self.coupled && self.device == DeviceName::Cpu;
        is_plain && self.neuron_count() <= FEW
    }
}

/// A network at its start, on the landscape that moves it.
pub(super) fn driven(network: FiniteNetwork, setting: &Setting) -> Result<Box<dyn System>, BuildError> {
    let resolution = LimitName::Finite.resolution(default_kernel_tolerance());
    Ok(Reduced::clone(&*setting.reduced(resolution)?).visit(DrivenBuilder { network }))
}

/// Builds it in however many coordinates.
struct DrivenBuilder {
    network: FiniteNetwork,
}

impl Visitor for DrivenBuilder {
    type Output = Box<dyn System>;

    fn visit<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> Self::Output {
        Box::new(DrivenNetwork::new(self.network, reduction.landscape))
    }
}
