//! Networks beside their limit: distances and gaps fall like m^{−1/2}, steps err by their size, middle layers
//! keep their spread here and lose it in the plain scaling.

use meanfield_deep::architecture::{Architecture, LayerSchedule};
use meanfield_deep::law::EntryLaw;
use meanfield_deep::network::Network;
use meanfield_deep::problem::DeepProblem;
use meanfield_deep::residual::architecture::ResidualProblem;
use meanfield_deep::residual::coupling::{CoupledResidualNetwork, copies as coupled_paths};
use meanfield_deep::residual::flow::FeatureFlow;
use meanfield_deep::residual::gram::LimitGrams;
use meanfield_deep::residual::limit::ResidualLimit;
use meanfield_deep::residual::network::ResidualNetwork;
use meanfield_deep::spectral::empirical_gram;
use meanfield_deep::start::Start;
use meanfield_deep::statistics::{pre_activations, spread};
use meanfield_deep::training::Training;
use meanfield_model::activation::Shape;
use meanfield_model::loss::Loss;
use meanfield_run::cpu::process_seconds;
use ndarray::Array1;

use super::limit::resolution;
use super::problems::{problem, smooth, start};

const FLOW: Training = Training::Flow { tolerance: 1e-5 };

/// The slope of log y over log x, by least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let mean_x = logs.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = logs.iter().map(|(_, y)| y).sum::<f64>() / count;
    let products = logs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>();
    products / logs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum::<f64>()
}

fn grams(problem: &ResidualProblem) -> LimitGrams {
    let depth = problem.architecture.depth();
    LimitGrams::new(&problem.architecture, problem.data.inputs().view(), start().deviation(), depth)
}

fn coupled(problem: &ResidualProblem, paths: usize, width: usize, seed: u64) -> CoupledResidualNetwork {
    let drawn = start().network(problem, width, seed);
    let resolution = resolution(paths, 2, 77);
    let coupled = CoupledResidualNetwork::new(
        problem.clone(),
        &start(),
        &resolution,
        grams(problem),
        drawn,
        FLOW,
        seed,
    );
    coupled.expect("valid")
}

#[test]
fn copies_have_the_law_of_the_limit() {
    let problem = problem(5, 3, 3);
    let grams = grams(&problem);
    let drawn = start().network(&problem, 400, 1);
    let copies = coupled_paths(&grams, &drawn);
    // ᾱ is α where K̂ is K, and their covariance is that of normal deviates times K.
    let mut exact = drawn.clone();
    exact.grams[0] = grams.matrix(1).clone();
    let same = coupled_paths(&grams, &exact);
    assert!((&same.residuals[0] - &drawn.residuals[0]).iter().all(|x| x.abs() < 1e-9));
    let share = Array1::from_elem(400, 1.0 / 400.0);
    let own = empirical_gram(drawn.residuals[0].view(), &share);
    let turned = empirical_gram(copies.residuals[0].view(), &share);
    let trace =
        (own.diag().sum() / drawn.grams[0].diag().sum(), turned.diag().sum() / grams.matrix(1).diag().sum());
    assert!((trace.0 - trace.1).abs() < 0.2, "{trace:?}");
    assert!((&copies.residuals[0] - &drawn.residuals[0]).iter().any(|x| x.abs() > 1e-3));
}

#[test]
fn a_large_network_is_close_to_its_copies() {
    let problem = problem(5, 3, 3);
    let mut large = coupled(&problem, 2048, 800, 1);
    let mut small = coupled(&problem, 2048, 50, 1);
    for coupled in [&mut large, &mut small] {
        coupled.advance(0.5).expect("smooth");
        coupled.advance(1.0).expect("smooth");
    }
    for (own, other) in large.distances().iter().zip(small.distances()) {
        assert!(own.rms < 0.5 * other.rms && own.rms < 0.1, "{own:?} {other:?}");
    }
    assert!(large.largest_gap() < small.largest_gap() && large.largest_gap() < 0.02);
    let state = large.state();
    let mut resumed = coupled(&problem, 2048, 800, 1);
    resumed.restore(&state).expect("of its own");
    assert_eq!(resumed.distances(), large.distances());
}

/// Root mean squares over seeds: of sup_t |L_m(t) − L(t)|, and of the distances of features at the end.
fn effects_of_width(
    problem: &ResidualProblem,
    paths: usize,
    width: usize,
    seeds: u64,
    times: &[f64],
) -> Vec<f64> {
    let mut limit = ResidualLimit::new(problem.clone(), &start(), &resolution(paths, 8, 77)).expect("valid");
    let mut losses = Vec::new();
    for time in times {
        limit.advance(*time).expect("smooth");
        losses.push(limit.loss().value);
    }
    let mut squares = vec![0.0; problem.architecture.depth() + 1];
    for seed in 0..seeds {
        let mut coupled = coupled(problem, 2048, width, seed);
        let mut largest = 0.0;
        for (time, loss) in times.iter().zip(&losses) {
            coupled.advance(*time).expect("smooth");
            largest = f64::max(largest, (coupled.network().loss() - loss).abs());
        }
        squares[0] += largest * largest;
        for (square, distance) in squares[1..].iter_mut().zip(coupled.distances()) {
            *square += distance.rms.powi(2);
        }
    }
    squares.iter().map(|square| (square / seeds as f64).sqrt()).collect()
}

