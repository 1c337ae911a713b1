//! The cost of SGD: steps of training, and the risk at each observation.

use meanfield_gpu::speed;
use meanfield_gpu::trainer::Shape;
use meanfield_model::activation::Activation;
use meanfield_particle::finite_network::{Setup, has_exact_risk, samples_of_classification, samples_of_risk};
use meanfield_run::system::Cost;

use super::keys::{DeviceName, FiniteNetworkKeys, PrecisionName};
use crate::expense::bytes;
use crate::setting::Setting;

/// CPU seconds of a step: for each weight, for each coordinate of the sample, and at least.
const PER_WEIGHT: f64 = 1.15e-10;
const PER_INPUT: f64 = 3e-9;
const PER_STEP: f64 = 3e-7;
/// CPU seconds of a step of several samples: at least; for each sample and weight; each sample and neuron.
const PER_BATCH: f64 = 3e-6;
const PER_FLOP: f64 = 3e-10;
const PER_VALUE: f64 = 6e-9;
/// From about so many coordinates on a block of samples leaves the cache: each then costs in proportion to
/// their number, up to so many times as much.
const CACHED: f64 = 2e4;
const UNCACHED: f64 = 20.0;
/// Share of it in single precision.
const SINGLE: f64 = 0.6;
/// CPU seconds of a deviate of the noise, of which a neuron takes one a step and one for each weight a block
/// of so many steps.
const PER_DEVIATE: f64 = 5e-9;
const BLOCK: f64 = 32.0;
/// CPU seconds of an exact risk: for each pair of neurons, for each neuron; with one block of coordinates,
/// with two. Training makes neurons parallel, whose pairs take longer.
const PER_PAIR: [f64; 2] = [2e-8, 5e-8];
const PER_NEURON: [f64; 2] = [4e-6, 8e-6];
/// The same for each neuron of a σ without closed forms: of a known shape, and of any other.
const PER_NEURON_OF_TABLES: [f64; 2] = [6e-5, 2e-4];
/// Nodes of the inputs along a direction, at which the exact risk is that of one class with one block: a
/// usual number, times what pairs of a σ with closed forms take there, and of any other.
const NODES: [f64; 2] = [60.0, 200.0];
const NODES_OF_POLYNOMIAL: f64 = 20.0;
/// CPU seconds of a risk by fresh samples: for each sample and neuron, for each sample and weight.
const PER_OUTPUT: f64 = 6.4e-9;
const PER_PRODUCT: f64 = 5e-11;
/// What a smooth σ takes of the former, and for each class from which a sample may be.
const SMOOTH: f64 = 2.2;
const PER_CLASS: f64 = 4e-9;
/// Coordinates whose products are within [`PER_PAIR`].
const FEW: f64 = 1000.0;
/// Samples that are drawn at once; numbers that are held of a block of samples, for each of its coordinates
/// and steps; twice where it is noisy.
const DRAWN: f64 = 256.0;
const HELD: f64 = 3.0;
/// Numbers for each neuron of every network; and of the networks at work, one a core, for each weight
/// (shards, samples' products) and each neuron (inputs of a block, orders of an exact risk).
const KEPT: f64 = 40.0;
const WEIGHT: f64 = 3.0;
const NEURON: f64 = 300.0;

/// All seeds of a network.
pub(super) fn cost(keys: &FiniteNetworkKeys, setting: &Setting) -> Cost {
    let neurons = keys.neuron_count() as f64;
    let dimension = setting.problem.data().dimension() as f64;
    let steps = setting.end_time / keys.step_length();
    let weights = neurons * dimension;
    let step = of_step(keys, setting, neurons, dimension);
    // A network in mid-block is a copy, trained to its step.
    let observing = setting.observations() * (of_risk(keys, setting, neurons, weights) + 0.5 * BLOCK * step);
    let kept = if setting.observed.weights { dimension } else { 0.0 };
    let each = setting.observed.snapshots as f64 * (setting.coordinates() as f64 + kept);
    let recorded = neurons * (KEPT + each);
    let seeds = keys.seeds.len() as f64;
    Cost { seconds: seeds * (steps * step + observing), bytes: bytes(seeds * (weights + recorded)) }
}

/// Memory of a network while it is trained.
pub(super) fn bytes_at_work(keys: &FiniteNetworkKeys, setting: &Setting) -> f64 {
    let neurons = keys.neuron_count() as f64;
    let dimension = setting.problem.data().dimension() as f64;
    let noisy = if setting.bath().is_noisy() { 2.0 } else { 1.0 };
    let block = noisy * HELD * BLOCK * dimension;
    bytes(WEIGHT * neurons * dimension + NEURON * neurons + DRAWN * dimension + block)
}

/// The longest that a network computes without a pause: its risk, or the draw of samples.
pub(super) fn longest_moment(keys: &FiniteNetworkKeys, setting: &Setting) -> f64 {
    let neurons = keys.neuron_count() as f64;
    let dimension = setting.problem.data().dimension() as f64;
    let step = of_step(keys, setting, neurons, dimension);
    of_risk(keys, setting, neurons, neurons * dimension) + BLOCK * step + DRAWN * PER_DEVIATE * dimension
}

