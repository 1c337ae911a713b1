//! The predicted band is a sharp test: networks lie in it, and an SGD that is wrong in its step, its
//! potential or its noise does not. Wrong programs are made of right ones: a network trained with other
//! steps or at another temperature, its record relabelled.

use std::error::Error;

use meanfield::compare::judge::compare;
use meanfield::model::initial::{AffineStart, Normal};
use meanfield::model::problem::Start;
use meanfield::prelude::*;
use meanfield::run::claim::Claim;
use meanfield::run::record::Record;

const NEURONS: usize = 200;
const STEP: f64 = 1e-4;
const TIMES: [f64; 3] = [0.06, 0.12, 0.24];
const SEEDS: u64 = 96;
const TEMPERATURE: f64 = 0.02;

/// MMN's activation on isotropic data.
fn one_radius() -> Result<Problem, Box<dyn Error>> {
    let data = GaussianClasses::isotropic(24, 0.65)?;
    let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?;
    Ok(Problem::two_layer(data, sigma.into(), Initial::Gaussian { scale: 0.8 })?)
}

/// The same on data of two blocks.
fn two_radii() -> Result<Problem, Box<dyn Error>> {
    let data = BlockClasses::anisotropic(24, 8, 0.65)?;
    Ok(one_radius()?.with_data(data)?)
}

/// Output weights and offsets beside.
fn four_parameters() -> Result<Problem, Box<dyn Error>> {
    let data = BlockClasses::anisotropic(24, 8, 0.65)?;
    let [a, b] = [0.2, 0.0].map(|deviation| Normal { mean: 1.0, deviation }.into());
    let start = Start::Affine(Initial::Gaussian { scale: 0.8 }, AffineStart { a, b });
    Ok(Problem::two_layer(data, PiecewiseLinear::relu().into(), start)?)
}

/// Observed at so many times the usual times.
fn plan(clock: f64) -> Plan {
    Plan { times: TIMES.map(|time| clock * time).to_vec(), ..Plan::default() }
}

/// The limit, with the band.
fn limit_of(problem: Problem) -> Result<Record, Box<dyn Error>> {
    let limit = Characteristics {
        fluctuations_until: TIMES[2],
        kernel_tolerance: if problem.directions() == 1 { 1e-9 } else { 1e-5 },
        ..Characteristics::with_atoms(120)
    };
    Ok(solve(&Study::new(problem, plan(1.0)).with("limit", limit), &())?.remove(0))
}

/// The largest distance from the band, in standard errors, of networks with these steps that are said to have
/// steps of `STEP` and to have been observed at `TIMES`.
fn distance(step_size: f64, clock: f64) -> Result<f64, Box<dyn Error>> {
    distance_of(one_radius()?, &limit_of(one_radius()?)?, step_size, clock)
}

/// The same of another problem and its limit.
fn distance_of(problem: Problem, limit: &Record, step_size: f64, clock: f64) -> Result<f64, Box<dyn Error>> {
    let networks = FiniteNetwork::new(NEURONS, step_size, (1..=SEEDS).collect::<Vec<u64>>());
    let mut networks = solve(&Study::new(problem, plan(clock)).with("sgd", networks), &())?.remove(0);
    networks.time = limit.time.clone();
    for fact in networks.facts.iter_mut().filter(|fact| fact.name == "step_size") {
        fact.values.fill(STEP);
    }
    judged([limit.clone(), networks])
}

/// The largest distance of networks from the band that a limit predicts.
fn judged([limit, networks]: [Record; 2]) -> Result<f64, Box<dyn Error>> {
    let claim = Claim {
        system: "sgd".into(),
        quantity: "predicted_band".into(),
        from: None,
        until: None,
        end: TIMES[2],
        within: 3.5,
    };
    let comparison = compare(&[limit, networks], "limit", &[claim])?;
    let verdict = &comparison.systems[0].verdicts[0];
    assert_eq!(verdict.holds, verdict.worst.worst <= 3.5);
    Ok(verdict.worst.worst)
}

#[test]
fn networks_lie_in_their_band() -> Result<(), Box<dyn Error>> {
    let found = distance(STEP, 1.0)?;
    assert!(found < 3.5, "{found}");
    Ok(())
}

#[test]
fn networks_of_several_coordinates_lie_in_theirs() -> Result<(), Box<dyn Error>> {
    for problem in [two_radii()?, four_parameters()?] {
        let limit = limit_of(problem.clone())?;
        let found = distance_of(problem.clone(), &limit, STEP, 1.0)?;
        let with_other_steps = distance_of(problem, &limit, 2.0 * STEP, 2.0)?;
        assert!(found < 3.5 && with_other_steps > 5.0, "{found} {with_other_steps}");
    }
    Ok(())
}

#[test]
fn steps_twice_as_long_are_detected() -> Result<(), Box<dyn Error>> {
    // So many steps of twice the length reach twice the time.
    let found = distance(2.0 * STEP, 2.0)?;
    assert!(found > 20.0, "{found}");
    Ok(())
}

#[test]
fn a_potential_that_is_scaled_is_detected() -> Result<(), Box<dyn Error>> {
    // The gradient of 1.05 Ψ is that of Ψ with steps 1.05 times as long.
    let found = distance(1.05 * STEP, 1.05)?;
    assert!(found > 5.0, "{found}");
    Ok(())
}

#[test]
fn noise_of_half_the_variance_is_detected() -> Result<(), Box<dyn Error>> {
    // Two samples a step, say: the same drift, half the noise.
    let found = distance(0.5 * STEP, 1.0)?;
    assert!(found > 4.0, "{found}");
    Ok(())
}

/// Networks at these temperatures: their largest distances from the band of a limit at `TEMPERATURE`.
fn distances_with_noise(temperatures: [f64; 2]) -> Result<[f64; 2], Box<dyn Error>> {
    let limit = FiniteVolume { fluctuations_until: TIMES[2], ..FiniteVolume::with_cells([400]) };
    let networks = FiniteNetwork::new(NEURONS, STEP, (1..=SEEDS).collect::<Vec<u64>>());
    let in_bath = |temperature| -> Result<Problem, Box<dyn Error>> {
        Ok(one_radius()?.with_bath(Bath { temperature, ridge: 0.2 }))
    };
    let limit = solve(&Study::new(in_bath(TEMPERATURE)?, plan(1.0)).with("limit", limit), &())?.remove(0);
    let mut found = [0.0; 2];
    for (found, temperature) in found.iter_mut().zip(temperatures) {
        let study = Study::new(in_bath(temperature)?, plan(1.0)).with("sgd", networks.clone());
        *found = judged([limit.clone(), solve(&study, &())?.remove(0)])?;
    }
    Ok(found)
}

#[test]
fn networks_with_noise_lie_in_their_band_and_those_with_half_of_it_do_not() -> Result<(), Box<dyn Error>> {
    let [found, with_half] = distances_with_noise([TEMPERATURE, 0.5 * TEMPERATURE])?;
    assert!(found < 3.5 && with_half > 5.0, "{found} {with_half}");
    Ok(())
}
