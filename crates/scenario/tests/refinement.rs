//! The error that refinement gives holds the truth: minimising movements and finite volumes against characteristics, whose
//! own error is a thousand times smaller.

use meanfield_run::drive::Watch;
use meanfield_run::record::Record;
use meanfield_run::side_by_side;
use meanfield_scenario::{load, overrides::Overrides};

struct Blind;
impl Watch for Blind {
    fn progress(&mut self, _: f64) {}
}

fn curve(record: &Record, name: &str) -> Vec<f64> {
    record.curve(name).expect("reported").values.iter().copied().collect()
}

#[test]
fn the_estimated_errors_hold_the_truth() {
    let text = include_str!("../../../scenarios/isotropic/three-integrators.toml");
    let scenario =
        load("three-integrators.toml", text, &Overrides::default(), &["risk".to_owned()]).expect("valid");
    let jobs = scenario.build().expect("checked");
    let outcome = side_by_side::run(jobs, &scenario.plan, 0, |_| Ok((Blind, None))).expect("runs");
    let of = |system: &str| outcome.records.iter().find(|r| r.system == system).expect("run");
    let (law, time) = (of("atoms"), &of("atoms").time);
    for system in ["pde", "movements"] {
        for name in ["risk", "mean_radius", "std_radius"] {
            let (exact, found) = (curve(law, name), curve(of(system), name));
            let error = curve(of(system), &format!("{name}_refinement_error"));
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