#[test]
#[ignore = "minutes: 24 networks of each of five widths"]
fn gaps_and_distances_fall_like_the_root_of_the_width() {
    let problem = problem(8, 4, 3);
    let widths = [50, 100, 200, 400, 800];
    let rows: Vec<Vec<f64>> = widths
        .iter()
        .map(|width| {
            let row = effects_of_width(&problem, 16_384, *width, 24, &[0.25, 0.5, 1.0, 2.0]);
            eprintln!("  m = {width}: gap {:.2e}, features {:.4?}", row[0], &row[1..]);
            row
        })
        .collect();
    // The first layer's copies are the network's own at t = 0 and are pushed apart later.
    for effect in 0..rows[0].len() {
        let points = widths.iter().zip(&rows).map(|(width, row)| (*width as f64, row[effect]));
        let slope = slope(&points.collect::<Vec<_>>());
        eprintln!("  effect {effect}: slope {slope:.3}");
        assert!((slope + 0.5).abs() < 0.12, "effect {effect}: {slope}");
    }
}

#[test]
fn steps_err_by_their_size() {
    let problem = problem(6, 4, 3);
    let drawn = start().network(&problem, 60, 5);
    let mut points = Vec::new();
    for step_size in [0.04, 0.02, 0.01, 0.005] {
        let training = Training::FullBatch { step_size };
        let mut network =
            ResidualNetwork::new(problem.clone(), drawn.paths.clone(), training, 1).expect("valid");
        let mut flow = FeatureFlow::new(problem.clone(), drawn.paths.clone(), 1e-8);
        let mut largest = 0.0;
        for look in 1..=50 {
            let time = 0.04 * f64::from(look);
            network.advance(time).expect("stable");
            flow.advance(time).expect("smooth");
            largest = f64::max(largest, (network.loss() - flow.loss()).abs());
        }
        eprintln!("  η = {step_size}: sup |L_k − L(kη)| = {largest:.3e}");
        points.push((step_size, largest));
    }
    let slope = slope(&points);
    eprintln!("  slope {slope:.3}");
    assert!((slope - 1.0).abs() < 0.05, "{slope}");
}

#[test]
fn one_sample_training_follows_the_flow() {
    let problem = problem(6, 4, 3);
    let drawn = start().network(&problem, 60, 5);
    let training = Training::OneSample { step_size: 0.002 };
    let mut network = ResidualNetwork::new(problem.clone(), drawn.paths.clone(), training, 1).expect("valid");
    let mut flow = FeatureFlow::new(problem, drawn.paths, 1e-6);
    network.advance(2.0).expect("stable");
    flow.advance(2.0).expect("smooth");
    let apart = (network.loss() - flow.loss()).abs();
    eprintln!("  {} and {} in the flow", network.loss(), flow.loss());
    assert!(apart < 0.1 * flow.loss() + 2e-3, "{apart}");
}

/// Spread of the middle layer of plain networks of four layers after training, by width.
fn plain_spread(problem: &ResidualProblem, width: usize) -> f64 {
    let tanh = || smooth(Shape::Tanh);
    let activations = vec![tanh(), tanh(), tanh(), meanfield_deep::activation::LayerActivation::Identity];
    let architecture =
        Architecture::new(activations, Loss::Squared, vec![LayerSchedule::PLAIN; 4]).expect("valid");
    let standard = EntryLaw::Normal { mean: 0.0, deviation: 1.0 };
    let shifted = EntryLaw::Normal { mean: 1.0, deviation: 1.0 };
    let start = Start::independent(vec![standard; 4], vec![shifted; 3]).expect("valid");
    let plain = DeepProblem::new(architecture, (*problem.data).clone());
    let weights = start.network(&[width; 3], 2).weights;
    let mut network =
        Network::new(plain.clone(), weights, Training::Flow { tolerance: 1e-5 }, 1).expect("valid");
    network.advance(1.0).expect("smooth");
    let atoms = network.atoms();
    let h = pre_activations(&plain.architecture, &atoms, plain.data.inputs().view());
    spread(&h[1], &atoms.shares[1], plain.data.weights().view())
}

#[test]
fn middle_layers_lose_their_spread_in_the_plain_scaling_and_keep_it_here() {
    let problem = problem(6, 4, 3);
    let mut plain = Vec::new();
    for width in [50_u16, 100, 200, 400] {
        plain.push((f64::from(width), plain_spread(&problem, usize::from(width))));
        let drawn = start().network(&problem, usize::from(width), 2);
        let mut flow = FeatureFlow::new(problem.clone(), drawn.paths, 1e-5);
        flow.advance(1.0).expect("smooth");
        let shares = flow.paths().shares.clone();
        let own = spread(flow.forward().features(2), &shares, problem.data.weights().view());
        eprintln!(
            "  m = {width}: spread {own:.3} here, {:.3} in the plain scaling",
            plain[plain.len() - 1].1
        );
        assert!(own > 0.9, "m = {width}: {own}");
    }
    let slope = slope(&plain);
    eprintln!("  plain scaling: slope {slope:.3}");
    assert!((slope + 0.5).abs() < 0.1, "{slope}");
}

#[test]
#[ignore = "a measurement: wants a processor of its own"]
fn a_flow_of_width_800_to_time_10_is_cheap() {
    let problem = problem(10, 5, 3);
    let drawn = start().network(&problem, 800, 1);
    let before = process_seconds();
    let mut flow = FeatureFlow::new(problem, drawn.paths, 1e-6);
    flow.advance(10.0).expect("smooth");
    let seconds = process_seconds() - before;
    eprintln!(
        "  {seconds:.2} CPU seconds, loss {:.2e}, energy to {:.1e}",
        flow.loss(),
        flow.energy_residual()
    );
    assert!(seconds < 10.0, "{seconds}");
}
