//! Claims on exponents over varied keys, from the file to the figure: fitted, judged, stored, drawn, and made
//! again from the record alone; mistakes in them are refused.

use crate::support;

use serde_json::Value as Json;
use support::{Place, Said};

/// Networks at their start, where E R_N = R + b/N exactly, and a step after it.
const STARTS: &str = r#"title = "The bias of a network is b/N"

[model]
data.isotropic-gaussians = { dimension = 10, separation = 0.5 }
activation.piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }
initial.gaussian = { scale = 0.8 }

[dynamics]
end-time = 0.01
schedule.constant = {}

[observe]
times = [0.0, 0.01]

[systems.atoms.characteristics]
atoms = 40

[systems.sgd.finite-network]
neurons = 10
step-size = 1e-2
seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]

[vary]
systems.sgd.finite-network.neurons = [4, 8, 16, 32]

[compare]
reference = "atoms"

[[compare.law]]
system = "sgd"
quantity = "risk_bias"
over = "systems.sgd.finite-network.neurons"
exponent = -1
within = 0.6
at = 0.0
"#;

/// One more law, which does not hold.
const WRONG: &str = r#"
[[compare.law]]
system = "sgd"
quantity = "wasserstein_2_radius"
over = "systems.sgd.finite-network.neurons"
exponent = 2
within = 0.1
"#;

fn law_lines(said: &Said) -> Vec<&str> {
    said.out.lines().filter(|line| line.starts_with("  law ")).collect()
}

#[test]
fn a_law_is_judged_stored_drawn_and_made_again_from_the_record() {
    let place = Place::new();
    place.write("starts.toml", STARTS);
    let said = place.meanfield(&["run", "starts.toml"]).status(0);
    let lines = law_lines(&said);
    assert!(lines.len() == 1 && lines[0].contains("risk_bias of sgd ~ neurons^-1 "), "{}", said.out);
    assert!(lines[0].contains("(t = 0, 16 seeds): holds, exponent -"), "{}", lines[0]);
    let summary = place.summary("output/starts");
    let law = &summary["comparison"]["laws"][0];
    assert_eq!([&law["holds"], &law["seeds"]], [&Json::from(true), &Json::from(16)]);
    assert!(
        law["exponent"]["value"].as_f64().is_some_and(|exponent| (-1.6..-0.4).contains(&exponent)),
        "{law}"
    );
    let drawn = place.files("output/starts/figures");
    assert!(drawn.keys().any(|path| path.ends_with("laws.svg")), "{:?}", drawn.keys());
    place.meanfield(&["plot", "output/starts/record.h5"]).status(0);
    assert_eq!(drawn, place.files("output/starts/figures"));
    let compared = place.meanfield(&["compare", "output/starts/record.h5"]).status(0);
    assert_eq!(law_lines(&compared), lines);
}

#[test]
fn a_law_that_fails_fails_the_whole() {
    let place = Place::new();
    let starts = STARTS.replace("[observe]\n", "[observe]\nsnapshots = [0.01]\n");
    place.write("starts.toml", &format!("{starts}{WRONG}"));
    let said = place.meanfield(&["run", "starts.toml"]).status(1);
    assert!(law_lines(&said)[1].contains("DOES NOT HOLD, exponent "), "{}", said.out);
    assert_eq!(place.summary("output/starts")["holds"], Json::from(false));
    let compared = place.meanfield(&["compare", "output/starts/record.h5"]).status(1);
    assert_eq!(law_lines(&compared), law_lines(&said));
    let sweep = place.meanfield(&["sweep", "starts.toml"]).status(2);
    sweep.says("a sweep keeps no laws").says("mean_radius_error");
    place.write("starts.toml", &STARTS.replace("exponent = -1", "exponent = 1"));
    let swept = place.meanfield(&["sweep", "starts.toml"]).status(1);
    assert!(law_lines(&swept)[0].contains("DOES NOT HOLD"), "{}", swept.out);
    let checked = place.meanfield(&["check", "starts.toml"]).status(0);
    assert!(law_lines(&checked)[0].contains("neurons: exponent 1 within 0.6 at t = 0"), "{}", checked.out);
}

/// The scenario with one text in the place of another is refused.
fn refused(from: &str, to: &str) -> Said {
    let place = Place::new();
    assert!(STARTS.contains(from), "{from}");
    place.write("starts.toml", &STARTS.replacen(from, to, 1));
    let said = place.meanfield(&["run", "starts.toml"]).status(2);
    assert!(said.out.is_empty() && !place.path("output").exists(), "{to}: {}", said.out);
    said
}

#[test]
fn mistakes_in_a_law_are_refused() {
    let over = "over = \"systems.sgd.finite-network.neurons\"";
    refused(over, "over = \"neurons\"").says("no key of [vary]").says("systems.sgd.finite-network.neurons");
    refused(over, "over = \"systems.sgd.finite-network.neuron\"").says("did you mean");
    let vary = "[vary]\nsystems.sgd.finite-network.neurons = [4, 8, 16, 32]\n";
    refused(vary, "").says("nothing is varied").says("add [vary]").says("[starts.toml:30:");
    refused("[4, 8, 16, 32]", "[8, 128]").says("has 2 values, and an exponent needs 3");
    refused("[4, 8, 16, 32]\n", "[4, 8, 16, 32]\nmodel.initial.gaussian.scale = [0.7, 0.8]\n")
        .says("`model.initial.gaussian.scale` is varied too");
    refused("[4, 8, 16, 32]\n", "[4, 8, 16, 32]\nsystems.atoms.characteristics.atoms = [30, 40]\n")
        .says("`systems.atoms.characteristics.atoms` is varied too");
    refused("3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]", "3]").says("has 3 seeds, and a law needs 4");
    refused("system = \"sgd\"", "system = \"atoms\"").says("the reference itself");
    refused("system = \"sgd\"", "system = \"sgdd\"").says("did you mean `sgd`?");
    let pde = "[systems.pde.finite-volume]\ncells = [50]\n\n[systems.sgd";
    let place = Place::new();
    place.write("starts.toml", &STARTS.replace("[systems.sgd", pde).replace("\"sgd\"", "\"pde\""));
    place.meanfield(&["check", "starts.toml"]).status(2).says("has no seeds: it is no network");
    refused("risk_bias", "risk_bais").says("did you mean `risk_bias`?");
    refused("risk_bias", "risk").says("nothing that a law can be claimed of is called \"risk\"");
    refused("at = 0.0", "at = 0.5").says("`at` must lie between 0 and the end time 0.01");
    refused("within = 0.6", "within = 0.0").says("`within` must be a positive number");
    refused("exponent = -1", "exponent = 0").says("`exponent` must lie between -4 and 4, and not be 0");
    refused("exponent = -1\n", "").says("`exponent` is missing here");
    refused("risk_bias", "wasserstein_2_radius").says("no `snapshots` are recorded");
    refused("[systems.sgd", "[systems.laws.characteristics]\natoms = 30\n[systems.sgd")
        .says("cannot be called \"laws\"");
}
