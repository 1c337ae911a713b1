//! Tests of the landscape of inputs with directions: against the reductions that it must meet, quadrature
//! that shares nothing with it, and samples of the data.

use super::*;
use crate::activation::{PiecewiseLinear, Placement, Polynomial, Shape, Smooth, examples};
use crate::block_series::tests::by_trapezoids;
use crate::block_series::{AffineSeries, RadiiSeries};
use crate::data::{BlockClasses, GaussianClasses};
use crate::deviates::Deviates;
use crate::directed::{DirectedClass, Label};
use crate::landscape::Landscape;
use crate::quadrature::gaussian_expectation;
use crate::radial_series::RadialSeries;
use crate::sphere;
use crate::teacher::Teacher;

const FINITE: DimensionLimit = DimensionLimit::Finite;

fn tanh() -> Activation {
    let place = Placement { height: 1.5, gain: 1.2, offset: 0.4, constant: 0.2 };
    Activation::Smooth(Smooth { shape: Shape::Tanh, place })
}

fn hermite(coefficients: &[f64]) -> Activation {
    Activation::Polynomial(Polynomial::hermite(coefficients).expect("valid"))
}

fn relu() -> Activation {
    Activation::PiecewiseLinear(PiecewiseLinear::relu())
}

fn reached(is_affine: bool) -> Reached {
    Reached { affine: is_affine.then_some([1.5, 1.0]), along: 1.5, across: 0.8 }
}

fn landscape(data: &DirectedClasses, sigma: &Activation, is_affine: bool, tolerance: f64) -> InputLandscape {
    InputLandscape::new(data, sigma, Loss::Squared, FINITE, &reached(is_affine), tolerance)
        .expect("converges")
}

fn moments<const D: usize>(landscape: &impl Landscape<D>, atoms: &[([f64; D], f64)]) -> Vec<f64> {
    landscape.moments(&mut atoms.iter().copied())
}

fn risk<const D: usize>(landscape: &impl Landscape<D>, atoms: &[([f64; D], f64)]) -> f64 {
    landscape.risk(&moments(landscape, atoms))
}

/// Ψ and its gradient at z under a law.
fn potential<const D: usize>(
    landscape: &impl Landscape<D>,
    atoms: &[([f64; D], f64)],
    z: [f64; D],
) -> (f64, [f64; D]) {
    let rank = landscape.rank();
    let mut values = vec![0.0; rank];
    let mut gradients = vec![[0.0; D]; rank];
    let mut coefficients = vec![0.0; rank];
    landscape.potential_coefficients(&moments(landscape, atoms), &mut coefficients);
    landscape.features(z, &mut values, &mut gradients);
    let value = coefficients.iter().zip(&values).map(|(c, value)| c * value).sum();
    let slope = |d: usize| coefficients.iter().zip(&gradients).map(|(c, gradient)| c * gradient[d]).sum();
    (value, std::array::from_fn(slope))
}

/// y = f(z) on standard normal inputs.
fn single_index(dimension: usize, target: Activation) -> DirectedClasses {
    DirectedClasses::with_teacher(dimension, 1, Teacher::single_index(target))
}

/// Two classes with means, scales and labels of their own.
fn with_means(dimension: usize) -> DirectedClasses {
    let class = |weight: f64, label: f64, mean: f64, along: f64, across: f64| DirectedClass {
        weight,
        label: Label::Number(label),
        means: vec![mean],
        along: vec![along],
        across,
    };
    let classes = vec![class(0.3, 1.0, 0.9, 0.7, 1.2), class(0.7, -0.5, -0.4, 1.1, 0.8)];
    DirectedClasses { directions: 1, across: dimension - 1, classes }
}

