//! The law of least risk without noise, of any number of masses and of one, with the gap that certifies it.
//!
//!   cargo run --release -p meanfield --example least_risk

#![expect(clippy::print_stdout, reason = "an example says what it finds")]

use std::error::Error;

use meanfield::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?;
    for separation in [0.2, 0.8] {
        let data = GaussianClasses::isotropic(40, separation)?;
        let problem = Problem::two_layer(data, sigma.clone().into(), Initial::Gaussian { scale: 0.4 })?;
        let plan = Plan { times: vec![1.0], snapshots: vec![1.0], levels: vec![0.5] };
        let one = LandscapeSystem { masses: Some(1), ..LandscapeSystem::default() };
        let study = Study::new(problem, plan).with("any", LandscapeSystem::default()).with("one-mass", one);
        for record in solve(&study, &())? {
            let end = |name: &str| record.row(name, 0).map_or(f64::NAN, |row| row[0]);
            let [risk, gap] = ["risk", "duality_gap"].map(end);
            println!(
                "Δ = {separation}, {:<8}  R = {risk:.6}, at most {gap:.0e} above the least",
                record.system
            );
        }
    }
    Ok(())
}
