//! Neurons a σ(⟨w, x⟩ + b) on data of two blocks, trained with steps that fall: each step, the schedule, the
//! two risks, the start. Fixed seeds: each bound of a few standard errors holds or fails for ever.
use meanfield_model::activation::{Activation, PiecewiseLinear, Placement, Shape, Smooth};
use meanfield_model::block_series::AffineSeries;
use meanfield_model::coordinates::Coordinates;
use meanfield_model::data::{BlockClasses, GaussianClasses};
use meanfield_model::energy::Energy;
use meanfield_model::initial::{AffineStart, Initial, Normal};
use meanfield_model::landscape::Landscape;
use meanfield_model::loss::Loss;
use meanfield_model::measure::Measure;
use meanfield_model::parameter_groups::ParameterGroups;
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::unit::Unit;
use meanfield_particle::engine::{Batch, Blocked, Engine, Rule, Sequential};
use meanfield_particle::finite_network::{FiniteNetwork, Precision, Setup};
use meanfield_particle::sampler::{self, BLOCK};
use meanfield_random::stream::Purpose;
use meanfield_run::schedule::Schedule;
use meanfield_run::system::{Stride, System};
use ndarray::{Array2, ArrayView1, Axis, s};

const RELEVANT: usize = 12;
/// Of 40 coordinates.
const BLOCKS: [usize; 2] = [RELEVANT, 28];
const FALLING: Schedule = Schedule::Power { exponent: -0.25 };

fn data(dimension: usize) -> BlockClasses {
    BlockClasses::anisotropic(dimension, RELEVANT.min(dimension / 2), 0.6).expect("valid")
}

fn relu() -> Activation {
    Activation::PiecewiseLinear(PiecewiseLinear::relu())
}

fn tanh() -> Activation {
    let place = Placement { height: 1.5, gain: 1.3, offset: 0.4, constant: 0.7 };
    Activation::Smooth(Smooth { shape: Shape::Tanh, place })
}

fn start() -> AffineStart {
    let [a, b] = [Normal { mean: 1.0, deviation: 0.8 }, Normal { mean: 0.2, deviation: 0.5 }];
    AffineStart { a: a.into(), b: b.into() }
}