#[test]
fn without_directions_it_is_the_radial_series() {
    let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
    for sigma in [examples::figure_1(), tanh()] {
        let radial = RadialSeries::new(&data, &sigma, FINITE, 4.0, 1e-11).expect("converges");
        let inputs = landscape(&(&data).into(), &sigma, true, 1e-11);
        let radii = [(0.5, 0.3), (0.9, 0.7)];
        let atoms = radii.map(|(r, mass)| ([1.0, 0.0, r], mass));
        let gap = risk(&radial, &radii.map(|(r, mass)| ([r], mass))) - risk(&inputs, &atoms);
        assert!(gap.abs() < 1e-10, "{gap:.1e}");
        let (value, [slope]) = potential(&radial, &radii.map(|(r, mass)| ([r], mass)), [0.7]);
        let (own, [by_a, _, by_r]) = potential(&inputs, &atoms, [1.0, 0.0, 0.7]);
        for (found, exact) in [(own, value), (by_r, slope), (by_a, value)] {
            assert!((found - exact).abs() < 1e-10, "{found} {exact}");
        }
    }
}

#[test]
fn without_means_one_direction_is_a_block_of_one_coordinate() {
    // Laws that are even in m, for which the block's sign means nothing.
    let blocks = BlockClasses::anisotropic(40, 1, 0.4).expect("valid");
    let classes = blocks.classes.iter().map(|class| DirectedClass {
        weight: class.weight,
        label: Label::Number(class.label),
        means: vec![0.0],
        along: vec![class.scales[0]],
        across: class.scales[1],
    });
    let data = DirectedClasses { directions: 1, across: 39, classes: classes.collect() };
    let sigma = tanh();
    let series = RadiiSeries::new(&blocks, &sigma, FINITE, [0.5, 1.0], 2e-10).expect("converges");
    let inputs = landscape(&data, &sigma, false, 1e-11);
    let gap = risk(&series, &[([0.3, 0.8], 1.0)]) - risk(&inputs, &[([0.3, 0.8], 0.5), ([-0.3, 0.8], 0.5)]);
    assert!(gap.abs() < 1e-10, "{gap:.1e}");
    let series = AffineSeries::new(&blocks, &sigma, FINITE, [1.0, 0.5, 0.5, 1.0], 2e-10).expect("converges");
    let inputs = landscape(&data, &sigma, true, 1e-11);
    let atoms = [([0.8, -0.3, 0.3, 0.8], 0.5), ([0.8, -0.3, -0.3, 0.8], 0.5)];
    let gap = risk(&series, &[([0.8, -0.3, 0.3, 0.8], 1.0)]) - risk(&inputs, &atoms);
    assert!(gap.abs() < 1e-10, "{gap:.1e}");
}

#[test]
fn a_constant_target_is_a_class_with_a_label() {
    let constant = hermite(&[0.7]);
    let one = DirectedClass {
        weight: 1.0,
        label: Label::Number(0.7),
        means: Vec::new(),
        along: Vec::new(),
        across: 1.0,
    };
    let plain = DirectedClasses { directions: 0, across: 40, classes: vec![one] };
    let inputs = landscape(&single_index(40, constant), &tanh(), true, 1e-11);
    let without = landscape(&plain, &tanh(), true, 1e-11);
    // A law that is invariant under all rotations has the same risk to both.
    let angles = sphere::quadrature(40, 24).expect("symmetric");
    let atoms: Vec<([f64; 4], f64)> = angles
        .into_iter()
        .map(|(cosine, weight)| ([1.2, 0.3, 0.9 * cosine, 0.9 * (1.0 - cosine * cosine).sqrt()], weight))
        .collect();
    let gap = risk(&inputs, &atoms) - risk(&without, &[([1.2, 0.3, 0.9], 1.0)]);
    assert!(gap.abs() < 1e-9, "{gap:.1e}");
}

/// Steps to 1 of expectations without kinks: tanh(1.2 S g) with S ≤ 1.4 has its poles 0.9 away, which leaves
/// e^{−2π 6 0.9} = 2e-15; where there are kinks, the input across has smoothed them.
const STEPS: i32 = 6;

