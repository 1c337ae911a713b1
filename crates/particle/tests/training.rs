//! Training as a whole: reproducible, resumable, and its two risks agree.
#![allow(missing_docs)]
use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::coordinates::Coordinates;
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::loss::Loss;
use meanfield_particle::finite_network::{FiniteNetwork, Precision, Setup};
use meanfield_run::schedule::Schedule;
use meanfield_run::system::{Stride, System};

fn setup(neurons: usize, step_size: f64, seed: u64) -> Setup {
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
    Setup {
        data: GaussianClasses::isotropic(40, 0.8).expect("valid"),
        activation: Activation::PiecewiseLinear(sigma),
        loss: Loss::Squared,
        coordinates: Coordinates::Radius,
        initial: Initial::Gaussian { scale: 0.8 },
        schedule: Schedule::Constant,
        neurons,
        step_size,
        monte_carlo: 0,
        precision: Precision::Double,
        seed,
    }
}

fn advance(network: &mut FiniteNetwork, until: f64) {
    while network.advance(until).expect("stable") == Stride::Underway {}
}

#[test]
fn pauses_leave_no_trace() {
    let mut straight = FiniteNetwork::new(setup(30, 1e-3, 5));
    advance(&mut straight, 1.0);
    let mut paused = FiniteNetwork::new(setup(30, 1e-3, 5));
    for i in 1..=37 {
        advance(&mut paused, f64::from(i) / 37.0); // never at a multiple of the block
    }
    assert_eq!(straight.save(), paused.save());
}

#[test]
fn a_restored_network_goes_on_as_if_nothing_had_happened() {
    let mut straight = FiniteNetwork::new(setup(30, 1e-3, 5));
    advance(&mut straight, 0.3);
    let saved = straight.save();
    advance(&mut straight, 0.9);
    let mut resumed = FiniteNetwork::new(setup(30, 1e-3, 5));
    resumed.restore(&saved).expect("same scenario");
    advance(&mut resumed, 0.9);
    assert_eq!(straight.save(), resumed.save());
    assert_eq!(resumed.work(), 600, "only the steps after the checkpoint");
    let error = FiniteNetwork::new(setup(31, 1e-3, 5)).restore(&saved).expect_err("another network");
    assert!(error.to_string().contains("checkpoint"), "{error}");
}

#[test]
fn the_seed_decides_everything() {
    let weights = |seed| {
        let mut network = FiniteNetwork::new(setup(10, 1e-3, seed));
        advance(&mut network, 0.1);
        network.save()
    };
    assert_eq!(weights(1), weights(1));
    assert_ne!(weights(1), weights(2));
}

#[test]
fn the_exact_risk_is_the_risk_on_fresh_samples() {
    for time in [0.0, 0.5, 2.0] {
        let mut network = FiniteNetwork::new(setup(50, 1e-3, 7));
        advance(&mut network, time);
        let (mean, error) = network.monte_carlo_risk(&network.weights(), 200_000);
        let exact = network.observe().risk;
        // Five standard errors of the estimate; the exact value errs by 1e-8.
        assert!((mean - exact).abs() < 5.0 * error, "t={time}: {mean} ± {error}, exact {exact}");
        assert!(error < 0.02, "the test must be able to fail: {error}");
    }
}

#[test]
fn training_lowers_the_risk() {
    let mut network = FiniteNetwork::new(setup(100, 1e-3, 3));
    let before = network.observe().risk;
    advance(&mut network, 5.0);
    let after = network.observe().risk;
    // The mean-field limit falls from 1.34 to 0.70; N = 100 adds a bias of about 0.05.
    assert!(before > 1.2 && after < 0.9, "{before} → {after}");
}

#[test]
fn a_diverging_run_says_so() {
    // A bounded activation keeps all moves finite unless the step itself overflows.
    let mut network = FiniteNetwork::new(setup(4, 1e307, 3));
    let error = (1..17).find_map(|i| network.advance(1e307 * f64::from(i)).err()).expect("diverges");
    assert!(error.to_string().contains("step-size"), "{error}");
}
