//! MMN Fig. 1 by both solvers.
#![allow(missing_docs)]
use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::axis::Axis;
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::radial_series::{DimensionLimit, RadialSeries};
use meanfield_run::schedule::Schedule;
use meanfield_run::stepper::strong_stability::Method;
use meanfield_run::system::{Stride, System};
use meanfield_solver::characteristics::{Characteristics, quantile_atoms};
use meanfield_solver::finite_volume::{FiniteVolume, Options, limiter::Limiter};
use meanfield_solver::grid::Grid;

const TIMES: [f64; 12] = [0.1, 0.5, 1.0, 2.0, 3.0, 4.0, 4.5, 5.0, 5.5, 6.0, 8.0, 10.0];

fn landscape(limit: DimensionLimit) -> RadialSeries {
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
    let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
    RadialSeries::new(&data, &Activation::PiecewiseLinear(sigma), limit, 1e-9).expect("converges")
}
fn start() -> Initial { Initial::Gaussian { scale: 0.8 } }

fn volumes(limit: DimensionLimit, cells: usize, upper: f64, limiter: Limiter) -> impl System {
    let grid = Grid { axes: [Axis::uniform(0.0, upper, cells).expect("valid")] };
    let mass = grid.masses(|r| start().radial_distribution(40, r)).expect("fits");
    FiniteVolume::new(landscape(limit), grid, mass, Schedule::Constant, Options { limiter, method: Method::Ssp2 })
}
fn atoms(limit: DimensionLimit, count: usize, tolerance: f64) -> impl System {
    let positions = quantile_atoms(count, |u| start().radial_quantile(40, u));
    Characteristics::new(landscape(limit), Schedule::Constant, positions, vec![1.0 / count as f64; count], [0.0], tolerance)
}
fn risks(mut system: impl System) -> Vec<f64> {
    let t0 = std::time::Instant::now();
    let r = TIMES.iter().map(|t| { while system.advance(*t).expect("runs") == Stride::Underway {} system.observe().risk }).collect();
    let o = system.observe();
    println!("{:?} work {} mean {} q {} {}", t0.elapsed(), system.work(), o.law.marginal(0).mean(), o.law.marginal(0).quantile(0.01), o.law.marginal(0).quantile(0.999));
    r
}

#[test]
fn explore() {
    let reference = risks(atoms(DimensionLimit::Finite, 1600, 1e-10));
    println!("{TIMES:?}\n{reference:.5?}");
    for n in [200, 400, 800] { let r = risks(atoms(DimensionLimit::Finite, n, 1e-8)); println!("atoms {n} {:.1e}", ndarray::Array1::from(r) - ndarray::Array1::from(reference.clone())); }
    for (n, l) in [(400, Limiter::MonotonizedCentral), (800, Limiter::MonotonizedCentral), (1600, Limiter::Minmod), (1600, Limiter::VanLeer), (1600, Limiter::MonotonizedCentral), (3200, Limiter::MonotonizedCentral)] { let r = risks(volumes(DimensionLimit::Finite, n, 8.0, l)); println!("cells {n} {l:?} {:.1e}", ndarray::Array1::from(r) - ndarray::Array1::from(reference.clone())); }
}