/// E σ(z)σ(z') of normal inputs with these offsets, scales and correlation.
fn pair(sigma: &Activation, [b, scale]: [f64; 2], [c, other]: [f64; 2], correlation: f64) -> f64 {
    let along = other * correlation;
    let spread = other * (1.0 - correlation * correlation).max(0.0).sqrt();
    let breaks: Vec<f64> = sigma.kinks().iter().map(|kink| (kink - b) / scale).collect();
    let given = |g: f64| sigma.value(b + scale * g) * sigma.mean(c + along * g, spread);
    match breaks.is_empty() {
        true => by_trapezoids(STEPS, given),
        false => gaussian_expectation(&breaks, given),
    }
}

/// V and U by quadrature over all of z and the angle of two neurons across it, neurons (a, b, m, r).
fn potentials_by_quadrature(
    data: &DirectedClasses,
    sigma: &Activation,
    [a, b, m, r]: [f64; 4],
    [c, d, n, s]: [f64; 4],
) -> (f64, f64) {
    let angles = sphere::quadrature(data.across, 14).expect("symmetric");
    let mut v = 0.0;
    let mut u = 0.0;
    for class in &data.classes {
        let z = |g: f64| class.means[0] + class.along[0] * g;
        let breaks = match &class.label {
            Label::Number(_) => Vec::new(),
            Label::Teacher(teacher) => teacher.breaks(),
        };
        v -= class.weight
            * gaussian_expectation(&breaks, |g| {
                class.label.value(&[z(g)]) * a * sigma.mean(b + m * z(g), class.across * r)
            });
        u += class.weight
            * by_trapezoids(STEPS, |g| {
                let [first, second] = [[b + m * z(g), class.across * r], [d + n * z(g), class.across * s]];
                let of_angles =
                    angles.iter().map(|(cosine, weight)| weight * pair(sigma, first, second, *cosine));
                a * c * of_angles.sum::<f64>()
            });
    }
    (v, u)
}

#[test]
fn potentials_meet_quadrature_over_inputs() {
    let one = [1.1, 0.4, 0.7, 0.8];
    let other = [-0.8, -0.3, -1.2, 0.6];
    let cases = [
        (single_index(40, hermite(&[0.0, 0.0, 1.0])), tanh(), 1e-10),
        (single_index(30, relu()), tanh(), 1e-10),
        (with_means(40), tanh(), 1e-10),
        (with_means(40), examples::figure_1(), 1e-9),
        (single_index(40, hermite(&[0.0, 1.0, 0.0, 0.5])), hermite(&[0.2, 1.0, 0.4]), 1e-10),
    ];
    for (data, sigma, tolerance) in cases {
        let inputs = landscape(&data, &sigma, true, tolerance);
        let (v, u) = potentials_by_quadrature(&data, &sigma, one, other);
        let (own, _) = potential(&inputs, &[([0.0, 0.0, 0.1, 0.5], 1.0)], one);
        let (both, _) = potential(&inputs, &[(other, 1.0)], one);
        assert!((own - v).abs() < 1e-9, "V {own} {v} {sigma:?}");
        assert!((both - own - u).abs() < 1e-9, "U {} {u} {sigma:?}", both - own);
    }
}

