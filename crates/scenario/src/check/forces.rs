//! The switch `observe.forces`: whether there is a network of few neurons in the plane, with the loss for
//! which field and repulsion are two parts.

use meanfield_model::coordinates::Coordinates;
use meanfield_model::loss::Loss;

use crate::complaints::Complaints;
use crate::file::ScenarioFile;
use crate::setting::Draft;
use crate::systems::SystemKind;

/// The key.
const SWITCH: [&str; 2] = ["observe", "forces"];
/// In the plane.
const PLANE: Coordinates = Coordinates::OfPoints { is_affine: false, dimension: 2 };

/// Notes what stands against the switch in a model of two-layer networks.
pub(super) fn check(file: &ScenarioFile, draft: &Draft, complaints: &mut Complaints) {
    if !file.observe.forces {
        return;
    }
    let message = "forces are known of neurons σ(⟨w, x⟩) on points in the plane alone";
    let help = "leave it out, or take data of two coordinates, e.g. a grid of one with bias = true";
    complaints.unless(draft.coordinates == Ok(PLANE), &SWITCH, message, help);
    let message = "field and repulsion are parts of the squared loss alone";
    complaints.unless(draft.loss == Loss::Squared, &SWITCH, message, "leave it out, or model.loss");
    let message = "forces are known of parameters that are all trained alike";
    complaints.unless(draft.groups.are_alike(), &SWITCH, message, "leave it out, or factors and ridge-on");
    let is_there = file.systems.values().any(|system| match system {
        SystemKind::FiniteNetwork(keys) => keys.has_forces(),
        _ => false,
    });
    let message = "there is no network of at most 12 neurons whose forces could be kept";
    let help = "add a finite-network with e.g. neurons = 3, on the processor and in the mean-field scaling";
    complaints.unless(is_there, &SWITCH, message, help);
    let message = "forces are kept at the snapshots, and there are none";
    let has_snapshots = !file.observe.snapshots.values().is_empty();
    complaints.unless(has_snapshots, &SWITCH, message, "write snapshots, e.g. \"0..4:5\"");
}

/// Notes the switch in a model of networks on points of data.
pub(super) fn refuse(file: &ScenarioFile, complaints: &mut Complaints) {
    let message = "`forces` are of two-layer networks, and this model has layers";
    complaints.unless(!file.observe.forces, &SWITCH, message, "leave it out");
}
