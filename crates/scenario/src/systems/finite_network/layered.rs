//! Networks with layers: their widths, how they are trained, what they cost.

use meanfield_deep::coupling::CoupledNetwork;
use meanfield_deep::network::Network;
use meanfield_deep::quadrature::Resolution;
use meanfield_deep::systems::coupled::CoupledSystem;
use meanfield_deep::systems::network::NetworkSystem;
use meanfield_deep::training::Training;
use meanfield_run::facts;
use meanfield_run::system::{Cost, System};

use super::check;
use super::keys::{
    CopiesName, DeviceName, FiniteNetworkKeys, NOISE_FACTOR, PrecisionName, RiskName, TrainingName,
};
use crate::expense::bytes;
use crate::setting::{LayeredDraft, LayeredProblem, LayeredSetting};
use crate::systems::complaints::{MOST, SystemComplaints};
use crate::systems::kind::{BuildError, Kind, Run};
use crate::systems::mean_field::keys::atoms;

/// Most weights of a network: 800 MB.
const MOST_WEIGHTS: f64 = 1e8;
/// Error of a weight in one step of a gradient flow.
const FLOW_TOLERANCE: f64 = 1e-8;
/// Times at which D_T is looked at.
const LOOKS: f64 = 200.0;
/// Nodes and tolerance of the limit of a coupled network.
const NODES_OF_COUPLED: usize = 16;
const TOLERANCE_OF_COUPLED: f64 = 1e-7;
/// CPU seconds of a multiplication: in a step of one sample, and in a product of matrices.
const PER_MULTIPLICATION: f64 = 2.5e-10;
const PER_PRODUCT: f64 = 1e-10;
/// Multiplications for a weight and a point in an evaluation of the flow that copies follow; small products
/// take their time.
const PER_COPY: f64 = 13.0;
/// Numbers that a flow has of each weight: the stages of a step, what is stepped from and to.
const STAGES: f64 = 12.0;
/// Evaluations of a flow in a root of time.
const EVALUATIONS: f64 = 300.0;

impl FiniteNetworkKeys {
    /// The widths n_1 … n_{L−1}.
    pub(super) fn hidden_widths(&self, depth: usize) -> Vec<usize> {
        match self.widths.is_empty() {
            true => vec![self.neuron_count(); depth.saturating_sub(1)],
            false => self.widths.clone(),
        }
    }

    /// How it is trained.
    pub(super) fn training(&self) -> Training {
        let step_size = self.step_length();
        match (self.training, self.batch) {
            (TrainingName::Flow, _) => Training::Flow { tolerance: FLOW_TOLERANCE },
            (TrainingName::FullBatch, _) => Training::FullBatch { step_size },
            (TrainingName::Samples, 1) => Training::OneSample { step_size },
            (TrainingName::Samples, batch) => Training::MiniBatch { step_size, batch },
        }
    }

    /// Data points in a step; None without steps.
    fn points_of_step(&self, setting: &LayeredSetting) -> Option<usize> {
        match self.training() {
            Training::OneSample { .. } => Some(1),
            Training::MiniBatch { batch, .. } => Some(batch),
            Training::FullBatch { .. } => Some(setting.problem.networks.data.weights().len()),
            _ => None,
        }
    }

    /// Why the b, c and v of a limit are not those of its networks with layers.
    pub(super) fn lack_of_prediction_in_layers(&self) -> Option<&'static str> {
        let differ = self.widths.windows(2).any(|pair| pair[0] != pair[1]);
        match self.training() {
            _ if differ => Some("its hidden layers are not equally wide"),
            Training::OneSample { .. } => None,
            Training::MiniBatch { .. } => Some("a step takes a batch, not one sample"),
            Training::FullBatch { .. } => Some("a step takes all data, not one sample"),
            _ => Some("a flow has no steps"),
        }
    }

    /// Weights of all layers.
    fn weights(&self, setting: &LayeredSetting) -> f64 {
        let networks = &setting.problem.networks;
        let hidden = self.hidden_widths(networks.architecture.depth());
        let widths: Vec<usize> = [networks.data.dimension()].into_iter().chain(hidden).chain([1]).collect();
        widths.windows(2).map(|pair| pair[0] as f64 * pair[1] as f64).sum()
    }
}

/// The keys, by themselves and with the problem.
pub(super) fn check(keys: &FiniteNetworkKeys, draft: &LayeredDraft, complaints: &mut SystemComplaints) {
    let hidden = draft.depth.saturating_sub(1);
    let count = keys.widths.len();
    let message = format!("`widths` has {count} numbers, and {hidden} layers are hidden");
    let help = "write one for each hidden layer, or `neurons` if all are equally wide";
    complaints.unless(count == 0 || count == hidden, "widths", message, help);
    let key = if keys.widths.is_empty() { "neurons" } else { "widths" };
    for width in keys.hidden_widths(draft.depth) {
        complaints.count(key, width, 1, MOST, "write e.g. neurons = 400");
    }
    check::check_training(keys, draft.end_time, draft.times, complaints);
    let is_coupled = keys.coupled || keys.copies == CopiesName::default();
    complaints.unless(
        is_coupled,
        "copies",
        "the network has no copies",
        "write coupled-network in place of finite-network",
    );
    refuse_others(keys, complaints);
    let help = "leave it out: these networks are plain";
    complaints.unless(keys.plain.is_none(), "plain", "`plain` stands beside residual networks", help);
    let weights = draft.setting.map_or(0.0, |setting| keys.weights(setting));
    let message = format!("the network would have {weights:.1e} weights, more than {MOST_WEIGHTS:e}");
    complaints.unless(weights <= MOST_WEIGHTS, key, message, "take fewer neurons");
}

