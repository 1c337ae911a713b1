//! An activation of one's own, given by its values: straight lines between as many points as it takes.
//!
//!   cargo run --release -p meanfield --example own_activation

#![expect(clippy::print_stdout, reason = "an example says what it finds")]

use std::error::Error;

use meanfield::prelude::*;

/// A bump around 1, level far away.
fn bump(z: f64) -> f64 {
    4.0 * (-2.0 * (z - 1.0) * (z - 1.0)).exp()
}

fn main() -> Result<(), Box<dyn Error>> {
    for points in [20, 40, 80] {
        let knots = (0..=points).map(|i| -2.0 + 6.0 * f64::from(i) / f64::from(points));
        let sigma = PiecewiseLinear::new(knots.map(|z| [z, bump(z)]).collect())?;
        let data = GaussianClasses::isotropic(40, 0.8)?;
        let problem = Problem::two_layer(data, sigma.into(), Initial::Gaussian { scale: 1.0 })?;
        let plan = Plan { times: vec![2.0], ..Plan::default() };
        let study = Study::new(problem, plan).with("limit", Characteristics::with_atoms(80));
        let records = solve(&study, &())?;
        let risk = records[0].row("risk", 0).ok_or("no risk")?[0];
        println!("{points} lines: R(2) = {risk:.6}");
    }
    Ok(())
}
