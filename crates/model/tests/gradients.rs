//! Gradients of V and U in every reduction, against differences: what the dynamics follows is the slope of
//! what the energy is made of.

use meanfield_model::activation::{Activation, Placement, Polynomial, Shape, Smooth};
use meanfield_model::data::{BlockClasses, GaussianClasses};
use meanfield_model::directed::{DirectedClass, DirectedClasses, Label};
use meanfield_model::initial::{AffineStart, Initial, Normal, NumberLaw};
use meanfield_model::landscape::Landscape;
use meanfield_model::problem::{DataModel, Problem, Start};
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::reduction::{Reduction, Visitor};
use meanfield_model::teacher::{Teacher, TeacherUnit};

/// The largest difference of a slope from that of differences, which Richardson's rule leaves to h⁴ = 1e-12
/// times a fifth derivative, and to the rounding 1e-16/h = 1e-13 of values of size 1.
const WITHIN: f64 = 1e-8;
const STEP: f64 = 1e-3;

fn tanh() -> Activation {
    let place = Placement { height: 1.5, gain: 1.2, offset: 0.4, constant: 0.2 };
    Activation::Smooth(Smooth { shape: Shape::Tanh, place })
}

fn hermite(coefficients: &[f64]) -> Activation {
    Activation::Polynomial(Polynomial::hermite(coefficients).expect("valid"))
}

/// Compares slopes of V, and of ∫U dρ for two neurons, at some places.
struct Compared;

impl Visitor for Compared {
    type Output = f64;

    fn visit<const D: usize, L: Landscape<D> + Clone + 'static>(self, reduction: Reduction<D, L>) -> f64 {
        let lines = reduction.lower_ends().map(|lower| lower < 0.0);
        let landscape = reduction.landscape;
        // Radii stay positive, numbers have both signs.
        let place = |n: usize| -> [f64; D] {
            std::array::from_fn(|c| {
                let z = 0.3 + 0.25 * ((7 * n + 3 * c) % 4) as f64;
                if lines[c] && (n + c).is_multiple_of(2) { -z } else { z }
            })
        };
        let mut law = [(place(1), 0.4), (place(2), 0.6)].into_iter();
        let with = landscape.moments(&mut law);
        let without = vec![0.0; with.len()];
        let mut largest: f64 = 0.0;
        for coefficients in [&without, &with].map(|moments: &Vec<f64>| coefficients(&landscape, moments)) {
            for z in (3..7).map(place) {
                largest = largest.max(apart(&landscape, &coefficients, z));
            }
        }
        largest
    }
}

fn coefficients<const D: usize>(landscape: &impl Landscape<D>, moments: &[f64]) -> Vec<f64> {
    let mut coefficients = vec![0.0; moments.len()];
    landscape.potential_coefficients(moments, &mut coefficients);
    coefficients
}

/// Σ c_k φ_k(z) and its gradient.
fn potential<const D: usize>(
    landscape: &impl Landscape<D>,
    coefficients: &[f64],
    z: [f64; D],
) -> (f64, [f64; D]) {
    let mut values = vec![0.0; coefficients.len()];
    let mut gradients = vec![[0.0; D]; coefficients.len()];
    landscape.features(z, &mut values, &mut gradients);
    let value = coefficients.iter().zip(&values).map(|(c, value)| c * value).sum();
    let slope = |d: usize| coefficients.iter().zip(&gradients).map(|(c, own)| c * own[d]).sum();
    (value, std::array::from_fn(slope))
}

/// The largest difference at z between a slope and that of central differences, extrapolated once.
fn apart<const D: usize>(landscape: &impl Landscape<D>, coefficients: &[f64], z: [f64; D]) -> f64 {
    let (_, slopes) = potential(landscape, coefficients, z);
    let difference = |c: usize, h: f64| {
        let [above, below] = [h, -h].map(|h| {
            let mut moved = z;
            moved[c] += h;
            potential(landscape, coefficients, moved).0
        });
        (above - below) / (2.0 * h)
    };
    let extrapolated = |c: usize| (4.0 * difference(c, 0.5 * STEP) - difference(c, STEP)) / 3.0;
    (0..D).map(|c| (slopes[c] - extrapolated(c)).abs()).fold(0.0, f64::max)
}

/// A start of these neurons.
fn start(is_affine: bool) -> Start {
    let weights = Initial::Gaussian { scale: 0.8 };
    let numbers = AffineStart { a: NumberLaw::point(1.0), b: Normal { mean: 0.0, deviation: 0.5 }.into() };
    if is_affine { Start::Affine(weights, numbers) } else { Start::Inner(weights) }
}

fn check(name: &str, data: impl Into<DataModel>, is_affine: bool, tolerance: f64) {
    let problem = Problem::two_layer(data, tanh(), start(is_affine)).expect("fits");
    let reduced = problem.reduced(DimensionLimit::Finite, tolerance).expect("converges");
    let largest = reduced.visit(Compared);
    assert!(largest < WITHIN, "{name}: {largest:.1e}");
    assert!(largest > 0.0, "{name}: differences are never exact");
}

/// Classes with two labels, means along one direction and scales of their own.
fn classes(means: &[f64]) -> DirectedClasses {
    let class = |(i, mean): (usize, &f64)| DirectedClass {
        weight: 1.0 / means.len() as f64,
        label: Label::Number(i as f64 - 0.7),
        means: vec![*mean],
        along: vec![0.7 + 0.2 * i as f64],
        across: 1.2 - 0.3 * i as f64,
    };
    DirectedClasses { directions: 1, across: 19, classes: means.iter().enumerate().map(class).collect() }
}

#[test]
fn one_direction_and_classes_with_means() {
    let target = || Teacher::single_index(hermite(&[0.0, 0.4, 0.8]));
    for is_affine in [false, true] {
        check("single index", DirectedClasses::with_teacher(20, 1, target()), is_affine, 1e-7);
        check("two means", classes(&[0.9, -0.4]), is_affine, 1e-7);
        check("three classes", classes(&[0.9, -0.4, 0.1]), is_affine, 1e-7);
    }
}

#[test]
fn two_directions() {
    let unit = |direction: [f64; 2], factor: f64| TeacherUnit {
        direction: direction.to_vec(),
        activation: tanh(),
        factor,
        offset: 0.2,
    };
    let teacher = Teacher { units: vec![unit([1.0, 0.0], 1.0), unit([0.0, 1.0], -0.5)] };
    check("multi-index", DirectedClasses::with_teacher(20, 2, teacher), false, 1e-4);
}

#[test]
fn radii_with_numbers_and_without() {
    let isotropic = GaussianClasses::isotropic(20, 0.6).expect("valid");
    check("radius", isotropic.clone(), false, 1e-9);
    check("(a, b, r)", isotropic, true, 1e-7);
    let blocks = BlockClasses::anisotropic(24, 8, 0.4).expect("valid");
    check("two radii", blocks.clone(), false, 1e-7);
    check("(a, b, r₁, r₂)", blocks, true, 1e-5);
}

#[test]
fn points() {
    let inputs = [vec![-1.0, 0.5], vec![0.3, -0.2], vec![1.2, 1.0]];
    let data = DirectedClasses::points(&inputs, &[0.7, -0.4, 1.5], &[0.25, 0.25, 0.5]);
    check("(w₁, w₂)", data.clone(), false, 1e-9);
    check("(a, b, w₁, w₂)", data, true, 1e-9);
}