/// Keys that two-layer networks alone have.
pub(super) fn refuse_others(keys: &FiniteNetworkKeys, complaints: &mut SystemComplaints) {
    let others = [
        ("risk", keys.risk == RiskName::Exact),
        ("monte-carlo", keys.monte_carlo == 0),
        ("noise-factor", keys.noise_factor == NOISE_FACTOR),
        ("precision", keys.precision == PrecisionName::Double),
        ("scaling", keys.scaling.is_default()),
        ("alpha", keys.alpha.is_none()),
        ("device", keys.device == DeviceName::Cpu),
    ];
    for (key, is_left_out) in others {
        let message = format!("`{key}` is of two-layer networks, and this model has layers");
        complaints.unless(is_left_out, key, message, "leave it out");
    }
}

/// Cost of the runs of all seeds.
pub(super) fn cost(keys: &FiniteNetworkKeys, setting: &LayeredSetting) -> Cost {
    let weights = keys.weights(setting);
    let points = setting.problem.networks.data.weights().len() as f64;
    let observing = setting.observed.observations() * weights * points * PER_PRODUCT;
    let steps = setting.end_time / keys.step_length();
    let training = match keys.training() {
        Training::OneSample { .. } => steps * 3.0 * weights * PER_MULTIPLICATION,
        Training::MiniBatch { batch, .. } => {
            steps * 3.0 * weights * (batch as f64 * PER_PRODUCT + PER_MULTIPLICATION)
        }
        Training::FullBatch { .. } => steps * 3.0 * weights * points * PER_PRODUCT,
        _ => EVALUATIONS * setting.end_time.sqrt() * 3.0 * weights * points * PER_PRODUCT,
    };
    let copied = if keys.coupled { weights_of_copies(keys, setting) } else { 0.0 };
    let copies = EVALUATIONS * setting.end_time.sqrt() * PER_COPY * copied;
    let runs = keys.seeds.len() as f64;
    let seconds = runs * (training + observing + copies * points * PER_PRODUCT);
    let hidden = keys.hidden_widths(setting.problem.networks.architecture.depth());
    let answers = setting.bytes_of_answers(hidden.iter().sum::<usize>() as f64);
    let own = if matches!(keys.training(), Training::Flow { .. }) { STAGES } else { 3.0 };
    let bytes = runs * (bytes(own * weights + STAGES * copied) + answers);
    Cost { seconds, bytes }
}

/// Weights of the flow that copies follow: of the limit with tagged neurons, or of the network alone.
fn weights_of_copies(keys: &FiniteNetworkKeys, setting: &LayeredSetting) -> f64 {
    if keys.copies == CopiesName::OwnFlow {
        return keys.weights(setting);
    }
    let networks = &setting.problem.networks;
    let hidden = keys.hidden_widths(networks.architecture.depth());
    let limit = atoms(&setting.problem.start, &coupled_resolution());
    let both = hidden.iter().zip(limit).map(|(neurons, atoms)| neurons + atoms);
    let widths: Vec<usize> = [networks.data.dimension()].into_iter().chain(both).chain([1]).collect();
    widths.windows(2).map(|pair| pair[0] as f64 * pair[1] as f64).sum()
}

/// One run for each seed.
pub(super) fn runs(keys: &FiniteNetworkKeys, setting: &LayeredSetting) -> Result<Vec<Run>, BuildError> {
    let widths = keys.hidden_widths(setting.problem.networks.architecture.depth());
    let narrowest = widths.iter().copied().min().unwrap_or(0);
    let steps = keys.step_size().map(|step_size| (facts::STEP_SIZE, step_size));
    let widest = widths.iter().copied().max().filter(|widest| *widest > narrowest);
    let widest = widest.map(|widest| (facts::WIDEST, widest as f64));
    let batch = keys.points_of_step(setting).filter(|points| *points != 1);
    let batch = batch.map(|points| (facts::BATCH, points as f64));
    let facts: Vec<_> =
        [(facts::NEURONS, narrowest as f64)].into_iter().chain(widest).chain(batch).chain(steps).collect();
    let run = |seed: &u64| {
        let system = system(keys, setting, &widths, *seed)?;
        Ok(Run { system, facts: facts.clone(), seed: Some(*seed) })
    };
    keys.seeds.iter().map(run).collect()
}

/// The network of one seed, with its copies where it is coupled.
fn system(
    keys: &FiniteNetworkKeys,
    setting: &LayeredSetting,
    widths: &[usize],
    seed: u64,
) -> Result<Box<dyn System>, BuildError> {
    let LayeredProblem { networks, start } = &setting.problem;
    let drawn = start.network(widths, seed);
    if !keys.coupled {
        let network = Network::new(networks.clone(), drawn.weights, keys.training(), seed)?;
        return Ok(Box::new(NetworkSystem::new(network)));
    }
    let grid = setting.end_time / LOOKS;
    let problem = networks.clone();
    let training = keys.training();
    let coupled = match keys.copies {
        CopiesName::Limit => {
            let resolution = coupled_resolution();
            CoupledNetwork::new(problem, start, &resolution, &drawn, training, seed, grid)?
        }
        CopiesName::OwnFlow => {
            let weights = drawn.weights;
            CoupledNetwork::beside_own_flow(problem, weights, training, seed, TOLERANCE_OF_COUPLED, grid)?
        }
    };
    Ok(Box::new(CoupledSystem::new(coupled)))
}

/// The limit that copies follow need not be known better than to a thousandth of what parts a
/// network from it.
fn coupled_resolution() -> Resolution {
    let mut resolution = Resolution::default();
    resolution.nodes = NODES_OF_COUPLED;
    resolution.tolerance = TOLERANCE_OF_COUPLED;
    resolution
}