fn of_step(keys: &FiniteNetworkKeys, setting: &Setting, neurons: f64, dimension: f64) -> f64 {
    if keys.device == DeviceName::Gpu {
        return on_device(keys, setting);
    }
    if keys.batch > 1 {
        let samples = keys.batch as f64;
        let per_sample = PER_INPUT * dimension + PER_FLOP * neurons * dimension + PER_VALUE * neurons;
        let noise = if setting.bath().is_noisy() { PER_DEVIATE * neurons * dimension } else { 0.0 };
        return PER_BATCH + samples * per_sample + noise;
    }
    // The start answers to every sample, too.
    let answers = if keys.scaling.is_default() { 1.0 } else { 2.0 };
    let share = answers * if keys.precision == PrecisionName::Single { SINGLE } else { 1.0 };
    let deviates = if setting.bath().is_noisy() { neurons * (1.0 + dimension / BLOCK) } else { 0.0 };
    let per_input = PER_INPUT * (1.0 + dimension / CACHED).min(UNCACHED);
    PER_STEP + per_input * dimension + share * PER_WEIGHT * neurons * dimension + PER_DEVIATE * deviates
}

/// Seconds of a step on a device that is full of networks; none where no kernel trains them, which is
/// refused.
fn on_device(keys: &FiniteNetworkKeys, setting: &Setting) -> f64 {
    Shape::new(&setup(keys, setting)).map_or(0.0, |shape| speed::seconds_of_step(&shape))
}

/// A run, of whatever seed.
fn setup(keys: &FiniteNetworkKeys, setting: &Setting) -> Setup {
    keys.setup(setting, 0)
}

fn of_risk(keys: &FiniteNetworkKeys, setting: &Setting, neurons: f64, weights: f64) -> f64 {
    let observed = if keys.scaling.is_default() { 1.0 } else { 2.0 };
    let (neurons, weights) = (observed * neurons, observed * weights);
    let setup = setup(keys, setting);
    let products = PER_PRODUCT * (weights - FEW * neurons).max(0.0);
    let conditional = nodes(setting);
    let blocks = usize::from(conditional.is_none() && setting.coordinates() > 1);
    // Given an input along a direction neurons are looked up in one table.
    let tables = of_tables(setting.problem.activation()).filter(|_| conditional.is_none());
    let per_neuron = tables.unwrap_or(PER_NEURON[blocks]);
    let exact = match answers_to_points(setting) {
        Some(points) => points * PER_OUTPUT * neurons,
        None => (PER_PAIR[blocks] * neurons + products) * neurons + per_neuron * neurons,
    };
    let per_sample = of_sample(setting, neurons, weights);
    let per_estimate = match keys.device {
        DeviceName::Gpu => on_device(keys, setting),
        DeviceName::Cpu => per_sample,
    };
    let estimated = samples_of_risk(&setup) as f64 * per_estimate;
    let counted = samples_of_classification(&setup) as f64 * per_sample;
    let computed = if has_exact_risk(&setup) { conditional.unwrap_or(1.0) * exact } else { 0.0 };
    computed + estimated + counted
}

/// CPU seconds of a fresh sample: it is drawn, and every neuron answers to it.
fn of_sample(setting: &Setting, neurons: f64, weights: f64) -> f64 {
    let data = setting.problem.data().mixture();
    let drawn = PER_INPUT * data.dimension() as f64 + PER_CLASS * data.components.len() as f64;
    let value = match setting.problem.activation() {
        Activation::PiecewiseLinear(_) | Activation::Polynomial(_) => 1.0,
        _ => SMOOTH,
    };
    drawn + value * PER_OUTPUT * neurons + PER_PRODUCT * weights
}

/// CPU seconds of an exact risk for each neuron, where σ has no closed forms: they are in tables that are
/// found anew for every neuron.
fn of_tables(activation: &Activation) -> Option<f64> {
    let is_any = usize::from(matches!(activation, Activation::Interpolated(_)));
    (!activation.has_closed_means()).then_some(PER_NEURON_OF_TABLES[is_any])
}

/// Points whose answers are the exact risk, where data are points; None on other data.
fn answers_to_points(setting: &Setting) -> Option<f64> {
    let data = setting.problem.data().mixture();
    (data.dimension() == data.directions()).then_some(data.components.len() as f64)
}

/// Inputs along a direction, given which all neurons see normal ones; None on other data.
fn nodes(setting: &Setting) -> Option<f64> {
    let data = setting.problem.data().mixture();
    let activation = setting.problem.activation();
    let each = match activation {
        Activation::Polynomial(_) => NODES_OF_POLYNOMIAL,
        _ => NODES[usize::from(!activation.has_closed_means())],
    };
    let is_conditional = data.directions() == 1 && data.dimension() > 1;
    is_conditional.then_some(each * data.components.len() as f64)
}
