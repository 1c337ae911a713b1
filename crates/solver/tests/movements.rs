//! Minimising movements: each step against the exact minimiser where there is one, and what holds for
//! steps of any size.

use crate::support;

use meanfield_model::measure::Measure;
use meanfield_model::radial_series::DimensionLimit::Finite;
use meanfield_run::quantities::{ENERGY_RESIDUAL, MASS_ERROR, UNCONVERGED};
use meanfield_run::system::System;
use meanfield_solver::jko::Jko;
use support::{Problem, Well, observe, risks, scalar};

#[test]
fn a_step_in_a_well_is_implicit_euler_and_ends_at_the_boundary() {
    for (centre, step) in [(2.0, 19.2), (2.0, 6.4e7), (-1.0, 12.8), (-1.0, 192.0)] {
        let start = [0.1, 1.0, 3.0];
        let well = Well { centre: [centre] };
        let mut system = Jko::new(well, start.to_vec(), vec![0.2, 0.3, 0.5], 0.0, step);
        let first = step / 64.0; // the first step, which the later ones double
        let Measure::Atoms { points, .. } = observe(&mut system, &[first]).remove(0).law else {
            panic!("atoms")
        };
        for (x, y) in points.iter().zip(start) {
            // min (x − c)² + (x − y)²/(2τ) over x ≥ 0
            let exact = ((y + 2.0 * first * centre) / (1.0 + 2.0 * first)).max(0.0);
            // Second derivatives by differences: Newton's last step, 1e-7 at most, is followed by its square.
            assert!((x - exact).abs() < 1e-8, "c = {centre}, τ = {step}: {x} instead of {exact}");
        }
    }
}

#[test]
fn the_risk_falls_in_every_step_of_any_size() {
    for (problem, name) in [
        (Problem::figure_1(), "Fig. 1"),
        (Problem::figure_4(0.1), "Fig. 4, 0.1"),
        (Problem::figure_4(0.4), "Fig. 4, 0.4"),
    ] {
        for step in [1e-3, 0.03, 1.0, 30.0, 1e4] {
            let mut system = problem.by_movements(60, step, Finite);
            let times: Vec<f64> = (0..=12).map(|i| step * f64::from(i)).collect();
            let risk = risks(&mut system, &times);
            // Rounding of a risk below 10.
            assert!(risk.windows(2).all(|pair| pair[1] <= pair[0] + 1e-13), "{name}, τ = {step}: {risk:?}");
            assert!(risk[12] < risk[0], "{name}, τ = {step}: nothing moves");
        }
    }
}

#[test]
fn the_energy_identity_is_met_to_first_order() {
    let residual = |step: f64| {
        let mut system = Problem::figure_1().by_movements(100, step, Finite);
        scalar(&observe(&mut system, &[1.0])[0], ENERGY_RESIDUAL)
    };
    let slope = (residual(0.004) / residual(0.002)).log2();
    assert!((slope - 1.0).abs() < 0.1, "slope {slope}");
}

#[test]
fn observing_changes_nothing_and_the_risk_falls_between_steps() {
    let times: Vec<f64> = (0..=40).map(|i| 0.005 * f64::from(i)).collect();
    let often = risks(&mut Problem::figure_1().by_movements(60, 0.05, Finite), &times);
    let seldom = risks(&mut Problem::figure_1().by_movements(60, 0.05, Finite), &[0.1, 0.2]);
    assert_eq!([often[20], often[40]], seldom[..]);
    assert!(often.windows(2).all(|pair| pair[1] <= pair[0] + 1e-13), "{often:?}");
}

#[test]
fn minimisations_converge() {
    let seen = observe(&mut Problem::figure_1().by_movements(100, 0.02, Finite), &[6.0]).remove(0);
    assert_eq!(scalar(&seen, UNCONVERGED), 0.0);
    assert!(scalar(&seen, MASS_ERROR) < 1e-12);
}

#[test]
fn a_restored_system_goes_on_as_if_nothing_had_happened() {
    let system = || Problem::figure_4(0.1).by_movements(40, 0.005, Finite);
    let mut straight = system();
    observe(&mut straight, &[0.02]);
    let saved = straight.save();
    let exact = risks(&mut straight, &[0.06]);
    let mut resumed = system();
    resumed.restore(&saved).expect("same system");
    assert_eq!(exact, risks(&mut resumed, &[0.06]));
    assert!(resumed.work() < straight.work());
}

#[test]
fn panels_that_split_leave_the_error_of_the_steps_alone() {
    // After the split of Fig. 1 (t = 4). The tolerance is what the panels leave, 1e-6 each, a few dozen of
    // them.
    let resolved =
        |atoms: usize| risks(&mut Problem::figure_1().by_resolved_movements(atoms, 0.1, Finite), &[6.0])[0];
    let equal = |atoms: usize| risks(&mut Problem::figure_1().by_movements(atoms, 0.1, Finite), &[6.0])[0];
    let panels = (resolved(40) - resolved(80)).abs();
    let quantiles = (equal(40) - equal(80)).abs();
    assert!(panels < 5e-5 && quantiles > 20.0 * panels, "{panels:.1e}, at equal quantiles {quantiles:.1e}");
}

#[test]
fn a_restored_system_of_panels_goes_on_as_if_nothing_had_happened() {
    let system = || Problem::figure_1().by_resolved_movements(24, 0.1, Finite);
    let atoms =
        |seen: &meanfield_run::system::Observation| seen.law.atoms().map_or(0, |(points, _)| points.nrows());
    let mut straight = system();
    let first = atoms(&observe(&mut straight, &[0.0])[0]);
    assert!(atoms(&observe(&mut straight, &[5.0])[0]) > first, "no panel was split");
    let saved = straight.save();
    let exact = risks(&mut straight, &[5.05, 6.0]);
    let mut resumed = system();
    resumed.restore(&saved).expect("same system");
    assert_eq!(exact, risks(&mut resumed, &[5.05, 6.0]));
}
