//! Gibbs states and least risks in the coordinates of directions, of points and of (a, b, r): against one
//! radius where a direction does not matter, and against integrals and searches that know no box.

use crate::support;

use meanfield_model::activation::{Activation, PiecewiseLinear, Placement, Shape, Smooth};
use meanfield_model::data::GaussianClasses;
use meanfield_model::directed::DirectedClasses;
use meanfield_model::energy::Energy;
use meanfield_model::initial::{AffineStart, Initial, Normal, NumberLaw};
use meanfield_model::input_landscape::InputLandscape;
use meanfield_model::landscape::Landscape;
use meanfield_model::problem::{Bath as ProblemBath, Problem, Start};
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::reduction::{Reach, Reduced, Reduction, Resolution};
use meanfield_solver::gibbs::{Amplitude, Bath, GibbsOnBox, GibbsWithOuterWeight};
use meanfield_solver::least_risk::LeastRisk;
use meanfield_solver::least_risk::exchange::least_risk_law;
use meanfield_solver::least_risk::potential::potential;
use support::{scalar, state};

const TEMPERATURE: f64 = 0.05;
const RIDGE: f64 = 0.4;
const START: Initial = Initial::Gaussian { scale: 0.8 };

fn bath() -> Bath {
    Bath { temperature: TEMPERATURE, ridge: RIDGE, amplitude: Amplitude::One }
}

fn smooth() -> Activation {
    let place = Placement { height: 1.5, gain: 0.7, offset: -0.6, constant: 0.3 };
    Activation::Smooth(Smooth { shape: Shape::Tanh, place })
}

/// A problem in its coordinates, as far as its bath carries neurons, or up to a size.
fn reduced(problem: &Problem, reach: Reach, tolerance: f64) -> Reduced {
    problem.resolved(Resolution { limit: DimensionLimit::Finite, tolerance, reach }).expect("converges")
}

fn in_bath(problem: Problem) -> Problem {
    problem.with_bath(ProblemBath { temperature: TEMPERATURE, ridge: RIDGE })
}

/// Two isotropic classes in their radius, and with a direction that does not matter.
fn isotropic() -> [Problem; 2] {
    let data = GaussianClasses::isotropic(7, 0.6).expect("valid");
    let mut along = DirectedClasses::from(&data);
    along.directions = 1;
    along.across = 6;
    for class in &mut along.classes {
        class.means = vec![0.0];
        class.along = vec![class.across];
    }
    let one = Problem::two_layer(data, smooth(), START).expect("fits");
    [one, Problem::two_layer(along, smooth(), START).expect("fits")].map(in_bath)
}

/// sin 2x on five points (x, 1).
fn points() -> Problem {
    let line = [-1.5f64, -0.5, 0.3, 1.0, 1.4];
    let inputs: Vec<Vec<f64>> = line.iter().map(|x| vec![*x, 1.0]).collect();
    let data = DirectedClasses::points(&inputs, &line.map(|x| (2.0 * x).sin()), &[0.2; 5]);
    in_bath(Problem::two_layer(data, smooth(), START).expect("fits"))
}

fn plane(reduced: Reduced) -> Reduction<2, InputLandscape> {
    let Reduced::TwoOfInputs(reduction) = reduced else { panic!("two coordinates") };
    reduction
}

#[test]
fn a_direction_that_does_not_matter_leaves_the_gibbs_state() {
    let [one, along] = isotropic();
    let Reduced::Radius(radius) = reduced(&one, Reach::OfBath, 1e-9) else { panic!("one coordinate") };
    let plane = plane(reduced(&along, Reach::OfBath, 1e-3));
    let series = radius.landscape.inner().clone();
    let exact = state(GibbsOnBox::new(series, radius.elements, bath(), radius.extent, [100]));
    let inputs = plane.landscape.inner().clone();
    let found = state(GibbsOnBox::new(inputs, plane.elements, bath(), plane.extent, [12, 12]));
    assert!((found.risk - exact.risk).abs() < 3e-4, "{} {}", found.risk, exact.risk);
    let [found, exact] = [found, exact].map(|seen| scalar(&seen, "free_energy"));
    assert!((found - exact).abs() < 3e-4, "{found} {exact}");
}

/// m of the Gibbs state on a fine grid of the plane, by fixed-point iterations: trapezoid sums of what is
/// analytic and vanishes at the ends converge like a spectrum.
fn by_iteration(landscape: &impl Landscape<2>) -> Vec<f64> {
    let side: Vec<f64> = (0..=120).map(|i| -4.0 + f64::from(i) / 15.0).collect();
    let places: Vec<[f64; 2]> = side.iter().flat_map(|x| side.iter().map(move |y| [*x, *y])).collect();
    let mut features = vec![vec![0.0; landscape.rank()]; places.len()];
    places.iter().zip(&mut features).for_each(|(z, values)| landscape.values(*z, values));
    let mut moments = vec![0.0; landscape.rank()];
    let mut coefficients = moments.clone();
    for _ in 0..3000 {
        landscape.potential_coefficients(&moments, &mut coefficients);
        let weight = |(z, values): (&[f64; 2], &Vec<f64>)| {
            let psi: f64 = values.iter().zip(&coefficients).map(|(value, c)| value * c).sum();
            (-(psi + 0.5 * RIDGE * (z[0] * z[0] + z[1] * z[1])) / TEMPERATURE).exp()
        };
        let weights: Vec<f64> = places.iter().zip(&features).map(weight).collect();
        let total: f64 = weights.iter().sum();
        for (k, moment) in moments.iter_mut().enumerate() {
            let mean: f64 = weights.iter().zip(&features).map(|(w, values)| w * values[k]).sum();
            *moment += 0.02 * (mean / total - *moment);
        }
    }
    moments
}

