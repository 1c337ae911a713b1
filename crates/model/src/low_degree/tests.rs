//! The least risk of polynomials against projections by quadrature: one function, and several in a plane.

use super::*;
use crate::activation::{PiecewiseLinear, Placement, Polynomial, Shape, Smooth};
use crate::data::GaussianClasses;
use crate::directed::DirectedClasses;
use crate::initial::Initial;
use crate::quadrature::gaussian_expectation;
use crate::teacher::Teacher;

fn tanh(gain: f64) -> Activation {
    Activation::Smooth(Smooth { shape: Shape::Tanh, place: Placement { gain, ..Placement::default() } })
}

/// h_n(z).
fn hermite(n: usize, z: f64) -> f64 {
    let mut coefficients = vec![0.0; n + 1];
    coefficients[n] = 1.0;
    Polynomial::hermite(&coefficients).expect("valid").value(z)
}

fn problem(data: DirectedClasses) -> Problem {
    Problem::two_layer(data, tanh(1.0), Initial::Gaussian { scale: 0.8 }).expect("fits")
}

fn of_units(units: Vec<TeacherUnit>) -> LowDegree {
    let data = DirectedClasses::with_teacher(10, 2, Teacher { units });
    LowDegree::new(&problem(data)).expect("a target of Gaussian inputs")
}

fn unit(factor: f64, angle: f64, length: f64, offset: f64, activation: Activation) -> TeacherUnit {
    let direction = vec![length * angle.cos(), length * angle.sin()];
    TeacherUnit { factor, direction, offset, activation }
}

/// E y² − Σ_{a + b ≤ ℓ} (E y h_a h_b)² by a quadrature of the plane, split at kinks along the second axis.
fn by_projection(units: &[TeacherUnit], degree: usize) -> f64 {
    let teacher = Teacher { units: units.to_vec() };
    let over_plane = |f: &dyn Fn(f64, f64) -> f64| {
        gaussian_expectation(&fine(), |x| {
            let kinks = units.iter().flat_map(|unit| {
                let [along, across] = [unit.direction[0], unit.direction[1]];
                let ends = unit.activation.panel_ends().into_iter();
                ends.map(move |end| (end - unit.offset - along * x) / across)
            });
            let breaks: Vec<f64> = kinks.chain(fine()).collect();
            gaussian_expectation(&breaks, |z| f(x, z))
        })
    };
    let mut beyond = over_plane(&|x, z| teacher.value(&[x, z]).powi(2));
    for a in 0..=degree {
        for b in 0..=degree - a {
            beyond -= over_plane(&|x, z| teacher.value(&[x, z]) * hermite(a, x) * hermite(b, z)).powi(2);
        }
    }
    beyond
}

/// Panels of half a deviation.
fn fine() -> Vec<f64> {
    (-16..=16).map(|i| 0.5 * f64::from(i)).collect()
}

#[test]
fn one_function_is_what_its_projection_leaves() {
    let kinked = Activation::PiecewiseLinear(PiecewiseLinear::relu());
    for target in [tanh(2.0), tanh(20.0), kinked] {
        let data = DirectedClasses::with_teacher(20, 1, Teacher::single_index(target.clone()));
        let low = LowDegree::new(&problem(data)).expect("a target");
        let breaks: Vec<f64> = (-60..=60).map(|i| 0.05 * f64::from(i)).collect();
        let mean = |f: &dyn Fn(f64) -> f64| gaussian_expectation(&breaks, f);
        let mut beyond = mean(&|z| target.value(z).powi(2));
        for degree in 0..8 {
            beyond -= mean(&|z| target.value(z) * hermite(degree, z)).powi(2);
            let found = low.least_risk(degree);
            assert!((found - beyond).abs() < 1e-12, "{target:?} {degree}: {found} {beyond}");
        }
    }
}

#[test]
fn several_functions_are_what_their_projection_leaves() {
    let hard = || Activation::PiecewiseLinear(PiecewiseLinear::hard_tanh());
    let smooth = || unit(1.0, 0.7, 1.2, 0.3, tanh(1.5));
    let apart = vec![smooth(), unit(-0.8, 1.9, 0.9, -0.2, hard())];
    let opposite = vec![smooth(), unit(0.7, 0.7 + std::f64::consts::PI, 1.0, 0.4, hard())];
    let nearly = vec![unit(1.0, 0.7, 1.0, 0.1, hard()), unit(-0.6, 0.702, 1.3, 0.0, hard())];
    for units in [apart, opposite, nearly] {
        for degree in [0, 2] {
            let found = of_units(units.clone()).least_risk(degree);
            let exact = by_projection(&units, degree);
            assert!((found - exact).abs() < 1e-10, "{units:?} {degree}: {found} {exact}");
        }
    }
}

#[test]
fn powers_are_learnt_at_their_degree() {
    let square = || Activation::Polynomial(Polynomial::new(&[0.0, 0.0, 1.0]).expect("valid"));
    // xz of x and z: degree 2, E (xz)² = 1.
    let diagonal = std::f64::consts::FRAC_PI_4;
    let root = 2f64.sqrt();
    let product = of_units(vec![
        unit(0.25, diagonal, root, 0.0, square()),
        unit(-0.25, -diagonal, root, 0.0, square()),
    ]);
    for (degree, exact) in [(0, 1.0), (1, 1.0), (2, 0.0), (5, 0.0)] {
        assert!((product.least_risk(degree) - exact).abs() < 1e-13, "degree {degree}");
    }
}

#[test]
fn deviations_of_inputs_are_lengths_of_directions_and_noise_is_added() {
    let teacher = |length: f64| Teacher { units: vec![unit(1.3, 0.0, length, 0.4, tanh(1.0))] };
    let mut wide = DirectedClasses::with_teacher(10, 2, teacher(1.0));
    wide.classes[0].along = vec![1.7, 0.3];
    let wide = LowDegree::new(&problem(wide).with_label_noise(0.2)).expect("a target");
    let long = DirectedClasses::with_teacher(10, 2, teacher(1.7));
    let long = LowDegree::new(&problem(long)).expect("a target");
    for degree in [0, 2] {
        assert!((wide.least_risk(degree) - long.least_risk(degree) - 0.04).abs() < 1e-14);
    }
}

#[test]
fn classes_and_other_losses_are_refused() {
    let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
    let classes = Problem::two_layer(data, tanh(1.0), Initial::Gaussian { scale: 0.8 }).expect("fits");
    assert_eq!(LowDegree::new(&classes).err(), Some(LowDegreeError::NoTarget));
    let target = DirectedClasses::with_teacher(20, 1, Teacher::single_index(tanh(2.0)));
    let huber = problem(target.clone()).with_loss(Loss::Huber { threshold: 1.0 });
    assert_eq!(LowDegree::new(&huber).err(), Some(LowDegreeError::Loss));
    let mut moved = target;
    moved.classes[0].means = vec![0.5];
    assert_eq!(LowDegree::new(&problem(moved)).err(), Some(LowDegreeError::NoTarget));
}
