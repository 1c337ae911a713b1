//! The error that refinement gives holds the truth: minimising movements and finite volumes against characteristics, whose
//! own error is a thousand times smaller.

mod support;

use meanfield_scenario::{load, overrides::Overrides};
use support::{curve, records};

#[test]
fn the_estimated_errors_hold_the_truth() {
    let text = include_str!("../../../scenarios/isotropic/three-integrators.toml");
    let scenario =
        load("three-integrators.toml", text, &Overrides::default(), &["risk".to_owned()]).expect("valid");
    let records = records(&scenario);
    let (law, time) = (&records["atoms"], &records["atoms"].time);
    for system in ["pde", "movements"] {
        for name in ["risk", "mean_radius", "std_radius"] {
            let (exact, found) = (curve(law, name), curve(&records[system], name));
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
                // Nor does it cry wolf: second order overestimates three times, and the window in time some more.
                assert!(error[i] < 0.05, "{system} {name} at {}: {:.1e}", time[i], error[i]);
            }
        }
    }
}
