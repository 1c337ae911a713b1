//! What the step size does to the loss: predicted, and found in many networks.

use meanfield_deep::activation::LayerActivation;
use meanfield_deep::architecture::{Architecture, LayerSchedule};
use meanfield_deep::atoms::Atoms;
use meanfield_deep::data::DataPoints;
use meanfield_deep::fluctuations::{Differences, FluctuationError, step_effects};
use meanfield_deep::law::EntryLaw;
use meanfield_deep::limit::Limit;
use meanfield_deep::network::Network;
use meanfield_deep::problem::DeepProblem;
use meanfield_deep::quadrature::Resolution;
use meanfield_deep::start::Start;
use meanfield_deep::training::Training;
use meanfield_deep::width_effects::width_effects;
use meanfield_model::loss::Loss;
use meanfield_run::schedule::Schedule;
use ndarray::{Array2, array};

use crate::problems::{activations, curve, independent, tanh};

/// A small problem of three layers, and a network for it: the predictions hold for any atoms.
fn small() -> (DeepProblem, Vec<Array2<f64>>) {
    let inputs = array![[-1.0, 1.0], [-0.3, 1.0], [0.4, 1.0], [1.2, 1.0]];
    let data = DataPoints::uniform(inputs, array![-0.8, 0.4, -0.2, 0.9]).expect("valid");
    let activations = vec![tanh(), tanh(), LayerActivation::Identity];
    let architecture = Architecture::new(activations, Loss::Squared, vec![LayerSchedule::PLAIN; 3]);
    (DeepProblem::new(architecture.expect("valid"), data), independent(3).network(&[6, 5], 2).weights)
}

/// Mean, its error and variance of the loss at t = 2 over seeds.
fn moments(training: Training, seeds: u64) -> [f64; 3] {
    let (problem, weights) = small();
    let losses: Vec<f64> = (0..seeds)
        .map(|seed| {
            let mut network = Network::new(problem.clone(), weights.clone(), training, seed).expect("valid");
            network.advance(2.0).expect("stable");
            network.loss()
        })
        .collect();
    let count = seeds as f64;
    let mean = losses.iter().sum::<f64>() / count;
    let variance = losses.iter().map(|loss| (loss - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    [mean, (variance / count).sqrt(), variance]
}

#[test]
fn networks_lie_in_the_predicted_band() {
    let (problem, weights) = small();
    let mut differences = Differences::default();
    differences.spacing = 0.2;
    differences.displacement = 0.02;
    let atoms = Atoms::network(weights).expect("fits");
    let effects = step_effects(&problem, atoms, &[1.0, 2.0], &differences).expect("smooth");
    let effect = effects[1];
    let step_size = 0.01;
    for batch in [1, 4] {
        let training = match batch {
            1 => Training::OneSample { step_size },
            _ => Training::MiniBatch { step_size, batch },
        };
        let [mean, error, variance] = moments(training, 6_000 / batch as u64);
        let predicted = step_size * effect.bias(batch);
        let found = mean - effect.loss;
        let spread = (step_size * effect.variance / batch as f64).sqrt();
        eprintln!("B = {batch}: bias {found:e} ± {error:e}, predicted {predicted:e}");
        eprintln!("        spread {:e}, predicted {spread:e}", variance.sqrt());
        // Second order in ε: a few percent.
        assert!((found - predicted).abs() < 4.0 * error + 0.05 * predicted.abs(), "B = {batch}");
        assert!((variance.sqrt() / spread - 1.0).abs() < 0.08, "B = {batch}");
    }
    // Gradient descent on all data: no noise at all.
    let [descent, ..] = moments(Training::FullBatch { step_size: 0.002 }, 1);
    let found = (descent - effect.loss) / 0.002;
    eprintln!("descent {found}, predicted {}", effect.descent);
    assert!((found / effect.descent - 1.0).abs() < 0.05, "{found} {}", effect.descent);
}

#[test]
fn schedules_that_vary_are_refused() {
    let steep = LayerSchedule::Trained { factor: 1.0, schedule: Schedule::Power { exponent: -0.25 } };
    let schedules = vec![LayerSchedule::PLAIN, steep, LayerSchedule::PLAIN];
    let architecture = Architecture::new(activations(3), Loss::Squared, schedules).expect("valid");
    let problem = DeepProblem::new(architecture, curve());
    let atoms = Atoms::network(independent(3).network(&[2, 2], 0).weights).expect("fits");
    let refused = step_effects(&problem, atoms, &[1.0], &Differences::default());
    assert!(matches!(refused, Err(FluctuationError::Schedule(2))));
}

#[test]
fn widths_do_what_is_predicted() {
    let (problem, _) = small();
    let pair = EntryLaw::TwoPoint { first: -0.6, second: 1.2 };
    let normal = EntryLaw::Normal { mean: 0.8, deviation: 0.6 };
    let start = Start::independent(vec![pair; 2], vec![normal, pair]).expect("valid");
    let mut resolution = Resolution::default();
    resolution.tolerance = 1e-9;
    let mut limit = Limit::new(problem.clone(), &start, &resolution).expect("exact");
    let mut differences = Differences::default();
    differences.tolerance = 1e-10;
    differences.displacement = 0.02;
    let effects = width_effects(&limit, &start, &[2.0], &differences).expect("smooth");
    limit.advance(2.0).expect("smooth");
    for widths in [[60, 300], [300, 60]] {
        let seeds = 600;
        let losses: Vec<f64> = (0..seeds)
            .map(|seed| {
                let weights = start.network(&widths, seed).weights;
                let training = Training::Flow { tolerance: 1e-5 };
                let mut network = Network::new(problem.clone(), weights, training, seed).expect("valid");
                network.advance(2.0).expect("smooth");
                network.loss() - limit.flow_mut().loss()
            })
            .collect();
        let mean = losses.iter().sum::<f64>() / seeds as f64;
        let variance = losses.iter().map(|loss| (loss - mean).powi(2)).sum::<f64>() / seeds as f64;
        let error = (variance / seeds as f64).sqrt();
        let pairs = effects[0].iter().zip(widths);
        let predicted: f64 = pairs.clone().map(|(effect, width)| effect.bias / width as f64).sum();
        let spread: f64 = pairs.map(|(effect, width)| effect.variance / width as f64).sum();
        eprintln!("{widths:?}: bias {mean:e} ± {error:e}, predicted {predicted:e}; {:?}", effects[0]);
        eprintln!("    spread {:e}, predicted {:e}", variance.sqrt(), spread.sqrt());
        assert!((mean - predicted).abs() < 4.0 * error + 0.1 * predicted.abs(), "{widths:?}");
        assert!(((variance / spread).sqrt() - 1.0).abs() < 0.1, "{widths:?}");
    }
}
