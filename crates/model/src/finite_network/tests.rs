//! Tests of the exact risk: against the sum over all pairs by quadrature, in any geometry, for data of one
//! block and of two.

use ndarray::{Array2, ArrayView1, array, concatenate, s};

use super::seen::ClassNeurons;
use super::series::PAIR_TOLERANCE;
use super::*;
use crate::activation::examples;
use crate::data::{BlockClasses, GaussianClasses};
use crate::deviates::Deviates;
use crate::directed::{DirectedClass, DirectedClasses, Label};
use crate::mixture::Component;
use crate::quadrature::gaussian_expectation;
use crate::teacher::Teacher;

fn one_block(dimension: usize) -> Mixture {
    GaussianClasses::isotropic(dimension, 0.8).expect("valid").into()
}

fn two_blocks(dimension: usize, relevant: usize) -> Mixture {
    BlockClasses::anisotropic(dimension, relevant, 0.6).expect("valid").into()
}

/// Covariance of two inputs.
fn covariance(data: &Mixture, class: &Component, weights: ArrayView1<f64>, others: ArrayView1<f64>) -> f64 {
    data.blocks()
        .zip(&class.scales)
        .map(|(block, scale): (std::ops::Range<usize>, &f64)| {
            scale * scale * weights.slice(s![block.clone()]).dot(&others.slice(s![block]))
        })
        .sum()
}

/// Every pair by quadrature, no series, as the risk is defined.
fn slow_risk(data: &Mixture, sigma: &Activation, unit: Unit, parameters: &Array2<f64>) -> f64 {
    let neurons = unit.neurons(parameters.view());
    let n = parameters.nrows();
    let mut total = 0.0;
    for class in &data.components {
        let product = |i, j| covariance(data, class, neurons.weights.row(i), neurons.weights.row(j));
        let input = |i: usize| Input { offset: neurons.offsets[i], scale: product(i, i).sqrt() };
        let mut output = 0.0;
        let mut square = 0.0;
        for i in 0..n {
            output += neurons.outer[i] * sigma.mean(input(i).offset, input(i).scale);
            for j in 0..=i {
                let scales = input(i).scale * input(j).scale;
                let cosine = if scales > 0.0 { product(i, j) / scales } else { 0.0 };
                let cosine = if i == j { 1.0 } else { cosine.clamp(-1.0, 1.0) };
                let pair = pair_by_quadrature(sigma, input(i), input(j), cosine);
                square += if i == j { 1.0 } else { 2.0 } * neurons.outer[i] * neurons.outer[j] * pair;
            }
        }
        let n = n as f64;
        let label = class.label.number().expect("a number");
        total += class.weight * (label.powi(2) - 2.0 * label * output / n + square / (n * n));
    }
    total
}

/// a and b before rows of w.
fn affine(weights: &Array2<f64>) -> Array2<f64> {
    let outer = Array2::from_shape_fn((weights.nrows(), 2), |(i, j)| match j {
        0 => 1.0 - 0.7 * i as f64 % 3.1,
        _ => 0.8 * (1.3 * i as f64).sin(),
    });
    concatenate![ndarray::Axis(1), outer, *weights]
}

/// Both risks of these neurons, with every activation.
fn check(data: &Mixture, unit: Unit, weights: &Array2<f64>) {
    let rows = if unit == Unit::Affine { affine(weights) } else { weights.clone() };
    for sigma in examples::all() {
        let fast = risk(data, &sigma, unit, rows.view());
        let slow = slow_risk(data, &sigma, unit, &rows);
        // Each pair may leave PAIR_TOLERANCE, and pairs enter with weight 1/N².
        let error = (fast - slow).abs();
        assert!(error < PAIR_TOLERANCE, "{sigma:?} {unit:?} {:?} {fast} {slow}", data.dimensions);
    }
}

