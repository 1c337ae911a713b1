//! Sampling against the landscapes: V, U, the drift of SGD and the bias of independent neurons, for every
//! activation and loss. Fixed seeds: each bound of a few standard errors holds or fails for ever.
use meanfield_model::activation::{Activation, PiecewiseLinear, Placement, Shape, Smooth};
use meanfield_model::data::GaussianClasses;
use meanfield_model::data_quadrature::DataQuadrature;
use meanfield_model::energy::Energy;
use meanfield_model::landscape::Landscape;
use meanfield_model::loss::Loss;
use meanfield_model::mean_output::{MeanOutput, Power};
use meanfield_model::parameter_groups::ParameterGroups;
use meanfield_model::radial_series::{DimensionLimit, RadialSeries};
use meanfield_model::unit::Unit;
use meanfield_particle::engine::{Batch, Engine, Rule, Sequential};
use meanfield_particle::sampler::{self, BLOCK};
use meanfield_random::stream::Purpose;
use ndarray::{Array1, Array2, ArrayView1};

const DIMENSION: usize = 8;

fn data() -> GaussianClasses {
    GaussianClasses::isotropic(DIMENSION, 0.6).expect("valid")
}

fn activations() -> Vec<Activation> {
    let kinked = [
        PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid"),
        PiecewiseLinear::new(vec![[0.0, -2.5], [0.5, -4.0], [1.5, 7.5]]).expect("valid"),
        PiecewiseLinear::relu(),
        PiecewiseLinear::leaky_relu(0.1),
        PiecewiseLinear::hard_tanh(),
    ];
    let place = Placement { height: 2.0, gain: 1.3, offset: 1.0, constant: 0.0 };
    let smooth = Shape::ALL.into_iter().map(|shape| Activation::Smooth(Smooth { shape, place }));
    kinked.into_iter().map(Activation::PiecewiseLinear).chain(smooth).collect()
}

/// Running mean and standard error.
#[derive(Default)]
struct Mean {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Mean {
    fn add(&mut self, x: f64) {
        self.count += 1.0;
        self.sum += x;
        self.squares += x * x;
    }

