//! The kernel at d = ∞ and the start at d = ∞ are two limits: with the first alone the risk of MMN's Fig. 3
//! falls to 0, with both all neurons stay at one point, which cannot do better than one half.

use crate::support;

use meanfield_scenario::{load, overrides::Overrides};
use support::{curve, records};

const SCENARIO: &str = r#"
title = "kernel and start at d = infinity"
[model]
data.anisotropic-gaussians = { dimension = 320, relevant-dimension = 60, separation = 0.6 }
activation.relu = {}
unit.affine = {}
initial.gaussian = { scale = 0.8, a = { mean = 1.0 }, b = { mean = 1.0 } }
[dynamics]
end-time = 400.0
schedule.power = { exponent = -0.25 }
[observe]
times = [400.0]
snapshots = [400.0]
[systems.kernel.characteristics]
atoms = 16
tolerance = 1e-5
sampling-tolerance = 1e-2
most-atoms = 200
dimension-limit = "infinite"
[systems.both.characteristics]
atoms = 256
dimension-limit = "infinite"
start-limit = "infinite"
"#;

#[test]
fn the_start_has_a_limit_of_its_own() {
    let scenario = load("limits.toml", SCENARIO, &Overrides::default()).expect("valid");
    let records = records(&scenario);
    let kernel = &records["kernel"];
    let both = &records["both"];
    // Few atoms: 0.02 is far below what one point can do.
    assert!(curve(kernel, "risk")[0] < 0.02, "{:?}", curve(kernel, "risk"));
    let risk = curve(both, "risk")[0];
    assert!(risk > 0.5 && risk < 0.51, "{risk}");
    // One point: no spread, in any coordinate.
    for name in ["std_a", "std_b", "std_radius_1", "std_radius_2"] {
        assert!(curve(both, name)[0] < 1e-9, "{name}");
    }
    assert_eq!(both.fact("start_at_infinite_dimension"), Some(1.0));
}
