//! Every activation with the squared loss, and every loss: both solvers and SGD, from a scenario file. A kind
//! that is added runs with what any of its sort can have, unless it has an example here.

use crate::support;

use meanfield_scenario::{Listed, kinds, load, overrides::Overrides};
use support::{curve, records};

const NEURONS: f64 = 200.0;
const TIMES: usize = 4;

/// What to write for activations. Even where V = 0 and the law hardly moves the scenario is legal (erf).
const ACTIVATIONS: &[(&str, &str)] = &[
    ("piecewise-linear", "{ knots = [[0.5, -2.5], [1.5, 7.5]] }"),
    ("relu", "{ height = 3.0, offset = -0.5 }"),
    ("leaky-relu", "{ slope = 0.1, height = 2.0 }"),
    ("hard-tanh", "{ height = 4.0, offset = 1.0 }"),
    ("tanh", "{ height = 5.0, offset = 1.0 }"),
    ("erf", "{}"),
    ("sigmoid", "{ height = 4.0, gain = 2.0, offset = -1.0 }"),
    ("softplus", "{ gain = 2.0, offset = -1.0 }"),
    ("gelu", "{ height = 2.0, constant = -1.5 }"),
    ("silu", "{ height = 2.0 }"),
    ("cosine", "{ gain = 1.5, height = -2.0, constant = 0.5 }"),
    ("polynomial", "{ coefficients = [-0.5, 0.3, 1.0] }"),
    ("hermite", "{ coefficients = [0.2, 0.5, 1.0, 0.1] }"),
    ("formula", "\"3*tanh(z - 0.5) + 0.1*z\""),
];

/// What to write for any other: V does not vanish.
const PLACED: &[&str] = &["height = 3.0", "offset = 0.7"];

/// What to write for losses.
const LOSSES: &[(&str, &str)] =
    &[("squared", "{}"), ("huber", "{ threshold = 0.7 }"), ("logistic", "{}"), ("welsch", "{ scale = 1.5 }")];

/// What to write for a kind: its example, or else `keys`, and a number for each key that it must have.
fn example(kind: &Listed, examples: &[(&str, &str)], keys: &[&str]) -> String {
    let known = examples.iter().find(|(name, _)| *name == kind.name);
    let required = kind.keys.iter().filter(|(_, _, default)| default.is_none());
    let required = required.map(|(key, _, _)| format!("{key} = 1.3"));
    let all: Vec<String> = keys.iter().map(|key| (*key).to_owned()).chain(required).collect();
    known.map_or_else(|| format!("{{ {} }}", all.join(", ")), |(_, keys)| (*keys).to_owned())
}

/// Every kind at `place` with what to write for it. There are at least the examples.
fn every(place: &str, examples: &[(&str, &str)], keys: &[&str]) -> Vec<(String, String)> {
    let mut kinds = kinds();
    kinds.retain(|kind| kind.place == place);
    for (name, _) in examples {
        assert!(kinds.iter().any(|kind| kind.name == *name), "{place}: there is no {name}");
    }
    kinds.iter().map(|kind| (kind.name.clone(), example(kind, examples, keys))).collect()
}

fn scenario(activation: (&str, &str), loss: (&str, &str)) -> String {
    format!(
        r#"
title = "{0} with {2}"
[model]
data.isotropic-gaussians = {{ dimension = 20, separation = 0.6 }}
activation.{0} = {1}
loss.{2} = {3}
initial.gaussian = {{ scale = 0.8 }}
[dynamics]
end-time = 0.3
schedule.constant = {{}}
[observe]
times = [0.003, 0.05, 0.15, 0.3]
[systems.pde.finite-volume]
cells = [500]
domain = [[0.0, 4.0]]
[systems.atoms.characteristics]
atoms = 200
[systems.sgd.finite-network]
neurons = {NEURONS}
step-size = 2e-4
seeds = [1, 2, 3, 4]
"#,
        activation.0, activation.1, loss.0, loss.1
    )
}

