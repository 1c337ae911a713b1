//! Networks on a graphics processor: when they can be there, and the crew that all seeds make.

use meanfield_gpu::trainer::Shape;
use meanfield_gpu::{device, network};
use meanfield_run::crew::PLACES;
use meanfield_run::facts::FactKind;

use super::keys::{DeviceName, FiniteNetworkKeys};
use crate::setting::Setting;
use crate::systems::complaints::SystemComplaints;
use crate::systems::kind::{BuildError, Run};

/// Whether the networks can be trained on a device, and there is one.
pub(super) fn check_built(keys: &FiniteNetworkKeys, setting: &Setting, complaints: &mut SystemComplaints) {
    if keys.device == DeviceName::Cpu {
        return;
    }
    let help = "write device = \"cpu\", or leave it out";
    let message = "copies are known of networks on the processor alone";
    complaints.unless(!keys.coupled, "device", message, help);
    let seed = keys.seeds.first().copied().unwrap_or_default();
    let networks = keys.seeds.len().min(PLACES);
    let shape = Shape::new(&keys.setup(setting, seed));
    let found = match setting.is_finished {
        true => shape.map(|_| String::new()),
        false => shape.and_then(|shape| device::name(&shape, networks)),
    };
    if let Err(error) = found {
        complaints.unless(false, "device", error.to_string(), help);
    }
}

/// One run for each seed, in crews.
pub(super) fn runs(
    keys: &FiniteNetworkKeys,
    setting: &Setting,
    facts: &[(&'static FactKind, f64)],
) -> Result<Vec<Run>, BuildError> {
    let mut runs = Vec::new();
    for seeds in keys.seeds.chunks(PLACES) {
        let setups = seeds.iter().map(|seed| keys.setup(setting, *seed)).collect();
        for (network, seed) in network::crew(setups, device::trainer)?.into_iter().zip(seeds) {
            runs.push(Run { system: Box::new(network), facts: facts.to_vec(), seed: Some(*seed) });
        }
    }
    Ok(runs)
}
