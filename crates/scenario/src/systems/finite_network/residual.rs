//! Residual networks of one width: how they are trained, what they cost, beside which limit they may stand.

use std::sync::Arc;

use meanfield_deep::residual::coupling::CoupledResidualNetwork;
use meanfield_deep::residual::gram::LimitGrams;
use meanfield_deep::residual::network::ResidualNetwork;
use meanfield_deep::residual::resolution::ResidualResolution;
use meanfield_deep::residual::shared_limit::SharedLimit;
use meanfield_deep::residual::start::Regression;
use meanfield_deep::systems::residual::coupled::CoupledResidualSystem;
use meanfield_deep::systems::residual::network::ResidualNetworkSystem;
use meanfield_deep::training::Training;
use meanfield_run::facts;
use meanfield_run::system::{Cost, System};

use super::check;
use super::keys::{CopiesName, FiniteNetworkKeys};
use super::layered::refuse_others;
use super::plain;
use crate::expense::bytes;
use crate::setting::{ResidualDraft, ResidualModel, ResidualSetting};
use crate::systems::complaints::SystemComplaints;
use crate::systems::kind::{BuildError, Run};

/// Widest network: its weights between two layers take 800 MB.
const WIDEST: usize = 10_000;
/// Times at which the gap of the losses is looked at.
const LOOKS: f64 = 20.0;
/// Paths of the limit of a coupled network.
const PATHS_OF_COUPLED: usize = 4096;
/// Error of a path in one step of the network's own flow, far below what a step of descent errs by.
const TOLERANCE_OF_OWN_FLOW: f64 = 1e-7;
/// CPU seconds of a multiplication in a product of matrices; evaluations of a flow until t = 1, and the
/// power of time with which they grow.
const PER_PRODUCT: f64 = 1e-10;
const EVALUATIONS: f64 = 450.0;
const GROWTH: f64 = 0.35;
/// Multiplications of an evaluation for a path of the limit of copies, and a pair of points.
const PER_COPY: f64 = 140.0;
/// Numbers that a flow or a descent has of each weight.
const NUMBERS: f64 = 3.0;

/// The keys, by themselves and with the problem.
pub(super) fn check(keys: &FiniteNetworkKeys, draft: &ResidualDraft, complaints: &mut SystemComplaints) {
    let help = "write `neurons`: all layers of a residual network are equally wide";
    complaints.unless(keys.widths.is_empty(), "widths", "`widths` is of networks with layers", help);
    complaints.count("neurons", keys.neuron_count(), 1, WIDEST, "write e.g. neurons = 300");
    check::check_training(keys, draft.end_time, draft.times, complaints);
    let is_coupled = keys.coupled || keys.copies == CopiesName::default();
    let help = "write coupled-network in place of finite-network";
    complaints.unless(is_coupled, "copies", "the network has no copies", help);
    refuse_others(keys, complaints);
    plain::check(keys, complaints);
    let regressed = draft.setting.is_none_or(|own| own.problem.start.regression() != Regression::Absent);
    let message = "without regression there is no limit for copies";
    let follows_limit = keys.coupled && keys.copies == CopiesName::Limit;
    complaints.unless_whole(regressed || !follows_limit, message, "write finite-network");
}

/// Weights between layers.
fn weights(keys: &FiniteNetworkKeys, setting: &ResidualSetting) -> f64 {
    let neurons = keys.neuron_count() as f64;
    neurons * neurons * (setting.problem.networks.architecture.depth() - 1) as f64
}

/// Cost of the runs of all seeds.
pub(super) fn cost(keys: &FiniteNetworkKeys, setting: &ResidualSetting) -> Cost {
    let weights = weights(keys, setting);
    let points = setting.problem.networks.data.points() as f64;
    let steps = setting.end_time / keys.step_length();
    let each = match keys.training() {
        Training::OneSample { .. } => steps,
        Training::MiniBatch { batch, .. } => steps * batch as f64,
        Training::FullBatch { .. } => steps * points,
        _ => EVALUATIONS * setting.end_time.powf(GROWTH) * points,
    };
    let observing = setting.observed.observations() * points;
    let runs = keys.seeds.len() as f64;
    // Groups are followed once for all seeds.
    let copies = match (keys.coupled, keys.copies) {
        (false, _) => 0.0,
        (true, CopiesName::OwnFlow) => keys.neuron_count() as f64,
        (true, _) => PATHS_OF_COUPLED as f64 * (1.0 + runs.recip()) / 2.0 + keys.neuron_count() as f64,
    };
    let following = EVALUATIONS * setting.end_time.powf(GROWTH) * PER_COPY * copies * points * points;
    let seconds = runs * (3.0 * weights * (each + observing) + following) * PER_PRODUCT;
    let layers = setting.problem.networks.architecture.depth() as f64;
    let answers = setting.bytes_of_answers(keys.neuron_count() as f64 * layers);
    let bytes = runs * (bytes(NUMBERS * weights + 26.0 * copies * points * layers) + answers);
    Cost { seconds, bytes }
}

/// One run for each seed.
pub(super) fn runs(keys: &FiniteNetworkKeys, setting: &ResidualSetting) -> Result<Vec<Run>, BuildError> {
    let steps = keys.step_size.map(|step_size| (facts::STEP_SIZE, step_size));
    let facts: Vec<_> = [(facts::NEURONS, keys.neuron_count() as f64)].into_iter().chain(steps).collect();
    let follows_limit = keys.coupled && keys.copies == CopiesName::Limit;
    let limit = follows_limit.then(|| shared_limit(setting)).transpose()?;
    let run = |seed: &u64| {
        let system = system(keys, setting, limit.as_ref(), *seed)?;
        Ok(Run { system, facts: facts.clone(), seed: Some(*seed) })
    };
    keys.seeds.iter().map(run).collect()
}

/// The limit that the copies of all seeds follow.
fn shared_limit(setting: &ResidualSetting) -> Result<Arc<SharedLimit>, BuildError> {
    let ResidualModel { networks, start } = &setting.problem;
    let mut resolution = ResidualResolution::default();
    resolution.paths = PATHS_OF_COUPLED;
    let layers = networks.architecture.depth();
    let inputs = networks.data.inputs().view();
    let grams = LimitGrams::new(&networks.architecture, inputs, start.deviation(), layers.min(4));
    Ok(Arc::new(SharedLimit::new(networks.clone(), start, &resolution, grams)?))
}

/// The network of one seed, beside the limit or its own flow where it is coupled.
fn system(
    keys: &FiniteNetworkKeys,
    setting: &ResidualSetting,
    limit: Option<&Arc<SharedLimit>>,
    seed: u64,
) -> Result<Box<dyn System>, BuildError> {
    if let Some(own) = keys.plain {
        return plain::system(keys, own, setting, seed);
    }
    let ResidualModel { networks, start } = &setting.problem;
    let drawn = start.network(networks, keys.neuron_count(), seed);
    let problem = networks.clone();
    let training = keys.training();
    let coupled = match limit {
        Some(limit) => CoupledResidualNetwork::beside(limit.clone(), problem, drawn, training, seed)?,
        None if keys.coupled => {
            let paths = drawn.paths;
            CoupledResidualNetwork::beside_own_flow(problem, paths, training, seed, TOLERANCE_OF_OWN_FLOW)?
        }
        None => {
            let network = ResidualNetwork::new(problem, drawn.paths, training, seed)?;
            return Ok(Box::new(ResidualNetworkSystem::new(network)));
        }
    };
    Ok(Box::new(CoupledResidualSystem::new(coupled, setting.end_time / LOOKS)))
}
