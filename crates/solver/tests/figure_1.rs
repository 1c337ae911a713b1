//! MMN's Figs. 1 and 4 by solvers that share nothing but the landscape: their limits, errors and
//! certificates.

use crate::support;

use meanfield_model::radial_series::DimensionLimit::{Finite, Infinite};
use meanfield_run::quantities::{
    CFL_MARGIN, EDGE_MASS, ENERGY_RESIDUAL, MASS_ERROR, MINIMUM_DENSITY, REPEATED_STEPS, SAMPLING_ERROR,
};
use meanfield_run::system::System;
use support::{Problem, largest_gap, observe, risks, scalar};

#[test]
fn volumes_meet_the_law_at_the_resolution_that_the_scenario_ships() {
    let times: Vec<f64> = (1..=100).map(|i| 0.1 * f64::from(i)).collect();
    let problem = Problem::figure_1();
    let mut cells = problem.on_cells(700, Finite);
    let mut atoms = problem.by_atoms(80, 1e-8, Finite);
    let volumes = risks(&mut cells, &times);
    let law = risks(&mut atoms, &times);
    let early = largest_gap(&volumes[..30], &law[..30]);
    // Wanted: 1e-3 at all times. Seen: 3e-5 for t ≤ 3, 9.1e-4 where the law splits (t = 4.7). The
    // atoms err by 1e-7.
    assert!(
        early < 1e-4 && largest_gap(&volumes, &law) < 1e-3,
        "{early:.1e} {:.1e}",
        largest_gap(&volumes, &law)
    );
    // Within a CPU second at some 20 µs an evaluation (the benchmark measures it); seen: 25 500.
    assert!(cells.work() < 30_000, "{} evaluations", cells.work());
}

#[test]
fn the_estimated_error_of_the_atoms_holds_the_refined_ones() {
    let times = [0.1, 1.0, 3.0];
    let problem = Problem::figure_1();
    let by = |atoms, tolerance| risks(&mut problem.by_atoms(atoms, tolerance, Finite), &times);
    let coarse = by(40, 1e-7);
    let stated = by(80, 1e-8);
    let fine = by(160, 5e-9);
    for i in 0..3 {
        let estimate = (stated[i] - coarse[i]).abs();
        assert!(estimate < 1e-5, "t = {}: {estimate:.1e}", times[i]);
        assert!((stated[i] - fine[i]).abs() <= estimate, "t = {}: outside {estimate:.1e}", times[i]);
    }
}

#[test]
fn splitting_panels_follow_the_law_through_its_split() {
    let problem = Problem::figure_1();
    let times = [4.0, 4.6, 5.0, 7.0, 10.0];
    let finest = risks(&mut problem.by_atoms(400, 1e-10, Finite), &times);
    let mut system = problem.by_atoms(80, 1e-8, Finite);
    let seen = observe(&mut system, &times);
    let last = seen.last().expect("observed");
    let gap = seen.iter().zip(&finest).map(|(seen, exact)| (seen.risk - exact).abs()).fold(0.0, f64::max);
    // Seen: 9e-8, where 400 atoms of equal weight err by 4e-4.
    assert!(gap < 1e-6, "{gap:.1e}");
    let (_, weights) = last.law.atoms().expect("atoms");
    assert!((300..700).contains(&weights.len()), "{} atoms", weights.len());
    assert!(scalar(last, ENERGY_RESIDUAL) < 1e-7 && scalar(last, SAMPLING_ERROR) < 1e-5);
}

#[test]
fn the_limit_of_infinite_dimension_is_another_equation_and_both_solve_it() {
    let times = [0.1, 1.0, 2.0];
    let problem = Problem::figure_1();
    let cells = risks(&mut problem.on_cells(700, Infinite), &times);
    let atoms = risks(&mut problem.by_atoms(80, 1e-8, Infinite), &times);
    let finite = risks(&mut problem.by_atoms(80, 1e-8, Finite), &times);
    assert!(largest_gap(&cells, &atoms) < 1e-4, "{cells:?} {atoms:?}");
    assert!(largest_gap(&finite, &atoms) > 1e-2, "d = 40 must differ visibly from d = ∞");
}

#[test]
fn both_limits_of_figure_4_come_out_of_all_three() {
    let times = [2.0, 10.0];
    for (kappa, limit, tolerance) in [(0.1, 7.25, 1e-5), (0.4, 0.0143, 2e-4)] {
        let problem = Problem::figure_4(kappa);
        let mut cells = problem.on_cells(400, Finite);
        let mut atoms = problem.by_atoms(80, 1e-8, Finite);
        let mut movements = problem.by_movements(100, 0.05, Finite);
        let laws =
            [observe(&mut cells, &times), observe(&mut atoms, &times), observe(&mut movements, &times)];
        for (i, law) in laws.into_iter().enumerate() {
            // All mass at r = 0: R = E(y − σ(0))² = ½(1 + 2.5)² + ½(1 − 2.5)² = 7.25. For κ = 0.4 the law
            // stays on its slow way: the smallest risk of the three, rounded.
            assert!((law[1].risk - limit).abs() < tolerance, "κ = {kappa}, method {i}: {}", law[1].risk);
            let mean = law[0].law.marginal(0).mean();
            assert!(
                if kappa < 0.2 { mean < 1e-5 } else { (2.0..2.1).contains(&mean) },
                "κ = {kappa}: {mean}"
            );
        }
    }
}

#[test]
fn mass_density_and_risk_keep_their_laws_at_every_step() {
    for problem in [Problem::figure_1(), Problem::figure_4(0.1), Problem::figure_4(0.4)] {
        let times: Vec<f64> = (1..=100).map(|i| 0.1 * f64::from(i)).collect();
        let seen = observe(&mut problem.on_cells(300, Finite), &times);
        let last = seen.last().expect("observed");
        assert!(scalar(last, MASS_ERROR) < 1e-12);
        assert!(scalar(last, MINIMUM_DENSITY) >= 0.0);
        assert!(scalar(last, CFL_MARGIN) >= 1.0);
        assert!(scalar(last, EDGE_MASS) < 1e-12);
        // The stable step alone lets the risk fall; and it does, at every observation, up to rounding.
        assert_eq!(scalar(last, REPEATED_STEPS), 0.0);
        assert!(seen.windows(2).all(|pair| pair[1].risk <= pair[0].risk + 1e-13));
    }
}

#[test]
fn a_restored_system_goes_on_as_if_nothing_had_happened() {
    fn check(mut straight: impl System, mut resumed: impl System) {
        observe(&mut straight, &[4.2]);
        let saved = straight.save();
        // Beyond it the grid grows and panels split. Everything observed must be the same, to the last bit.
        let exact = observe(&mut straight, &[4.3, 5.5]);
        resumed.restore(&saved).expect("same system");
        for (exact, found) in exact.iter().zip(observe(&mut resumed, &[4.3, 5.5])) {
            assert_eq!((exact.risk, &exact.scalars, &exact.law), (found.risk, &found.scalars, &found.law));
        }
        assert!(resumed.work() < straight.work());
    }
    let problem = Problem::figure_1();
    check(problem.on_cells(200, Finite), problem.on_cells(200, Finite));
    check(problem.by_atoms(50, 1e-8, Finite), problem.by_atoms(50, 1e-8, Finite));
    let wrong = problem.on_cells(201, Finite).restore(&problem.on_cells(200, Finite).save());
    assert!(wrong.expect_err("another grid").to_string().contains("checkpoint"));
}
