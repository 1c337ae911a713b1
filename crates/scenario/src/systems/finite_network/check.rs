//! Checks of a network's keys: steps that can be counted, seeds that differ.

use meanfield_model::loss::Loss;
use meanfield_model::recorded_start::RecordedStart;

use super::keys::{CopiesName, DeviceName, FiniteNetworkKeys, PrecisionName, RiskName, TrainingName};
use crate::ranges::LARGEST;
use crate::setting::Draft;
use crate::systems::complaints::{MOST, SystemComplaints};

/// Most steps of SGD: k, and k · 2²⁰ (which numbers the streams of Monte Carlo samples), are then exact.
const MOST_STEPS: f64 = 1e13;
/// Most samples of one Monte Carlo estimate.
const MOST_SAMPLES: usize = 10_000_000;
/// Most samples of a step of two-layer networks: they are drawn and multiplied at once.
const MOST_BATCH: usize = 65_536;
/// Largest seed: the record's axis of seeds is of doubles.
const LARGEST_SEED: u64 = (1 << 53) - 1;
/// Most seeds of a network.
const MOST_SEEDS: usize = 10_000;

/// The keys among themselves and with the scenario.
pub(super) fn check(keys: &FiniteNetworkKeys, draft: &Draft, complaints: &mut SystemComplaints) {
    complaints.count("neurons", keys.neuron_count(), 1, MOST, "write e.g. neurons = 800");
    check_steps(keys, draft.end_time, draft.times, complaints);
    let factor = keys.noise_factor;
    let message = format!("`noise-factor` must lie between 0 and 100; it is {factor:?}");
    let sensible = (0.0..=100.0).contains(&factor);
    complaints.unless(sensible, "noise-factor", message, "leave it out for the PDE's, 4.0");
    check_seeds(keys, complaints);
    let others = [
        ("widths", keys.widths.is_empty()),
        ("training", keys.training == TrainingName::default()),
        ("copies", keys.copies == CopiesName::default()),
        ("plain", keys.plain.is_none()),
    ];
    for (key, is_left_out) in others {
        let message = format!("`{key}` is of networks with layers, and this model has none");
        complaints.unless(is_left_out, key, message, "leave it out");
    }
    complaints.count("batch", keys.batch, 1, MOST_BATCH, "leave it out for one sample a step");
    let is_plain = keys.precision == PrecisionName::Double || draft.groups.are_alike();
    let message = "groups of parameters with steps or a ridge of their own are trained in 64 bits";
    complaints.unless(is_plain, "precision", message, "leave it out, or [dynamics] factors and ridge-on");
    let message = "steps of several samples are computed in 64 bits";
    let is_double = keys.precision == PrecisionName::Double;
    complaints.unless(is_double || keys.batch == 1, "precision", message, "leave it out");
    let help = match keys.risk {
        RiskName::Exact => "write 0 for none, or e.g. 10000",
        RiskName::Sampled => "leave it out for 10000, or write e.g. 100000",
    };
    complaints.unless(keys.monte_carlo != 1, "monte-carlo", "one sample has no standard error", help);
    complaints.count("monte-carlo", keys.monte_carlo, 0, MOST_SAMPLES, help);
    check_scaling(keys, draft, complaints);
}

/// A start that another run left: its networks as they are, or neurons drawn from its law.
pub(super) fn check_recorded(
    keys: &FiniteNetworkKeys,
    recorded: &RecordedStart,
    complaints: &mut SystemComplaints,
) {
    let message = "networks on a device begin with a stated start so far";
    complaints.unless(keys.device == DeviceName::Cpu, "device", message, "leave it out");
    let message = "copies begin with a stated start";
    complaints.unless_whole(!keys.coupled, message, "write finite-network in place of coupled-network");
    let Some(first) = recorded.networks().first() else { return };
    let neurons = first.parameters.nrows();
    let message = format!("the recorded networks have {neurons} neurons");
    complaints.unless(
        keys.neuron_count() == neurons,
        "neurons",
        message,
        &format!("write neurons = {neurons}"),
    );
    if let Some(seed) = keys.seeds.iter().find(|seed: &&u64| recorded.network(**seed).is_none()) {
        let known: Vec<String> = recorded.networks().iter().map(|own| own.seed.to_string()).collect();
        let message = format!("the record has no network of seed {seed}");
        complaints.unless(false, "seeds", message, &format!("write some of seeds = [{}]", known.join(", ")));
    }
}

/// What networks in the lazy scaling cannot have.
fn check_scaling(keys: &FiniteNetworkKeys, draft: &Draft, complaints: &mut SystemComplaints) {
    keys.scaling().check(draft, complaints);
    if keys.scaling.is_default() {
        return;
    }
    let message = "networks in the lazy scaling are trained with the squared loss alone so far";
    complaints.unless(draft.loss == Loss::Squared, "scaling", message, "leave out model.loss");
    let message = "copies follow the limit of the mean-field scaling";
    let help = "write finite-network in place of coupled-network";
    complaints.unless(!keys.coupled, "scaling", message, help);
    let message = "a device trains in the mean-field scaling alone so far";
    complaints.unless(keys.device == DeviceName::Cpu, "device", message, "leave out `device`");
}

