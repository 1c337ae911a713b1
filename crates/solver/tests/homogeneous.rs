//! The Gibbs state of homogeneous σ by radial factorisation.

use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::block_series::AffineSeries;
use meanfield_model::data::BlockClasses;
use meanfield_model::radial_series::DimensionLimit;
use meanfield_run::system::{Observation, System};
use meanfield_solver::equilibrium::homogeneous::HomogeneousEquilibrium;
use meanfield_solver::still::Still;

fn scalar(seen: &Observation, name: &str) -> f64 {
    seen.scalars.iter().find(|s| s.name == name).map_or(f64::NAN, |s| s.value)
}

#[test]
fn probe() {
    let data = BlockClasses::anisotropic(320, 60, 0.6).expect("valid");
    let sigma = Activation::PiecewiseLinear(PiecewiseLinear::relu());
    for ridge in [0.2, 0.12, 0.1, 0.05, 0.01] {
        let series = AffineSeries::new(&data, &sigma, DimensionLimit::Finite, [2.0, 2.0, 4.0, 4.0], 1e-4)
            .expect("converges");
        let started = std::time::Instant::now();
        let mut system =
            Still::new(HomogeneousEquilibrium::new(series, data.dimensions, 0.0025, ridge, [160; 4]));
        system.advance(1.0).expect("found");
        let seen = system.observe();
        println!(
            "{ridge}: {} {} {:e} {:e} {:?} {:?}",
            seen.risk,
            scalar(&seen, "free_energy"),
            scalar(&seen, "mass_error"),
            scalar(&seen, "quadrature_error"),
            seen.law
                .axes()
                .map(|a| a.iter().map(|a| (a.faces()[0], a.faces()[a.cells()])).collect::<Vec<_>>()),
            started.elapsed()
        );
    }
}
