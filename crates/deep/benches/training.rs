//! Seconds a step of networks of three layers: one sample, and the flow's right-hand side. Run with
//! `cargo bench -p meanfield-deep`.
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

use std::time::Instant;

use meanfield_deep::activation::LayerActivation;
use meanfield_deep::architecture::{Architecture, LayerSchedule};
use meanfield_deep::data::DataPoints;
use meanfield_deep::law::EntryLaw;
use meanfield_deep::network::Network;
use meanfield_deep::problem::DeepProblem;
use meanfield_deep::start::Start;
use meanfield_deep::training::Training;
use meanfield_model::activation::{Activation, Placement, Shape, Smooth};
use meanfield_model::loss::Loss;
use ndarray::{Array1, Array2};

fn network(width: usize, dimension: usize, training: Training) -> Network {
    let tanh = Activation::Smooth(Smooth { shape: Shape::Tanh, place: Placement::default() });
    let tanh = LayerActivation::Other(tanh);
    let activations = vec![tanh.clone(), tanh, LayerActivation::Identity];
    let architecture = Architecture::new(activations, Loss::Squared, vec![LayerSchedule::PLAIN; 3]);
    let inputs = Array2::from_shape_fn((40, dimension), |(i, k)| (1.3 * i as f64 + 0.7 * k as f64).sin());
    let labels = Array1::from_shape_fn(40, |i| (0.4 * i as f64).cos());
    let data = DataPoints::uniform(inputs, labels).expect("valid");
    let problem = DeepProblem::new(architecture.expect("valid"), data);
    let normal = EntryLaw::Normal { mean: 0.5, deviation: 1.0 };
    let start = Start::independent(vec![normal; dimension], vec![normal; 2]).expect("valid");
    let weights = start.network(&[width, width], 1).weights;
    Network::new(problem, weights, training, 1).expect("valid")
}

fn main() {
    for dimension in [2, 20] {
        for width in [50, 100, 200, 400, 800] {
            let mut trained = network(width, dimension, Training::OneSample { step_size: 0.01 });
            let steps = 400_000_000 / (width * width + 2000) as u64 / 10;
            let started = Instant::now();
            trained.stride(1e9, steps).expect("stable");
            let micros = 1e6 * started.elapsed().as_secs_f64() / steps as f64;
            println!("one sample, d = {dimension}, width {width}: {micros:.2} µs a step");
        }
    }
    for width in [100, 400] {
        let mut flow = network(width, 2, Training::Flow { tolerance: 1e-6 });
        let started = Instant::now();
        flow.stride(1e9, 20).expect("smooth");
        let millis = 1e3 * started.elapsed().as_secs_f64() / 20.0;
        println!("flow, width {width}: {millis:.2} ms a step of six evaluations");
    }
}
