//! What is observed of a network's parameters: its risk, exact or from fresh samples, and the law of its
//! neurons. Nothing here trains; whoever trained the parameters, on whatever device, observes them alike.

use meanfield_model::finite_network;
use meanfield_model::loss::Loss;
use meanfield_model::measure::Measure;
use meanfield_model::unit::Neurons;
use meanfield_random::stream::Purpose;
use meanfield_run::quantities::{RISK_MONTE_CARLO, RISK_MONTE_CARLO_ERROR};
use meanfield_run::system::{Observation, Scalar};
use ndarray::{Array1, Array2};

use super::setup::Setup;
use crate::sampler::{self, BLOCK};

/// Fresh samples behind the risk of a loss that has no closed form, unless another number is requested: they
/// leave about 1 % of it.
pub const DEFAULT_SAMPLES: usize = 10_000;

/// Risk, estimates and law of these parameters, shape (neuron, D), after `step` steps.
pub fn observe(setup: &Setup, step: u64, parameters: &Array2<f64>) -> Observation {
    let Setup { data, activation, loss, monte_carlo, label_noise, .. } = setup;
    let unit = setup.unit();
    let exact = (*loss == Loss::Squared && finite_network::is_exact(data))
        .then(|| finite_network::risk(data, activation, unit, parameters.view()) + label_noise * label_noise);
    let samples = if exact.is_none() && *monte_carlo == 0 { DEFAULT_SAMPLES } else { *monte_carlo };
    let mut scalars = Vec::new();
    let mut estimate = f64::NAN;
    if samples > 1 {
        let (mean, error) = monte_carlo_risk(setup, step, parameters, samples);
        estimate = mean;
        scalars.push(Scalar::new(RISK_MONTE_CARLO, mean));
        scalars.push(Scalar::new(RISK_MONTE_CARLO_ERROR, error));
    }
    Observation { risk: exact.unwrap_or(estimate), scalars, law: law(setup, parameters) }
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

/// Mean and standard error of ℓ(y, ŷ) over fresh samples (fewer than 2²⁸), other ones at every step k.
/// `parameters` has the shape (neuron, D).
pub fn monte_carlo_risk(setup: &Setup, step: u64, parameters: &Array2<f64>, samples: usize) -> (f64, f64) {
    let Setup { data, seed, activation, loss, label_noise, .. } = setup;
    let Neurons { outer, offsets, weights } = setup.unit().neurons(parameters.view());
    let mut count = 0.0;
    let mut mean = 0.0;
    let mut squares = 0.0; // Welford's running mean and sum of squares
    for block in 0..samples.div_ceil(BLOCK) {
        let index = (step << 20) + block as u64;
        let fresh = sampler::noisy_block(data, *label_noise, *seed, Purpose::Evaluation, index);
        let z = fresh.x.dot(&weights.t());
        for (z, y) in z.rows().into_iter().zip(&fresh.y).take(samples - block * BLOCK) {
            let output = z
                .iter()
                .zip(&outer)
                .zip(&offsets)
                .map(|((z, a), b): ((&f64, &f64), &f64)| a * activation.value(z + b))
                .sum::<f64>()
                / z.len() as f64;
            let value = loss.value(*y, output);
            let before = mean;
            count += 1.0;
            mean += (value - before) / count;
            squares += (value - before) * (value - mean);
        }
    }
    (mean, (squares / (count - 1.0) / count).sqrt())
}
