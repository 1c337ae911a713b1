//! x
#![allow(missing_docs)]
use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::axial_series::AxialSeries;
use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use meanfield_model::radial_series::{DimensionLimit, RadialSeries};
use meanfield_model::sphere;
use meanfield_run::schedule::Schedule;
use meanfield_run::system::{Stride, System};
use meanfield_solver::characteristics::{Characteristics, quantile_atoms};
use meanfield_solver::finite_width::{FiniteWidth, Start};

fn system(radii: usize, nodes: usize, singled: usize, orders: usize) -> impl System {
    let sigma = Activation::PiecewiseLinear(PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid"));
    let data = GaussianClasses::isotropic(40, 0.8).expect("valid");
    let start = Initial::Gaussian { scale: 0.8 };
    let landscape = RadialSeries::new(&data, &sigma, DimensionLimit::Finite, 1e-9).expect("converges");
    let q = |n: usize| quantile_atoms(n, |u| start.radial_quantile(40, u));
    let mf = Characteristics::new(landscape, Schedule::Constant, q(200), vec![1.0 / 200.0; 200], [0.0], 1e-8);
    FiniteWidth::new(mf, &Start { landscape: AxialSeries::new(&data, &sigma, orders), schedule: Schedule::Constant, radii: q(radii), sphere: sphere::quadrature(40, nodes).expect("ok"), singled_out: q(singled) })
}
#[test]
fn explore() {
    for (r, n, s, o) in [(32, 8, 3, 12), (64, 8, 3, 12), (128, 8, 3, 12), (64, 8, 8, 12)] {
        let mut system = system(r, n, s, o);
        let t0 = std::time::Instant::now();
        print!("{r} {n} {s} {o}: ");
        for t in [0.1, 1.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0] {
            while system.advance(t).expect("runs") == Stride::Underway {}
            let o = system.observe();
            print!(" t={t} {:.4} {:.4};", o.scalars[0].value, o.scalars[1].value);
        }
        println!(" {:?}", t0.elapsed());
    }
}
