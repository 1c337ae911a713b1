//! Tests of the fluctuations with noise: exact values, the noiseless equations, and convergence.

use meanfield_model::activation::{Activation, PiecewiseLinear, Placement, Shape, Smooth};
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::problem::{Bath, Problem};
use meanfield_model::radial_landscape::RadialLandscape;
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::reduction::Reduced;
use meanfield_model::ridge::Ridged;
use meanfield_run::quantities;
use meanfield_run::schedule::Schedule;
use meanfield_run::system::{State, Stride, System};
use ndarray::Array1;

use super::backward::NoisyHistory;
use super::evolution::NoisyEvolution;
use super::model::NoisyModel;
use super::network::model;
use super::*;
use crate::diffusion::Diffusion;
use crate::diffusion::operator::Operator;
use crate::fluctuations::adjoint;
use crate::fluctuations::history::History;
use crate::fluctuations::statistics::Statistics;
use crate::fluctuations::{FluctuatingLaw, FluctuationError, Fluctuations, Resolution, Setup};
use crate::grid::Grid;
use crate::start_grid::StartGrid;

const STEEP: Schedule = Schedule::Power { exponent: -0.25 };

fn smooth(dimension: usize, bath: Bath) -> Problem {
    let data = GaussianClasses::isotropic(dimension, 0.6).expect("valid");
    let place = Placement { height: 3.0, gain: 1.5, offset: -1.0, constant: 0.5 };
    let sigma = Activation::Smooth(Smooth { shape: Shape::Tanh, place });
    let problem = Problem::two_layer(data, sigma, Initial::Gaussian { scale: 0.8 }).expect("fits");
    problem.with_bath(bath)
}

fn hinged(knots: [[f64; 2]; 2], bath: Bath) -> Problem {
    let data = GaussianClasses::isotropic(24, 0.65).expect("valid");
    let sigma = PiecewiseLinear::new(knots.to_vec()).expect("valid");
    let start = Initial::Gaussian { scale: 0.8 };
    let problem = Problem::two_layer(data, Activation::PiecewiseLinear(sigma), start).expect("fits");
    problem.with_bath(bath)
}

/// MMN's activation.
fn usual(bath: Bath) -> Problem {
    hinged([[0.5, -2.5], [1.5, 7.5]], bath)
}

fn law_on_cells(problem: &Problem, cells: usize) -> Diffusion<1, Ridged<RadialLandscape>> {
    let reduced = problem.reduced(DimensionLimit::Finite, 1e-5).expect("known");
    let Reduced::Radius(reduction) = reduced else { panic!("one radius") };
    let start =
        StartGrid { cells: vec![cells], follow: None, start_width: 0.005, domain: None, grading: 1.0 };
    let axes = start.axes(problem).expect("fits");
    let grid = Grid { axes: [axes[0].0.clone()] };
    let operator = Operator::new(reduction.landscape, grid, reduction.elements, problem.bath().temperature);
    Diffusion::new(operator, axes[0].1.clone(), 1e-3)
}

/// How finely these tests resolve.
#[derive(Clone, Copy, Debug)]
struct Fineness {
    resolution: Resolution,
    share: f64,
    pace: f64,
}

fn default_fineness() -> Fineness {
    Fineness { resolution: Resolution { degrees: 5, ..Resolution::default() }, share: 0.25, pace: 1.0 }
}

fn modelled(problem: &Problem, schedule: Schedule, fineness: Fineness, until: f64) -> NoisyModel {
    let range = RadiusRange::until(law_on_cells(problem, 300), until).expect("a law");
    model(problem, schedule, fineness.resolution, range.radii(fineness.share)).expect("known").expect("nodes")
}

fn advanced(problem: &Problem, schedule: Schedule, fineness: Fineness, until: f64) -> Statistics {
    let mut evolution = NoisyEvolution::new(modelled(problem, schedule, fineness, until), fineness.pace);
    while evolution.clock < until - 1e-12 {
        evolution.step(evolution.next_length(until));
    }
    evolution.statistics()
}

fn numbers(found: &Statistics) -> [f64; 8] {
    let Statistics { bias_per_neuron, bias_per_step, variance_per_neuron, variance_per_step, .. } = *found;
    let [radius, of_steps, variance, variance_of_steps] = found.radius;
    [
        bias_per_neuron,
        bias_per_step,
        variance_per_neuron,
        variance_per_step,
        radius,
        of_steps,
        variance,
        variance_of_steps,
    ]
}

fn assert_close(found: &[f64], exact: &[f64], tolerance: f64, what: &str) {
    for (a, b) in found.iter().zip(exact) {
        assert!((a / b - 1.0).abs() < tolerance, "{found:?} {exact:?}: {what}");
    }
}