#[test]
fn series_and_quadrature_agree_on_any_geometry() {
    let weights = array![
        [0.3, -0.2, 0.9],
        [0.3, -0.2, 0.9],  // twice the same neuron: cosine 1
        [-0.6, 0.4, -1.8], // antiparallel: cosine −1
        [0.31, -0.2, 0.9], // nearly parallel
        [1.0, 2.0, 0.1],
        [0.0, 0.05, 0.02],
        [0.4, 0.0, 0.0], // within one block
    ];
    for data in [one_block(3), two_blocks(3, 1), two_blocks(3, 2)] {
        for unit in [Unit::Inner, Unit::Affine] {
            check(&data, unit, &weights);
        }
    }
}

#[test]
fn bundles_of_every_width_are_exact() {
    // Pairs within the series and beyond it, opposite ones too, of small and large scales.
    let weights = Array2::from_shape_fn((16, 3), |(i, j)| {
        let bundle = [[1.0, 0.2, -0.3], [-0.4, 1.0, 0.1]][i % 2][j];
        let away = 0.3f64.powi(i as i32 / 2) * ((5 * i + 7 * j) as f64).sin();
        let length = [0.0, 1e-4, 0.3, 0.7, -1.0, 1.6, -3.0, 5.0][i / 2];
        length * (bundle + away)
    });
    // The bundles of a class are made of cosines alone; any other data and unit are in the test above.
    check(&one_block(3), Unit::Inner, &weights);
    check(&two_blocks(3, 1), Unit::Affine, &weights);
}

#[test]
fn many_neurons_are_summed_over_every_pair_once() {
    // More neurons than rows held at a time; spread so that no two directions nearly agree.
    let sigma = examples::figure_1();
    let weights = Array2::from_shape_fn((80, 40), |(i, j)| 0.15 * ((7 * i + 3 * i * j + j * j) as f64).sin());
    let cases =
        [(one_block(40), Unit::Inner, weights.clone()), (two_blocks(40, 12), Unit::Affine, affine(&weights))];
    for (data, unit, rows) in cases {
        let exact = slow_risk(&data, &sigma, unit, &rows);
        let error = risk(&data, &sigma, unit, rows.view()) - exact;
        assert!(error.abs() < PAIR_TOLERANCE, "{unit:?} {exact} {error:.1e}");
    }
}

#[test]
fn each_pair_takes_as_many_orders_as_it_needs() {
    for sigma in examples::all() {
        for (scales, offsets) in
            [([0.3, 0.31], [0.0; 2]), ([0.8, 1.7], [0.4, -1.0]), ([4.0, 2.9], [-3.0, 2.0])]
        {
            let rows = array![[0.7, offsets[0]], [-1.2, offsets[1]]];
            let neurons = Unit::Affine.neurons(rows.view());
            let inputs = scales.into_iter().zip(&neurons.offsets);
            let inputs = inputs.map(|(scale, offset)| Input { offset: *offset, scale });
            let neurons = ClassNeurons::new(&sigma, &neurons.outer, inputs, 1.0);
            for cosine in [0.0, 0.1, -0.3, 0.5, 0.62, -0.7, 0.8, 0.87, 0.92, -0.97, 0.995, 1.0] {
                let found = neurons.row_of_pairs(1, array![cosine].view());
                let exact = -0.84 * pair_by_quadrature(&sigma, neurons.inputs[0], neurons.inputs[1], cosine);
                let error = found - exact;
                assert!(error.abs() < PAIR_TOLERANCE, "{sigma:?} {scales:?} {cosine}: {error:.1e}");
            }
        }
    }
}

#[test]
fn one_neuron_is_elementary() {
    let data = two_blocks(3, 1);
    let sigma = examples::figure_1();
    let a = -0.6;
    let b = 0.4;
    let exact: f64 = data
        .components
        .iter()
        .map(|class: &Component| {
            let scale = (0.7 * class.scales[0]).hypot(0.5 * class.scales[1]);
            let kinks: Vec<f64> = sigma.kinks().iter().map(|t| (t - b) / scale).collect();
            let label = class.label.number().expect("a number");
            class.weight
                * gaussian_expectation(&kinks, |g: f64| (label - a * sigma.value(b + scale * g)).powi(2))
        })
        .sum();
    let found = risk(&data, &sigma, Unit::Affine, array![[a, b, 0.7, 0.3, -0.4]].view());
    assert!((found - exact).abs() < 1e-12, "{found} {exact}");
}

