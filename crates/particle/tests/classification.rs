//! The classification error of a law by quadrature over the data, against inputs that are drawn one by one.

use meanfield_model::activation::{Activation, Placement, Shape, Smooth};
use meanfield_model::classification::ClassificationError;
use meanfield_model::data::{BlockClass, BlockClasses, GaussianClasses};
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
fn blocks_of_few_coordinates_meet_counted_inputs() {
    let data = BlockClasses::anisotropic(7, 3, 0.5).expect("valid");
    let problem = Problem::two_layer(data, sigma(), START).expect("fits");
    let law = Measure::Atoms { points: array![[1.1, 0.5]], weights: Array1::ones(1) };
    let [first, second] = [3, 4].map(|dimension| sphere::quadrature(dimension, 40).expect("nodes"));
    compare(&problem, &law, |x| {
        let lengths = [length(x.slice(s![..3])), length(x.slice(s![3..]))];
        let mut output = 0.0;
        for (zeta, weight) in &first {
            for (other, share) in &second {
                let z = 1.1 * lengths[0] * zeta + 0.5 * lengths[1] * other;
                output += weight * share * sigma().value(z);
            }
        }
        output
    });
}

#[test]
fn a_direction_and_few_coordinates_across_meet_counted_inputs() {
    let class = |sign: f64| DirectedClass {
        weight: 0.5,
        label: Label::Number(sign),
        means: vec![0.3 * sign],
        along: vec![0.4],
        across: 1.0 + 0.5 * sign,
    };
    for across in [2, 3] {
        let data = DirectedClasses { directions: 1, across, classes: vec![class(1.0), class(-1.0)] };
        let problem = Problem::two_layer(data, sigma(), START).expect("fits");
        let cosines = sphere::quadrature(across, 100).expect("nodes");
        let law = Measure::Atoms { points: array![[0.2, 1.1]], weights: array![1.0] };
        compare(&problem, &law, |x| {
            let radius = 1.1 * length(x.slice(s![1..]));
            let outputs =
                cosines.iter().map(|(zeta, weight)| weight * sigma().value(0.2 * x[0] + radius * zeta));
            outputs.sum()
        });
    }
}

#[test]
fn three_blocks_meet_counted_inputs() {
    let class = |label: f64, scales| BlockClass { weight: 0.5, label, scales };
    let classes = vec![class(1.0, [1.4, 0.7, 1.0]), class(-1.0, [0.8, 1.2, 1.0])];
    let data = BlockClasses { dimensions: [6, 8, 10], classes };
    let problem = Problem::two_layer(data, sigma(), START).expect("fits");
    let rules = [6, 8, 10].map(|dimension| sphere::quadrature(dimension, 12).expect("nodes"));
    // Laws for which the first block decides, and the second.
    for radii in [[1.3, 0.3, 0.4], [0.3, 1.3, 0.6]] {
        let law = Measure::Atoms { points: arr2(&[radii]), weights: Array1::ones(1) };
        compare(&problem, &law, |x| {
            let parts = [x.slice(s![..6]), x.slice(s![6..14]), x.slice(s![14..])].map(length);
            let [first, second, third] = std::array::from_fn(|block| radii[block] * parts[block]);
            let mut output = 0.0;
            for (one, weight) in &rules[0] {
                for (two, share) in &rules[1] {
                    for (three, part) in &rules[2] {
                        let z = first * one + second * two + third * three;
                        output += weight * share * part * sigma().value(z);
                    }
                }
            }
            output
        });
    }
}

#[test]
fn several_directions_meet_counted_inputs() {
    for directions in [2, 3] {
        let class = |signs: [f64; 3]| DirectedClass {
            weight: 0.25,
            label: Label::Number(signs[0] * signs[1]),
            means: signs[..directions].to_vec(),
            along: [0.6, 0.8, 0.5][..directions].to_vec(),
            across: 0.7,
        };
        let signs = [[1.0, 1.0, 0.4], [-1.0, -1.0, 0.4], [1.0, -1.0, -0.4], [-1.0, 1.0, 0.0]];
        let data = DirectedClasses { directions, across: 9, classes: signs.map(class).to_vec() };
        let problem = Problem::two_layer(data, sigma(), START).expect("fits");
        let cosines = sphere::quadrature(9, 24).expect("nodes");
        // m, and r last.
        let neurons = [[0.9, 0.8, 0.5, 0.4], [-0.6, -1.0, 0.3, 0.6], [0.2, 0.1, -0.4, 0.9]];
        let neurons = neurons
            .map(|[m1, m2, m3, r]| if directions == 2 { vec![m1, m2, r] } else { vec![m1, m2, m3, r] });
        let points = ndarray::Array2::from_shape_fn((3, directions + 1), |(neuron, k)| neurons[neuron][k]);
        let law = Measure::Atoms { points, weights: Array1::from_elem(3, 1.0 / 3.0) };
        compare(&problem, &law, |x| {
            let across = length(x.slice(s![directions..]));
            let mut output = 0.0;
            for neuron in &neurons {
                let along: f64 = (0..directions).map(|k| neuron[k] * x[k]).sum();
                for (zeta, weight) in &cosines {
                    output += weight / 3.0 * sigma().value(along + neuron[directions] * across * zeta);
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
