//! Scenarios of networks with layers: what they mean, and what is said of mistakes.

use meanfield_run::drive::drive;
use meanfield_scenario::load;
use meanfield_scenario::overrides::Overrides;

const SCENARIO: &str = r#"
title = "three layers"

[model]
data.grid = { axes = [[-1.0, 1.0, 5]], target = "-x1^2", bias = true }

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
end-time = 1.0
schedule.constant = {}

[observe]
times = [0.5]

[systems.limit.mean-field]
nodes = 8

[systems.sgd.finite-network]
neurons = 5
step-size = 0.01
seeds = [1, 2]
"#;

/// What is said of the scenario with one text in the place of another.
fn said(from: &str, to: &str) -> Vec<String> {
    assert!(SCENARIO.contains(from), "{from}");
    match load("layers.toml", &SCENARIO.replacen(from, to, 1), &Overrides::default()) {
        Ok(_) => Vec::new(),
        Err(mistakes) => mistakes.messages().into_iter().map(str::to_owned).collect(),
    }
}

#[test]
fn a_limit_and_networks_run_and_lose() {
    let scenario = load("layers.toml", SCENARIO, &Overrides::default()).expect("right");
    let jobs = scenario.build().expect("built");
    assert_eq!(
        jobs.iter().map(|job| job.identity.kind).collect::<Vec<_>>(),
        ["mean-field", "finite-network", "finite-network"]
    );
    for mut job in jobs {
        let record = drive(&mut *job.system, job.identity, &scenario.plan, None, &mut ()).expect("runs");
        let risk = &record.curves[0].values;
        assert!(risk[[1]] < risk[[0]], "{risk}");
        let spread = record.curve("spread_1").expect("reported");
        assert!(spread.values[[0]] > 0.1 && record.curve("spread_3").is_none());
    }
}

#[test]
fn laws_of_pre_activations_are_recorded_by_name() {
    let text =
        SCENARIO.replace("times = [0.5]", "times = [0.5]\nsnapshots = [0.0, 1.0]\ninputs = \"-1..1:3\"");
    let scenario = load("layers.toml", &text, &Overrides::default()).expect("right");
    for mut job in scenario.build().expect("built") {
        let record = drive(&mut *job.system, job.identity, &scenario.plan, None, &mut ()).expect("runs");
        assert!(record.fits());
        let names: Vec<&str> = record.laws.iter().map(|law| law.name.as_str()).collect();
        assert_eq!(names, ["neurons", "pre_activations_1", "pre_activations_2", "pre_activations_3"]);
        // H_1 = w_1 x + w_2, of the neurons' weights.
        let first = &record.laws[1];
        let inputs = first.inputs.as_ref().expect("inputs");
        assert_eq!(inputs, &ndarray::array![[-1.0, 1.0], [0.0, 1.0], [1.0, 1.0]]);
        for (weights, answers) in record.laws[0].measures.iter().zip(&first.measures) {
            let (weights, shares) = weights.atoms().expect("atoms");
            let (answers, other) = answers.atoms().expect("atoms");
            assert_eq!(shares, other);
            let difference = weights.dot(&inputs.t()) - answers;
            assert!(difference.iter().all(|x| x.abs() < 1e-12));
        }
        // One output.
        assert_eq!(record.laws[3].measures[0].atoms().expect("atoms").0.dim(), (1, 3));
    }
}

#[test]
fn a_least_loss_has_no_law_to_record() {
    let text = SCENARIO.replace("times = [0.5]", "times = [0.5]\nsnapshots = [1.0]");
    let (before, _) = text.split_once("[systems.limit").expect("there");
    let text = format!("{before}[systems.least.landscape]\n");
    let scenario = load("layers.toml", &text, &Overrides::default()).expect("right");
    let mut job = scenario.build().expect("built").pop().expect("one");
    let record = drive(&mut *job.system, job.identity, &scenario.plan, None, &mut ()).expect("runs");
    assert!(record.fits() && record.measures().is_empty() && record.snapshot_time.is_empty());
    assert_eq!(record.curves.iter().map(|curve| curve.name.as_str()).collect::<Vec<_>>(), ["risk"]);
}

