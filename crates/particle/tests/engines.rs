//! Every engine gives the weights of the sequential reference.
#![allow(missing_docs)]
use meanfield_model::activation::{Activation, PiecewiseLinear, Placement, Shape, Smooth};
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::loss::Loss;
use meanfield_particle::engine::{Batch, Blocked, Engine, Rule, Sequential, Unit};
use meanfield_particle::sampler::{self, BLOCK};
use meanfield_particle::stream::Purpose;
use ndarray::{Array2, s};

const STEPS: usize = 10_000;

fn activations() -> Vec<Activation> {
    let knots = |knots: &[[f64; 2]]| PiecewiseLinear::new(knots.to_vec()).expect("valid");
    let kinked = [
        knots(&[[0.5, -2.5], [1.5, 7.5]]),
        knots(&[[0.0, -2.5], [0.5, -4.0], [1.5, 7.5]]),
        PiecewiseLinear::relu(),
        PiecewiseLinear::leaky_relu(0.1),
        PiecewiseLinear::hard_tanh(),
    ];
    let place = Placement { height: 1.5, gain: 1.3, offset: 0.4 };
    let smooth = Shape::ALL.into_iter().map(|shape| Activation::Smooth(Smooth { shape, place }));
    kinked.into_iter().map(Activation::PiecewiseLinear).chain(smooth).collect()
}

fn rule(activation: &Activation, unit: Unit) -> Rule {
    Rule { activation: activation.clone(), loss: Loss::Squared, unit, ridge: 0.0, temperature: 0.0 }
}

/// Weights of a start, with a and b where the unit has them.
fn start(unit: Unit, neurons: usize, dimension: usize) -> Array2<f64> {
    sampler::initial_weights(&Initial::Gaussian { scale: 0.8 }, neurons, unit.parameters(dimension), 7)
}

/// Trains on `steps` samples, `pause` at a time; step sizes fall as ξ = t^{−1/4} would make them.
fn train(engine: &mut dyn Engine, dimension: usize, step_size: f64, steps: usize, pause: usize) {
    let data = GaussianClasses::isotropic(dimension, 0.8).expect("valid");
    let mut k = 0;
    while k < steps {
        let samples = sampler::block(&data, 3, Purpose::Data, (k / BLOCK) as u64);
        let offset = k % BLOCK;
        let until = (offset + pause).min(BLOCK).min(offset + steps - k);
        let size = |j: usize| step_size * (1.0 + (k + j - offset) as f64).powf(-0.25);
        let step_sizes: Vec<f64> = (offset..until).map(size).collect();
        engine.train(&Batch {
            x: samples.x.slice(s![offset..until, ..]),
            y: &samples.y[offset..until],
            step_sizes: &step_sizes,
            first: k as u64,
        });
        k += until - offset;
    }
}

/// The largest difference, relative to the largest weight, after training both.
fn difference(rule: &Rule, neurons: usize, dimension: usize, step_size: f64, steps: usize) -> f64 {
    let weights = start(rule.unit, neurons, dimension);
    let mut reference = Sequential::new(rule.clone(), weights.clone(), 1);
    let mut blocked = Blocked::<f64>::new(rule.clone(), &weights, 1);
    train(&mut reference, dimension, step_size, steps, BLOCK);
    train(&mut blocked, dimension, step_size, steps, BLOCK);
    let (exact, found) = (reference.weights(), blocked.weights());
    let largest = exact.iter().fold(0.0, |a: f64, w| a.max(w.abs()));
    let moved = (&exact - &weights).iter().fold(0.0, |a: f64, w| a.max(w.abs()));
    assert!(moved > 0.01 && largest.is_finite(), "training must move: {moved} of {largest}");
    (&exact - &found).iter().fold(0.0, |a: f64, w| a.max(w.abs())) / largest
}

/// Sums are ordered differently: rounding, which 10⁴ steps of a stable training do not amplify.
const ROUNDING: f64 = 1e-12;

#[test]
fn blocked_is_sequential_for_every_activation_and_unit() {
    for activation in activations() {
        for unit in [Unit::Inner, Unit::Affine] {
            let rule = rule(&activation, unit);
            let worst = difference(&rule, 50, 12, 2e-3, STEPS);
            assert!(worst < ROUNDING, "{activation:?} {unit:?}: {worst:.1e}");
        }
    }
}

#[test]
fn blocked_is_sequential_for_every_loss_with_and_without_ridge() {
    let sigma =
        Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid"));
    for loss in Loss::ALL {
        for ridge in [0.0, 0.3] {
            for unit in [Unit::Inner, Unit::Affine] {
                let rule = Rule { loss, ridge, ..rule(&sigma, unit) };
                let worst = difference(&rule, 50, 12, 2e-3, STEPS);
                assert!(worst < ROUNDING, "{loss:?} λ={ridge} {unit:?}: {worst:.1e}");
            }
        }
    }
}

#[test]
fn sizes_that_fill_no_vector_and_networks_in_shards() {
    let sigma = Activation::PiecewiseLinear(PiecewiseLinear::relu());
    for (neurons, dimension) in [(1, 2), (3, 2), (17, 39), (33, 120), (1000, 260)] {
        for unit in [Unit::Inner, Unit::Affine] {
            let steps = if neurons == 1000 { 300 } else { 2000 };
            let worst = difference(&rule(&sigma, unit), neurons, dimension, 5e-3, steps);
            assert!(worst < ROUNDING, "N={neurons} d={dimension} {unit:?}: {worst:.1e}");
        }
    }
}
