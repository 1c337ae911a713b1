//! The risk of Mei, Montanari & Nguyen's Figure 1 from the PDE in one radius, in six statements.
//!
//!   cargo run --release -p meanfield --example radial_pde

#![expect(clippy::print_stdout, reason = "an example says what it finds")]

use std::error::Error;

use meanfield::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let data = GaussianClasses::isotropic(40, 0.8)?;
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?;
    let problem = Problem::two_layer(data, sigma.into(), Initial::Gaussian { scale: 0.8 })?;
    let plan = Plan { times: vec![0.1, 1.0, 3.0, 10.0], ..Plan::default() };
    let study = Study::new(problem, plan).with("pde", FiniteVolume::with_cells([400]));
    let records = solve(&study, &())?;

    for (time, risk) in records[0].time.iter().zip(records[0].row("risk", 0).ok_or("no risk")?) {
        println!("t = {time:4}   R = {risk:.5}");
    }
    Ok(())
}