#[test]
fn mistakes_are_said_with_what_is_wrong() {
    let cases = [
        ("-x1^2", "x2", "the target cannot be read: it has `x2`, and what it may have is x1 and pi"),
        ("5]]", "0]]", "the third number of an axis is how many points it has; it is 0.0"),
        (
            "[model]\n",
            "[model]\nloss.logistic = {}\n",
            "the logistic loss is for labels ±1, and one is -0.25",
        ),
        (
            "grid = { axes = [[-1.0, 1.0, 5]],",
            "random = { points = 100000, dimension = 10000, seed = 1, law.constant = { value = 1.0 },",
            "the inputs would have 1000000000 numbers, more than 20000000",
        ),
        (
            "times = [0.5]",
            "times = [0.5]\ninputs = [[0.5, 1.0]]",
            "inputs of the data have 1 coordinates, and number 0 here has 2",
        ),
        ("neurons = 5", "widths = [5]", "`widths` has 1 numbers, and 2 layers are hidden"),
        ("neurons = 5", "neurons = 5\nwidths = [5, 5]", "`neurons` does not belong beside `widths`"),
        ("neurons = 5\n", "", "`neurons` is missing here"),
        ("step-size = 0.01\n", "", "`step-size` must be a positive number; it is 0, or missing"),
        (
            "step-size = 0.01",
            "training = \"flow\"\nstep-size = 0.01",
            "a gradient flow has no steps of its own",
        ),
        (
            "mean-field]\nnodes = 8",
            "finite-volume]\ncells = [50]",
            "`finite-volume` is of two-layer networks, and this model has layers",
        ),
        ("deviation = 1.0", "deviation = -1.0", "a deviation is 0 or more; it is -1.0"),
        (
            "[dynamics]",
            "[dynamics]\nridge = 0.1",
            "`ridge` is of two-layer networks, and this model has layers",
        ),
        ("[model]\n", "[model]\nactivation.relu = {}\n", "`activation` does not belong beside `layers`"),
        (
            "data.grid = { axes = [[-1.0, 1.0, 5]], target = \"-x1^2\", bias = true }",
            "data.isotropic-gaussians = { dimension = 4, separation = 0.5 }",
            "`isotropic-gaussians` is a law of inputs, and networks with layers are trained on points",
        ),
        (
            "data.grid = { axes = [[-1.0, 1.0, 5]], target = \"-x1^2\", bias = true }",
            "data.csv = { file = \"none.csv\", inputs = [\"u\"], label = \"y\" }",
            "none.csv cannot be read: No such file or directory (os error 2)",
        ),
        (
            "data.grid = { axes = [[-1.0, 1.0, 5]], target = \"-x1^2\", bias = true }",
            "data.table = { inputs = [[1.0], [2.0, 3.0]], labels = [1.0] }",
            "input 1 has 2 numbers, and the first has 1",
        ),
        (
            "[systems.sgd",
            "[compare]\nreference = \"least\"\n[[compare.claim]]\nsystem = \"limit\"\n\
             quantity = \"energy_distance\"\nwithin = 0.1\n[systems.least.landscape]\n[systems.sgd",
            "\"least\" has no law, and so no `energy_distance`",
        ),
    ];
    for (from, to, message) in cases {
        let said = said(from, to);
        assert!(said.iter().any(|own| own == message), "{to}: {said:?}");
    }
}

#[test]
fn two_layer_models_say_what_belongs_to_layers() {
    let two = SCENARIO.replacen(
        "data.grid",
        "activation.relu = {}\ninitial.gaussian = { scale = 1.0 }\ndata.grid",
        1,
    );
    let from = two.find("[[model.layers]]").expect("there");
    let to = two.find("[dynamics]").expect("there");
    let two = format!("{}{}", &two[..from], &two[to..]);
    let mistakes = load("two.toml", &two, &Overrides::default()).expect_err("refused");
    let said = mistakes.messages();
    // Points are data of two layers, too.
    assert_eq!(said, ["`mean-field` is of networks with layers, and this model has none"]);
}
