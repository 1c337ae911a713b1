//! Finite networks: every training is its equation, pauses and restarts change no bit.

use std::sync::Arc;

use meanfield_deep::architecture::{Architecture, LayerSchedule};
use meanfield_deep::atoms::Atoms;
use meanfield_deep::engine::{Engine, Neurons, Points};
use meanfield_deep::network::{Network, NetworkError};
use meanfield_deep::problem::DeepProblem;
use meanfield_deep::training::Training;
use meanfield_model::loss::Loss;
use meanfield_run::schedule::Schedule;
use ndarray::{Array2, Axis, array};

use crate::problems::{activations, curve, independent};

const WIDTHS: [&[usize]; 4] = [&[21], &[13, 17], &[9, 11, 8], &[10, 9, 12, 19]];

/// Layers with schedules of their own.
fn problem(depth: usize) -> DeepProblem {
    let schedules = (0..depth).map(|index| LayerSchedule::Trained {
        factor: 1.0 + 0.3 * index as f64,
        schedule: Schedule::Power { exponent: -0.1 * index as f64 },
    });
    let loss = Loss::Huber { threshold: 0.5 };
    let architecture = Architecture::new(activations(depth), loss, schedules.collect()).expect("valid");
    DeepProblem::new(architecture, curve())
}

fn network(widths: &[usize], training: Training) -> Network {
    let depth = widths.len() + 1;
    let weights = independent(depth).network(widths, 7).weights;
    Network::new(problem(depth), weights, training, 7).expect("valid")
}

/// A step with ndarray alone, on the mean over these points.
fn textbook(
    problem: &DeepProblem,
    weights: &[Array2<f64>],
    points: &[usize],
    sizes: &[f64],
) -> Vec<Array2<f64>> {
    let atoms = Atoms::network(weights.to_vec()).expect("fits");
    let mut engine = Engine::new(Arc::clone(&problem.architecture));
    let inputs = problem.data.inputs().select(Axis(0), points);
    let labels = problem.data.labels().select(Axis(0), points);
    let share = ndarray::Array1::from_elem(points.len(), 1.0 / points.len() as f64);
    let mut gradients: Vec<Array2<f64>> = weights.iter().map(|w| Array2::zeros(w.dim())).collect();
    let mut views: Vec<_> = gradients.iter_mut().map(|gradient| gradient.view_mut()).collect();
    let points = Points { inputs: inputs.view(), labels: labels.view(), weights: share.view() };
    engine.gradient(Neurons { weights: &atoms.views(), shares: &atoms.shares }, points, &mut views);
    weights.iter().zip(&gradients).zip(sizes).map(|((w, g), size)| w - &(g * *size)).collect()
}

