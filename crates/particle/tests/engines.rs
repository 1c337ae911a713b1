//! Every engine gives the weights of the sequential reference.
use meanfield_model::activation::{Activation, PiecewiseLinear, Placement, Shape, Smooth};
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::loss::Loss;
use meanfield_model::parameter_groups::ParameterGroups;
use meanfield_model::unit::Unit;
use meanfield_particle::engine::{Batch, Blocked, Engine, Rule, Sequential};
use meanfield_particle::sampler::{self, BLOCK};
use meanfield_random::stream::Purpose;
use ndarray::{Array2, s};

/// Not a whole number of blocks.
const STEPS: usize = 10_007;

fn activations() -> Vec<Activation> {
    let knots = |knots: &[[f64; 2]]| PiecewiseLinear::new(knots.to_vec()).expect("valid");
    let kinked = [
        knots(&[[0.5, -2.5], [1.5, 7.5]]),
        knots(&[[0.0, -2.5], [0.5, -4.0], [1.5, 7.5]]),
        PiecewiseLinear::relu(),
        PiecewiseLinear::leaky_relu(0.1),
        PiecewiseLinear::hard_tanh(),
    ];
    let place = Placement { height: 1.5, gain: 1.3, offset: 0.4, constant: 0.7 };
    let smooth = Shape::ALL.into_iter().map(|shape| Activation::Smooth(Smooth { shape, place }));
    kinked.into_iter().map(Activation::PiecewiseLinear).chain(smooth).collect()
}

fn rule(activation: &Activation, unit: Unit) -> Rule {
    let groups = ParameterGroups::default();
    let activation = activation.clone();
    Rule { activation, loss: Loss::Squared, unit, ridge: 0.0, temperature: 0.0, groups }
}

/// Weights of a start, with a and b where the unit has them.
fn start(unit: Unit, neurons: usize, dimension: usize) -> Array2<f64> {
    sampler::initial_weights(&Initial::Gaussian { scale: 0.8 }, neurons, unit.parameters(dimension), 7)
}