/// How networks on points of data are trained: batch, steps and seeds.
pub(super) fn check_training(
    keys: &FiniteNetworkKeys,
    end_time: f64,
    times: Option<[(&'static str, &[f64]); 2]>,
    complaints: &mut SystemComplaints,
) {
    complaints.count("batch", keys.batch, 1, MOST, "leave it out for one sample a step");
    let is_alone = keys.batch == 1 || keys.training == TrainingName::Samples;
    complaints.unless(is_alone, "batch", "a batch is of samples", "leave out `batch` or `training`");
    check_steps(keys, end_time, times, complaints);
    check_seeds(keys, complaints);
}

/// The step, with the times at which it is observed.
pub(super) fn check_steps(
    keys: &FiniteNetworkKeys,
    end_time: f64,
    times: Option<[(&'static str, &[f64]); 2]>,
    complaints: &mut SystemComplaints,
) {
    let size = keys.step_length();
    let help = "MMN 2018, Fig. 1: step-size = 1e-6";
    if keys.training == TrainingName::Flow {
        let message = "a gradient flow has no steps of its own";
        return complaints.unless(size == 0.0, "step-size", message, "leave it out");
    }
    let positive = size > 0.0 && size.is_finite();
    let found = if size == 0.0 { "0, or missing".to_owned() } else { format!("{size:?}") };
    let message = format!("`step-size` must be a positive number; it is {found}");
    complaints.unless(positive, "step-size", message, help);
    if let Some(lists) = times.filter(|_| positive) {
        steps(size, end_time, lists, complaints);
    }
}

/// The seeds.
pub(super) fn check_seeds(keys: &FiniteNetworkKeys, complaints: &mut SystemComplaints) {
    let count = keys.seeds.len();
    if count > MOST_SEEDS {
        let message = format!("`seeds` has {count} numbers, more than {MOST_SEEDS}: each is a run");
        return complaints.unless(false, "seeds", message, "write e.g. seeds = [1, 2]");
    }
    seeds(&keys.seeds, complaints);
}

fn seeds(seeds: &[u64], complaints: &mut SystemComplaints) {
    let mut distinct = seeds.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let sensible = !seeds.is_empty() && distinct.len() == seeds.len();
    let message = "there is one run for each seed: write at least one, all different";
    let help = "write e.g. seeds = [1, 2]";
    complaints.unless(sensible, "seeds", message, help);
    let small = seeds.iter().all(|seed| *seed <= LARGEST_SEED);
    complaints.unless(small, "seeds", format!("a seed is at most {LARGEST_SEED}"), help);
}

/// Steps that can be counted, and a step of its own for each time observed.
fn steps(step_size: f64, end: f64, lists: [(&'static str, &[f64]); 2], complaints: &mut SystemComplaints) {
    let count = end / step_size;
    let message =
        format!("end-time / step-size is {count:.1e}, more than the {MOST_STEPS:e} steps that are counted");
    complaints.unless(count <= MOST_STEPS, "step-size", message, "write a larger step-size, e.g. 1e-6");
    let message = format!("one step of {step_size:?} is longer than the whole run, until {end:?}");
    let help = format!("write a step-size of at most {:.0e}", round_down(0.1 * end));
    complaints.unless(step_size <= end, "step-size", message, &help);
    if step_size <= end {
        lists.into_iter().for_each(|(list, times)| distinct_steps(step_size, list, times, complaints));
    }
}

/// No two times of a list may fall on the same step.
fn distinct_steps(step_size: f64, list: &str, times: &[f64], complaints: &mut SystemComplaints) {
    let same = times.windows(2).find(|pair| step_of(pair[0], step_size) == step_of(pair[1], step_size));
    let Some([before, after]) = same else { return };
    let message = format!(
        "steps of {step_size:?} are too long for `{list}`: {:?} and {:?} fall on the same step, k = {}",
        rounded(*before),
        rounded(*after),
        step_of(*before, step_size)
    );
    let spacing = times.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
    let help = format!("write a step-size of at most {:.0e}, or `{list}` further apart", round_down(spacing));
    complaints.unless(false, "step-size", message, &help);
}

/// k of a time.
fn step_of(time: f64, step_size: f64) -> f64 {
    (time / step_size).round()
}

/// Steps with a ridge must leave a share of the weights; the first, of length ε ξ(ε), is the longest.
pub(super) fn check_ridge(keys: &FiniteNetworkKeys, draft: &Draft, complaints: &mut SystemComplaints) {
    let held = draft.groups.all(draft.unit).filter(|group| group.has_ridge);
    let factor = held.map(|group| group.factor).fold(0.0, f64::max);
    let ridge = draft.bath.ridge;
    let step_size = keys.step_length();
    let rate = factor * draft.schedule.rate(step_size);
    // A ridge or a step size that is no sensible number is reported elsewhere.
    let share = 1.0 - 2.0 * ridge * step_size * rate;
    if share <= 0.0 && ridge <= LARGEST && step_size.is_finite() {
        let message = format!(
            "the ridge {ridge:?} leaves 1 − 2λ ε ξ(ε) = {share:.3e} of the weights at the first step: nothing"
        );
        let step = round_down(0.49 / ridge / rate);
        let weaker = round_down(0.49 / step_size / rate);
        let help = format!("write a step-size of at most {step:.0e}, or a ridge of at most {weaker:.0e}");
        complaints.unless(false, "step-size", message, &help);
    }
}

/// A time to six digits, as people write it.
fn rounded(time: f64) -> f64 {
    format!("{time:.5e}").parse().unwrap_or(time)
}

/// A number of one digit that is not above `x` > 0.
fn round_down(x: f64) -> f64 {
    let unit = 10_f64.powf(x.log10().floor());
    let digit = (x / unit).floor();
    if digit < 1.0 { 0.9 * unit } else { digit * unit }
}