fn largest_difference(a: &[Array2<f64>], b: &[Array2<f64>]) -> f64 {
    a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn a_one_sample_step_is_the_equation() {
    let step_size = 0.05;
    for widths in WIDTHS {
        let problem = problem(widths.len() + 1);
        let mut network = network(widths, Training::OneSample { step_size });
        for step in 1..30_u32 {
            let before = network.weights();
            network.stride(1e9, 1).expect("stable");
            let time = step_size * f64::from(step);
            let schedules = problem.architecture.schedules();
            let sizes: Vec<f64> = schedules.iter().map(|schedule| step_size * schedule.rate(time)).collect();
            // The sample is the one whose step it is.
            let differences = (0..problem.data.points()).map(|point| {
                largest_difference(&network.weights(), &textbook(&problem, &before, &[point], &sizes))
            });
            let least = differences.fold(f64::INFINITY, f64::min);
            assert!(least < 1e-14, "{widths:?} step {step}: {least}");
            assert!(largest_difference(&network.weights(), &before) > 1e-4);
        }
    }
}

#[test]
fn pauses_and_restarts_change_no_bit() {
    let step_size = 0.02;
    let trainings = [
        Training::OneSample { step_size },
        Training::MiniBatch { step_size, batch: 5 },
        Training::FullBatch { step_size },
        Training::Flow { tolerance: 1e-6 },
    ];
    for training in trainings {
        for widths in WIDTHS {
            let mut whole = network(widths, training);
            whole.advance(10.0).expect("stable");
            let mut paused = network(widths, training);
            let mut pauses = [1, 2, 5, 17, 100].into_iter().cycle();
            while paused.time() < 10.0 {
                paused.stride(10.0, pauses.next().expect("endless")).expect("stable");
                let mut other = network(widths, training);
                other.restore(&paused.state()).expect("of this network");
                paused = other;
            }
            assert_eq!(whole.state(), paused.state(), "{training:?} {widths:?}");
            assert!(whole.loss() < 0.3, "{training:?} {widths:?}: {}", whole.loss());
        }
    }
}

#[test]
fn batches_take_means() {
    let step_size = 0.1;
    let problem = problem(3);
    let mut all = network(&[13, 17], Training::FullBatch { step_size });
    let before = all.weights();
    all.stride(1e9, 1).expect("stable");
    let points: Vec<usize> = (0..40).collect();
    let schedules = problem.architecture.schedules();
    let sizes: Vec<f64> = schedules.iter().map(|schedule| step_size * schedule.rate(step_size)).collect();
    let expected = textbook(&problem, &before, &points, &sizes);
    assert!(largest_difference(&all.weights(), &expected) < 1e-15);
    // A batch of one is one sample.
    let mut one = network(&[13, 17], Training::OneSample { step_size });
    let mut batch = network(&[13, 17], Training::MiniBatch { step_size, batch: 1 });
    one.advance(20.0).expect("stable");
    batch.advance(20.0).expect("stable");
    assert!(largest_difference(&one.weights(), &batch.weights()) < 1e-11);
}

#[test]
fn small_steps_follow_the_flow() {
    // Plain schedules: sums over steps meet integrals to first order.
    let network = |training| {
        let weights = independent(3).network(&[13, 17], 7).weights;
        Network::new(crate::problems::problem(3, Loss::Squared), weights, training, 7).expect("valid")
    };
    let mut ends = Vec::new();
    let mut flow = network(Training::Flow { tolerance: 1e-9 });
    flow.advance(1.0).expect("smooth");
    for step_size in [0.02, 0.01] {
        let mut network = network(Training::FullBatch { step_size });
        network.advance(1.0).expect("stable");
        ends.push(largest_difference(&network.weights(), &flow.weights()));
    }
    let slope = (ends[0] / ends[1]).log2();
    assert!((slope - 1.0).abs() < 0.15, "{ends:?}");
}

#[test]
fn duplicated_neurons_train_as_one() {
    let step_size = 0.05;
    let start = independent(3).network(&[8, 6], 1).weights;
    let twice = vec![
        ndarray::concatenate![Axis(1), start[0], start[0]],
        ndarray::concatenate![Axis(0), start[1], start[1]],
        start[2].clone(),
    ];
    let training = Training::OneSample { step_size };
    let mut single = Network::new(problem(3), start, training, 4).expect("valid");
    let mut double = Network::new(problem(3), twice, training, 4).expect("valid");
    single.advance(10.0).expect("stable");
    double.advance(10.0).expect("stable");
    assert!((single.loss() - double.loss()).abs() < 1e-12, "{} {}", single.loss(), double.loss());
}

#[test]
fn what_is_wrong_with_a_network_is_said() {
    let training = Training::OneSample { step_size: 0.1 };
    let flat = vec![array![[1.0, 2.0]], array![[1.0], [2.0]]];
    let wrong = Network::new(problem(3), flat.clone(), training, 0).err();
    assert_eq!(wrong, Some(NetworkError::Problem { layers: 2, inputs: 1, depth: 3, dimension: 2 }));
    let training = Training::OneSample { step_size: 1e3 };
    let weights = independent(3).network(&[13, 17], 7).weights;
    let mut diverging =
        Network::new(crate::problems::problem(3, Loss::Squared), weights, training, 7).expect("valid");
    assert!(diverging.advance(1e6).is_err());
}
