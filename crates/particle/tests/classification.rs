//! The classification error of a law by quadrature over the data, against inputs that are drawn one by one.

use meanfield_model::activation::{Activation, Placement, Shape, Smooth};
use meanfield_model::classification::ClassificationError;
use meanfield_model::data::{BlockClasses, GaussianClasses};
use meanfield_model::directed::{DirectedClass, DirectedClasses, Label};
use meanfield_model::initial::{AffineStart, Initial, Normal, NumberLaw};
use meanfield_model::measure::Measure;
use meanfield_model::problem::{Problem, Start};
use meanfield_model::sphere;
use meanfield_particle::sampler;
use meanfield_random::stream::Purpose;
use ndarray::{Array1, ArrayView1, arr2, array, s};

const START: Initial = Initial::Gaussian { scale: 0.8 };
const BLOCKS: u64 = 80;

fn sigma() -> Activation {
    let place = Placement { height: 3.0, gain: 2.0, offset: -1.0, constant: 1.0 };
    Smooth { shape: Shape::Tanh, place }.into()
}

/// The share of fresh inputs with y ŷ ≤ 0, and its standard error.
fn counted(problem: &Problem, output: impl Fn(ArrayView1<f64>) -> f64) -> (f64, f64) {
    let data = problem.data().mixture();
    let mut wrong = 0.0;
    let mut count = 0.0;
    for index in 0..BLOCKS {
        let samples = sampler::block(&data, 7, Purpose::Evaluation, index);
        for (x, label) in samples.x.rows().into_iter().zip(&samples.y) {
            wrong += f64::from(label * output(x) <= 0.0);
            count += 1.0;
        }
    }
    let share = wrong / count;
    (share, (share * (1.0 - share) / count).sqrt())
}

fn length(x: ArrayView1<f64>) -> f64 {
    x.dot(&x).sqrt()
}

/// The error of a law, and the same counted with these outputs.
fn compare(problem: &Problem, law: &Measure, output: impl Fn(ArrayView1<f64>) -> f64) {
    let found = ClassificationError::new(problem).expect("two signs").error_of(law);
    let (share, spread) = counted(problem, output);
    assert!((0.005..0.995).contains(&share), "a case that decides nothing: {share}");
    // Four standard errors of the count; the quadrature errs by 1e-5.
    assert!((found - share).abs() < 4.0 * spread + 1e-5, "{law:?}: {found} {share} ± {spread}");
}

#[test]
fn one_block_meets_counted_inputs() {
    let data = GaussianClasses::isotropic(10, 0.5).expect("valid");
    let problem = Problem::two_layer(data, sigma(), START).expect("fits");
    let cosines = sphere::quadrature(10, 40).expect("nodes");
    for radii in [[0.3, 0.9], [0.8, 2.2]] {
        compare(&problem, &Measure::equal_atoms(&radii), |x| {
            let outputs = cosines.iter().flat_map(|(zeta, weight)| {
                radii.map(|radius| 0.5 * weight * sigma().value(radius * length(x) * zeta))
            });
            outputs.sum()
        });
    }
}

#[test]
fn two_blocks_meet_counted_inputs() {
    let data = BlockClasses::anisotropic(24, 8, 0.5).expect("valid");
    let problem = Problem::two_layer(data, sigma(), START).expect("fits");
    let [first, second] = [8, 16].map(|dimension| sphere::quadrature(dimension, 24).expect("nodes"));
    for [r1, r2] in [[1.6, 0.2], [1.1, 0.5]] {
        let law = Measure::Atoms { points: array![[r1, r2]], weights: Array1::ones(1) };
        compare(&problem, &law, |x| {
            let lengths = [length(x.slice(s![..8])), length(x.slice(s![8..]))];
            let mut output = 0.0;
            for (zeta, weight) in &first {
                for (other, share) in &second {
                    let z = r1 * lengths[0] * zeta + r2 * lengths[1] * other;
                    output += weight * share * sigma().value(z);
                }
            }
            output
        });
    }
}

#[test]
fn classes_with_means_meet_counted_inputs() {
    let class = |sign: f64| DirectedClass {
        weight: if sign > 0.0 { 0.6 } else { 0.4 },
        label: Label::Number(sign),
        means: vec![0.7 * sign],
        along: vec![0.6],
        across: 1.0 + 0.3 * sign,
    };
    let data = DirectedClasses { directions: 1, across: 9, classes: vec![class(1.0), class(-1.0)] };
    let start = AffineStart { a: constant(1.0), b: constant(0.0) };
    let problem = Problem::two_layer(data, sigma(), Start::Affine(START, start)).expect("fits");
    let cosines = sphere::quadrature(9, 40).expect("nodes");
    for neurons in
        [[[1.0, 0.2, 0.9, 0.5], [-0.6, 0.4, -0.5, 0.8]], [[0.3, -0.5, 0.2, 1.1], [0.8, 0.1, 0.6, 0.3]]]
    {
        let law = Measure::Atoms { points: arr2(&neurons), weights: array![0.5, 0.5] };
        compare(&problem, &law, |x| {
            let across = length(x.slice(s![1..]));
            let mut output = 0.0;
            for [a, b, m, r] in neurons {
                for (zeta, weight) in &cosines {
                    output += 0.5 * a * weight * sigma().value(b + m * x[0] + r * across * zeta);
                }
            }
            output
        });
    }
}

fn constant(mean: f64) -> NumberLaw {
    NumberLaw::from(Normal { mean, deviation: 0.0 })
}
