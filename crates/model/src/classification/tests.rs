//! Tests of the classification error in closed forms. Inputs are counted where samples are drawn
//! (crates/particle/tests/classification.rs).

use ndarray::array;

use super::*;
use crate::activation::{Activation, PiecewiseLinear, Polynomial, examples};
use crate::initial::Initial;

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
fn labels_of_one_sign_say_nothing() {
    assert_eq!(check_labels([1.0, 2.0]), Err(ClassificationUnknown::Labels));
    assert_eq!(check_labels([1.0, 0.0, -1.0]), Err(ClassificationUnknown::Labels));
    assert_eq!(check_labels([1.0, -0.5, 3.0]), Ok(()));
}
