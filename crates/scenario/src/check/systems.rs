//! Checks of the systems of a scenario: their names, their keys, and whether they can be built.

use std::collections::{BTreeMap, HashMap};

use meanfield_model::data_model::CoordinatesError;
use meanfield_model::reduction::ReductionError;
use meanfield_run::record::reserved;

use crate::complaints::Complaints;
use crate::setting::{Draft, LayeredDraft, PointsDraft, ResidualDraft, Setting};
use crate::systems::SystemKind;
use crate::systems::complaints::{LOOSEST, SystemComplaints};
use crate::systems::kind::{NetworkKind, TwoLayerKind};

/// Longest name of a system: files are called after it.
const LONGEST_NAME: usize = 60;
/// Most systems: figures can distinguish far fewer.
const MOST_SYSTEMS: usize = 100;
/// Begins what is said of a companion.
const OF_COMPANION: &str = "at half the resolution, which refinement runs too: ";

/// Systems by their names.
type Systems = BTreeMap<String, SystemKind>;

/// A scenario that is being checked, by the family of its networks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DraftFamily<'a> {
    /// Two layers.
    TwoLayer(&'a Draft<'a>),
    /// Any depth.
    Layered(&'a LayeredDraft<'a>),
    /// Residual networks.
    Residual(&'a ResidualDraft<'a>),
}

/// Checks all systems.
pub(crate) fn check(systems: &Systems, refinement: bool, draft: &DraftFamily, complaints: &mut Complaints) {
    let help = "write e.g. [systems.pde.finite-volume]";
    complaints.unless(!systems.is_empty(), &["systems"], "there is no system to run", help);
    let count = systems.len();
    if count > MOST_SYSTEMS {
        let message = format!("there are {count} systems, more than {MOST_SYSTEMS}");
        return complaints.add(["systems"], message, "make several scenarios of it, or use [vary]");
    }
    names_differ(systems, complaints);
    for (name, system) in systems {
        check_name(name, complaints);
        let mut complaints = SystemComplaints { name, kind: system.name(), all: complaints };
        match draft {
            DraftFamily::TwoLayer(draft) => check_two_layer(system, draft, refinement, &mut complaints),
            DraftFamily::Layered(draft) => {
                check_on_points(system, system.kind().of_layers(), draft, &mut complaints);
            }
            DraftFamily::Residual(draft) => {
                check_on_points(system, system.kind().of_residual(), draft, &mut complaints);
            }
        }
    }
}

/// Checks one system of networks that are trained on points.
fn check_on_points<P>(
    system: &SystemKind,
    kind: Option<&dyn NetworkKind<P>>,
    draft: &PointsDraft<P>,
    complaints: &mut SystemComplaints,
) {
    match kind {
        Some(kind) => kind.check(draft, complaints),
        None => {
            let name = system.name();
            let is_shallow = system.kind().of_layers().is_none() && system.kind().of_residual().is_none();
            let message = match is_shallow {
                true => format!("`{name}` is of two-layer networks, and this model has layers"),
                false => format!("`{name}` is of other networks than this model's"),
            };
            let help = "write mean-field = {} for the limit and finite-network for SGD, or leave out \
                        model.layers and model.residual";
            complaints.unless_whole(false, message, help);
        }
    }
}

/// Checks one system of two-layer networks, and its companion where it is to have one.
fn check_two_layer(system: &SystemKind, draft: &Draft, refinement: bool, complaints: &mut SystemComplaints) {
    let Some(kind) = system.kind().of_two_layers() else {
        let message = format!("`{}` is of networks with layers, and this model has none", system.name());
        return complaints.unless_whole(false, message, "write [model.layers], or another kind of system");
    };
    let is_right = check_kind(kind, draft, complaints);
    let companion = kind.halved(&draft.spread).filter(|_| is_right && refinement);
    if let Some(companion) = companion {
        let before = complaints.all.count();
        check_kind(&*companion, draft, complaints);
        complaints.all.prefix_after(before, OF_COMPANION);
    }
}

