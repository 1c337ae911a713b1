//! The error that refinement gives holds the truth: minimising movements and finite volumes against
//! characteristics, whose own error is a thousand times smaller.

use crate::support;

use meanfield_scenario::{load, overrides::Overrides};
use support::{curve, records};

#[test]
fn the_estimated_errors_hold_the_truth() {
    let text = include_str!("../../../scenarios/isotropic/three-integrators.toml");
    let scenario = load("three-integrators.toml", text, &Overrides::default()).expect("valid");
    let records = records(&scenario);
    let law = &records["atoms"];
    let time = &records["atoms"].time;
    for system in ["pde", "movements"] {
        for name in ["risk", "mean_radius", "std_radius"] {
            let exact = curve(law, name);
            let found = curve(&records[system], name);
            let error = curve(&records[system], &format!("{name}_refinement_error"));
            let own = curve(law, &format!("{name}_refinement_error"));
            let known = error.iter().filter(|error| error.is_finite()).count();
            assert!(3 * known > 2 * error.len(), "{system} {name}: known at {known} times only");
            for i in (0..error.len()).filter(|&i| error[i].is_finite()) {
                let gap = (found[i] - exact[i]).abs();
                assert!(
                    gap <= error[i] + own[i],
                    "{system} {name} at {}: {gap:.1e} > {:.1e}",
                    time[i],
                    error[i]
                );
                // Nor does it cry wolf: second order overestimates three times, and the window in time some
                // more.
                assert!(error[i] < 0.05, "{system} {name} at {}: {:.1e}", time[i], error[i]);
            }
        }
    }
}

/// The companion's facts beside the stated run's.
fn facts(set: &[&str], system: &str, fact: &str) -> [f64; 2] {
    let text = include_str!("../../../scenarios/isotropic/three-integrators.toml");
    let set = set.iter().map(|one| (*one).to_owned()).collect();
    let overrides = Overrides { quick: true, set, ..Overrides::default() };
    let scenario = load("three-integrators.toml", text, &overrides).expect("valid");
    let jobs = scenario.build().expect("valid");
    let of = |coarse: bool| {
        let job =
            jobs.iter().find(|job| job.identity.system == system && job.coarse == coarse).expect("built");
        job.identity.facts.iter().find(|(known, _)| known.name == fact).expect("told").1
    };
    [of(false), of(true)]
}

#[test]
fn a_companion_has_fewer_terms_of_the_kernel_whatever_the_tolerance() {
    // At 0.05 ten times the tolerance is beyond what users may write.
    for (system, kind) in [("atoms", "characteristics"), ("pde", "finite-volume"), ("movements", "jko")] {
        for tolerance in ["1e-9", "1e-4", "3e-3", "0.05"] {
            let key = format!("systems.{system}.{kind}.kernel-tolerance={tolerance}");
            let [stated, coarse] = facts(&[&key], system, "kernel_terms");
            assert!(coarse < stated, "{system} at {tolerance}: {coarse} terms beside {stated}");
        }
    }
}

#[test]
fn a_default_that_gave_way_has_a_companion_too() {
    // A kink in two dimensions: the series reaches 1.2e-5, and ten times the default is out of reach.
    let set = ["model.data.isotropic-gaussians.dimension=2", "model.activation.relu={}"];
    let [own, coarse] = facts(&set, "atoms", "kernel_terms");
    assert!(coarse < own, "{coarse} {own}");
}
