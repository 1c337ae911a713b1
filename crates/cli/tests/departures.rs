//! Networks outside of the theory are run, and what of it does not hold is said: by `check`, by `run`, in the
//! summary. Two-layer scenarios have no such words.

use crate::support;

use serde_json::{Value as Json, json};
use support::Place;

/// Three layers as the paper has them, a limit and nothing else: a moment of work.
const LAYERED: &str = r#"title = "Three layers"

[model]
data.grid = { axes = [[-1.0, 1.0, 5]], target = "x1", bias = true }
loss.huber = { threshold = 0.5 }

[[model.layers]]
activation.tanh = {}
start.normal = { deviation = 1.0 }
[[model.layers]]
activation.tanh = {}
start.normal = { mean = 0.5, deviation = 1.0 }
[[model.layers]]
activation.identity = {}
start.normal = { mean = 0.5, deviation = 1.0 }

[dynamics]
end-time = 0.1
schedule.constant = {}

[observe]
times = [0.1]

[systems.limit.mean-field]
nodes = 4
"#;

const WORDS: &str = "φ₁ unbounded: Assumption 1 of the paper does not hold";

/// A folder with these layers, in which the first activation is another.
fn place_with(first: &str) -> Place {
    let place = Place::new();
    place.write("layers.toml", &LAYERED.replacen("tanh", first, 1));
    place
}

/// What `check --json` and the summary of a run say.
fn departures(place: &Place, scenario: &str) -> [Json; 2] {
    let said = place.meanfield(&["check", scenario, "--json"]).status(0);
    let checked: Json = serde_json::from_str(&said.out).expect("valid JSON");
    let summary = place.summary(&format!("output/{}", scenario.trim_end_matches(".toml")));
    [checked["departures"].clone(), summary["departures"].clone()]
}

#[test]
fn an_unbounded_activation_is_flagged() {
    let place = place_with("relu");
    for verb in ["check", "run"] {
        let said = place.meanfield(&[verb, "layers.toml"]).status(0);
        assert!(said.out.contains(&format!("  note       {WORDS}\n")), "{verb}: {}", said.out);
    }
    for found in departures(&place, "layers.toml") {
        assert_eq!(found, json!([WORDS, WORDS.replace("unbounded", "with kinks")]));
    }
    // A result that is there already says the same.
    let again = place.meanfield(&["run", "layers.toml"]).status(0);
    assert!(again.out.contains(WORDS) && again.err.contains("nothing was computed"), "{}", again.out);
}

#[test]
fn points_of_a_varied_key_are_flagged_once() {
    let place = place_with("relu");
    let said =
        place.meanfield(&["check", "layers.toml", "--vary", "systems.limit.mean-field.nodes=4,6"]).status(0);
    assert_eq!(said.out.matches(WORDS).count(), 1, "{}", said.out);
}

#[test]
fn what_the_theory_covers_is_not_flagged() {
    let place = place_with("tanh");
    for scenario in ["layers.toml", "small.toml"] {
        for verb in ["check", "run"] {
            let said = place.meanfield(&[verb, scenario]).status(0);
            assert!(!said.out.contains("Assumption") && !said.out.contains("  note "), "{}", said.out);
        }
        assert_eq!(departures(&place, scenario), [Json::Null, Json::Null], "{scenario}");
    }
}
