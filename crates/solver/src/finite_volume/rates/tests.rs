//! Every way to compute rates against a textbook's loop, through the interface that all share.

use meanfield_model::energy::Energy;
use meanfield_run::flow::Stage;

use super::Rates;
use super::four_parameters::FourParameters;
use super::reference::Reference;
use super::selection::fastest;
use crate::finite_volume::cells::Cells;
use crate::finite_volume::four::tests::{Case, Toy, cases, difference};
use crate::finite_volume::limiter::Limiter;

/// All of them, prepared for the masses of a case, with the bounds that they find.
fn implementations(case: &Case, cells: &Cells<4>, limiter: Limiter) -> Vec<(Box<dyn Rates<4>>, f64)> {
    let all: [Box<dyn Rates<4>>; 3] = [
        Box::new(Reference::new(cells, limiter)),
        Box::new(FourParameters::new(cells, limiter)),
        fastest(cells, limiter),
    ];
    all.into_iter().map(|rates| prepared(rates, case, cells)).collect()
}

fn prepared(mut rates: Box<dyn Rates<4>>, case: &Case, cells: &Cells<4>) -> (Box<dyn Rates<4>>, f64) {
    assert!(!rates.is_prepared(&case.mass));
    let mut moments = [0.0; 3];
    let mut coefficients = [0.0; 3];
    rates.moments(cells, &case.mass, &mut moments);
    Toy.potential_coefficients(&moments, &mut coefficients);
    rates.prepare(cells, &case.mass, &coefficients);
    assert!(rates.is_prepared(&case.mass));
    let bound = rates.bound(cells);
    (rates, bound)
}

/// The masses of every cell along one axis, one by one.
fn marginal(case: &Case, axis: usize) -> Vec<f64> {
    let mut sums = vec![0.0; case.grid.axes[axis].cells()];
    for (i, mass) in case.mass.iter().enumerate() {
        sums[case.grid.indices(i)[axis]] += mass;
    }
    sums
}

/// With two cells along each axis at least: the line kernels need as many.
fn long_enough() -> impl Iterator<Item = Case> {
    cases().into_iter().filter(|case| case.grid.axes.iter().all(|axis| axis.cells() > 2))
}

#[test]
fn every_way_finds_the_rates_of_a_textbook() {
    for case in long_enough() {
        let cells = Cells::new(&Toy, case.grid.clone());
        for limiter in Limiter::ALL {
            let (wanted, loss) = case.textbook(limiter);
            for (i, (mut rates, bound)) in implementations(&case, &cells, limiter).into_iter().enumerate() {
                let mut found = vec![f64::NAN; wanted.len()];
                rates.rate(&case.mass, bound, &mut found);
                let gap = difference(&found, &wanted);
                // Where no rates are kept they are differences of masses after a step: rounding over its
                // length.
                assert!(gap < 1e-11, "{limiter:?}, implementation {i}: {gap}");
                assert!(bound * loss <= 1.0 + 1e-12 && bound * loss > 0.4, "{limiter:?}: {bound} {loss}");
            }
        }
    }
}

#[test]
fn every_way_blends_stages_and_sums_the_law_up() {
    for case in long_enough() {
        let cells = Cells::new(&Toy, case.grid.clone());
        let (rate, _) = case.textbook(Limiter::Minmod);
        for (mut rates, bound) in implementations(&case, &cells, Limiter::Minmod) {
            let seen = rates.summary(&cells, &case.mass);
            for axis in 0..4 {
                assert!(difference(&seen.marginals[axis], &marginal(&case, axis)) < 1e-14, "axis {axis}");
            }
            let densities = (0..case.mass.len()).map(|i| case.mass[i] / case.grid.volume(i));
            let lowest = densities.fold(f64::INFINITY, f64::min);
            assert!((seen.lowest_density - lowest).abs() < 1e-13 * lowest && seen.dissipation > 0.0);
            let start: Vec<f64> = case.mass.iter().rev().copied().collect();
            let euler = case.mass.iter().zip(&rate).map(|(mass, rate)| mass + 0.5 * bound * rate);
            let wanted: Vec<f64> = start.iter().zip(euler).map(|(s, e)| 0.25 * s + 0.75 * e).collect();
            for is_last in [false, true] {
                let mut mass = case.mass.clone();
                let mut kept = start.clone();
                rates.stage(&mut mass, &mut kept, Stage { share: 0.25, step: 0.5 * bound, is_last });
                assert!(difference(&mass, &wanted) < 1e-13);
                assert!(is_last || kept == start, "the start is needed until the last stage");
            }
        }
    }
}