#[test]
fn at_the_start_they_are_those_of_independent_neurons() {
    let bath = Bath { temperature: 0.03, ridge: 0.2 };
    let found = advanced(&usual(bath), Schedule::Constant, default_fineness(), 0.0);
    let quiet = Setup::new(&usual(Bath::default()), Schedule::Constant, Resolution::default());
    let exact = Fluctuations::new(quiet.expect("known")).statistics();
    let [own, other] = [found, exact].map(|found| numbers(&found));
    // b = ∫U(θ, θ) − ∬U and v_N = 4 Var Ψ by other nodes; nothing else yet.
    assert_close(&[own[0], own[2], own[6]], &[other[0], other[2], other[6]], 3e-5, "b, v_N, Var r");
    assert_eq!([own[1], own[3], own[5], own[7]], [0.0; 4]);
    assert!((found.risk - exact.risk).abs() < 1e-5 && own[4].abs() < 1e-12, "{own:?}");
}

/// (v, dv/dε) of w_i after s, of SGD with steps ε and no force but the ridge: v ← (1 − 2λε)² v + 4ε/β.
fn variance_without_data(bath: Bath, start: f64, clock: f64) -> [f64; 2] {
    let after = |steps: i32| {
        let step = clock / f64::from(steps);
        let kept = (1.0 - 2.0 * bath.ridge * step).powi(2);
        let power = kept.powi(steps);
        power * start + 4.0 * step * bath.temperature * (1.0 - power) / (1.0 - kept)
    };
    let limit = start * (-4.0 * bath.ridge * clock).exp()
        + bath.temperature / bath.ridge * -(-4.0 * bath.ridge * clock).exp_m1();
    let many = 100_000;
    [limit, (after(many) - limit) * f64::from(many) / clock]
}

#[test]
fn without_features_neurons_are_ornstein_uhlenbeck_chains() {
    let bath = Bath { temperature: 0.05, ridge: 0.4 };
    let clock = 0.7;
    let found =
        advanced(&hinged([[0.5, 0.0], [1.5, 0.0]], bath), Schedule::Constant, default_fineness(), clock);
    let [v, rise] = variance_without_data(bath, 0.64 / 24.0, clock);
    // E χ_24 = √2 Γ(12.5)/Γ(12).
    let ratio: f64 = (1..12).map(|k| (f64::from(k) + 0.5) / f64::from(k)).product();
    let mean = 2f64.sqrt() * 0.5 * std::f64::consts::PI.sqrt() * ratio;
    let [radius, of_steps, variance, variance_of_steps] = found.radius;
    assert_close(&[variance], &[v * (24.0 - mean * mean)], 1e-4, "variance of the radius");
    assert_close(&[of_steps], &[0.5 * rise / v.sqrt() * mean], 1e-3, "radius per step");
    assert!(radius.abs() < 1e-9 && variance_of_steps.abs() < 1e-9, "{found:?}");
    assert_eq!([found.bias_per_neuron, found.bias_per_step], [0.0; 2]);
}

#[test]
fn with_little_noise_they_are_those_of_characteristics() {
    let nearly = Bath { temperature: 1e-6, ridge: 0.05 };
    let none = Bath { temperature: 0.0, ridge: 0.05 };
    for (schedule, clock) in [(Schedule::Constant, 0.3), (STEEP, 0.2)] {
        let finely = Fineness { pace: 0.5, ..default_fineness() };
        let found = advanced(&smooth(25, nearly), schedule, finely, clock);
        let setup = Setup::new(&smooth(25, none), schedule, Resolution::default()).expect("known");
        let mut exact = Fluctuations::new(setup);
        exact.advance_to(clock).expect("smooth");
        assert_close(&numbers(&found), &numbers(&exact.statistics()), 3e-3, &format!("{schedule:?}"));
    }
}

#[test]
fn with_little_noise_the_second_chaos_is_that_of_the_equations_backwards() {
    let nearly = Bath { temperature: 1e-6, ridge: 0.05 };
    let none = Bath { temperature: 0.0, ridge: 0.05 };
    let model = modelled(&smooth(25, nearly), Schedule::Constant, default_fineness(), 0.3);
    let history = NoisyHistory::new(NoisyEvolution::new(model, 1.0), 0.3);
    let setup = Setup::new(&smooth(25, none), Schedule::Constant, Resolution::default()).expect("known");
    let quiet = History::new(setup, 0.3);
    for clock in [0.05, 0.13, 0.3] {
        let exact = adjoint::backward(&quiet, clock).expect("as far as that").second;
        assert_close(&history.second_chaos(clock), &exact, 3e-3, &format!("{clock}"));
    }
}

