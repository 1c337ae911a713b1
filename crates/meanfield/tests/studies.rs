//! What a study states beside its problem and systems: a schedule, and companions for the errors.

use std::error::Error;

use meanfield::prelude::*;

/// The risk at one time by atoms, with steps of a schedule.
fn risk(schedule: Schedule, time: f64) -> Result<f64, Box<dyn Error>> {
    let data = GaussianClasses::isotropic(40, 0.8)?;
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?;
    let problem = Problem::two_layer(data, sigma.into(), Initial::Gaussian { scale: 0.8 })?;
    let plan = Plan { times: vec![time], ..Plan::default() };
    let study =
        Study::new(problem, plan).with_schedule(schedule).with("limit", Characteristics::with_atoms(20));
    let records = solve(&study, &())?;
    Ok(records[0].row("risk", 0).ok_or("no risk")?[0])
}

#[test]
fn a_schedule_is_a_change_of_time() -> Result<(), Box<dyn Error>> {
    // ∫ t^−½ dt = 2 √t: the flow at t = ¼ is that of constant steps at t = 1.
    let own = risk(Schedule::Power { exponent: -0.5 }, 0.25)?;
    let constant = risk(Schedule::Constant, 1.0)?;
    // The same steps of one solver: they differ by the rounding of 2 √t.
    assert!((own - constant).abs() < 1e-9, "{own} {constant}");
    assert!((risk(Schedule::Constant, 0.25)? - constant).abs() > 1e-3);
    Ok(())
}

#[test]
fn refinement_gives_errors() -> Result<(), Box<dyn Error>> {
    let data = GaussianClasses::isotropic(40, 0.8)?;
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?;
    let problem = Problem::two_layer(data, sigma.into(), Initial::Gaussian { scale: 0.8 })?;
    let plan = Plan { times: vec![0.1], ..Plan::default() };
    let study = Study::new(problem, plan).with("limit", Characteristics::with_atoms(40)).with_refinement();
    let records = solve(&study, &())?;
    assert!(records[0].row("risk_refinement_error", 0).ok_or("no error")?[0] > 0.0);
    Ok(())
}
