//! What is observed of a network's parameters: its risk, exact or from fresh samples, and the law of its
//! neurons. Nothing here trains; whoever trained the parameters, on whatever device, observes them alike.

use meanfield_model::finite_network;
use meanfield_model::loss::Loss;
use meanfield_model::measure::Measure;
use meanfield_model::unit::Unit;
use meanfield_random::stream::Purpose;
use meanfield_run::quantities::{
    CLASSIFICATION_ERROR, CLASSIFICATION_STANDARD_ERROR, RISK_MONTE_CARLO, RISK_MONTE_CARLO_ERROR,
};
use meanfield_run::record::WEIGHTS;
use meanfield_run::system::{FurtherLaw, Observation, Scalar};
use ndarray::{Array1, Array2};

use super::lazy;
use super::outputs::Outputs;
use super::setup::Setup;
use crate::sampler::{self, BLOCK};

/// Fresh samples behind the risk of a loss that has no closed form, unless another number is requested: they
/// leave about 1 % of it.
pub const DEFAULT_SAMPLES: usize = 10_000;

/// How a network defines its classification error.
const SHARE: &str = "share of fresh samples on which the output has the wrong sign, y ŷ(x) ≤ 0";

/// Whether the risk is computed, from a closed form.
pub fn has_exact_risk(setup: &Setup) -> bool {
    setup.exact_risk && setup.loss == Loss::Squared && finite_network::is_exact(&setup.data)
}

/// Fresh samples behind the estimate of the risk at each observation; 0 where there is none, as of one
/// sample, which has no standard error.
pub fn samples_of_risk(setup: &Setup) -> usize {
    match setup.monte_carlo {
        0 if !has_exact_risk(setup) => DEFAULT_SAMPLES,
        1 => 0,
        samples => samples,
    }
}

/// The same behind the classification error.
pub fn samples_of_classification(setup: &Setup) -> usize {
    match samples_of_risk(setup) {
        _ if !setup.classification_error => 0,
        0 => DEFAULT_SAMPLES,
        samples => samples,
    }
}

/// Risk, estimates and law of these parameters, shape (neuron, D), after `step` steps.
pub fn observe(setup: &Setup, step: u64, parameters: &Array2<f64>) -> Observation {
    let samples = samples_of_risk(setup);
    let estimate = (samples > 0).then(|| monte_carlo_risk(setup, step, parameters, samples));
    observe_beside(setup, step, parameters, estimate)
}

/// The same beside an estimate of the risk that was made elsewhere: mean and standard error over
/// [`samples_of_risk`] fresh samples, if there are any.
pub fn observe_beside(
    setup: &Setup,
    step: u64,
    parameters: &Array2<f64>,
    estimate: Option<(f64, f64)>,
) -> Observation {
    let Setup { data, activation, label_noise, .. } = setup;
    let exact = has_exact_risk(setup).then(|| {
        let (unit, neurons) = lazy::observed_neurons(setup, parameters);
        finite_network::risk(data, activation, unit, neurons.view()) + label_noise * label_noise
    });
    let mut scalars = Vec::new();
    if let Some((mean, error)) = estimate {
        scalars.push(Scalar::new(RISK_MONTE_CARLO, mean));
        scalars.push(Scalar::new(RISK_MONTE_CARLO_ERROR, error));
    }
    let estimated = estimate.map_or(f64::NAN, |(mean, _)| mean);
    let samples = samples_of_classification(setup);
    if samples > 0 {
        let (share, error) = classification_error(setup, step, parameters, samples);
        scalars.push(Scalar::defined(CLASSIFICATION_ERROR, SHARE, share));
        scalars.push(Scalar::new(CLASSIFICATION_STANDARD_ERROR, error));
    }
    Observation { risk: exact.unwrap_or(estimated), scalars, law: law(setup, parameters) }
}

/// The law of the neurons' reduced coordinates.
fn law(setup: &Setup, parameters: &Array2<f64>) -> Measure {
    let count = setup.coordinates.names().len();
    let mut points = Array2::zeros((setup.neurons, count));
    for (w, mut point) in parameters.rows().into_iter().zip(points.rows_mut()) {
        let w = w.to_vec();
        let mut z = vec![0.0; count];
        setup.coordinates.project(&w, &mut z);
        point.assign(&ndarray::aview1(&z));
    }
    let weights = Array1::from_elem(setup.neurons, 1.0 / setup.neurons as f64);
    Measure::Atoms { points, weights }
}

/// The law of all parameters, shape (neuron, D): nothing is reduced.
pub(super) fn weights(setup: &Setup, parameters: Array2<f64>) -> FurtherLaw {
    let outer = if setup.unit() == Unit::Affine { vec!["a".to_owned(), "b".to_owned()] } else { Vec::new() };
    let inner = (1..=setup.data.dimension()).map(|number| format!("weight_{number}"));
    let weights = Array1::from_elem(setup.neurons, 1.0 / setup.neurons as f64);
    FurtherLaw {
        name: WEIGHTS.to_owned(),
        coordinates: outer.into_iter().chain(inner).collect(),
        inputs: None,
        measure: Measure::Atoms { points: parameters, weights },
    }
}

/// Mean and standard error of ℓ(y, ŷ) over fresh samples (fewer than 2²⁸), other ones at every step k.
/// `parameters` has the shape (neuron, D).
pub fn monte_carlo_risk(setup: &Setup, step: u64, parameters: &Array2<f64>, samples: usize) -> (f64, f64) {
    let noise = setup.label_noise;
    over_samples(setup, (step, samples, noise), parameters, |label, output| setup.loss.value(label, output))
}

/// The share of fresh samples with y ŷ ≤ 0, labels without noise, and its standard error; on the inputs of
/// [`monte_carlo_risk`].
pub fn classification_error(
    setup: &Setup,
    step: u64,
    parameters: &Array2<f64>,
    samples: usize,
) -> (f64, f64) {
    over_samples(setup, (step, samples, 0.0), parameters, |label, output| f64::from(label * output <= 0.0))
}

/// Mean of a function of label and output, and its standard error, over so many samples that are drawn at a
/// step with this noise of labels.
fn over_samples(
    setup: &Setup,
    (step, samples, label_noise): (u64, usize, f64),
    parameters: &Array2<f64>,
    value: impl Fn(f64, f64) -> f64,
) -> (f64, f64) {
    let Setup { data, seed, activation, .. } = setup;
    let (unit, neurons) = lazy::observed_neurons(setup, parameters);
    let outputs = Outputs::new(unit, &neurons);
    let mut count = 0.0;
    let mut mean = 0.0;
    let mut squares = 0.0; // Welford's running mean and sum of squares
    for block in 0..samples.div_ceil(BLOCK) {
        let index = ((setup.steps_before() + step) << 20) + block as u64;
        let fresh = sampler::noisy_block(data, label_noise, *seed, Purpose::Evaluation, index);
        let outputs = outputs.on(activation, &fresh.x);
        for (output, y) in outputs.into_iter().zip(&fresh.y).take(samples - block * BLOCK) {
            let value = value(*y, output);
            let before = mean;
            count += 1.0;
            mean += (value - before) / count;
            squares += (value - before) * (value - mean);
        }
    }
    (mean, (squares / (count - 1.0) / count).sqrt())
}