/// Whether there is nothing to complain about the keys of a system, and it can be built.
fn check_kind(kind: &dyn TwoLayerKind, draft: &Draft, complaints: &mut SystemComplaints) -> bool {
    let before = complaints.all.count();
    kind.check_bath(draft, complaints);
    check_coordinates(draft, complaints);
    kind.check(draft, complaints);
    check_recorded(kind, draft, complaints);
    if let Some(setting) = draft.setting.filter(|_| complaints.all.count() == before) {
        check_built(kind, setting, complaints);
    }
    complaints.all.count() == before
}

/// A start that another run left.
fn check_recorded(kind: &dyn TwoLayerKind, draft: &Draft, complaints: &mut SystemComplaints) {
    let Some(setting) = draft.setting else { return };
    let Some(recorded) = setting.problem.recorded_start() else { return };
    kind.check_recorded(recorded, setting, complaints);
    let message = "fluctuations are known of networks with a stated start alone";
    complaints.unless(kind.fluctuations_until() == 0.0, "fluctuations-until", message, "leave it out");
}

/// Which coordinates a kernel knows.
fn check_coordinates(draft: &Draft, complaints: &mut SystemComplaints) {
    if let Err(error) = &draft.coordinates {
        let help = match error {
            CoordinatesError::OneWeight => "write bias = true in the data",
            _ => {
                "leave out model.unit, or take data with fewer coordinates that matter; networks with \
                 [[model.layers]] train on points of any number of coordinates"
            }
        };
        complaints.unless_whole(false, error.to_string(), help);
    }
}

/// The kernel and the start, which a run would begin with.
fn check_built(kind: &dyn TwoLayerKind, setting: &Setting, complaints: &mut SystemComplaints) {
    let kernel = kind.kernel(setting.bath()).map(|resolution| setting.reduced(resolution));
    match kernel {
        Some(Err(error)) => {
            let help = advice_on_kernel(&error);
            complaints.unless(false, "kernel-tolerance", error.to_string(), &help);
        }
        Some(Ok(_)) | None => kind.check_built(setting, complaints),
    }
}

/// What a series in blocks wants.
const LARGER_BLOCKS: &str = "take blocks of more dimensions, three at least where σ has kinks: \
     each, and what relevant-dimension leaves";

/// Advice where a kernel cannot be made.
fn advice_on_kernel(error: &ReductionError) -> String {
    let reachable = error.reachable().filter(|reachable| *reachable <= LOOSEST);
    let tolerance = reachable.map(|reachable| format!("write kernel-tolerance = {reachable:.1e}, or "));
    let tolerance = tolerance.unwrap_or_default();
    match error {
        ReductionError::Landscape(_) if reachable.is_some() => format!("{tolerance}take a larger dimension"),
        ReductionError::Landscape(_) => "write a smaller `gain`, or a narrower `domain` or start".to_owned(),
        ReductionError::Blocks(_) if reachable.is_some() => format!("{tolerance}{LARGER_BLOCKS}"),
        ReductionError::Blocks(_) => format!("{LARGER_BLOCKS}; or start a and b less widely"),
        ReductionError::Inputs(_) if reachable.is_some() => {
            format!("{tolerance}start the weights less widely")
        }
        ReductionError::Inputs(_) => "start the weights less widely, or take fewer directions".to_owned(),
        _ => "check [model]".to_owned(),
    }
}

/// Checkpoints are named after systems, and some disks do not distinguish `pde` from `PDE`.
fn names_differ(systems: &Systems, complaints: &mut Complaints) {
    let mut known = HashMap::new();
    for name in systems.keys() {
        if let Some(other) = known.insert(name.to_lowercase(), name) {
            let message =
                format!("the names \"{other}\" and \"{name}\" differ in nothing but upper and lower case");
            let help = "their files would be one on many disks: call one of them otherwise";
            complaints.add(["systems", name], message, help);
        }
    }
}

fn check_name(name: &str, complaints: &mut Complaints) {
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    let goes_on = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let fits = begins && goes_on && name.len() <= LONGEST_NAME && !reserved::GROUPS.contains(&name);
    let message = format!("a system cannot be called \"{}\"", name.escape_debug());
    let help = format!(
        "begin with a letter or digit, go on with these, - or _, up to {LONGEST_NAME}; {} are taken",
        reserved::GROUPS.join(" and ")
    );
    complaints.unless(fits, &["systems", name], message, &help);
}