    /// (estimate − exact) in standard errors.
    fn off(&self, exact: f64) -> f64 {
        let mean = self.sum / self.count;
        (mean - exact) / ((self.squares / self.count - mean * mean) / self.count).sqrt()
    }
}

/// A weight of length r in a direction drawn anew: from a sample's own generator, which is
/// rotation invariant.
fn rotated(direction: ArrayView1<f64>, radius: f64) -> Array1<f64> {
    &direction * (radius / direction.dot(&direction).sqrt())
}

fn features(landscape: &impl Landscape<1>, radius: f64) -> Vec<f64> {
    let mut values = vec![0.0; landscape.rank()];
    let mut slopes = vec![[0.0]; landscape.rank()];
    landscape.features([radius], &mut values, &mut slopes);
    values
}

#[test]
fn potentials_are_expectations_over_the_data() {
    let r = 0.7;
    let s = 1.6;
    for sigma in activations() {
        let series =
            RadialSeries::new(&data(), &sigma, DimensionLimit::Finite, 2.0, 1e-6).expect("converges");
        let a = features(&series, r);
        let b = features(&series, s);
        let both: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
        let own = |m: &[f64]| series.interaction(m);
        let interaction = 0.5 * (own(&both) - own(&a) - own(&b));
        // R(δ) = 1 + 2V + U
        let external = 0.5 * (series.risk(&a) - 1.0 - own(&a));
        let mut v = Mean::default();
        let mut u = Mean::default();
        for index in 0..400 {
            let samples = sampler::block(&data().into(), 11, Purpose::Evaluation, index);
            let directions = sampler::block(&data().into(), 12, Purpose::Evaluation, index);
            for ((x, y), direction) in samples.x.rows().into_iter().zip(&samples.y).zip(directions.x.rows()) {
                let first = rotated(direction, r);
                let other = rotated(directions.x.row(0), s);
                let value = sigma.value(first.dot(&x));
                v.add(-y * value);
                u.add(value * sigma.value(other.dot(&x)));
            }
        }
        assert!(v.off(external).abs() < 4.0, "{sigma:?} V: {}", v.off(external));
        // The second direction is shared by a block; its scatter counts 1/√256 as much and is
        // part of the spread.
        assert!(u.off(interaction).abs() < 4.0, "{sigma:?} U: {}", u.off(interaction));
    }
}

/// ŷ of a network.
fn output(sigma: &Activation, weights: &Array2<f64>, x: ArrayView1<f64>) -> f64 {
    weights.dot(&x).mapv(|z| sigma.value(z)).sum() / weights.nrows() as f64
}

#[test]
fn the_mean_step_is_the_slope_of_the_risk() {
    let weights = Array2::from_shape_fn((3, DIMENSION), |(i, j)| 0.4 * ((3 * i + 5 * j) as f64).sin());
    let step = 1e-6;
    let shift = 1e-4;
    let mut largest = [0.0; Loss::ALL.len()];
    for sigma in activations() {
        for loss in Loss::ALL {
            let activation = sigma.clone();
            let rule = Rule {
                activation,
                loss,
                unit: Unit::Inner,
                ridge: 0.0,
                temperature: 0.0,
                groups: ParameterGroups::default(),
            };
            // The risk along the direction in which one neuron points, by common samples.
            let moved = |by: f64| {
                let mut moved = weights.clone();
                moved.row_mut(1).scaled_add(by, &weights.row(1));
                moved
            };
            let above = moved(shift);
            let below = moved(-shift);
            let mut difference = Mean::default();
            let mut drift = 0.0;
            for index in 0..60 {
                let samples = sampler::block(&data().into(), 21, Purpose::Data, index);
                for (x, y) in samples.x.rows().into_iter().zip(&samples.y) {
                    let risk = |weights: &Array2<f64>| loss.value(*y, output(&sigma, weights, x));
                    let slope = (risk(&above) - risk(&below)) / (2.0 * shift);
                    let x = x.insert_axis(ndarray::Axis(0));
                    let mut engine = Sequential::new(rule.clone(), weights.clone(), 0);
                    engine.train(&Batch { x, y: &[*y], step_sizes: &[step], cooling: &[], first: 0 });
                    let along = (&engine.weights().row(1) - &weights.row(1)).dot(&weights.row(1)) / step;
                    // One of N neurons moves by N times the slope of the mean: −N ∂R/∂w · w.
                    drift += along;
                    difference.add(-3.0 * slope);
                }
            }
            let drift = drift / (60.0 * BLOCK as f64);
            let exact = difference.sum / difference.count;
            // On common samples they differ by the difference's truncation, 1e-8, by rounding, 1e-16/1e-6,
            // and where ±1e-4 crosses a kink: a share 1e-4 of the samples, each by up to 10².
            assert!((drift - exact).abs() < 3e-3 + 1e-3 * exact.abs(), "{sigma:?} {loss:?}: {drift} {exact}");
            largest[index_of(loss)] = f64::max(largest[index_of(loss)], exact.abs());
        }
    }
    assert!(largest.iter().all(|exact| *exact > 0.1), "the test must be able to fail: {largest:?}");
}

fn index_of(loss: Loss) -> usize {
    Loss::ALL.into_iter().position(|other| other == loss).expect("one of them")
}

#[test]
fn independent_neurons_have_the_bias_that_is_computed() {
    let neurons = 40;
    let radius = 0.9;
    let mut certain = 0;
    // Of bounded shapes: where single outputs are large, 40 neurons are not many, and b is the
    // first term only.
    for shape in [Shape::Tanh, Shape::Sigmoid, Shape::Cosine] {
        let place = Placement { height: 2.0, gain: 1.3, offset: 1.0, constant: 0.0 };
        let sigma = Activation::Smooth(Smooth { shape, place });
        for loss in Loss::ALL {
            let rule = DataQuadrature::new(&data(), &sigma, loss, DimensionLimit::Finite, 2.0, 1e-5);
            let rule = rule.expect("converges");
            let moments = features(&rule, radius);
            let bias = rule.independent_bias(&mut std::iter::once(([radius], 1.0)), &moments);
            // ŷ of infinitely many neurons, on the same samples: what is left is b/N and little else.
            let table = MeanOutput::table(&sigma, Some(DIMENSION), Power::Mean);
            let limit = |x: ArrayView1<f64>| {
                let mut mean = [0.0];
                let mut slope = [0.0];
                table.evaluate(radius * x.dot(&x).sqrt(), &mut mean, &mut slope);
                mean[0]
            };
            let mut excess = Mean::default();
            for index in 0..600 {
                let samples = sampler::block(&data().into(), 31, Purpose::Evaluation, index);
                let directions = sampler::block(&data().into(), 32, Purpose::Evaluation, index);
                for first in (0..BLOCK - neurons).step_by(neurons) {
                    let mut weights = Array2::zeros((neurons, DIMENSION));
                    for (i, mut row) in weights.rows_mut().into_iter().enumerate() {
                        row.assign(&rotated(directions.x.row(first + i), radius));
                    }
                    for k in first..first + 20 {
                        let x = samples.x.row(k);
                        let y = samples.y[k];
                        excess.add(loss.value(y, output(&sigma, &weights, x)) - loss.value(y, limit(x)));
                    }
                }
            }
            // Samples share networks, 20 each: standard errors are about √2 too small. The next term
            // is of order N⁻².
            let off = excess.off(bias / neurons as f64);
            assert!(off.abs() < 6.0, "{sigma:?} {loss:?} {off}");
            certain += usize::from(excess.off(0.0).abs() > 9.0);
        }
    }
    assert!(certain >= 6, "the test must be able to fail: without b only {certain} cases would");
}
