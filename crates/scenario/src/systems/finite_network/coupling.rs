//! The copies of a network's neurons that follow the limit: when there can be any, what they cost, how they
//! are made. The limit is solved once for each seed, by characteristics that take the copies along.

use meanfield_model::landscape::Landscape;
use meanfield_model::reduction::{Reduced, Reduction, Visitor};
use meanfield_model::unit::Unit;
use meanfield_particle::coupled_network::CoupledNetwork;
use meanfield_particle::finite_network::FiniteNetwork;
use meanfield_run::system::{Cost, System};
use meanfield_run::traced::TracedLimit;

use super::keys::FiniteNetworkKeys;
use crate::expense::{NOTHING, times};
use crate::setting::{Draft, Setting, Timing};
use crate::systems::atoms;
use crate::systems::characteristics::cost;
use crate::systems::characteristics::keys::CharacteristicsKeys;
use crate::systems::complaints::SystemComplaints;
use crate::systems::kind::BuildError;

/// What a network cannot have that is coupled.
pub(super) fn check(keys: &FiniteNetworkKeys, draft: &Draft, complaints: &mut SystemComplaints) {
    if !keys.coupled {
        return;
    }
    let message = "copies follow the velocity field of the limit, and noise moves every neuron by itself";
    let help = "write temperature = 0.0 in [dynamics], or finite-network in place of coupled-network";
    complaints.unless_whole(!draft.bath.is_noisy(), message, help);
    atoms::refuse_groups(draft, complaints);
    let message =
        "copies are known of neurons σ(⟨w, x⟩) alone, and these have an output weight and an offset";
    let help = "leave out model.unit, or write finite-network in place of coupled-network";
    complaints.unless_whole(draft.unit == Unit::Inner, message, help);
}

/// Whether the limit can be built.
pub(super) fn check_built(keys: &FiniteNetworkKeys, setting: &Setting, complaints: &mut SystemComplaints) {
    if !keys.coupled {
        return;
    }
    if let Err(error) = setting.reduced(limit(setting).resolution()) {
        let help = "write finite-network in place of coupled-network, or take a larger dimension";
        complaints.unless_whole(false, error.to_string(), help);
    }
}

/// The limit that copies follow, one radius as `characteristics` has it by default. Two radii cost far more,
/// and need not be known better than to a thousandth of what parts a network from them.
fn limit(setting: &Setting) -> CharacteristicsKeys {
    match setting.coordinates() {
        1 => CharacteristicsKeys::with_atoms(40),
        _ => CharacteristicsKeys {
            most_atoms: 1000,
            sampling_tolerance: 1e-4,
            tolerance: 1e-6,
            kernel_tolerance: 1e-4,
            ..CharacteristicsKeys::with_atoms(256)
        },
    }
}

/// The limits of all seeds with their copies.
pub(super) fn cost(keys: &FiniteNetworkKeys, setting: &Setting) -> Cost {
    if !keys.coupled {
        return NOTHING;
    }
    let limit = limit(setting);
    let atoms = limit.atoms + keys.neuron_count();
    let most_atoms = limit.most_atoms + keys.neuron_count();
    let each = cost::cost(&CharacteristicsKeys { atoms, most_atoms, ..limit }, setting, Timing::Constants);
    times(each, keys.seeds.len() as f64)
}

/// Whether a step of so many copies may take longer than a user wants to wait.
pub(super) fn has_long_strides(keys: &FiniteNetworkKeys) -> bool {
    atoms::are_many(keys.neuron_count(), 0)
}

/// A network at its start, with its copies.
pub(super) fn coupled(network: FiniteNetwork, setting: &Setting) -> Result<Box<dyn System>, BuildError> {
    let keys = limit(setting);
    let reduced = Reduced::clone(&*setting.reduced(keys.resolution())?);
    let make = |tracers: &[f64]| reduced.visit(LimitBuilder { keys, tracers });
    Ok(Box::new(CoupledNetwork::new(network, make)))
}

/// Builds the limit in however many coordinates.
struct LimitBuilder<'a> {
    keys: CharacteristicsKeys,
    tracers: &'a [f64],
}

impl Visitor for LimitBuilder<'_> {
    type Output = Box<dyn TracedLimit>;

    fn visit<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> Self::Output {
        let atoms = self.keys.atoms_of(reduction);
        Box::new(atoms.with_tracers(self.tracers))
    }
}
