//! The switch `observe.weights`: whether there are weights to keep, and times at which they are kept.

use crate::complaints::Complaints;
use crate::file::ScenarioFile;
use crate::systems::SystemKind;
use crate::systems::finite_network::keys::DeviceName;

/// The key.
const SWITCH: [&str; 2] = ["observe", "weights"];

/// Notes what stands against the switch in a model of two-layer networks.
pub(super) fn check(file: &ScenarioFile, complaints: &mut Complaints) {
    if !file.observe.weights {
        return;
    }
    let networks = || {
        file.systems.iter().filter_map(|(name, system)| match system {
            SystemKind::FiniteNetwork(keys) => Some((name, keys)),
            _ => None,
        })
    };
    let message = "there is no network whose weights could be kept";
    complaints.unless(networks().next().is_some(), &SWITCH, message, "leave it out, or add a finite-network");
    let message = "weights are kept at the snapshots, and there are none";
    let has_snapshots = !file.observe.snapshots.values().is_empty();
    complaints.unless(has_snapshots, &SWITCH, message, "write snapshots, e.g. the end of the run");
    if let Some((name, _)) = networks().find(|(_, keys)| keys.device == DeviceName::Gpu) {
        let message = format!("weights of networks on a device are not kept, and \"{name}\" is on one");
        complaints.add(SWITCH, message, "leave it out, or write device = \"cpu\"");
    }
}

/// Notes the switch in a model of networks on points of data.
pub(super) fn refuse(file: &ScenarioFile, complaints: &mut Complaints) {
    let message = "`weights` are of two-layer networks, and this model has layers";
    complaints.unless(!file.observe.weights, &SWITCH, message, "leave it out");
}
