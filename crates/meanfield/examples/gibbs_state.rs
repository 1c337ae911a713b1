//! Where SGD with noise ends: the Gibbs state and its free energy, over the temperature.
//!
//!   cargo run --release -p meanfield --example gibbs_state

#![expect(clippy::print_stdout, reason = "an example says what it finds")]

use std::error::Error;

use meanfield::model::activation::{Placement, Shape, Smooth};
use meanfield::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let place = Placement { height: 3.0, offset: 1.0, ..Placement::default() };
    for temperature in [0.3, 0.1, 0.03] {
        let data = GaussianClasses::isotropic(40, 0.8)?;
        let sigma = Smooth { shape: Shape::Tanh, place };
        let problem = Problem::two_layer(data, sigma.into(), Initial::Gaussian { scale: 0.8 })?
            .with_bath(Bath { temperature, ridge: 0.1 });
        let plan = Plan { times: vec![1.0], ..Plan::default() }; // any time: it is the same at all
        let study = Study::new(problem, plan).with("gibbs", LandscapeSystem::default());
        let records = solve(&study, &())?;
        let end = |name: &str| records[0].row(name, 0).map_or(f64::NAN, |row| row[0]);
        println!("1/β = {temperature:4}: R = {:.5}, F = {:.5}", end("risk"), end("free_energy"));
    }
    Ok(())
}