#[test]
fn the_risk_of_a_law_meets_samples() {
    // Inputs and neurons in all their coordinates: nothing is reduced.
    let dimension = 6;
    let mut draws = Deviates(3);
    for data in [with_means(dimension), single_index(dimension, hermite(&[0.1, 0.5, 0.7]))] {
        let sigma = tanh();
        let atoms = [[1.1, 0.4, 0.7, 0.8], [-0.8, -0.3, -1.2, 0.6]];
        let inputs = landscape(&data, &sigma, true, 1e-6);
        let exact = risk(&inputs, &atoms.map(|z| (z, 0.5)));
        let count = 300_000;
        let (mut sum, mut square) = (0.0, 0.0);
        for _ in 0..count {
            let class = &data.classes[usize::from(draws.uniform() > data.classes[0].weight)];
            let z = class.means[0] + class.along[0] * draws.normal();
            let across: Vec<f64> = (1..dimension).map(|_| class.across * draws.normal()).collect();
            let y = class.label.value(&[z]);
            // Two independent copies of the law's output: their product has its square's mean.
            let mut output = || {
                let [a, b, m, r] = atoms[usize::from(draws.uniform() > 0.5)];
                let w: Vec<f64> = (1..dimension).map(|_| draws.normal()).collect();
                let norm = w.iter().map(|c| c * c).sum::<f64>().sqrt();
                let inner: f64 = w.iter().zip(&across).map(|(w, x)| r * w / norm * x).sum();
                a * sigma.value(b + m * z + inner)
            };
            let sample = (y - output()) * (y - output());
            (sum, square) = (sum + sample, square + sample * sample);
        }
        let mean = sum / f64::from(count);
        let error = ((square / f64::from(count) - mean * mean) / f64::from(count)).sqrt();
        assert!((mean - exact).abs() < 4.0 * error, "{mean} ± {error}, {exact}");
    }
}

#[test]
fn gradients_are_differences() {
    let data = with_means(20);
    for loss in [Loss::Squared, Loss::Welsch { scale: 1.0 }] {
        let inputs =
            InputLandscape::new(&data, &tanh(), loss, FINITE, &reached(true), 1e-6).expect("converges");
        let z = [1.1, 0.4, 0.7, 0.8];
        let rank = Features::<4>::rank(&inputs);
        let mut values = vec![0.0; rank];
        let mut gradients = vec![[0.0; 4]; rank];
        inputs.features(z, &mut values, &mut gradients);
        let step = 1e-5;
        for d in 0..4 {
            let [above, below] = [step, -step].map(|shift| {
                let mut z = z;
                z[d] += shift;
                let mut values = vec![0.0; rank];
                inputs.values(z, &mut values);
                values
            });
            for k in 0..rank {
                let difference = (above[k] - below[k]) / (2.0 * step);
                // Truncation step²/6 · |φ'''|, rounding 1e-16 · 10/step.
                assert!((difference - gradients[k][d]).abs() < 1e-8, "{loss:?} {d} {k}");
            }
        }
    }
}

#[test]
fn a_wide_huber_loss_is_half_the_squared_one() {
    // The same law by outputs at lengths and by orders.
    let data = with_means(40);
    let squared = landscape(&data, &tanh(), true, 1e-9);
    let wide = Loss::Huber { threshold: 1e3 };
    let outputs = InputLandscape::new(&data, &tanh(), wide, FINITE, &reached(true), 1e-9).expect("converges");
    let atoms = [([1.1, 0.4, 0.7, 0.8], 0.4), ([-0.8, -0.3, -1.2, 0.6], 0.6)];
    let gap = risk(&squared, &atoms) - 2.0 * risk(&outputs, &atoms);
    assert!(gap.abs() < 2e-9, "{gap:.1e}");
    let (value, gradient) = potential(&squared, &atoms, [0.9, 0.1, 0.5, 0.7]);
    let (half, half_gradient) = potential(&outputs, &atoms, [0.9, 0.1, 0.5, 0.7]);
    assert!((value - 2.0 * half).abs() < 1e-8, "{value} {half}");
    for (slope, half) in gradient.iter().zip(half_gradient) {
        assert!((slope - 2.0 * half).abs() < 1e-7, "{slope} {half}");
    }
    // b of independent neurons, too: half of it.
    let bias = |landscape: &InputLandscape| {
        Landscape::<4>::independent_bias(landscape, &mut atoms.into_iter(), &moments(landscape, &atoms))
    };
    let gap = bias(&squared) - 2.0 * bias(&outputs);
    assert!(gap.abs() < 1e-7, "{gap:.1e} {}", bias(&squared));
}

