//! CPU time of neural feature flow of a residual network, L = 3, until t = 10, and of its right-hand side at
//! the start, with the input of rivals for the same work.
//!
//! ```text
//!   residual write FOLDER WIDTH   data, start, and what our flow makes of it, for the rivals
//!   residual time WIDTH           CPU seconds of the flow, and microseconds of a right-hand side
//! ```
//! Called by `scripts/bench`, which runs it and its rivals in turn.
#![allow(clippy::print_stdout, reason = "a program of its own: its output is the measurement")]

use std::path::Path;

use meanfield_deep::activation::LayerActivation;
use meanfield_deep::data::DataPoints;
use meanfield_deep::engine::Points;
use meanfield_deep::residual::architecture::{ResidualArchitecture, ResidualProblem};
use meanfield_deep::residual::engine::{PathWeights, ResidualEngine};
use meanfield_deep::residual::flow::FeatureFlow;
use meanfield_deep::residual::paths::Paths;
use meanfield_deep::residual::start::{Regression, ResidualStart};
use meanfield_model::activation::{Activation, Placement, Shape, Smooth};
use meanfield_model::loss::Loss;
use meanfield_random::deviates::normal;
use meanfield_random::stream::{Purpose, generator};
use meanfield_run::cpu::process_seconds;
use ndarray::{Array1, Array2, Axis};

const POINTS: usize = 10;
const DIMENSION: usize = 5;
const DEPTH: usize = 3;
const SEED: u64 = 1;
const TOLERANCE: f64 = 1e-6;
const END: f64 = 10.0;
/// Blocks of right-hand sides that are timed, and how many are in each.
const BLOCKS: usize = 20;
const EVALUATIONS: usize = 50;

fn problem() -> ResidualProblem {
    let tanh = || {
        let shape = Smooth { shape: Shape::Tanh, place: Placement::default() };
        LayerActivation::Other(Activation::Smooth(shape))
    };
    let architecture = ResidualArchitecture::new(DEPTH, tanh(), tanh(), Loss::Squared).expect("valid");
    let mut random = generator(11, Purpose::Inputs, DIMENSION as u64);
    let inputs = Array2::from_shape_simple_fn((POINTS, DIMENSION), || normal(&mut random));
    let labels: Array1<f64> = inputs.map_axis(Axis(1), |x| (1.5 * x[0]).sin() + 0.5 * x[1]) * 0.5;
    ResidualProblem::new(architecture, DataPoints::uniform(inputs, labels).expect("valid"))
}

fn start(problem: &ResidualProblem, width: usize) -> Paths {
    let start = ResidualStart::new(1.0, 1.0, Regression::MinimumNorm).expect("valid");
    start.network(problem, width, SEED).paths
}

fn flowed(problem: &ResidualProblem, start: &Paths) -> FeatureFlow {
    let mut flow = FeatureFlow::new(problem.clone(), start.clone(), TOLERANCE);
    flow.advance(END).expect("smooth");
    flow
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["write", folder, width] => write(Path::new(folder), number(width)),
        ["time", width] => time(number(width)),
        _ => println!("residual: see scripts/bench"),
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

/// Everything as little-endian doubles, row by row.
fn write(folder: &Path, width: usize) {
    let problem = problem();
    let start = start(&problem, width);
    let flow = flowed(&problem, &start);
    let setting = [width, POINTS, DIMENSION, DEPTH].map(|count| count as f64);
    let files = [
        ("setting", [&setting[..], &[TOLERANCE, END]].concat()),
        ("inputs", problem.data.inputs().iter().copied().collect()),
        ("labels", problem.data.labels().to_vec()),
        ("start", weights(&start)),
        ("drift", drift(&problem, &start)),
        ("features", flow.forward().features(DEPTH).iter().copied().collect()),
        ("outputs", flow.forward().outputs().to_vec()),
        ("evaluations", vec![flow.evaluations() as f64]),
    ];
    for (name, numbers) in files {
        let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        std::fs::write(folder.join(name), bytes).expect("the folder can be written");
    }
}

/// v_1, v_2 … v_L as matrices, v_{L+1}.
fn weights(paths: &Paths) -> Vec<f64> {
    let mut numbers: Vec<f64> = paths.first.iter().copied().collect();
    for pairs in &paths.pairs {
        numbers.extend(&pairs.matrix());
    }
    numbers.extend(&paths.last);
    numbers
}

/// G_1 … G_{L+1} in the shapes of the weights.
fn drift(problem: &ResidualProblem, paths: &Paths) -> Vec<f64> {
    let mut engine = ResidualEngine::new(problem.architecture.clone());
    engine.drift(PathWeights::from(paths), Points::from(&*problem.data));
    let mut first = Array2::zeros(paths.first.dim());
    engine.first_drift(problem.data.inputs().view(), &mut first);
    let mut numbers: Vec<f64> = first.iter().copied().collect();
    for layer in 2..=DEPTH {
        let [left, right] = engine.pair_drift(layer);
        numbers.extend(&left.t().dot(right));
    }
    numbers.extend(&engine.last_drift());
    numbers
}

fn time(width: usize) {
    let problem = problem();
    let start = start(&problem, width);
    let begin = process_seconds();
    let flow = flowed(&problem, &start);
    let flow_seconds = process_seconds() - begin;
    // As matrices, as the rival has them, whose rates are of the start.
    let matrices = flow.paths().clone().with_matrices();
    let mut engine = ResidualEngine::new(problem.architecture.clone());
    let evaluation = (0..BLOCKS).map(|_| evaluation_seconds(&mut engine, &problem, &matrices));
    let evaluation = evaluation.fold(f64::INFINITY, f64::min);
    println!("{flow_seconds:.4} {:.3}", 1e6 * evaluation);
}

/// A right-hand side, its matrices G_2 … G_L by their two sides.
fn evaluation_seconds(engine: &mut ResidualEngine, problem: &ResidualProblem, paths: &Paths) -> f64 {
    let mut first = Array2::zeros(paths.first.dim());
    let begin = process_seconds();
    for _ in 0..EVALUATIONS {
        engine.drift(PathWeights::from(paths), Points::from(&*problem.data));
        engine.first_drift(problem.data.inputs().view(), &mut first);
        std::hint::black_box(engine.last_drift());
    }
    (process_seconds() - begin) / EVALUATIONS as f64
}
