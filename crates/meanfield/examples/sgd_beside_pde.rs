//! A network of 400 neurons beside its limit: how far are their risks and their laws apart, and
//! does a claim hold?
//!
//!   cargo run --release -p meanfield --example sgd_beside_pde

#![expect(clippy::print_stdout, reason = "an example says what it finds")]

use std::error::Error;

use meanfield::prelude::*;
use meanfield::run::claim::Claim;

fn main() -> Result<(), Box<dyn Error>> {
    let data = GaussianClasses::isotropic(40, 0.8)?;
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?;
    let problem = Problem::two_layer(data, sigma.into(), Initial::Gaussian { scale: 0.8 })?;
    let plan = Plan { times: vec![0.5, 1.0, 2.0], snapshots: vec![2.0], levels: vec![0.1, 0.5, 0.9] };
    let study = Study::new(problem, plan)
        .with("limit", Characteristics::with_atoms(80))
        .with("sgd", FiniteNetwork::new(400, 1e-4, [1, 2, 3]));
    let records = solve(&study, &())?;

    let claim = Claim {
        system: "sgd".into(),
        quantity: "risk".into(),
        from: None,
        until: None,
        end: 2.0,
        within: 0.05,
    };
    let comparison = compare(&records, "limit", &[claim])?;
    for series in comparison.systems.iter().flat_map(|system| system.gaps.iter().chain(&system.distances)) {
        println!("{:<28} {:.4}", series.name, series.values.iter().last().copied().unwrap_or(f64::NAN));
    }
    println!("SGD's risk is within 0.05 of the limit's: {}", comparison.holds());
    Ok(())
}