#[test]
fn what_is_said_to_be_left_out_holds_what_is() {
    let data = (&GaussianClasses::isotropic(20, 0.6).expect("valid")).into();
    let coarse = landscape(&data, &relu(), true, 1e-2);
    let fine = landscape(&data, &relu(), true, 1e-7);
    for z in [[1.0, 0.3, 0.9], [1.4, -0.8, 1.5], [1.0, 0.0, 3.0]] {
        let error = (risk(&coarse, &[(z, 1.0)]) - risk(&fine, &[(z, 1.0)])).abs();
        let said = Features::<3>::truncation(&coarse, z);
        assert!(error > 0.0 && error <= said, "{z:?}: {error:.1e}, said {said:.1e}");
    }
}

#[test]
fn what_no_rule_reaches_is_said_with_what_one_does() {
    let unit = |direction: [f64; 3]| crate::teacher::TeacherUnit {
        factor: 1.0,
        direction: direction.to_vec(),
        offset: 0.0,
        activation: relu(),
    };
    let units = vec![unit([1.0, 0.0, 0.0]), unit([0.0, 1.0, 0.0])];
    let space = DirectedClasses::with_teacher(20, 3, Teacher { units });
    let at = |tolerance: f64| {
        InputLandscape::new(&space, &tanh(), Loss::Squared, FINITE, &reached(false), tolerance)
    };
    let error = at(1e-5).expect_err("three directions");
    let reachable = error.reachable().expect("a number");
    assert!(reachable > 1e-5 && reachable < 0.1, "{error}");
    assert!(!error.to_string().contains("inf"), "{error}");
    let truncation = at(reachable).expect("reached").truncation();
    assert!(truncation <= reachable);
}

#[test]
fn lengths_of_other_losses_are_refined_to_the_tolerance() {
    let data = (&GaussianClasses::isotropic(10, 0.5).expect("valid")).into();
    let sigma = Activation::Polynomial(Polynomial::new(&[0.3, 0.2, 0.5]).expect("valid"));
    let inputs = InputLandscape::new(&data, &sigma, Loss::Logistic, FINITE, &reached(true), 1e-9);
    assert!(inputs.expect("reached").truncation() <= 1e-9);
}

#[test]
fn points_are_integrated_exactly() {
    let points = DirectedClasses::points(&[vec![0.5, 1.0], vec![-1.5, 0.3]], &[1.0, -2.0], &[0.25, 0.75]);
    let sigma = tanh();
    let inputs = landscape(&points, &sigma, false, 1e-14);
    let w = [0.7, -0.4];
    let square = |x: [f64; 2], y: f64| (y - sigma.value(w[0] * x[0] + w[1] * x[1])).powi(2);
    let exact = 0.25 * square([0.5, 1.0], 1.0) + 0.75 * square([-1.5, 0.3], -2.0);
    assert!((risk(&inputs, &[(w, 1.0)]) - exact).abs() < 1e-15);
    assert_eq!((inputs.terms(), inputs.truncation()), (2, 0.0));
}

#[test]
fn two_directions_turned_are_the_same() {
    // So gentle that few orders of both directions are enough.
    let place = Placement { height: 1.5, gain: 0.6, offset: 0.4, constant: 0.2 };
    let sigma = Activation::Smooth(Smooth { shape: Shape::Tanh, place });
    let turned = |angle: f64| {
        let unit = crate::teacher::TeacherUnit {
            factor: 1.0,
            direction: vec![angle.cos(), angle.sin()],
            offset: 0.2,
            activation: sigma.clone(),
        };
        DirectedClasses::with_teacher(20, 2, Teacher { units: vec![unit] })
    };
    let plain = landscape(&turned(0.0), &sigma, false, 1e-5);
    let other = landscape(&turned(0.6), &sigma, false, 1e-5);
    let atoms = |angle: f64| {
        let place =
            |[m, n]: [f64; 2]| [m * angle.cos() - n * angle.sin(), m * angle.sin() + n * angle.cos(), 0.7];
        [(place([0.6, 0.3]), 0.5), (place([-0.2, 0.8]), 0.5)]
    };
    let gap = risk(&plain, &atoms(0.0)) - risk(&other, &atoms(0.6));
    assert!(gap.abs() < 2e-5, "{gap:.1e}");
}