#[test]
fn the_gibbs_state_on_points_is_that_of_a_fixed_point_iteration() {
    let plane = plane(reduced(&points(), Reach::OfBath, 1e-9));
    let landscape = plane.landscape.inner().clone();
    let exact = landscape.risk(&by_iteration(&landscape));
    let found = state(GibbsOnBox::new(landscape, plane.elements, bath(), plane.extent, [60, 60]));
    assert!((found.risk - exact).abs() < 1e-9, "{} {exact}", found.risk);
}

#[test]
fn an_output_weight_on_isotropic_data_is_integrated_as_any_coordinate_would_be() {
    let data = GaussianClasses::isotropic(4, 0.6).expect("valid");
    let relu = Activation::from(PiecewiseLinear::relu());
    let a = Normal { mean: 1.0, deviation: 0.3 }.into();
    let start = Start::Affine(START, AffineStart { a, b: NumberLaw::point(0.3) });
    let problem = in_bath(Problem::two_layer(data, relu, start).expect("fits"));
    let Reduced::ThreeOfInputs(space) = reduced(&problem, Reach::OfBath, 1e-2) else { panic!("(a, b, r)") };
    let landscape = space.landscape.inner().clone();
    let extent = space.extent;
    let other = state(GibbsOnBox::new(landscape.clone(), space.elements, bath(), extent, [8; 3]));
    let exact = GibbsWithOuterWeight::new(landscape, space.elements, [TEMPERATURE, RIDGE], extent, [20; 3]);
    let exact = state(exact);
    assert!(scalar(&exact, "mass_error") < 1e-9, "{}", scalar(&exact, "mass_error"));
    assert!((exact.risk - other.risk).abs() < 1e-6, "{} {}", exact.risk, other.risk);
    let [exact, other] = [exact, other].map(|seen| scalar(&seen, "free_energy"));
    assert!((exact - other).abs() < 1e-6, "{exact} {other}");
}

#[test]
fn least_risks_look_on_both_sides_of_a_direction() {
    let [one, along] = isotropic();
    let Reduced::Radius(radius) = reduced(&one, Reach::UpTo(5.0), 1e-9) else { panic!("one coordinate") };
    // The box holds the disc of radius 3, and lies in one of 3√2.
    let [least, most] = [3.0 * 2f64.sqrt(), 3.0].map(|upper| {
        let law = least_risk_law(radius.landscape.inner(), [0.0], [upper]);
        radius.landscape.inner().risk(&law.moments)
    });
    let plane = plane(reduced(&along, Reach::UpTo(3.0), 1e-4));
    let landscape = plane.landscape.inner();
    let found = least_risk_law(landscape, [-3.0, 0.0], [3.0; 2]);
    let risk = landscape.risk(&found.moments);
    // Masses seek out what the kernel errs by: R is off by some ten times its tolerance.
    assert!((least - 3e-3..most + found.gap + 3e-3).contains(&risk), "{risk} {least} {most}");
    assert!(found.gap < 1e-2, "{}", found.gap);
}

#[test]
fn the_least_risk_on_points_has_no_better_law() {
    let plane = plane(reduced(&points(), Reach::UpTo(4.0), 1e-9));
    let landscape = plane.landscape.inner();
    let found = least_risk_law(landscape, [-4.0; 2], [4.0; 2]);
    let mut coefficients = vec![0.0; found.moments.len()];
    landscape.potential_coefficients(&found.moments, &mut coefficients);
    let at = |z: [f64; 2]| potential(landscape, &coefficients, z).0;
    let mean: f64 = found.law.places.iter().zip(&found.law.weights).map(|(z, w)| w * at(*z)).sum();
    let side = |i: usize| -4.0 + i as f64 / 100.0;
    let least = (0..=800 * 801).map(|i| at([side(i / 801), side(i % 801)])).fold(f64::INFINITY, f64::min);
    assert!(2.0 * (mean - least) < 1e-6 && found.gap < 1e-6, "{} {}", 2.0 * (mean - least), found.gap);
    assert!(found.law.places.iter().any(|z| z[0] < 0.0), "{:?}", found.law.places);
}

#[test]
fn mass_at_either_end_of_a_box_is_told() {
    let plane = plane(reduced(&points(), Reach::UpTo(4.0), 1e-9));
    let landscape = plane.landscape.inner().clone();
    let seen = state(LeastRisk { landscape: landscape.clone(), lower: [-4.0; 2], upper: [4.0; 2] });
    let beyond = seen.law.atoms().expect("atoms").0.iter().any(|z| *z <= -4.0);
    assert!(beyond && scalar(&seen, "edge_mass") > 0.0);
    // Radii end at 0, which is no edge.
    let seen = state(LeastRisk { landscape, lower: [0.0; 2], upper: [40.0; 2] });
    let (points, weights) = seen.law.atoms().expect("atoms");
    let at_end = points.rows().into_iter().zip(weights).filter(|(z, _)| z.iter().any(|z| *z >= 40.0));
    let at_end: f64 = at_end.map(|(_, weight)| weight).sum();
    assert!((scalar(&seen, "edge_mass") - at_end).abs() < 1e-12);
}