#[test]
fn a_neuron_without_weight_is_a_constant() {
    let data = one_block(3);
    let sigma = examples::figure_1();
    let constant = sigma.value(0.0);
    let exact = 0.5 * (1.0 - constant).powi(2) + 0.5 * (-1.0 - constant).powi(2);
    let found = risk(&data, &sigma, Unit::Inner, Array2::zeros((4, 3)).view());
    assert!((found - exact).abs() < 1e-12);
}

/// Classes with a direction that matters: a target of it, and means.
fn directed(dimension: usize) -> DirectedClasses {
    let teacher = Teacher::single_index(examples::figure_1());
    let mut data = DirectedClasses::with_teacher(dimension, 1, teacher);
    let mut second = data.classes[0].clone();
    data.classes[0].weight = 0.4;
    second.weight = 0.6;
    second.label = Label::Number(-1.0);
    second.means = vec![0.5];
    second.along = vec![0.8];
    second.across = 1.3;
    data.classes.push(second);
    data
}

#[test]
fn a_direction_without_means_is_a_block() {
    let weights = Array2::from_shape_fn((7, 3), |(i, j)| (1.7 * i as f64 + 0.9 * j as f64).sin());
    let blocks = BlockClasses::anisotropic(3, 1, 0.6).expect("valid");
    let classes = blocks.classes.iter().map(|class| DirectedClass {
        weight: class.weight,
        label: Label::Number(class.label),
        means: vec![0.0],
        along: vec![class.scales[0]],
        across: class.scales[1],
    });
    let data = DirectedClasses { directions: 1, across: 2, classes: classes.collect() };
    for (unit, rows) in [(Unit::Inner, weights.clone()), (Unit::Affine, affine(&weights))] {
        for sigma in [examples::figure_1(), examples::all()[6].clone()] {
            let exact = risk(&two_blocks(3, 1), &sigma, unit, rows.view());
            let found = risk(&data.clone().into(), &sigma, unit, rows.view());
            // The nodes of z are split nowhere, and σ has kinks.
            assert!((found - exact).abs() < 1e-6, "{sigma:?} {found} {exact}");
        }
    }
}

#[test]
fn risks_with_directions_meet_samples() {
    let weights = Array2::from_shape_fn((5, 4), |(i, j)| (1.7 * i as f64 + 0.9 * j as f64).sin());
    let rows = affine(&weights);
    let data = directed(4);
    let sigma = examples::figure_1();
    let exact = risk(&data.clone().into(), &sigma, Unit::Affine, rows.view());
    let mut draws = Deviates(7);
    let count = 200_000;
    let (mut sum, mut square) = (0.0, 0.0);
    for _ in 0..count {
        let class = &data.classes[usize::from(draws.uniform() > data.classes[0].weight)];
        let mut x: Vec<f64> = (0..4).map(|_| draws.normal()).collect();
        x[0] = class.means[0] + class.along[0] * x[0];
        x[1..].iter_mut().for_each(|x| *x *= class.across);
        let outputs = rows.rows().into_iter().map(|row| {
            let z: f64 = row.iter().skip(2).zip(&x).map(|(w, x)| w * x).sum();
            row[0] * sigma.value(row[1] + z)
        });
        let sample = (class.label.value(&x) - outputs.sum::<f64>() / 5.0).powi(2);
        (sum, square) = (sum + sample, square + sample * sample);
    }
    let mean = sum / f64::from(count);
    let error = ((square / f64::from(count) - mean * mean) / f64::from(count)).sqrt();
    assert!((mean - exact).abs() < 4.0 * error, "{mean} ± {error}, {exact}");
}
