//! The Gibbs state of the continuum: against closed forms, against the Gibbs states of grids, and an outer
//! weight integrated exactly against one integrated by quadrature.

use crate::support;

use std::f64::consts::TAU;

use meanfield_model::axis::Axis;
use meanfield_model::features::Features;
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::ridge::Ridged;
use meanfield_model::volume::VolumeElement;
use meanfield_run::system::{RunError, System};
use meanfield_solver::diffusion::operator::Operator;
use meanfield_solver::gibbs::{Amplitude, Bath, GibbsOnBox, GibbsWithOuterWeight, gibbs_state};
use meanfield_solver::grid::Grid;
use meanfield_solver::static_system::Static;
use support::{Free, OneFeature, Problem, scalar, state};

const RADIUS: [VolumeElement; 1] = [VolumeElement::Radius(40)];

fn bath(temperature: f64, ridge: f64) -> Bath {
    Bath { temperature, ridge, amplitude: Amplitude::One }
}

#[test]
fn neurons_that_do_not_see_the_data_are_gaussian() {
    // F = −(d/2β) ln(2π/(βλ)), E|w|² = d/(βλ).
    for (temperature, ridge) in [(1e-4, 1.0), (0.3, 0.7), (20.0, 0.01)] {
        let seen = state(GibbsOnBox::new(Free, RADIUS, bath(temperature, ridge), [1.0], [400]));
        let free_energy = -20.0 * temperature * (TAU * temperature / ridge).ln();
        assert!((scalar(&seen, "free_energy") / free_energy - 1.0).abs() < 1e-12);
        let square = 40.0 * temperature / ridge;
        assert!((scalar(&seen, "regularized_risk") / (ridge * square) - 1.0).abs() < 1e-12);
        assert!(scalar(&seen, "mass_error") < 1e-12);
        // The law is reported on 400 cells: the mean errs by their width squared.
        let mean = seen.law.marginal(0).mean();
        assert!((mean * mean / square - (1.0 - 1.0 / 80.0)).abs() < 2e-3, "{mean} {}", square.sqrt());
    }
}

#[test]
fn the_gibbs_states_of_grids_tend_to_it_at_second_order() {
    let temperature = 0.03;
    let ridge = 0.2;
    let series = Problem::figure_1().series(DimensionLimit::Finite);
    let exact = state(GibbsOnBox::new(series.clone(), RADIUS, bath(temperature, ridge), [1.2], [400]));
    assert!(scalar(&exact, "quadrature_error") < 1e-11 && scalar(&exact, "duality_gap").abs() < 1e-13);
    let states = [100, 200, 400].map(|cells: usize| {
        let grid = Grid { axes: [Axis::uniform(0.0, 5.0, cells).expect("valid")] };
        let operator = Operator::new(Ridged::new(series.clone(), ridge), grid, RADIUS, temperature);
        let start = vec![0.0; series.rank()];
        gibbs_state(&series, &operator.nodes(), bath(temperature, ridge), start).expect("found")
    });
    for found in [
        states.each_ref().map(|s| (s.risk - exact.risk).abs()),
        states.each_ref().map(|s| (s.free_energy - scalar(&exact, "free_energy")).abs()),
    ] {
        let orders = found.windows(2).map(|pair| (pair[0] / pair[1]).log2());
        assert!(orders.into_iter().all(|order| (order - 2.0).abs() < 0.1), "{found:?}");
    }
}

#[test]
fn it_is_found_from_any_start_and_its_dual_lies_below() {
    let series = Problem::figure_1().series(DimensionLimit::Finite);
    let grid = Grid { axes: [Axis::uniform(0.0, 5.0, 300).expect("valid")] };
    let operator = Operator::new(Ridged::new(series.clone(), 0.05), grid, RADIUS, 1e-3);
    let states = [-30.0, 0.0, 1.0, 500.0].map(|start: f64| {
        let start = vec![start; series.rank()];
        gibbs_state(&series, &operator.nodes(), bath(1e-3, 0.05), start).expect("found")
    });
    for found in &states {
        assert!(found.residual < 1e-12 && found.gap.abs() < 1e-12, "{} {}", found.residual, found.gap);
        assert!((found.free_energy - states[0].free_energy).abs() < 1e-12);
    }
}

#[test]
fn the_box_is_fitted_to_a_law_at_the_very_centre() {
    // Some 1e-4 wide at r = 0 in a box of 10: few of the first nodes see it.
    let elements = [VolumeElement::Radius(2)];
    let seen = state(GibbsOnBox::new(Free, elements, bath(1e-8, 1.0), [10.0], [200]));
    let mean = (1e-8_f64 * std::f64::consts::FRAC_PI_2).sqrt();
    assert!((seen.law.marginal(0).mean() / mean - 1.0).abs() < 1e-3);
    assert!(scalar(&seen, "mass_error") < 1e-10);
}

#[test]
fn a_well_behind_a_barrier_is_found_from_any_box() {
    // Fig. 4's activation has one at w = 0 and a lower one near |w| = 1.
    let series = Problem::figure_4(0.1).series(DimensionLimit::Finite);
    let states = [0.05, 0.2, 1.2, 5.0].map(|extent: f64| {
        let radius = [VolumeElement::Radius(320)];
        state(GibbsOnBox::new(series.clone(), radius, bath(1e-4, 0.05), [extent], [400]))
    });
    for seen in &states {
        let a = scalar(seen, "free_energy");
        let b = scalar(&states[2], "free_energy");
        assert!((a - b).abs() < 1e-9 && a < 0.2, "{a} {b}");
    }
}

/// R = (1 − m)², m = ∫ a (1 + cos r) dρ: a toy with an outer weight.
fn toy([a, r]: [f64; 2]) -> (f64, [f64; 2]) {
    (a * (1.0 + r.cos()), [1.0 + r.cos(), -a * r.sin()])
}

const TOY: OneFeature<2> = OneFeature { feature: toy };

#[test]
fn an_outer_weight_is_integrated_as_any_coordinate_would_be() {
    let elements = [VolumeElement::Line, VolumeElement::Radius(3)];
    let extent = [2.0, 2.0];
    let cells = [300, 300];
    let exact = state(GibbsWithOuterWeight::new(TOY, elements, [0.2, 0.8], extent, cells));
    let other = state(GibbsOnBox::new(TOY, elements, bath(0.2, 0.8), extent, cells));
    assert!((exact.risk - other.risk).abs() < 1e-9, "{} {}", exact.risk, other.risk);
    for name in ["free_energy", "regularized_risk"] {
        let a = scalar(&exact, name);
        let b = scalar(&other, name);
        assert!((a - b).abs() < 1e-9, "{name}: {a} {b}");
    }
    for c in 0..2 {
        let a = exact.law.marginal(c);
        let b = other.law.marginal(c);
        // 300 cells on up to 30 units: the variance errs by the width squared over 12.
        assert!((a.mean() - b.mean()).abs() < 1e-3, "{} {}", a.mean(), b.mean());
        assert!((a.standard_deviation() - b.standard_deviation()).abs() < 2e-3);
    }
}

#[test]
fn mass_that_wants_to_go_to_infinity_is_told() {
    let series = Problem::figure_1().series(DimensionLimit::Finite);
    let mut system = Static::new(GibbsOnBox::new(series, RADIUS, bath(0.01, 0.0), [1.2], [400]));
    let Err(RunError::Static(message)) = system.advance(1.0) else { panic!("it has no Gibbs state") };
    assert!(message.contains("larger ridge"), "{message}");
}
