//! Scenarios whose runs are finished, and are only put together: they want no device.

use meanfield_scenario::load;
use meanfield_scenario::overrides::Overrides;

const FIGURE_1: &str = include_str!("../../../scenarios/isotropic/figure-1.toml");

#[test]
fn runs_that_are_finished_need_no_device() {
    let set = vec!["systems.sgd.finite-network.device=\"gpu\"".to_owned()];
    let open = Overrides { set, ..Overrides::default() };
    let refused = load("figure-1.toml", FIGURE_1, &open).expect_err("refused").messages().join("\n");
    assert!(refused.contains("trains on no device"), "{refused}");
    load("figure-1.toml", FIGURE_1, &Overrides { finished: true, ..open.clone() }).expect("valid");
    // What no kernel trains is refused still.
    let set = [open.set.clone(), vec!["systems.sgd.finite-network.batch=8".to_owned()]].concat();
    let finished = Overrides { set, finished: true, ..Overrides::default() };
    let refused = load("figure-1.toml", FIGURE_1, &finished).expect_err("refused").messages().join("\n");
    assert!(refused.contains("one sample a step"), "{refused}");
}
