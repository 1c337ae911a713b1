//! CPU time of a one-sample step and of the gradient flow's right-hand side for a network of three layers of
//! equal widths, and the input of rivals for the same work.
//!
//! ```text
//!   layers write FOLDER WIDTH   data, start, samples and what our engine makes of them, for the rivals
//!   layers time WIDTH           microseconds of a step, and of a right-hand side (minimum over blocks)
//! ```
//! Called by `scripts/bench`, which runs it and its rivals in turn. Every block begins at the same weights.
#![allow(clippy::print_stdout, reason = "a program of its own: its output is the measurement")]

use std::path::Path;

use meanfield_deep::activation::LayerActivation;
use meanfield_deep::architecture::{Architecture, LayerSchedule};
use meanfield_deep::atoms::Atoms;
use meanfield_deep::data::DataPoints;
use meanfield_deep::engine::{Engine, Neurons, Points};
use meanfield_deep::law::EntryLaw;
use meanfield_deep::network::Network;
use meanfield_deep::problem::DeepProblem;
use meanfield_deep::start::Start;
use meanfield_deep::training::{Sampler, Training};
use meanfield_model::activation::{Activation, Placement, Shape, Smooth};
use meanfield_model::loss::Loss;
use meanfield_run::cpu::process_seconds;
use ndarray::{Array1, Array2};

/// Coordinates of the inputs, and how many inputs there are.
const DIMENSION: usize = 2;
const POINTS: usize = 40;
const STEP_SIZE: f64 = 0.01;
const SEED: u64 = 1;
/// Steps after which weights are compared.
const COMPARED: u64 = 400;
/// Blocks that are timed; steps, and right-hand sides, in each.
const BLOCKS: usize = 20;
const STEPS: u64 = 1000;
const EVALUATIONS: usize = 20;

fn problem() -> DeepProblem {
    let tanh = Activation::Smooth(Smooth { shape: Shape::Tanh, place: Placement::default() });
    let tanh = LayerActivation::Other(tanh);
    let activations = vec![tanh.clone(), tanh, LayerActivation::Identity];
    let architecture = Architecture::new(activations, Loss::Squared, vec![LayerSchedule::PLAIN; 3]);
    let inputs = Array2::from_shape_fn((POINTS, DIMENSION), |(i, k)| (1.3 * i as f64 + 0.7 * k as f64).sin());
    let labels = Array1::from_shape_fn(POINTS, |i| (0.4 * i as f64).cos());
    let data = DataPoints::uniform(inputs, labels).expect("valid");
    DeepProblem::new(architecture.expect("valid"), data)
}

fn start(width: usize) -> Vec<Array2<f64>> {
    let normal = EntryLaw::Normal { mean: 0.5, deviation: 1.0 };
    let start = Start::independent(vec![normal; DIMENSION], vec![normal; 2]).expect("valid");
    start.network(&[width, width], SEED).weights
}

fn network(problem: &DeepProblem, start: &[Array2<f64>]) -> Network {
    let training = Training::OneSample { step_size: STEP_SIZE };
    Network::new(problem.clone(), start.to_vec(), training, SEED).expect("valid")
}

/// −dW_i/dt of the gradient flow, again and again.
struct RightHandSide<'a> {
    problem: &'a DeepProblem,
    atoms: Atoms,
    engine: Engine,
    gradients: Vec<Array2<f64>>,
}

impl<'a> RightHandSide<'a> {
    fn new(problem: &'a DeepProblem, start: &[Array2<f64>]) -> Self {
        let atoms = Atoms::network(start.to_vec()).expect("fits");
        let engine = Engine::new(problem.architecture.clone());
        let gradients = start.iter().map(|weights| Array2::zeros(weights.dim())).collect();
        Self { problem, atoms, engine, gradients }
    }

    fn evaluate(&mut self) {
        let Self { problem, atoms, engine, gradients } = self;
        let neurons = Neurons { weights: &atoms.views(), shares: &atoms.shares };
        let mut views: Vec<_> = gradients.iter_mut().map(|gradient| gradient.view_mut()).collect();
        engine.gradient(neurons, Points::from(&*problem.data), &mut views);
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["write", folder, width] => write(Path::new(folder), number(width)),
        ["time", width] => time(number(width)),
        _ => println!("layers: see scripts/bench"),
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

/// Everything as little-endian doubles, row by row, layers one after the other.
fn write(folder: &Path, width: usize) {
    let problem = problem();
    let start = start(width);
    let mut network = network(&problem, &start);
    network.stride(f64::INFINITY, COMPARED).expect("stable");
    let mut right_hand_side = RightHandSide::new(&problem, &start);
    right_hand_side.evaluate();
    let mut sampler = Sampler::new(&problem.data, SEED);
    let points = (0..STEPS).map(|draw| sampler.point(draw) as f64);
    let setting = [width, DIMENSION, COMPARED as usize].map(|count| count as f64);
    let files = [
        ("setting", [&setting[..], &[STEP_SIZE]].concat()),
        ("inputs", problem.data.inputs().iter().copied().collect()),
        ("labels", problem.data.labels().to_vec()),
        ("points", points.collect()),
        ("start", flat(&start)),
        ("trained", flat(&network.weights())),
        ("gradient", flat(&right_hand_side.gradients)),
    ];
    for (name, numbers) in files {
        let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        std::fs::write(folder.join(name), bytes).expect("the folder can be written");
    }
}

fn flat(matrices: &[Array2<f64>]) -> Vec<f64> {
    matrices.iter().flatten().copied().collect()
}

fn time(width: usize) {
    let problem = problem();
    let start = start(width);
    let step = (0..BLOCKS).map(|_| step_seconds(&problem, &start));
    let step = step.fold(f64::INFINITY, f64::min);
    let mut right_hand_side = RightHandSide::new(&problem, &start);
    right_hand_side.evaluate();
    let evaluation = (0..BLOCKS).map(|_| evaluation_seconds(&mut right_hand_side));
    let evaluation = evaluation.fold(f64::INFINITY, f64::min);
    println!("{:.3} {:.3}", 1e6 * step, 1e6 * evaluation);
}

fn step_seconds(problem: &DeepProblem, start: &[Array2<f64>]) -> f64 {
    let mut network = network(problem, start);
    let begin = process_seconds();
    network.stride(f64::INFINITY, STEPS).expect("stable");
    (process_seconds() - begin) / STEPS as f64
}

fn evaluation_seconds(right_hand_side: &mut RightHandSide) -> f64 {
    let begin = process_seconds();
    for _ in 0..EVALUATIONS {
        right_hand_side.evaluate();
    }
    (process_seconds() - begin) / EVALUATIONS as f64
}
