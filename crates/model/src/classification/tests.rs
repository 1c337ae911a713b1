//! Tests of the classification error in closed forms. Inputs are counted where samples are drawn
//! (crates/particle/tests/classification.rs).

use ndarray::array;

use super::*;
use crate::activation::{Activation, PiecewiseLinear, Placement, Polynomial, Shape, Smooth, examples};
use crate::axis::Axis;
use crate::data::BlockClasses;
use crate::directed::{DirectedClass, Label};
use crate::initial::{AffineStart, Initial, Normal, NumberLaw};
use crate::normal;
use crate::problem::Start;
use crate::teacher::Teacher;

const START: Initial = Initial::Gaussian { scale: 0.8 };

fn error(problem: &Problem, law: &Measure) -> f64 {
    ClassificationError::new(problem).expect("two signs").error_of(law)
}

#[test]
fn a_threshold_of_the_length_is_exact() {
    // ŷ = E z² − 1 = r²|x|²/d − 1 for all neurons at r: positive where |x| > √d/r.
    let data = GaussianClasses::isotropic(12, 0.4).expect("valid");
    let square = Polynomial::new(&[-1.0, 0.0, 1.0]).expect("valid");
    let problem = Problem::two_layer(data, Activation::Polynomial(square), START).expect("fits");
    let law = Measure::equal_atoms(&[1.1]);
    let below = |scale: f64| {
        let length = 12f64.sqrt() / 1.1 / scale;
        Initial::Gaussian { scale: 12f64.sqrt() }.radial_distribution(12, length)
    };
    let exact = 0.5 * below(1.4) + 0.5 * (1.0 - below(0.6));
    // Tables of k to 1e-13.
    assert!((error(&problem, &law) - exact).abs() < 1e-11, "{} {exact}", error(&problem, &law));
}

#[test]
fn an_output_of_zero_is_wrong_for_every_label() {
    let data = GaussianClasses::isotropic(12, 0.4).expect("valid");
    let sigma = PiecewiseLinear::new(vec![[0.0, 0.0], [1.0, 0.0]]).expect("valid");
    let problem = Problem::two_layer(data, Activation::PiecewiseLinear(sigma), START).expect("fits");
    assert_eq!(error(&problem, &Measure::equal_atoms(&[1.0])), 1.0);
}

#[test]
fn output_weights_and_cells_count_too() {
    let data = BlockClasses::anisotropic(24, 8, 0.5).expect("valid");
    let problem = Problem::two_layer(data, examples::figure_1(), START).expect("fits");
    let two = Measure::Atoms { points: array![[0.9, 0.3]], weights: array![1.0] };
    let four = Measure::Atoms { points: array![[1.0, 0.0, 0.9, 0.3]], weights: array![1.0] };
    assert_eq!(error(&problem, &two), error(&problem, &four));
    let opposite = Measure::Atoms { points: array![[-1.0, 0.0, 0.9, 0.3]], weights: array![1.0] };
    // Every input is on one side or the other; two kinds of ends, each to 1e-5 by the kinks of the rule.
    assert!((error(&problem, &opposite) + error(&problem, &two) - 1.0).abs() < 1e-4);
}

#[test]
fn of_a_law_that_is_not_known_there_is_none() {
    let data = GaussianClasses::isotropic(12, 0.4).expect("valid");
    let one = Problem::two_layer(data, examples::figure_1(), START).expect("fits");
    let axis = Axis::uniform(0.0, 2.0, 4).expect("axis");
    let cells = Measure::line_of_cells(axis, &[0.25; 4]);
    for law in [Measure::equal_atoms(&[1.0]), cells] {
        assert!(error(&one, &law).is_finite() && error(&one, &law.unknown()).is_nan(), "{law:?}");
    }
}

#[test]
fn labels_of_one_sign_say_nothing() {
    assert_eq!(check_labels([1.0, 2.0]), Err(ClassificationUnknown::Labels));
    assert_eq!(check_labels([1.0, 0.0, -1.0]), Err(ClassificationUnknown::Labels));
    assert_eq!(check_labels([1.0, -0.5, 3.0]), Ok(()));
}

/// Classes y = ± 1 with means ± μ along one direction, so many others.
fn means(mean: f64, along: f64, across: usize) -> DirectedClasses {
    let class = |sign: f64| DirectedClass {
        weight: 0.5,
        label: Label::Number(sign),
        means: vec![sign * mean],
        along: vec![along],
        across: 0.9,
    };
    DirectedClasses { directions: 1, across, classes: vec![class(1.0), class(-1.0)] }
}

#[test]
fn a_threshold_along_a_direction_is_exact() {
    let tanh = Activation::from(Smooth { shape: Shape::Tanh, place: Placement::default() });
    let problem = Problem::two_layer(means(0.8, 0.7, 12), tanh, START).expect("fits");
    // An odd σ of z, whatever is across: ŷ has the sign of z.
    let exact = normal::distribution(-0.8 / 0.7);
    for neuron in [array![[0.9, 0.0]], array![[0.9, 0.4]]] {
        let found = error(&problem, &Measure::Atoms { points: neuron, weights: array![1.0] });
        assert!((found - exact).abs() < 1e-8, "{found} {exact}");
    }
}

