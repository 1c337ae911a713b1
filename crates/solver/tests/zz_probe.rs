use meanfield_model::activation::{Activation, PiecewiseLinear};
use meanfield_model::block_series::AffineSeries;
use meanfield_model::data::BlockClasses;
use meanfield_model::landscape::Landscape;
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::volume::VolumeElement;
use meanfield_run::system::System;
use meanfield_solver::equilibrium::Equilibrium;
use meanfield_solver::gibbs::{Amplitude, Bath};
use meanfield_solver::still::Still;

#[test]
fn probe() {
    let data = BlockClasses::anisotropic(320, 60, 0.4).expect("valid");
    for (name, sigma, ridges) in [
        ("fig1", PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid"), vec![0.2, 0.1, 0.05]),
        (
            "relu+",
            PiecewiseLinear::with_slopes(vec![[0.1, 0.0]], [0.0, 1.0]).expect("valid"),
            vec![0.2, 0.12, 0.08],
        ),
    ] {
        for ridge in ridges {
            let t = 0.002;
            let dev = (t / ridge as f64).sqrt();
            let ext = [8.0 * dev, 8.0 * dev, dev * (60f64.sqrt() + 8.0), dev * (260f64.sqrt() + 8.0)];
            let series =
                AffineSeries::new(&data, &sigma, DimensionLimit::Finite, ext, 1e-6).expect("converges");
            let started = std::time::Instant::now();
            let rank = Landscape::<4>::rank(&series);
            let elements = [
                VolumeElement::Line,
                VolumeElement::Line,
                VolumeElement::Radius(60),
                VolumeElement::Radius(260),
            ];
            let bath = Bath { temperature: t, ridge, amplitude: Amplitude::Outer };
            let mut system = Still::new(Equilibrium::new(series, elements, bath, ext, [160; 4]));
            match system.advance(1.0) {
                Ok(_) => {
                    let seen = system.observe();
                    print!("{name} {ridge} rank {rank} R {} {:?} ", seen.risk, started.elapsed());
                    for s in &seen.scalars {
                        print!("{} {:e} ", s.name, s.value);
                    }
                    for c in 0..4 {
                        let m = seen.law.marginal(c);
                        print!("{:.5}±{:.5} ", m.mean(), m.standard_deviation());
                    }
                    println!();
                }
                Err(error) => println!("{name} {ridge} rank {rank} {error} {:?}", started.elapsed()),
            }
        }
    }
}