/// Trains on `steps` samples, `pause` at a time; step sizes fall as ξ = t^{−1/4} would make them.
fn train(engine: &mut dyn Engine, dimension: usize, step_size: f64, steps: usize, pause: usize) {
    let data = GaussianClasses::isotropic(dimension, 0.8).expect("valid").into();
    let mut k = 0;
    while k < steps {
        let samples = sampler::block(&data, 3, Purpose::Data, (k / BLOCK) as u64);
        let offset = k % BLOCK;
        let until = (offset + pause).min(BLOCK).min(offset + steps - k);
        let step_sizes: Vec<f64> =
            (offset..until).map(|j: usize| step_size * (1.0 + (k + j - offset) as f64).powf(-0.25)).collect();
        engine.train(&Batch {
            x: samples.x.slice(s![offset..until, ..]),
            y: &samples.y[offset..until],
            step_sizes: &step_sizes,
            cooling: &[],
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
    let exact = reference.weights();
    let found = blocked.weights();
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
            for ridge in [0.0, 0.2] {
                let rule = Rule { ridge, ..rule(&activation, unit) };
                let worst = difference(&rule, 50, 12, 2e-3, STEPS);
                assert!(worst < ROUNDING, "{activation:?} {unit:?} λ={ridge}: {worst:.1e}");
            }
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

#[test]
fn threads_do_not_show_in_any_bit() {
    let sigma = Activation::PiecewiseLinear(PiecewiseLinear::relu());
    for (unit, temperature) in [(Unit::Inner, 0.0), (Unit::Affine, 0.1)] {
        let rule = Rule { temperature, ridge: 0.1, ..rule(&sigma, unit) };
        let weights = start(unit, 1000, 260);
        let trained = |threads| {
            let mut engine = Blocked::<f64>::new(rule.clone(), &weights, 1);
            engine.use_threads(threads);
            train(&mut engine, 260, 1e-3, 500, 96);
            engine.weights()
        };
        let alone = trained(1);
        for threads in [2, 3, 4, 5, 6, 7, 8, 9, 50] {
            assert!(alone == trained(threads), "{threads} threads, {unit:?}");
        }
    }
}

#[test]
fn every_instruction_set_is_sequential() {
    let sigma =
        Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid"));
    let mut sets = vec![pulp::Arch::Scalar];
    #[cfg(target_arch = "x86_64")]
    sets.extend(pulp::x86::V3::try_new().map(pulp::Arch::V3));
    for (set, unit) in sets.into_iter().flat_map(|set| [(set, Unit::Inner), (set, Unit::Affine)]) {
        let rule = Rule { ridge: 0.1, ..rule(&sigma, unit) };
        let weights = start(unit, 45, 21);
        let mut reference = Sequential::new(rule.clone(), weights.clone(), 1);
        let mut blocked = Blocked::<f64>::with_instructions(set, rule.clone(), &weights, 1);
        let mut single = Blocked::<f32>::with_instructions(set, rule.clone(), &weights, 1);
        train(&mut reference, 21, 2e-3, 1000, BLOCK);
        train(&mut blocked, 21, 2e-3, 1000, BLOCK);
        train(&mut single, 21, 2e-3, 1000, BLOCK);
        let exact = reference.weights();
        let apart = (&exact - &single.weights()).mapv(f64::abs);
        // Most neurons never lie so near a kink that single precision decides; the median weight
        // errs by rounding.
        let mut apart = apart.into_raw_vec_and_offset().0;
        apart.sort_by(f64::total_cmp);
        assert!(apart[apart.len() / 2] < 1e-4, "{set:?} {unit:?}: {:.1e}", apart[apart.len() / 2]);
        let worst = (&exact - &blocked.weights()).iter().fold(0.0, |a: f64, w| a.max(w.abs()));
        assert!(worst < ROUNDING, "{set:?} {unit:?}: {worst:.1e}");
    }
}

#[test]
fn single_precision_goes_the_same_way_for_a_while() {
    for activation in activations() {
        for unit in [Unit::Inner, Unit::Affine] {
            let rule = Rule { ridge: 0.1, ..rule(&activation, unit) };
            let weights = start(unit, 45, 21);
            let mut reference = Sequential::new(rule.clone(), weights.clone(), 1);
            let mut single = Blocked::<f32>::new(rule.clone(), &weights, 1);
            train(&mut reference, 21, 1e-3, 200, BLOCK);
            train(&mut single, 21, 1e-3, 200, BLOCK);
            let exact = reference.weights();
            let worst = (&exact - &single.weights()).iter().fold(0.0, |a: f64, w| a.max(w.abs()));
            let moved = (&exact - &weights).iter().fold(0.0, |a: f64, w| a.max(w.abs()));
            // 200 steps round by 6e-8 each, of weights and moves of order 1; more steps would bring a neuron
            // to the other side of a kink.
            assert!(worst < 2e-5 && moved > 5e-3, "{activation:?} {unit:?}: {worst:.1e}, moved {moved:.1e}");
        }
    }
}

/// Weights of many neurons after one block, driven by noise alone: σ is constant, so neither samples
/// nor labels push.
#[test]
fn noise_is_a_walk_and_inputs_see_it_on_the_way() {
    let flat = PiecewiseLinear::with_slopes(vec![[0.0, 0.0]], [0.0, 1e-300]).expect("valid");
    let dimension = 3;
    let neurons = 40_000;
    let steps = 32;
    let rule =
        Rule { temperature: 0.5, ridge: 0.2, ..rule(&Activation::PiecewiseLinear(flat), Unit::Affine) };
    let weights = Array2::ones((neurons, 5));
    let step_sizes: Vec<f64> = (0..steps).map(|k| 0.05 / (1.0 + k as f64)).collect();
    let mut mean = 1.0;
    let mut variance = 0.0;
    for s in &step_sizes {
        let shrink = rule.shrink(*s);
        (mean, variance) = (shrink * mean, shrink * shrink * variance + rule.noise(*s).powi(2));
    }
    let x = Array2::ones((steps, dimension));
    let y = vec![0.0; steps];
    let batch = Batch { x: x.view(), y: &y, step_sizes: &step_sizes, cooling: &[], first: 0 };
    let engines: [Box<dyn Engine>; 2] = [
        Box::new(Sequential::new(rule.clone(), weights.clone(), 1)),
        Box::new(Blocked::<f64>::new(rule.clone(), &weights, 1)),
    ];
    for mut engine in engines {
        engine.train(&batch);
        let after = engine.weights();
        for (j, column) in after.columns().into_iter().enumerate() {
            let found = column.mean().expect("neurons");
            let square = column.mapv(|w| (w - mean).powi(2)).mean().expect("neurons");
            // Five standard errors: √(v/n) of the mean, v √(2/n) of the variance.
            let n = neurons as f64;
            assert!((found - mean).abs() < 5.0 * f64::sqrt(variance / n), "{j}: {found} {mean}");
            assert!(
                (square - variance).abs() < 5.0 * variance * f64::sqrt(2.0 / n),
                "{j}: {square} {variance}"
            );
        }
        let [a, b] = [0, 2].map(|j| after.column(j).mapv(|w| w - mean));
        let covariance = a.dot(&b) / neurons as f64;
        assert!(covariance.abs() < 5.0 * variance / f64::sqrt(neurons as f64), "{covariance}");
    }
}

/// Means and covariances of the parameters of many neurons, with the standard errors of the latter.
fn moments(parameters: &Array2<f64>) -> Vec<(f64, f64)> {
    let n = parameters.nrows() as f64;
    let means: Vec<f64> = parameters.columns().into_iter().map(|c| c.sum() / n).collect();
    let mut all = Vec::new();
    for i in 0..means.len() {
        for j in 0..=i {
            let [a, b] = [i, j].map(|j| parameters.column(j).mapv(|w| w - means[j]));
            let product = &a * &b;
            let mean = product.sum() / n;
            all.push((mean, (product.mapv(|p| (p - mean).powi(2)).sum() / n / n).sqrt()));
        }
        let spread = parameters.column(i).mapv(|w| (w - means[i]).powi(2)).sum() / n;
        all.push((means[i], (spread / n).sqrt()));
    }
    all
}

/// With σ(z) = z and pushes that the labels alone decide on (Huber's loss far out), a neuron's end depends on
/// every input on its way, and so its covariances on what those saw of the noise.
#[test]
fn what_the_noise_does_to_inputs_has_the_law_of_the_sequential_engine() {
    let line = PiecewiseLinear::with_slopes(vec![[0.0, 0.0]], [1.0, 1.0 + 1e-12]).expect("valid");
    let loss = Loss::Huber { threshold: 3.0 };
    let activation = Activation::PiecewiseLinear(line);
    let rule = Rule {
        activation,
        loss,
        unit: Unit::Affine,
        ridge: 0.3,
        temperature: 0.4,
        groups: ParameterGroups::default(),
    };
    let dimension = 3;
    let neurons = 60_000;
    let steps = 40;
    let weights = Array2::from_elem((neurons, 5), 0.3);
    let x = Array2::from_shape_fn((steps, dimension), |(k, l)| 1.2 * ((7 * k + 5 * l + k * l) as f64).sin());
    let y: Vec<f64> = (0..steps).map(|k| if k % 3 == 0 { -1e9 } else { 1e9 }).collect();
    let step_sizes: Vec<f64> = (0..steps).map(|k| 0.08 / (1.0 + 0.1 * k as f64)).collect();
    let ends = |mut engine: Box<dyn Engine>| {
        engine.train(&Batch { x: x.view(), y: &y, step_sizes: &step_sizes, cooling: &[], first: 0 });
        moments(&engine.weights())
    };
    let exact = ends(Box::new(Sequential::new(rule.clone(), weights.clone(), 1)));
    for found in [
        ends(Box::new(Blocked::<f64>::new(rule.clone(), &weights, 2))),
        ends(Box::new(Blocked::<f32>::new(rule.clone(), &weights, 3))),
    ] {
        for (index, ((a, error), (b, other))) in exact.iter().zip(found).enumerate() {
            let sigmas = (a - b).abs() / error.hypot(other);
            assert!(sigmas < 4.5, "moment {index}: {a} ± {error}, {b} ± {other}");
        }
    }
}
