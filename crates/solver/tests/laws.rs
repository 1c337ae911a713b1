//! Laws that characteristics report: the map that their nodes sample, its quantiles and densities; and what
//! it costs to observe often.

use crate::support;

use meanfield_model::measure::Measure;
use meanfield_model::radial_series::DimensionLimit::Finite;
use meanfield_run::drive::{Identity, Plan, drive};
use meanfield_run::record::Record;
use meanfield_run::system::System;
use support::{DIMENSION, Problem, largest_gap, observe};

/// Moves of mass into or out of the union of two laws' quantile functions: W₁ by quadrature over levels.
fn wasserstein_1(a: &Measure, b: &Measure) -> f64 {
    let levels: Vec<f64> = (0..20_000).map(|i| (f64::from(i) + 0.5) / 20_000.0).collect();
    let [a, b] = [a, b].map(|law| law.coordinate(0).quantiles(&levels));
    a.iter().zip(&b).map(|(a, b)| (a - b).abs()).sum::<f64>() / 20_000.0
}

#[test]
fn the_start_has_the_density_and_the_quantiles_of_chi() {
    let problem = Problem::figure_1();
    let law = problem.by_atoms(80, 1e-8, Finite).observe().law;
    let distribution = |r: f64| problem.start.radial_distribution(DIMENSION, r);
    let marginal = law.marginal(0);
    // What lies within five deviations of the mean, off the ends of panels, where pieces of no width overlap.
    let inside = marginal.pieces().iter().filter(|p| (0.5..1.2).contains(&p.from) && p.to - p.from > 1e-9);
    let mut seen = 0;
    for piece in inside {
        // Central differences over 2h: h² p''/6 = 3e-8 for a density whose second derivative is 200.
        let x = 0.5 * (piece.from + piece.to);
        let h = 3e-5;
        let exact = (distribution(x + h) - distribution(x - h)) / (2.0 * h);
        let found = piece.mass / (piece.to - piece.from);
        assert!(
            (found - exact).abs() < 1e-6 * 4.5,
            "at {x}: {found} instead of {exact}, which is 4.5 at most"
        );
        seen += 1;
    }
    assert!(seen > 1000, "{seen} pieces");
    for level in [0.01, 0.1, 0.5, 0.9, 0.99] {
        let found = law.coordinate(0).quantile(level);
        assert!((distribution(found) - level).abs() < 1e-8, "{level}: {found}");
    }
}

#[test]
fn laws_of_40_and_of_80_atoms_are_as_close_as_their_risks() {
    let times = [0.1, 1.0, 3.0];
    let problem = Problem::figure_1();
    let [coarse, fine] = [40, 80].map(|atoms| observe(&mut problem.by_atoms(atoms, 1e-8, Finite), &times));
    for ((a, b), t) in coarse.iter().zip(&fine).zip(times) {
        let risk = (a.risk - b.risk).abs();
        let distance = wasserstein_1(&a.law, &b.law);
        // The nodes by themselves are 9e-3 apart. Panels leave 1e-6 unresolved each, and split where they
        // leave more.
        assert!(risk < 1e-6 && distance < 1e-6, "t = {t}: {risk:.1e} {distance:.1e}");
    }
}

/// Observes until t = 1 so many times; the record and the evaluations of the rate.
fn observed(system: &mut dyn System, count: usize) -> (Record, u64) {
    let times: Vec<f64> = (1..=count).map(|i| i as f64 / count as f64).collect();
    let plan = Plan { times, snapshots: Vec::new(), levels: vec![0.1, 0.9] };
    let coordinates = vec!["radius".into()];
    let identity = Identity { system: "law".into(), kind: "law", coordinates, ..Identity::default() };
    let record = drive(system, identity, &plan, None, &mut ()).expect("runs");
    (record, system.work())
}

/// Every curve of a run that was observed at times of which some are asked for.
fn curve(record: &Record, name: &str, every: usize) -> Vec<f64> {
    let values = &record.curve(name).expect("reported").values;
    values.iter().skip(every - 1).step_by(every).copied().collect()
}

#[test]
fn observing_often_costs_no_steps_and_tells_the_same() {
    let problem = Problem::figure_1();
    // Steps of characteristics are as long as their tolerance of 1e-8 allows, cells' as a cell is wide.
    let atoms = || problem.by_atoms(80, 1e-8, Finite);
    let cells = || problem.on_cells(200, Finite);
    let several = |system: &mut dyn System, again: &mut dyn System, allowed: f64| {
        let (few, own) = observed(system, 10);
        let (many, work) = observed(again, 4000);
        assert!(work as f64 <= 1.15 * own as f64, "{work} evaluations instead of {own}");
        for name in ["risk", "mean_radius", "std_radius", "independent_bias"] {
            let few = curve(&few, name, 1);
            let many = curve(&many, name, 400);
            let scale = few.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
            let gap = largest_gap(&few, &many);
            assert!(gap < allowed * scale, "{name}: {gap:.1e} of {scale:.1e}");
        }
    };
    // Polynomials through the ends of steps: 1.2e-6 of the spread, where steps still grow, as the nodes leave
    // 1e-6 unresolved.
    several(&mut atoms(), &mut atoms(), 2e-6);
    // Other steps, other errors in time, of second order in a step: 6e-7, and 8e-6 of the spread.
    several(&mut cells(), &mut cells(), 2e-5);
}

#[test]
fn mass_that_has_come_to_rest_is_read_as_such() {
    // All mass is at r = 0 from t = 0.05 on; one step leads from there to the end.
    let problem = Problem::figure_4(0.1);
    let mut atoms = [80, 80].map(|count| problem.by_atoms(count, 1e-8, Finite));
    let [few, many] = [(0, 100), (1, 4000)].map(|(i, count)| observed(&mut atoms[i], count).0);
    let few = curve(&few, "risk", 1);
    let many = curve(&many, "risk", 40);
    let at_rest = few.iter().zip(&many).skip(9).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(at_rest < 1e-9, "{at_rest:.1e}");
    // While mass arrives, the risk bends within steps: linear interpolation would be as good.
    assert!(largest_gap(&few, &many) < 0.02 * few[99], "{:.1e}", largest_gap(&few, &many));
}
