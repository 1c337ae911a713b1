//! Common parts of the kinds that move deterministic atoms: defaults of their keys, the checks that there
//! is no noise and one way to train. The time of solvers is s = ∫ξ dt; the schedule is applied to all of
//! them here.

use meanfield_run::reclocked::Reclocked;
use meanfield_run::system::System;

use super::complaints::SystemComplaints;
use crate::setting::{Draft, Setting};

/// Numbers for each atom, besides those for each term and coordinate.
pub(super) const NUMBERS: f64 = 40.0;
/// Atoms beyond which a stride is computed in the background.
const MANY: usize = 20_000;

pub(super) fn default_sampling_tolerance() -> f64 {
    1e-6
}

pub(super) fn default_most_atoms() -> usize {
    4000
}

/// Whether a step of so many atoms may take longer than a user wants to wait.
pub(super) fn are_many(atoms: usize, most_atoms: usize) -> bool {
    atoms.max(most_atoms) > MANY
}

/// A solver, whose time is s, as a system in t.
pub(super) fn in_time(setting: &Setting, system: impl System + 'static) -> Box<dyn System> {
    Box::new(Reclocked::new(system, setting.schedule))
}

/// The same of a solver in the lazy scaling, whose steps are ε/α².
pub(super) fn in_lazy_time(setting: &Setting, alpha: f64, system: impl System + 'static) -> Box<dyn System> {
    Box::new(Reclocked::paced(system, setting.schedule, alpha.powi(-2)))
}

/// Kinds that know one way to train all parameters.
pub(super) fn refuse_groups(draft: &Draft, complaints: &mut SystemComplaints) {
    let message = format!("`{}` knows neurons whose parameters are all trained alike", complaints.kind);
    let help = "take characteristics or finite-volume, or leave out factors and ridge-on in [dynamics]";
    complaints.unless_whole(draft.groups.are_alike(), message, help);
}

/// Atoms know no noise.
pub(super) fn check_bath(draft: &Draft, complaints: &mut SystemComplaints) {
    let message = format!("`{}` moves atoms, and noise spreads every one of them", complaints.kind);
    let help = "take finite-volume for the PDE with noise, or write temperature = 0.0 in [dynamics]";
    complaints.unless_whole(!draft.bath.is_noisy(), message, help);
}