#[test]
fn they_converge_in_nodes_degrees_lengths_and_steps() {
    let bath = Bath { temperature: 0.03, ridge: 0.3 };
    let normal = default_fineness();
    let finer = [
        Fineness { share: 0.17, ..normal },
        Fineness { resolution: Resolution { degrees: 7, ..normal.resolution }, ..normal },
        Fineness { resolution: Resolution { lengths: 18, ..normal.resolution }, ..normal },
        Fineness { pace: 0.5, ..normal },
    ];
    for (problem, clock) in [(usual(bath), 0.2), (smooth(20, bath), 0.6)] {
        let found = numbers(&advanced(&problem, Schedule::Constant, normal, clock));
        for fineness in finer {
            let better = numbers(&advanced(&problem, Schedule::Constant, fineness, clock));
            assert_close(&found, &better, 3e-3, &format!("{fineness:?}"));
        }
    }
}

#[test]
fn the_second_chaos_is_known_from_few_nodes() {
    let problem = usual(Bath { temperature: 0.03, ridge: 0.3 });
    let coarse = Fineness {
        resolution: Resolution { degrees: 3, ..Resolution::of_second_chaos() },
        share: 0.36,
        pace: 2.0,
    };
    let histories = [default_fineness(), coarse].map(|fineness| {
        let model = modelled(&problem, Schedule::Constant, fineness, 0.3);
        NoisyHistory::new(NoisyEvolution::new(model, fineness.pace), 0.3)
    });
    for clock in [0.0, 0.04, 0.3] {
        let [fine, few] = histories.each_ref().map(|history| history.second_chaos(clock));
        // A spread errs by half of it; at the start there is no share of steps.
        let known = if clock == 0.0 { 1 } else { 3 };
        assert_close(&few[..known], &fine[..known], 0.05, "second chaos");
    }
}

#[test]
fn other_problems_are_refused_and_narrow_dimensions_have_no_nodes() {
    let quiet = usual(Bath::default());
    assert!(matches!(NoisySetup::check(&quiet, Schedule::Constant), Err(FluctuationError::NoNoise)));
    let hot = Bath { temperature: 0.3, ridge: 0.2 };
    let noisy = Setup::new(&usual(hot), Schedule::Constant, Resolution::default());
    assert!(matches!(noisy, Err(FluctuationError::Noise)));
    // In few dimensions some neurons are at w = 0.
    let flat = smooth(4, hot);
    let range = RadiusRange::until(law_on_cells(&flat, 300), 0.1).expect("a law");
    assert!(NoisySetup::new(&flat, Schedule::Constant, range).expect("known").is_none());
}

fn system() -> FluctuatingLaw<Diffusion<1, Ridged<RadialLandscape>>, NoisyFluctuations> {
    let problem = usual(Bath { temperature: 0.03, ridge: 0.3 });
    let range = RadiusRange::until(law_on_cells(&problem, 300), 0.1).expect("a law");
    let setup = NoisySetup::new(&problem, Schedule::Constant, range).expect("known");
    FluctuatingLaw::new(law_on_cells(&problem, 200), NoisyFluctuations::new(setup), 0.1)
}

fn advance(system: &mut dyn System, until: f64) {
    while system.advance(until).expect("smooth") == Stride::Underway {}
}

#[test]
fn a_restored_law_goes_on_as_if_nothing_had_happened_and_ends_when_told() {
    let mut straight = system();
    let mut resumed = system();
    advance(&mut straight, 0.03);
    straight.advance(0.06).expect("smooth");
    resumed.restore(&straight.save()).expect("of this system");
    advance(&mut straight, 0.06);
    advance(&mut resumed, 0.06);
    assert_eq!(straight.save(), resumed.save());
    let [own, other] = [&straight, &resumed].map(|system| system.observe());
    assert_eq!((own.risk, &own.scalars), (other.risk, &other.scalars));
    let bias = |system: &dyn System| {
        let scalars = system.observe().scalars;
        scalars.iter().find(|scalar| scalar.quantity == quantities::BIAS_PER_NEURON).expect("reported").value
    };
    assert!(bias(&straight) > 0.0);
    advance(&mut straight, 0.11);
    assert!(bias(&straight).is_nan());
    let wrong = State { integers: Vec::new(), reals: vec![0.1] };
    assert!(resumed.restore(&wrong).is_err());
}

#[test]
fn mass_stays() {
    let problem = usual(Bath { temperature: 0.03, ridge: 0.3 });
    let mut evolution = NoisyEvolution::new(modelled(&problem, STEEP, default_fineness(), 0.1), 1.0);
    while evolution.clock < 0.1 - 1e-12 {
        evolution.step(evolution.next_length(0.1));
    }
    let ones = Array1::ones(evolution.model.radii.len());
    assert!((evolution.moment.mass.sum() - 1.0).abs() < 1e-9);
    for part in &evolution.parts {
        assert!(part.shift.sum().abs() < 1e-6 * part.shift.mapv(f64::abs).sum());
    }
    // The masses of all nodes fluctuate not at all: g and pδ cancel.
    let sums = evolution.parts[0].covariances[0].dot(&ones) + &evolution.moment.mass;
    let most = sums.iter().fold(0.0, |most: f64, sum| most.max(sum.abs()));
    assert!(most < 1e-4 * evolution.moment.mass.sum(), "{most}");
}
