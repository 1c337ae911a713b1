//! What widths and steps do to networks with layers, beside their limit: `fluctuations-until` of
//! `mean-field`.

use meanfield_deep::activation::LayerActivation;
use meanfield_deep::first_order::FirstOrderEffects;
use meanfield_deep::fluctuations::{Differences, varying_schedule};
use meanfield_deep::limit::Limit;
use meanfield_deep::quadrature::{LayerAtoms, Resolution};
use meanfield_deep::systems::fluctuating::FluctuatingLimit;
use meanfield_deep::systems::limit::LimitSystem;
use meanfield_model::activation::Activation;
use meanfield_run::system::Cost;

use super::keys::{EVALUATIONS, MeanFieldKeys, PER_MULTIPLICATION, atoms};
use crate::expense::{NOTHING, bytes};
use crate::setting::{LayeredDraft, LayeredProblem, LayeredSetting};
use crate::systems::complaints::SystemComplaints;
use crate::systems::kind::{BuildError, Run};

/// The key.
pub(super) const KEY: &str = "fluctuations-until";
/// Most nodes of effects, which need not be known better than to a hundredth, and most atoms of a layer: each
/// is displaced once.
const NODES: usize = 10;
const MOST_ATOMS: usize = 400;
/// Error of a weight in one step, below what second differences see.
const TOLERANCE: f64 = 1e-8;
/// Largest spacing in time of the steps that are looked at, and the least number of them.
const SPACING: f64 = 0.25;
const FEWEST: f64 = 8.0;
/// Share of the evaluations of a limit of the default tolerance.
const LOOSER: f64 = 0.3;
/// Copies displaced in drawn directions, about.
const DIRECTIONS: f64 = 600.0;
/// CPU seconds of an evaluation beside its multiplications: activations, and small matrices.
const PER_EVALUATION: f64 = 1e-5;

/// The resolution of the effects.
fn resolution(keys: &MeanFieldKeys) -> Resolution {
    let mut resolution = keys.resolution();
    resolution.nodes = keys.nodes.min(NODES);
    resolution.most_atoms = keys.most_atoms.min(MOST_ATOMS);
    resolution.tolerance = TOLERANCE;
    resolution
}

/// The differences that the effects are found by.
fn differences(until: f64) -> Differences {
    let mut differences = Differences::default();
    differences.spacing = SPACING.min(until / FEWEST);
    differences.tolerance = TOLERANCE;
    differences
}

/// Complaints about the key by itself.
pub(super) fn check_time(keys: &MeanFieldKeys, complaints: &mut SystemComplaints) {
    let until = keys.fluctuations_until;
    let message = format!("`{KEY}` is a time from 0 on; it is {until:?}");
    complaints.unless(until >= 0.0 && until.is_finite(), KEY, message, "write 0.0 for none");
}

/// Complaints about the key, by itself and with the problem where that is in order.
pub(super) fn check(keys: &MeanFieldKeys, draft: &LayeredDraft, complaints: &mut SystemComplaints) {
    check_time(keys, complaints);
    if keys.fluctuations_until > 0.0
        && let Some(setting) = draft.setting
        && let Some(message) = obstacle(keys, &setting.problem)
    {
        complaints.unless(false, KEY, message, "write 0.0, or leave it out");
    }
}

/// Why the effects cannot be found.
fn obstacle(keys: &MeanFieldKeys, problem: &LayeredProblem) -> Option<String> {
    let LayeredProblem { networks, start } = problem;
    if let Some(layer) = varying_schedule(networks) {
        return Some(format!("what steps do is known for constant schedules; that of layer {layer} varies"));
    }
    let activations = networks.architecture.activations().iter();
    let mut kinks = activations
        .map(|activation| matches!(activation, LayerActivation::Other(Activation::PiecewiseLinear(_))));
    if let Some(index) = kinks.position(|has_kinks| has_kinks) {
        let layer = index + 1;
        return Some(format!("second differences need smooth activations; that of layer {layer} has kinks"));
    }
    let mut layers = 1..start.depth();
    let drawn = layers.find(|layer| {
        LayerAtoms::count(start, *layer, &resolution(keys)).is_ok_and(|(_, is_sampled)| is_sampled)
    })?;
    Some(format!("layer {drawn} has too many labels for quadrature: its neurons are drawn"))
}

/// Cost of the effects alone.
pub(super) fn cost(keys: &MeanFieldKeys, setting: &LayeredSetting) -> Cost {
    let until = keys.fluctuations_until.min(setting.end_time);
    if until <= 0.0 || until.is_nan() {
        return NOTHING;
    }
    let data = &setting.problem.networks.data;
    let points = data.weights().len() as f64;
    let atoms = atoms(&setting.problem.start, &resolution(keys));
    let sum: usize = atoms.iter().filter(|atoms| **atoms > 1).sum();
    let widths: Vec<usize> = [data.dimension()].into_iter().chain(atoms).chain([1]).collect();
    let weights: f64 = widths.windows(2).map(|pair| pair[0] as f64 * pair[1] as f64).sum();
    let cells = until / differences(until).spacing;
    // Two copies of each atom, and one of each end of scattered weights with twice the weights.
    let at_start = 4.0 * sum as f64 + DIRECTIONS;
    let of_steps = (2.0 * points + 3.0) * cells;
    let evaluations = LOOSER * EVALUATIONS * until.sqrt() * (at_start + 0.5 * of_steps);
    let each = 3.0 * weights * points * PER_MULTIPLICATION + PER_EVALUATION;
    Cost { seconds: evaluations * each, bytes: bytes((at_start + of_steps) * weights) }
}

/// The limit with the effects beside it.
pub(super) fn runs(
    keys: &MeanFieldKeys,
    setting: &LayeredSetting,
    limit: LimitSystem,
) -> Result<Vec<Run>, BuildError> {
    let LayeredProblem { networks, start } = &setting.problem;
    let coarse = Limit::new(networks.clone(), start, &resolution(keys))?;
    let until = keys.fluctuations_until;
    let effects = FirstOrderEffects::new(&coarse, start, differences(until.min(setting.end_time)))?;
    Run::only(Box::new(FluctuatingLimit::new(limit, effects, until)), Vec::new())
}
