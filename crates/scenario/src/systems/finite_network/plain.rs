//! Fully connected networks in the plain mean-field scaling beside residual ones: as deep, as wide, on the
//! same data, with the same activation and the same first layer. Of Proposition 1 of the paper on modelling
//! from features: their middle layers collapse. They have no limit here: see `[[model.layers]]` for that.

use meanfield_deep::activation::LayerActivation;
use meanfield_deep::architecture::{Architecture, LayerSchedule};
use meanfield_deep::law::EntryLaw;
use meanfield_deep::network::Network;
use meanfield_deep::problem::DeepProblem;
use meanfield_deep::start::Start;
use meanfield_deep::systems::network::NetworkSystem;
use meanfield_run::system::System;

use super::keys::FiniteNetworkKeys;
use super::keys::plain::PlainKeys;
use crate::setting::{ResidualModel, ResidualSetting};
use crate::systems::complaints::SystemComplaints;
use crate::systems::kind::BuildError;

/// The key, by itself and with others.
pub(super) fn check(keys: &FiniteNetworkKeys, complaints: &mut SystemComplaints) {
    let Some(plain) = keys.plain else { return };
    let message = "a plain network has no copies: residual ones have";
    complaints.unless(!keys.coupled, "plain", message, "write finite-network");
    let message = format!("`mean` and `deviation` of `plain` are {:?} and {:?}", plain.mean, plain.deviation);
    let is_law = plain.mean.is_finite() && plain.deviation.is_finite() && plain.deviation >= 0.0;
    complaints.unless(is_law, "plain", message, "write e.g. plain = { mean = 1.0, deviation = 1.0 }");
}

/// The network of one seed.
///
/// # Errors
/// Where it cannot be built.
pub(super) fn system(
    keys: &FiniteNetworkKeys,
    plain: PlainKeys,
    setting: &ResidualSetting,
    seed: u64,
) -> Result<Box<dyn System>, BuildError> {
    let ResidualModel { networks, start } = &setting.problem;
    let residual = &networks.architecture;
    let hidden = residual.depth();
    let mut activations = vec![residual.activation().clone(); hidden];
    activations.push(LayerActivation::Identity);
    let schedules = vec![LayerSchedule::PLAIN; hidden + 1];
    let architecture = Architecture::new(activations, residual.loss(), schedules)?;
    // The first layer sees x/d there and x here.
    let dimension = networks.data.dimension();
    let deviation = start.deviation() / (dimension as f64).sqrt();
    let first = EntryLaw::Normal { mean: 0.0, deviation };
    let start = Start::independent(vec![first; dimension], vec![plain.law(); hidden])?;
    let problem = DeepProblem::new(architecture, (*networks.data).clone());
    let weights = start.network(&vec![keys.neuron_count(); hidden], seed).weights;
    let network = Network::new(problem, weights, keys.training(), seed)?;
    Ok(Box::new(NetworkSystem::new(network)))
}
