//! What networks with layers may ask of the predicted band: what is refused with its reason, and what the
//! record of the limit holds.

use crate::support;

use meanfield_scenario::{load, overrides::Overrides};
use support::{curve, records};

/// The shipped scenario.
const SHIPPED: &str = include_str!("../../../scenarios/layers/predicted-band.toml");

#[test]
fn claims_that_nothing_is_predicted_for_are_refused() {
    let batch = "step-size = 0.01\nbatch = 4";
    let full = "step-size = 0.01\ntraining = \"full-batch\"";
    let until = "fluctuations-until = 4.0";
    let tanh = "activation.tanh = {}";
    let wrong = [
        (until, "fluctuations-until = 1.0", "the reference computes them until t = 1.0"),
        (until, "fluctuations-until = 1.0", "a system of kind mean-field"),
        (until, "fluctuations-until = -1.0", "is a time from 0 on; it is -1.0"),
        ("step-size = 0.01", batch, "a step takes a batch, not one sample"),
        ("step-size = 0.01", full, "a step takes all data, not one sample"),
        ("step-size = 0.01", "training = \"flow\"", "a flow has no steps"),
        ("neurons = 200", "widths = [100, 200]", "its hidden layers are not equally wide"),
        (tanh, "activation.relu = {}", "that of layer 1 has kinks"),
        ("schedule.constant = {}", "schedule.power = { exponent = -0.25 }", "that of layer 1 varies"),
    ];
    for (before, after, message) in wrong {
        assert!(SHIPPED.contains(before), "{before}");
        let mistakes = load("band.toml", &SHIPPED.replacen(before, after, 1), &Overrides::default());
        let mistakes = format!("{:?}", mistakes.expect_err(after));
        assert!(mistakes.contains(message), "{after}: {mistakes}");
    }
    for equal in ["widths = [200, 200]", "neurons = 200"] {
        let text = SHIPPED.replacen("neurons = 200", equal, 1);
        load("band.toml", &text, &Overrides::default()).expect("it is predicted");
    }
}

#[test]
fn the_limit_reports_effects_until_they_end() {
    let text = SHIPPED
        .replace("fluctuations-until = 4.0", "fluctuations-until = 0.3\nnodes = 6")
        .replace("end-time = 4.0", "end-time = 0.6")
        .replace("\"0..4:17\"", "\"0..0.6:3\"")
        .replace("\"1..256\"", "[1]")
        .replace("predicted-band = 3.5", "predicted-band = 100.0\nuntil = 0.3");
    let scenario = load("band.toml", &text, &Overrides::default()).expect("valid");
    let records = records(&scenario);
    let names = ["bias_per_neuron", "bias_per_step", "variance_per_neuron", "variance_per_step"];
    for name in names {
        let values = curve(&records["limit"], name);
        assert!(values[1].is_finite() && values[1] != 0.0 && values[2].is_nan(), "{name}: {values:?}");
    }
    assert_eq!(curve(&records["limit"], "bias_per_step")[0], 0.0);
}
