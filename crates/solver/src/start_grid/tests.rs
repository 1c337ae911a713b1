//! Tests of starts on grids: that a grid holds the start, and how far noise widens it.

use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::data::GaussianClasses;

use super::*;

fn problem(bath: Bath) -> Problem {
    let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
    let weights = Initial::Gaussian { scale: 0.8 };
    let problem = Problem::two_layer(data, Activation::PiecewiseLinear(sigma), weights).expect("fits");
    problem.with_bath(bath)
}

fn grid(cells: usize) -> StartGrid {
    StartGrid { cells: vec![cells], follow: None, start_width: 0.005, domain: None, grading: 1.0 }
}

#[test]
fn a_grid_holds_the_start() {
    let axes = grid(400).axes(&problem(Bath::default())).expect("fits");
    let (axis, masses) = &axes[0];
    assert!((masses.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    // κ = 0.8, and deviations of 0.8/√80 = 0.09: seven of them, and half as far again.
    let upper = axis.faces()[axis.cells()];
    assert!((2.0..2.4).contains(&upper), "{upper}");
}

#[test]
fn noise_widens_it_until_growth_ends() {
    let noisy = problem(Bath { temperature: 0.1, ridge: 0.01 });
    let after = |s: f64| grid(100).cells_after(&noisy, s).expect("finite")[0];
    assert_eq!(after(0.0), 100.0);
    // Noise alone takes radii to √(0.64 + 40 · 0.39) = 4.0, from 0.8: twice the grid of the start, in
    // cells that widen.
    assert!(after(1.0) > 150.0, "{}", after(1.0));
    assert!(after(1e6) <= 100.0 * MOST_GROWTH as f64 * (1.0 + 1e-12), "{}", after(1e6));
}
