//! Training as a whole: reproducible, resumable, and its two risks agree.
use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::coordinates::Coordinates;
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::loss::Loss;
use meanfield_model::parameter_groups::ParameterGroups;
use meanfield_model::unit::Unit;
use meanfield_particle::engine::{Batch, Engine, Rule, Sequential};
use meanfield_particle::finite_network::{FiniteNetwork, Precision, Setup};
use meanfield_particle::sampler;
use meanfield_random::stream::Purpose;
use meanfield_run::schedule::Schedule;
use meanfield_run::system::{Stride, System};
use ndarray::s;

fn setup(neurons: usize, step_size: f64, seed: u64) -> Setup {
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
    Setup {
        data: GaussianClasses::isotropic(40, 0.8).expect("valid").into(),
        activation: Activation::PiecewiseLinear(sigma),
        loss: Loss::Squared,
        coordinates: Coordinates::Radius,
        affine: None,
        initial: Initial::Gaussian { scale: 0.8 },
        schedule: Schedule::Constant,
        ridge: 0.0,
        temperature: 0.0,
        cooling: Schedule::Constant,
        groups: ParameterGroups::default(),
        neurons,
        step_size,
        batch: 1,
        lazy: None,
        label_noise: 0.0,
        exact_risk: true,
        monte_carlo: 0,
        classification_error: false,
        recorded: None,
        records_weights: false,
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
fn weights_in_the_middle_of_a_block_are_those_of_that_step() {
    let setup = setup(30, 1e-3, 5);
    let mut network = FiniteNetwork::new(setup.clone());
    let rule = Rule {
        activation: setup.activation.clone(),
        loss: setup.loss,
        unit: Unit::Inner,
        ridge: 0.0,
        temperature: 0.0,
        groups: ParameterGroups::default(),
    };
    let mut engine = Sequential::new(rule, network.weights(), 5);
    let samples = sampler::block(&setup.data, 5, Purpose::Data, 0);
    let mut first = 0;
    for step in [5, 16, 37, 48, 90] {
        advance(&mut network, 1e-3 * step as f64);
        let x = samples.x.slice(s![first..step, ..]);
        let y = &samples.y[first..step];
        engine.train(&Batch {
            x,
            y,
            step_sizes: &vec![1e-3; step - first],
            cooling: &[],
            first: first as u64,
        });
        let apart = (&engine.weights() - &network.weights()).iter().fold(0.0, |a: f64, w| a.max(w.abs()));
        assert!(apart < 1e-14, "step {step}: {apart:.1e}"); // rounding
        first = step;
    }
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

/// Without a signal each weight is an Ornstein–Uhlenbeck process in discrete time: v ← (1 − 2λε)² v + 4ε/β.
#[test]
fn noise_and_ridge_make_an_ornstein_uhlenbeck_process() {
    let flat = PiecewiseLinear::with_slopes(vec![[0.0, 0.0]], [0.0, 1e-300]).expect("valid");
    let ridge = 0.4;
    let temperature = 0.3;
    let step_size = 0.01;
    let steps = 150;
    let activation = Activation::PiecewiseLinear(flat);
    let setup = Setup { activation, ridge, temperature, ..setup(3000, step_size, 11) };
    let mut variance = 0.64 / 40.0;
    for _ in 0..steps {
        variance = (1.0 - 2.0 * ridge * step_size).powi(2) * variance + 4.0 * step_size * temperature;
    }
    for precision in [Precision::Double, Precision::Single] {
        let mut network = FiniteNetwork::new(Setup { precision, ..setup.clone() });
        advance(&mut network, f64::from(steps) * step_size);
        let weights = network.weights();
        let found = weights.mapv(|w| w * w).sum() / weights.len() as f64;
        // Five standard errors of a variance, v √(2/n).
        let error = variance * f64::sqrt(2.0 / weights.len() as f64);
        assert!((found - variance).abs() < 5.0 * error, "{precision:?}: {found} {variance} ± {error}");
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
