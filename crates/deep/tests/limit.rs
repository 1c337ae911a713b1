//! The limit: its certificates, that it depends on no seed and no resolution, what it may forget.

use meanfield_deep::architecture::{Architecture, LayerSchedule};
use meanfield_deep::atoms::Atoms;
use meanfield_deep::flow::GradientFlow;
use meanfield_deep::latents::LatentSeries;
use meanfield_deep::law::EntryLaw;
use meanfield_deep::limit::Limit;
use meanfield_deep::problem::DeepProblem;
use meanfield_deep::quadrature::Resolution;
use meanfield_deep::start::Start;
use meanfield_model::loss::Loss;
use meanfield_run::schedule::Schedule;
use ndarray::{Array2, array};

use crate::problems::{STANDARD, activations, curve, independent, problem};

fn limit(depth: usize, resolution: &Resolution) -> Limit {
    let problem = problem(depth, Loss::Huber { threshold: 0.5 });
    Limit::new(problem, &independent(depth), resolution).expect("converges")
}

/// Losses at a few times.
fn losses(limit: &mut Limit) -> Vec<f64> {
    let mut losses = vec![limit.loss()];
    for time in [1.0, 3.0, 6.0] {
        limit.advance(time).expect("smooth");
        losses.push(limit.loss());
    }
    losses
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The error that half the resolution shows is above the one that a finer resolution does.
fn error_is_stated(depth: usize) {
    let resolution = Resolution::default();
    let started = std::time::Instant::now();
    let mut stated = limit(depth, &resolution);
    let losses_stated = losses(&mut stated);
    let residual = stated.energy_residual();
    let coarse = losses(&mut limit(depth, &resolution.coarser()));
    let error = largest_difference(&losses_stated, &coarse);
    let seconds = started.elapsed().as_secs_f64();
    let evaluations = stated.flow().evaluations();
    eprintln!("L = {depth}: {losses_stated:?}, error {error:e}, residual {residual:e}, {seconds} s");
    eprintln!("   {} evaluations, {} numbers", evaluations, stated.state().reals.len());
    assert!(error < if depth == 2 { 1e-4 } else { 1e-5 }, "L = {depth}: {error}");
    // Steps over the bend of the loss are of first order.
    assert!(residual.abs() < 5e-7, "L = {depth}: {residual}");
    assert!(losses_stated[3] < 0.5 * losses_stated[0], "{losses_stated:?}");
    let mut fine = resolution;
    fine.nodes = 54;
    fine.most_atoms = 3000;
    fine.tolerance = 1e-10;
    let true_error = largest_difference(&losses_stated, &losses(&mut limit(depth, &fine)));
    assert!(true_error < error, "L = {depth}: {true_error} {error}");
}

#[test]
fn a_limit_holds_its_stated_error() {
    [2, 3, 4].into_iter().for_each(error_is_stated);
}

#[test]
#[ignore = "as long as all others of this file"]
fn a_limit_of_five_layers_does_too() {
    error_is_stated(5);
}

/// Three layers, each neuron of both hidden ones twice, with signs; w_2 has + or − a deviation by the product
/// of the signs.
fn scattered(mean: &Atoms, deviation: f64) -> Atoms {
    let [rows, columns] = [mean.weights[1].nrows(), mean.weights[1].ncols()];
    let sign = |index: usize, count: usize| if index < count { 1.0 } else { -1.0 };
    let first = Array2::from_shape_fn((2, 2 * rows), |(k, j)| mean.weights[0][[k, j % rows]]);
    let second = Array2::from_shape_fn((2 * rows, 2 * columns), |(j, k)| {
        mean.weights[1][[j % rows, k % columns]] + deviation * sign(j, rows) * sign(k, columns)
    });
    let third = Array2::from_shape_fn((2 * columns, 1), |(k, _)| mean.weights[2][[k % columns, 0]]);
    let shares = [rows, columns]
        .into_iter()
        .enumerate()
        .map(|(i, width)| (0..2 * width).map(|j| 0.5 * mean.shares[i][j % width]).collect());
    Atoms::new(vec![first, second, third], shares.collect()).expect("they fit")
}

#[test]
fn the_second_of_three_layers_enters_through_its_mean() {
    let problem = problem(3, Loss::Squared);
    let mut resolution = Resolution::default();
    resolution.nodes = 8;
    let mut limit = Limit::new(problem.clone(), &independent(3), &resolution).expect("converges");
    let start = limit.atoms();
    let mut whole = GradientFlow::new(problem, scattered(&start, 0.7), resolution.tolerance);
    assert!((whole.loss() - limit.loss()).abs() < 1e-13);
    limit.advance(2.0).expect("smooth");
    whole.advance(2.0).expect("smooth");
    assert!((whole.loss() - limit.loss()).abs() < 1e-12, "{} {}", whole.loss(), limit.loss());
    let grown = scattered(&limit.atoms(), 0.7);
    for (found, expected) in whole.atoms().weights.iter().zip(&grown.weights) {
        assert!((found - expected).iter().all(|e| e.abs() < 1e-12));
    }
}

#[test]
fn the_loss_falls_by_what_is_dissipated() {
    let mut resolution = Resolution::default();
    resolution.nodes = 16;
    let mut limit = Limit::new(problem(3, Loss::Squared), &independent(3), &resolution).expect("converges");
    limit.advance(5.0).expect("smooth");
    assert!(limit.energy_residual().abs() < 1e-9, "{}", limit.energy_residual());
}

#[test]
fn a_limit_of_zero_means_is_frozen_from_four_layers_on() {
    for depth in [3, 4, 5] {
        let start = Start::independent(vec![STANDARD; 2], vec![STANDARD; depth - 1]).expect("valid");
        let problem = problem(depth, Loss::Squared);
        let mut limit = Limit::new(problem, &start, &Resolution::default()).expect("converges");
        let is_frozen = limit.dissipation() < 1e-25;
        let before = limit.loss();
        limit.advance(1.0).expect("smooth");
        eprintln!("L = {depth}: {before} {} {}", limit.loss(), is_frozen);
        assert_eq!(is_frozen, depth > 3);
        assert_eq!((limit.loss() - before).abs() < 1e-12, depth > 3);
    }
}

#[test]
fn one_schedule_of_all_layers_is_a_clock() {
    let schedule = Schedule::Power { exponent: -0.25 };
    let steep = LayerSchedule::Trained { factor: 1.0, schedule };
    let architecture = Architecture::new(activations(3), Loss::Squared, vec![steep; 3]).expect("valid");
    let mut resolution = Resolution::default();
    resolution.nodes = 10;
    let steep_problem = DeepProblem::new(architecture, curve());
    let mut limit = Limit::new(steep_problem, &independent(3), &resolution).expect("converges");
    let mut plain = Limit::new(problem(3, Loss::Squared), &independent(3), &resolution).expect("converges");
    limit.advance(1.5).expect("smooth");
    plain.advance(schedule.clock(1.5)).expect("smooth");
    assert!((limit.loss() - plain.loss()).abs() < 1e-8, "{} {}", limit.loss(), plain.loss());
    assert!(limit.energy_residual().abs() < 1e-8, "{}", limit.energy_residual());
}

#[test]
fn a_layer_that_is_frozen_keeps_its_start() {
    let schedules = vec![LayerSchedule::PLAIN, LayerSchedule::PLAIN, LayerSchedule::Frozen];
    let architecture = Architecture::new(activations(3), Loss::Squared, schedules).expect("valid");
    let problem = DeepProblem::new(architecture, curve());
    let mut resolution = Resolution::default();
    resolution.nodes = 8;
    let mut limit = Limit::new(problem, &independent(3), &resolution).expect("converges");
    let before = limit.atoms();
    limit.advance(0.5).expect("smooth");
    let after = limit.atoms();
    assert_eq!(before.weights[2], after.weights[2]);
    assert_ne!(before.weights[1], after.weights[1]);
    assert!(limit.energy_residual().abs() < 1e-8);
}

#[test]
fn a_restored_limit_goes_on_bit_for_bit() {
    let mut resolution = Resolution::default();
    resolution.nodes = 8;
    let mut whole = limit(3, &resolution);
    for _ in 0..7 {
        whole.step(2.0).expect("smooth");
    }
    let mut other = limit(3, &resolution);
    other.restore(&whole.state()).expect("of this limit");
    whole.advance(2.0).expect("smooth");
    other.advance(2.0).expect("smooth");
    assert_eq!(whole.state(), other.state());
    assert!(limit(4, &resolution).restore(&whole.state()).is_err());
}

/// A correlated start of four layers, with few latents.
fn correlated(terms: usize) -> Start {
    let series = LatentSeries { terms, scale: 1.0, decay: 1.0 };
    let last = EntryLaw::Normal { mean: 0.5, deviation: 0.5 };
    Start::correlated(vec![STANDARD; 2], vec![series; 2], last).expect("valid")
}

#[test]
fn limits_of_drawn_atoms_agree_within_their_errors() {
    let mut resolution = Resolution::default();
    resolution.samples = 300;
    resolution.tolerance = 1e-6;
    let mut found = Vec::new();
    for seed in 0..4 {
        resolution.seed = seed;
        let ends = [resolution, resolution.coarser()].map(|resolution| {
            let problem = problem(4, Loss::Squared);
            let mut limit = Limit::new(problem, &correlated(3), &resolution).expect("converges");
            assert!(limit.is_sampled());
            limit.advance(0.5).expect("smooth");
            limit.loss()
        });
        found.push(ends);
    }
    let mean: f64 = found.iter().map(|ends| 0.25 * ends[0]).sum();
    let error = found.iter().map(|ends| (ends[0] - ends[1]).abs()).fold(0.0, f64::max);
    eprintln!("{found:?}");
    assert!(found.iter().all(|ends| (ends[0] - mean).abs() < 2.0 * error), "{found:?}");
}

#[test]
fn few_latents_have_a_quadrature() {
    let mut ends = Vec::new();
    for nodes in [8, 11] {
        let mut resolution = Resolution::default();
        resolution.nodes = nodes;
        resolution.tolerance = 1e-6;
        let problem = problem(4, Loss::Squared);
        let mut limit = Limit::new(problem, &correlated(1), &resolution).expect("converges");
        assert!(!limit.is_sampled());
        limit.advance(0.5).expect("smooth");
        ends.push(limit.loss());
    }
    eprintln!("{ends:?}");
    assert!((ends[0] - ends[1]).abs() < 0.02, "{ends:?}");
}

#[test]
fn probes_feel_the_field_and_leave_it_alone() {
    let mut resolution = Resolution::default();
    resolution.nodes = 10;
    let problem = problem(3, Loss::Squared);
    let mut alone = Limit::new(problem.clone(), &independent(3), &resolution).expect("converges");
    let first = alone.atoms();
    // A probe that begins where an atom does stays with it.
    let label = array![[first.weights[0][[0, 3]], first.weights[0][[1, 3]]]];
    let probes = [label, Array2::zeros((0, 1))];
    let mut probed = Limit::with_probes(problem, &independent(3), &resolution, &probes).expect("converges");
    alone.advance(1.0).expect("smooth");
    probed.advance(1.0).expect("smooth");
    assert!((alone.loss() - probed.loss()).abs() < 1e-9);
    let end = probed.atoms();
    let probe = end.weights[0].ncols() - 1;
    assert_eq!(end.shares[0][probe], 0.0);
    assert_eq!(end.weights[0].column(probe), end.weights[0].column(3));
    assert_ne!(end.weights[0].column(probe), first.weights[0].column(3));
}

#[test]
#[ignore = "a table to look at"]
fn convergence() {
    for depth in [2, 3] {
        for nodes in [16, 20, 24, 28, 32, 36, 40, 48, 56] {
            if depth == 2 && nodes > 32 {
                continue;
            }
            let mut resolution = Resolution::default();
            resolution.nodes = nodes;
            resolution.most_atoms = 100_000;
            resolution.tolerance = 1e-8;
            let started = std::time::Instant::now();
            let found = losses(&mut limit(depth, &resolution));
            eprintln!("{depth} {nodes} {found:?} {:?}", started.elapsed());
        }
    }
}