fn setup(activation: Activation, neurons: usize, seed: u64) -> Setup {
    Setup {
        data: data(40).into(),
        activation,
        loss: Loss::Squared,
        coordinates: Coordinates::Radii { is_affine: true, blocks: BLOCKS.into() },
        affine: Some(start()),
        initial: Initial::Gaussian { scale: 0.8 },
        schedule: FALLING,
        ridge: 0.0,
        temperature: 0.0,
        cooling: Schedule::Constant,
        groups: ParameterGroups::default(),
        neurons,
        step_size: 2e-4,
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

fn largest(x: &Array2<f64>) -> f64 {
    x.iter().fold(0.0, |largest, x| largest.max(x.abs()))
}

/// ŷ of rows (a, b, w).
fn output(sigma: &Activation, rows: &Array2<f64>, x: ArrayView1<f64>) -> f64 {
    rows.rows()
        .into_iter()
        .map(|row: ArrayView1<f64>| row[0] * sigma.value(row.slice(s![2..]).dot(&x) + row[1]))
        .sum::<f64>()
        / rows.nrows() as f64
}

#[test]
fn a_step_is_minus_the_slope_of_the_loss_in_every_parameter() {
    let dimension = 5;
    let neurons = 3;
    let step_size = 1e-3;
    let shift = 1e-6;
    let samples = sampler::block(&data(dimension).into(), 1, Purpose::Data, 0);
    let rows = sampler::initial_affine(&start(), &Initial::Gaussian { scale: 1.0 }, neurons, dimension, 4);
    for (sigma, loss) in [relu(), tanh()].iter().flat_map(|sigma| Loss::ALL.map(|loss| (sigma, loss))) {
        let rule = Rule {
            activation: sigma.clone(),
            loss,
            unit: Unit::Affine,
            ridge: 0.0,
            temperature: 0.0,
            groups: ParameterGroups::default(),
        };
        let mut moved = [0.0_f64; 3];
        for k in 0..20 {
            let x = samples.x.row(k);
            let y = samples.y[k];
            let batch = Batch {
                x: x.insert_axis(Axis(0)),
                y: &[y],
                step_sizes: &[step_size],
                cooling: &[],
                first: 0,
            };
            let engines: [Box<dyn Engine>; 2] = [
                Box::new(Sequential::new(rule.clone(), rows.clone(), 0)),
                Box::new(Blocked::<f64>::new(rule.clone(), &rows, 0)),
            ];
            for mut engine in engines {
                engine.train(&batch);
                let step = (engine.weights() - &rows) / step_size;
                for ((i, j), step) in step.indexed_iter() {
                    let at = |by: f64| {
                        let mut rows = rows.clone();
                        rows[[i, j]] += by;
                        loss.value(y, output(sigma, &rows, x))
                    };
                    // A neuron moves by N times its share of the slope.
                    let slope = neurons as f64 * (at(shift) - at(-shift)) / (2.0 * shift);
                    // Rounding 1e-16/shift, 1e-16/step; truncation shift².
                    assert!((step + slope).abs() < 1e-8, "{sigma:?} {loss:?} θ_{i}{j}: {step} {slope}");
                    moved[j.min(2)] = moved[j.min(2)].max(step.abs());
                }
            }
        }
        assert!(moved.iter().all(|step| *step > 0.05), "the test must be able to fail: {moved:?}");
    }
}

#[test]
fn blocked_is_sequential_on_two_blocks_with_steps_that_fall() {
    for (sigma, dimension) in [relu(), tanh()].into_iter().flat_map(|s| [(s.clone(), 24), (s, 130)]) {
        let activation = sigma.clone();
        let rule = Rule {
            activation,
            loss: Loss::Squared,
            unit: Unit::Affine,
            ridge: 0.2,
            temperature: 0.0,
            groups: ParameterGroups::default(),
        };
        let rows = sampler::initial_affine(&start(), &Initial::Gaussian { scale: 0.8 }, 30, dimension, 7);
        let mut reference = Sequential::new(rule.clone(), rows.clone(), 1);
        let mut blocked = Blocked::<f64>::new(rule, &rows, 1);
        for block in 0..12 {
            let samples = sampler::block(&data(dimension).into(), 3, Purpose::Data, block);
            let first = block * BLOCK as u64;
            let step_sizes: Vec<f64> =
                (first..first + BLOCK as u64).map(|k| 1e-3 * FALLING.rate(1e-3 * (k + 1) as f64)).collect();
            let batch =
                Batch { x: samples.x.view(), y: &samples.y, step_sizes: &step_sizes, cooling: &[], first };
            reference.train(&batch);
            blocked.train(&batch);
        }
        let exact = reference.weights();
        let apart = largest(&(&exact - &blocked.weights()));
        let moved = largest(&(&exact - &rows));
        // Sums are ordered differently: rounding, which a stable training does not amplify.
        assert!(apart < 1e-12 && moved > 0.1, "{sigma:?} d={dimension}: {apart:.1e}, moved {moved:.1e}");
    }
}

/// The first step takes ξ(ε): at 0 there is none.
#[test]
fn steps_have_the_sizes_of_the_schedule_from_the_first_on() {
    let setup = setup(relu(), 10, 5);
    let mut network = FiniteNetwork::new(setup.clone());
    let activation = setup.activation.clone();
    let rule = Rule {
        activation,
        loss: setup.loss,
        unit: Unit::Affine,
        ridge: 0.0,
        temperature: 0.0,
        groups: ParameterGroups::default(),
    };
    let mut engine = Sequential::new(rule, network.weights(), 5);
    let samples = sampler::block(&setup.data, 5, Purpose::Data, 0);
    let mut first = 0;
    for last in [1, 5, 16, 37, 200] {
        advance(&mut network, 2e-4 * last as f64);
        let step_sizes: Vec<f64> =
            (first + 1..=last).map(|k| 2e-4 * f64::powf(k as f64 * 2e-4, -0.25)).collect();
        let x = samples.x.slice(s![first..last, ..]);
        let y = &samples.y[first..last];
        engine.train(&Batch { x, y, step_sizes: &step_sizes, cooling: &[], first: first as u64 });
        let apart = largest(&(&engine.weights() - &network.weights()));
        assert!(apart < 1e-13, "k = {last}: {apart:.1e}"); // rounding
        first = last;
    }
}

/// Without a signal every parameter is an Ornstein–Uhlenbeck process in discrete time: v ← (1 − 2λ
/// s_k)² v + 4 s_k/β.
#[test]
fn noise_and_ridge_follow_the_schedule() {
    let flat = PiecewiseLinear::with_slopes(vec![[0.0, 0.0]], [0.0, 1e-300]).expect("valid");
    let ridge = 0.4;
    let temperature = 0.3;
    let step_size = 0.01;
    let steps = 150;
    let affine = {
        let [a, b] = [1.0, 0.1].map(|deviation| Normal { mean: 0.0, deviation }.into());
        AffineStart { a, b }
    };
    let setup = setup(Activation::PiecewiseLinear(flat), 4000, 11);
    let mut network =
        FiniteNetwork::new(Setup { ridge, temperature, step_size, affine: Some(affine), ..setup });
    advance(&mut network, f64::from(steps) * step_size);
    let rows = network.weights();
    for (columns, start) in [(0..1, 1.0_f64), (1..2, 0.01), (2..42, 0.64 / 40.0)] {
        let mut variance = start;
        for k in 1..=steps {
            let size = step_size * FALLING.rate(f64::from(k) * step_size);
            variance = (1.0 - 2.0 * ridge * size).powi(2) * variance + 4.0 * size * temperature;
        }
        let part = rows.slice(s![.., columns.clone()]);
        let found = part.mapv(|x| x * x).sum() / part.len() as f64;
        // Five standard errors of a variance, v √(2/n).
        let error = variance * f64::sqrt(2.0 / part.len() as f64);
        assert!((found - variance).abs() < 5.0 * error, "{columns:?}: {found} {variance} ± {error}");
    }
}

#[test]
fn the_exact_risk_is_the_risk_on_fresh_samples() {
    let isotropic =
        Setup { data: GaussianClasses::isotropic(40, 0.6).expect("valid").into(), ..setup(tanh(), 40, 3) };
    let inner = Setup {
        affine: None,
        coordinates: Coordinates::Radii { is_affine: false, blocks: BLOCKS.into() },
        ..setup(tanh(), 40, 3)
    };
    for setup in [setup(relu(), 40, 3), setup(tanh(), 40, 3), isotropic, inner] {
        let mut network = FiniteNetwork::new(setup);
        for time in [0.0, 0.5, 2.0] {
            advance(&mut network, time);
            let (mean, error) = network.monte_carlo_risk(&network.weights(), 100_000);
            let exact = network.observe().risk;
            // Four standard errors of the estimate; the exact value errs by 1e-8.
            assert!((mean - exact).abs() < 4.0 * error, "t={time}: {mean} ± {error}, exact {exact}");
            assert!(error < 0.02, "the test must be able to fail: {error}");
        }
    }
}

#[test]
fn a_network_is_observed_and_saved_with_all_its_parameters() {
    let mut straight = FiniteNetwork::new(setup(relu(), 20, 5));
    advance(&mut straight, 0.03);
    let rows = straight.weights();
    let Measure::Atoms { points, .. } = straight.observe().law else { panic!("atoms") };
    assert_eq!((rows.dim(), points.dim()), ((20, 42), (20, 4)));
    assert_eq!(points.slice(s![.., ..2]), rows.slice(s![.., ..2]));
    let length = |row: ArrayView1<f64>| row.dot(&row).sqrt();
    for (point, row) in points.rows().into_iter().zip(rows.rows()) {
        let split = 2 + RELEVANT;
        let exact = [length(row.slice(s![2..split])), length(row.slice(s![split..]))];
        assert!((point[2] - exact[0]).abs() + (point[3] - exact[1]).abs() < 1e-14, "{point} {exact:?}");
    }
    let mut resumed = FiniteNetwork::new(setup(relu(), 20, 5));
    resumed.restore(&straight.save()).expect("same scenario");
    assert_eq!(resumed.weights(), rows);
    advance(&mut straight, 0.09);
    advance(&mut resumed, 0.09);
    assert_eq!(straight.save(), resumed.save());
}

/// E R_N = R(ρ₀) + b/N over independent neurons, R and b from the PDE's landscape on many draws
/// of (a, b, r₁, r₂).
#[test]
fn independent_neurons_have_the_risk_and_the_bias_of_the_landscape() {
    const DRAWS: usize = 200_000;
    let neurons = 20;
    let seeds = 1500;
    let initial = Initial::Gaussian { scale: 0.8 };
    for sigma in [relu(), tanh()] {
        let series = AffineSeries::new(&data(40), &sigma, DimensionLimit::Finite, [5.0, 3.0, 2.0, 2.0], 1e-4)
            .expect("converges");
        let rows = sampler::initial_affine(&start(), &initial, DRAWS, 40, 1_000_000);
        let points: Vec<[f64; 4]> = rows
            .rows()
            .into_iter()
            .map(|row| {
                let mut z = [0.0; 4];
                Coordinates::Radii { is_affine: true, blocks: BLOCKS.into() }.project(&row.to_vec(), &mut z);
                z
            })
            .collect();
        let mut law = points.iter().map(|z| (*z, 1.0 / DRAWS as f64));
        let moments = series.moments(&mut law.clone());
        let bias = series.independent_bias(&mut law, &moments);
        let risks: Vec<f64> = (0..seeds)
            .map(|seed| FiniteNetwork::new(setup(sigma.clone(), neurons, seed)).observe().risk)
            .collect();
        let n = seeds as f64;
        let mean = risks.iter().sum::<f64>() / n;
        let spread = risks.iter().map(|risk| (risk - mean).powi(2)).sum::<f64>() / n;
        // R(ρ₀) has the scatter of its own draws, which are independent neurons as well.
        let error = f64::sqrt(spread * (1.0 / n + neurons as f64 / DRAWS as f64));
        let limit = series.risk(&moments);
        let exact = series.risk(&moments) + bias / neurons as f64;
        // Three standard errors, and what the series leaves out.
        assert!((mean - exact).abs() < 3.0 * error + 1e-4, "{sigma:?} {mean} ± {error}, {exact}");
        assert!(
            (mean - limit).abs() > 6.0 * error,
            "the test must be able to fail: {mean} ± {error}, {limit}"
        );
    }
}