/// Both solvers agree, the risk falls, and SGD lies where the 1/N bias puts it. Returns the first risk.
fn holds(activation: (&str, &str), loss: (&str, &str)) -> f64 {
    let text = scenario(activation, loss);
    let what = format!("{} with {}", activation.0, loss.0);
    let scenario =
        load("every.toml", &text, &Overrides::default()).unwrap_or_else(|error| panic!("{text}\n{error:?}"));
    let records = records(&scenario);
    let volumes = curve(&records["pde"], "risk");
    let atoms = curve(&records["atoms"], "risk");
    for (a, b) in volumes.iter().zip(&atoms) {
        // Cells of 0.008, where the start is 0.13 wide, and 200 atoms err by their squares, relatively: by
        // 1e-4 of these risks, which reach 12 and vary as much.
        assert!((a - b).abs() < 4e-4, "{what}: {volumes:?} {atoms:?}");
    }
    for risk in [&volumes, &atoms] {
        // Rounding, and the atoms' tolerance of 1e-8 a step.
        assert!(risk.windows(2).all(|pair| pair[1] <= pair[0] + 1e-7), "{what}: {risk:?}");
        assert!(risk.iter().all(|r| r.is_finite()), "{what}: {risk:?}");
    }
    let sgd = curve(&records["sgd"], "risk");
    let bias = curve(&records["atoms"], "independent_bias");
    assert!(bias.iter().all(|b| b.is_finite()), "{what}: {bias:?}");
    let seeds = sgd.len() / TIMES;
    for time in 0..TIMES {
        let runs: Vec<f64> = (0..seeds).map(|seed| sgd[seed * TIMES + time]).collect();
        let mean = runs.iter().sum::<f64>() / seeds as f64;
        let spread = runs.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / (seeds - 1) as f64;
        let error = (spread / seeds as f64).sqrt();
        let expected = atoms[time] + bias[time].abs() / NEURONS;
        // Five standard errors of four seeds; training together lowers the bias, and steps of 2e-4 shift the
        // risk by their order.
        let allowed = 5.0 * error + 0.7 * bias[time].abs() / NEURONS + 5e-3;
        assert!((mean - expected).abs() < allowed, "{what} {time}: {mean} ± {error}, {expected}");
    }
    if loss.0 != "squared" {
        assert_eq!(sgd, curve(&records["sgd"], "risk_monte_carlo"), "{what}");
        assert!(
            curve(&records["sgd"], "risk_monte_carlo_error").iter().all(|e| *e > 0.0 && *e < 0.1),
            "{what}"
        );
    }
    atoms[0]
}

/// No two kinds are the same thing under two names.
fn distinct(risks: impl Iterator<Item = f64>) {
    let mut risks: Vec<f64> = risks.collect();
    risks.sort_by(f64::total_cmp);
    assert!(risks.windows(2).all(|pair| pair[1] - pair[0] > 1e-6), "{risks:?}");
}

#[test]
fn every_activation_runs_and_the_systems_agree() {
    let activations = every("model.activation", ACTIVATIONS, PLACED);
    distinct(activations.iter().map(|(name, keys)| holds((name, keys), LOSSES[0])));
}

#[test]
fn every_loss_runs_and_the_systems_agree() {
    let losses = every("model.loss", LOSSES, &[]);
    for activation in [ACTIVATIONS[0], ACTIVATIONS[4]] {
        distinct(losses.iter().map(|(name, keys)| holds(activation, (name, keys))));
    }
}

#[test]
fn the_squared_loss_need_not_be_said() {
    let text = scenario(ACTIVATIONS[0], LOSSES[0]);
    let resolved = |text: &str| load("every.toml", text, &Overrides::default()).expect("valid").resolved;
    assert_eq!(resolved(&text), resolved(&text.replace("loss.squared = {}\n", "")));
}

#[test]
fn what_cannot_be_is_refused_with_what_to_write() {
    let good = scenario(ACTIVATIONS[4], ("huber", "{ threshold = 1.0 }"));
    let knots = r#"piecewise-linear = { knots = [[0.0, 0.0]]"#;
    let tanh = "tanh = { height = 5.0, offset = 1.0 }";
    let wrong = [
        ("threshold = 1.0", "threshold = 0.0", "`threshold` must lie between"),
        ("threshold = 1.0", "threshold = -1.0", "`threshold` must lie between"),
        ("huber = { threshold = 1.0 }", "welsch = { scale = nan }", "`scale` must lie between"),
        ("height = 5.0", "height = inf", "`height` must lie between"),
        ("height = 5.0", "gain = -1.0", "`gain` must lie between"),
        ("height = 5.0", "gain = 1e4", "too steep"),
        ("offset = 1.0", "offset = 1e9", "`offset` must lie between"),
        (tanh, "leaky-relu = { slope = 1e7 }", "`slope` must lie between"),
        (tanh, &format!("{knots} }}"), "at least two knots"),
        (tanh, &format!("{knots}, slopes = [0.0, inf] }}"), "`slopes` must lie between"),
        ("atoms = 200", "atoms = 200\nfluctuations-until = 0.1", "squared loss alone"),
    ];
    load("every.toml", &good, &Overrides::default()).expect("valid");
    for (before, after, message) in wrong {
        assert!(good.contains(before), "{before}");
        let mistakes = load("every.toml", &good.replace(before, after), &Overrides::default());
        let mistakes = format!("{:?}", mistakes.expect_err(after));
        assert!(mistakes.contains(message), "{after}: {mistakes}");
    }
}
