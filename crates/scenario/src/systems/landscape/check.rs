//! Checks of static problems: the requirements of each, and keys that only one of them has.

use meanfield_model::activation::Activation;
use meanfield_model::coordinates::Coordinates;
use meanfield_model::measure::pairs;
use meanfield_model::unit::Unit;
use meanfield_run::schedule::Schedule;

use super::cost;
use super::keys::LandscapeKeys;
use crate::ranges::LARGEST;
use crate::setting::{Draft, Setting};
use crate::systems::atoms;
use crate::systems::complaints::{LOOSEST, MOST, SystemComplaints};

/// Longest Gibbs state, in CPU minutes.
const LONGEST: f64 = 60.0;

/// A Gibbs state needs something that holds the neurons together, a least risk a box and a certificate.
pub(super) fn check_bath(draft: &Draft, complaints: &mut SystemComplaints) {
    if !(0.0..=LARGEST).contains(&draft.bath.temperature) {
        return; // reported elsewhere
    }
    atoms::refuse_groups(draft, complaints);
    let message = "a temperature that changes has no state at rest";
    let help = "leave out cooling in [dynamics], or leave this system out";
    complaints.unless_whole(draft.cooling == Schedule::Constant, message, help);
    let noisy = draft.bath.is_noisy();
    let bounded = draft.activation.is_some_and(Activation::is_bounded);
    let outer = draft.unit == Unit::Affine;
    // Inputs along directions may have no spread, and points leave some of w alone.
    let free = matches!(draft.coordinates, Ok(Coordinates::Directed { .. } | Coordinates::OfPoints { .. }));
    let held = !noisy || draft.bath.ridge > 0.0 || !(bounded || outer || free);
    let message = "the Gibbs state cannot be normalised without a ridge: nothing else holds the neurons back";
    complaints.unless_whole(held, message, "write e.g. ridge = 0.05 in [dynamics]");
    let message = "of a loss that is not convex no least risk is known to be found: nothing certifies it";
    let help =
        "take another loss, or write temperature = 0.01 and ridge = 0.05 in [dynamics] for a Gibbs state";
    complaints.unless_whole(noisy || draft.loss.is_convex(), message, help);
    let message = "without noise a law of output weights a has no least risk on a box: they are unbounded";
    let help = "write e.g. temperature = 0.01 and ridge = 0.05 in [dynamics] for the Gibbs state";
    complaints.unless_whole(noisy || !outer, message, help);
}

/// The keys among themselves and with the scenario.
pub(super) fn check(keys: &LandscapeKeys, draft: &Draft, complaints: &mut SystemComplaints) {
    complaints.tolerance("kernel-tolerance", keys.kernel_tolerance, LOOSEST);
    if !(0.0..=LARGEST).contains(&draft.bath.temperature) {
        return; // whether there is noise is not known
    }
    check_noise(keys, draft, complaints);
    if !draft.bath.is_noisy() {
        check_masses(keys, draft, complaints);
    }
    if let (true, Some(cells), Ok(coordinates)) =
        (draft.bath.is_noisy(), keys.cells.as_deref(), &draft.coordinates)
    {
        reported_cells(cells, coordinates.names().len(), complaints);
    }
}

/// Refuses a Gibbs state that would take hours: nothing of it is there before its end.
pub(super) fn check_built(keys: &LandscapeKeys, setting: &Setting, complaints: &mut SystemComplaints) {
    let minutes = cost::at_work(keys, setting).seconds / 60.0;
    let features = setting.rank(keys.resolution(setting.bath()));
    let message = format!(
        "the Gibbs state would take about {minutes:.0} CPU minutes: the kernel has {features:.0} features, \
         and the time grows with them"
    );
    let help = "write a kernel-tolerance ten times larger, and look at what the kernel then leaves out";
    complaints.unless(minutes < LONGEST, "kernel-tolerance", message, help);
}

/// The keys belong to noise or to its absence.
fn check_noise(keys: &LandscapeKeys, draft: &Draft, complaints: &mut SystemComplaints) {
    let noisy = draft.bath.is_noisy();
    let message = "`masses` applies only without noise";
    let help = "leave it out: with noise the law is the Gibbs state, which has a density";
    complaints.unless(!noisy || keys.masses.is_none(), "masses", message, help);
    let message = "`largest-radius` applies only without noise";
    let help = "leave it out: with noise the law is the Gibbs state, which finds its own range";
    complaints.unless(!noisy || keys.largest_radius.is_none(), "largest-radius", message, help);
    let message = "`cells` are those of a Gibbs state: without noise the law consists of point masses";
    complaints.unless(noisy || keys.cells.is_none(), "cells", message, "leave it out");
}

/// How many masses there may be, and how far out.
fn check_masses(keys: &LandscapeKeys, draft: &Draft, complaints: &mut SystemComplaints) {
    if let Some(masses) = keys.masses {
        let message = format!("`masses` must be 1, not {masses}: more are found as they are needed");
        complaints.unless(masses == 1, "masses", message, "write masses = 1, or leave it out");
        let message = "a single mass is sought in one radius: isotropic data and neurons σ(⟨w, x⟩)";
        complaints.unless(draft.is_radial(), "masses", message, "leave it out for the law of least risk");
    }
    if let Some(largest) = keys.largest_radius {
        let message = format!("`largest-radius` must lie between 0.1 and 1000; it is {largest:?}");
        let sensible = (0.1..=1e3).contains(&largest);
        complaints.unless(sensible, "largest-radius", message, "leave it out for 20");
    }
}

/// The cells on which the law of a Gibbs state is reported.
fn reported_cells(cells: &[usize], expected: usize, complaints: &mut SystemComplaints) {
    let given = cells.len();
    let help = "leave it out for the default";
    let message = format!("`cells` has {given} numbers, and the law is reported on {expected} axes");
    complaints.unless(given == expected, "cells", message, help);
    // Of more than two coordinates the laws of pairs are recorded.
    let pairs = pairs(given).map(|(c, other)| cells[c] as f64 * cells[other] as f64);
    let most = pairs.chain(cells.iter().map(|cells| *cells as f64)).fold(0.0, f64::max);
    let sensible = cells.iter().all(|cells| *cells >= 3) && most <= MOST as f64;
    let message =
        format!("the law's cells must be 3 or more along each axis, and {MOST} at most along any two");
    complaints.unless(cells.is_empty() || sensible, "cells", message, help);
}