#[test]
fn output_weights_on_one_block_are_the_same_neurons() {
    let data = GaussianClasses::isotropic(40, 0.5).expect("valid");
    let plain = Problem::two_layer(data.clone(), examples::figure_1(), START).expect("fits");
    let affine = AffineStart { a: number(1.0), b: number(0.0) };
    let start = Start::Affine(START, affine);
    let affine = Problem::two_layer(data, examples::figure_1(), start).expect("fits");
    for radius in [0.9, 1.6] {
        let exact = error(&plain, &Measure::equal_atoms(&[radius]));
        let law = Measure::Atoms { points: array![[1.0, 0.0, radius]], weights: array![1.0] };
        // Polynomials of the length up to the seventh, against a table of k.
        assert!((error(&affine, &law) - exact).abs() < 1e-5, "{} {exact}", error(&affine, &law));
    }
}

#[test]
fn points_are_right_or_wrong() {
    let inputs = [vec![1.0, 0.0], vec![-1.0, 0.0], vec![-2.0, 0.0]];
    let data = DirectedClasses::points(&inputs, &[1.0, -1.0, 1.0], &[0.5, 0.25, 0.25]);
    let tanh = Activation::from(Smooth { shape: Shape::Tanh, place: Placement::default() });
    let problem = Problem::two_layer(data, tanh, START).expect("fits");
    let law = |m: f64| Measure::Atoms { points: array![[m, 0.3]], weights: array![1.0] };
    assert_eq!([error(&problem, &law(0.8)), error(&problem, &law(-0.8))], [0.25, 0.75]);
}

#[test]
fn a_threshold_of_either_length_is_exact() {
    // ŷ = r²|x_B|²/d_B − 1 where a neuron sees block B alone: the set ends along one length or the other.
    let data = BlockClasses::anisotropic(24, 8, 0.5).expect("valid");
    let square = Polynomial::new(&[-1.0, 0.0, 1.0]).expect("valid");
    let problem = Problem::two_layer(data.clone(), Activation::Polynomial(square), START).expect("fits");
    for block in [0, 1] {
        let mut neuron = array![[0.0, 0.0]];
        neuron[[0, block]] = 0.9;
        let dimension = data.dimensions[block];
        let normal = Initial::Gaussian { scale: (dimension as f64).sqrt() };
        let below = |scale: f64| {
            let length = (dimension as f64).sqrt() / 0.9 / scale;
            normal.radial_distribution(dimension, length)
        };
        let shares = data.classes.iter().map(|class| {
            let below = below(class.scales[block]);
            class.weight * if class.label > 0.0 { below } else { 1.0 - below }
        });
        let exact: f64 = shares.sum();
        let found = error(&problem, &Measure::Atoms { points: neuron, weights: array![1.0] });
        assert!((found - exact).abs() < 1e-5, "{block}: {found} {exact}");
    }
}

#[test]
fn a_threshold_of_the_length_across_is_exact() {
    let mut data = means(0.8, 0.7, 12);
    data.classes[0].across = 1.3;
    data.classes[1].across = 0.6;
    let square = Polynomial::new(&[-1.0, 0.0, 1.0]).expect("valid");
    let problem = Problem::two_layer(data, Activation::Polynomial(square), START).expect("fits");
    let law = Measure::Atoms { points: array![[0.0, 1.1]], weights: array![1.0] };
    let normal = Initial::Gaussian { scale: 12f64.sqrt() };
    let below = |scale: f64| normal.radial_distribution(12, 12f64.sqrt() / 1.1 / scale);
    let exact = 0.5 * below(1.3) + 0.5 * (1.0 - below(0.6));
    assert!((error(&problem, &law) - exact).abs() < 1e-5, "{} {exact}", error(&problem, &law));
}

#[test]
fn corners_between_two_directions_are_exact() {
    // Neurons (1, 1) with σ = z²/2 and (1, −1) with its opposite: ŷ = z₁ z₂.
    let affine = AffineStart { a: number(1.0), b: number(0.0) };
    let start = Start::Affine(START, affine);
    let law = Measure::Atoms {
        points: array![[1.0, 0.0, 1.0, 1.0], [-1.0, 0.0, 1.0, -1.0]],
        weights: array![0.5, 0.5],
    };
    for along in [[0.8, 0.6], [0.8, 0.0]] {
        let class = |signs: [f64; 2]| DirectedClass {
            weight: 0.25,
            label: Label::Number(signs[0] * signs[1]),
            means: signs.to_vec(),
            along: along.to_vec(),
            across: 0.0,
        };
        let classes = [[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]].map(class).to_vec();
        let data = DirectedClasses { directions: 2, across: 0, classes };
        let square = Activation::Polynomial(Polynomial::new(&[0.0, 0.0, 0.5]).expect("valid"));
        let problem = Problem::two_layer(data, square, start.clone()).expect("fits");
        let crossed = along.map(|scale| if scale > 0.0 { normal::distribution(-1.0 / scale) } else { 0.0 });
        let exact = crossed[0] * (1.0 - crossed[1]) + crossed[1] * (1.0 - crossed[0]);
        let found = error(&problem, &law);
        assert!((found - exact).abs() < 1e-5, "{along:?}: {found} {exact}");
    }
}

fn number(mean: f64) -> NumberLaw {
    NumberLaw::from(Normal { mean, deviation: 0.0 })
}

#[test]
fn targets_are_refused() {
    let target = DirectedClasses::with_teacher(20, 1, Teacher::single_index(examples::figure_1()));
    let problem = Problem::two_layer(target, examples::figure_1(), START).expect("fits");
    assert_eq!(ClassificationError::new(&problem).err(), Some(ClassificationUnknown::Labels));
}
