//! MMN's Fig. 1 by two solvers that share nothing but the landscape: they agree, and refining either brings
//! them closer.

mod support;

use meanfield_model::radial_series::DimensionLimit::{Finite, Infinite};
use meanfield_run::system::System;
use meanfield_solver::finite_volume::limiter::Limiter::MonotonizedCentral;
use support::{figure_1_by_atoms, figure_1_on_cells, largest_gap, observe, risks};

const EARLY: [f64; 5] = [0.1, 0.5, 1.0, 2.0, 3.0];
const LATE: [f64; 8] = [3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 8.0, 10.0];

#[test]
fn volumes_and_atoms_agree_at_the_resolution_that_the_scenario_ships() {
    let (mut cells, mut atoms) =
        (figure_1_on_cells(1600, MonotonizedCentral, Finite), figure_1_by_atoms(400, 1e-8, Finite));
    let early = largest_gap(&risks(&mut cells, &EARLY), &risks(&mut atoms, &EARLY));
    let late = largest_gap(&risks(&mut cells, &LATE), &risks(&mut atoms, &LATE));
    // Wanted: 1e-3 and 1e-2. Seen: 1.3e-4 and 2.3e-3 (numerical diffusion moves the split near t = 4).
    assert!(early < 3e-4, "t ≤ 3: {early:.1e}");
    assert!(late < 4e-3, "t ≤ 10: {late:.1e}");
}

#[test]
fn refining_the_grid_converges_to_the_atoms() {
    let times = [&EARLY[..], &LATE[..]].concat();
    let atoms = risks(&mut figure_1_by_atoms(800, 1e-8, Finite), &times);
    let on_cells = |cells| risks(&mut figure_1_on_cells(cells, MonotonizedCentral, Finite), &times);
    let grids = [400, 800, 1600].map(on_cells);
    let early = grids.each_ref().map(|risk| largest_gap(&risk[..5], &atoms[..5]));
    let all = grids.each_ref().map(|risk| largest_gap(risk, &atoms));
    // Second order divides the gap by 4 at each doubling; limiters at the peak cost a little. The atoms
    // themselves err by 1e-5 until t = 3 and by 7e-5 until t = 10.
    for gaps in [early, all] {
        assert!(gaps[0] / gaps[1] > 3.0 && gaps[1] / gaps[2] > 3.0, "{gaps:?}");
    }
}

#[test]
fn refining_the_atoms_converges() {
    let finest = risks(&mut figure_1_by_atoms(1600, 1e-10, Finite), &EARLY);
    let gaps: Vec<f64> = [100, 200, 400]
        .map(|count| largest_gap(&risks(&mut figure_1_by_atoms(count, 1e-9, Finite), &EARLY), &finest))
        .to_vec();
    // The midpoint rule in the level: between first order (tails) and second. Seen: 2.2 to 2.4 a doubling.
    assert!(gaps[0] / gaps[1] > 2.0 && gaps[1] / gaps[2] > 2.0 && gaps[2] < 1e-4, "{gaps:?}");
}

#[test]
fn the_limit_of_infinite_dimension_is_another_equation_and_both_solve_it() {
    let times = [0.1, 1.0, 2.0];
    let cells = risks(&mut figure_1_on_cells(1600, MonotonizedCentral, Infinite), &times);
    let atoms = risks(&mut figure_1_by_atoms(400, 1e-8, Infinite), &times);
    let finite = risks(&mut figure_1_by_atoms(400, 1e-8, Finite), &times);
    assert!(largest_gap(&cells, &atoms) < 3e-4, "{cells:?} {atoms:?}");
    assert!(largest_gap(&finite, &atoms) > 1e-2, "d = 40 must differ visibly from d = ∞");
}

#[test]
fn mass_density_and_risk_keep_their_laws_at_every_step() {
    let mut system = figure_1_on_cells(400, MonotonizedCentral, Finite);
    let last = observe(&mut system, &[10.0]).remove(0);
    let certificate = |name: &str| last.scalars.iter().find(|s| s.name == name).expect("reported").value;
    assert!(certificate("mass_error") < 1e-12);
    assert!(certificate("minimum_density") >= 0.0);
    // The stable step alone lets the risk fall; and it does, at every observation.
    assert_eq!(certificate("repeated_steps"), 0.0);
    let times: Vec<f64> = (1..=100).map(|i| 0.1 * f64::from(i)).collect();
    let risk = risks(&mut figure_1_on_cells(400, MonotonizedCentral, Finite), &times);
    assert!(risk.windows(2).all(|pair| pair[1] < pair[0]), "{risk:?}");
}

#[test]
fn a_restored_system_goes_on_as_if_nothing_had_happened() {
    fn check(mut straight: impl System, mut resumed: impl System) {
        observe(&mut straight, &[0.7]);
        let saved = straight.save();
        let exact = risks(&mut straight, &[2.0]);
        resumed.restore(&saved).expect("same system");
        assert_eq!(exact, risks(&mut resumed, &[2.0]));
        assert!(resumed.work() < straight.work());
    }
    check(
        figure_1_on_cells(200, MonotonizedCentral, Finite),
        figure_1_on_cells(200, MonotonizedCentral, Finite),
    );
    check(figure_1_by_atoms(50, 1e-8, Finite), figure_1_by_atoms(50, 1e-8, Finite));
    let wrong = figure_1_on_cells(201, MonotonizedCentral, Finite)
        .restore(&figure_1_on_cells(200, MonotonizedCentral, Finite).save());
    assert!(wrong.expect_err("another grid").to_string().contains("checkpoint"));
}
