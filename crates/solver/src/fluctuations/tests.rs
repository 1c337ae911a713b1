//! Tests of the fluctuations: exact values at the start, convergence, and the adjoint equations.

use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::problem::Problem;
use meanfield_run::schedule::Schedule;

use super::*;

/// MMN's Fig. 1 with another separation Δ and dimension d.
pub(super) fn problem(dimension: usize, separation: f64) -> Problem {
    let data = GaussianClasses::isotropic(dimension, separation).expect("valid");
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
    let start = Initial::Gaussian { scale: 0.8 };
    Problem::two_layer(data, Activation::PiecewiseLinear(sigma), start).expect("fits")
}

#[test]
fn print() {
    for separation in [0.5, 0.8] {
        let started = std::time::Instant::now();
        let setup = Setup::new(&problem(40, separation), Schedule::Constant, Resolution::default());
        let mut found = Fluctuations::new(setup.expect("known"));
        for time in [0.0, 0.1, 0.3, 1.0, 3.0] {
            found.advance_to(time).expect("smooth");
            println!("{time} {:?} {} {:?}", found.statistics(), found.evaluations(), started.elapsed());
        }
    }
}
