//! Scenarios of residual networks: what they mean, and what is said of mistakes.

use meanfield_run::drive::drive;
use meanfield_run::record::Record;
use meanfield_scenario::load;
use meanfield_scenario::overrides::Overrides;

const SCENARIO: &str = r#"
title = "residual"

[model]
data.table = { inputs = [[1.0, 0.2], [-0.3, 1.0], [0.6, -0.8]], labels = [0.3, -0.1, 0.2] }

[model.residual]
depth = 2
activation.tanh = {}
residual-activation.tanh = {}

[dynamics]
end-time = 1.0
schedule.constant = {}

[observe]
times = [0.5]
snapshots = [0.0]
inputs = "data"

[systems.limit.mean-field]
samples = 600

[systems.sgd.finite-network]
neurons = 20
step-size = 0.05
training = "full-batch"
seeds = [1, 2]

[systems.beside.coupled-network]
neurons = 10
training = "flow"
seeds = [1]
"#;

fn records(text: &str) -> Vec<Record> {
    let scenario = load("residual.toml", text, &Overrides::default()).expect("right");
    let jobs = scenario.build().expect("built");
    let run = |mut job: meanfield_run::side_by_side::Job| {
        drive(&mut *job.system, job.identity, &scenario.plan, None, &mut ()).expect("runs")
    };
    jobs.into_iter().map(run).collect()
}

#[test]
fn limit_networks_and_copies_run_and_lose() {
    let records = records(SCENARIO);
    let kinds: Vec<&str> = records.iter().map(|record| record.kind.as_str()).collect();
    assert_eq!(kinds, ["coupled-network", "mean-field", "finite-network", "finite-network"]);
    for record in &records {
        assert!(record.fits());
        let risk = &record.curves[0].values;
        assert!(risk[[1]] < risk[[0]], "{risk}");
        let least = record.curve("least_gram_eigenvalue").expect("reported");
        assert!(least.values.iter().all(|value| *value > 0.0));
        let names: Vec<&str> = record.laws.iter().map(|law| law.name.as_str()).collect();
        assert_eq!(names, ["neurons", "features_1", "features_2"]);
        assert!(record.curve("spread_2").is_some() && record.curve("spread_3").is_none());
    }
    // The limit states its own error, and the coupled network its distances.
    let limit = records[1].curve("risk_refinement_error").expect("stated");
    assert!(limit.values.iter().all(|error| (0.0..0.1).contains(error)), "{}", limit.values);
    let coupled = &records[0];
    let gap = &coupled.curve("largest_risk_gap").expect("reported").values;
    assert!(gap[[1]] >= gap[[0]] && gap[[0]] > 0.0, "{gap}");
    assert!(coupled.curve("distance_2").is_some());
}

#[test]
fn what_width_and_steps_do_is_recorded() {
    let text = SCENARIO.replace("samples = 600", "samples = 600\nfluctuations-until = 0.5");
    let text = text.replace("times = [0.5]", "times = [0.25, 0.5, 1.0]");
    let scenario = load("residual.toml", &text, &Overrides::default()).expect("right");
    let mut jobs = scenario.build().expect("built");
    let mut job = jobs.remove(1);
    let record = drive(&mut *job.system, job.identity, &scenario.plan, None, &mut ()).expect("runs");
    for name in ["bias_per_neuron", "variance_per_neuron", "variance_per_neuron_squared"] {
        let values = &record.curve(name).expect("reported").values;
        assert!(values[[0]] > 0.0 && values[[1]] > 0.0 && values[[2]].is_nan(), "{name}: {values}");
    }
    for name in ["bias_per_step", "variance_per_step"] {
        let values = &record.curve(name).expect("reported").values;
        assert!(values[[0]] != 0.0 && values[[1]] != 0.0 && values[[2]].is_nan(), "{name}: {values}");
    }
}

#[test]
fn networks_stand_beside_their_own_flow() {
    let beside = "training = \"full-batch\"\nstep-size = 0.05\ncopies = \"own-flow\"";
    let text = SCENARIO.replace("training = \"flow\"", beside);
    let scenario = load("residual.toml", &text, &Overrides::default()).expect("right");
    let mut job = scenario.build().expect("built").remove(0);
    let record = drive(&mut *job.system, job.identity, &scenario.plan, None, &mut ()).expect("runs");
    let gap = &record.curve("largest_risk_gap").expect("reported").values;
    assert!(gap[[0]] > 0.0 && gap[[1]] >= gap[[0]] && gap[[1]] < 0.01, "{gap}");
    let distance = &record.curve("distance_2").expect("reported").values;
    assert!(distance[[0]] > 0.0 && distance[[1]] < 0.05, "{distance}");
}

/// What is said of the scenario with one text in the place of another.
fn said(from: &str, to: &str) -> Vec<String> {
    assert!(SCENARIO.contains(from), "{from}");
    match load("residual.toml", &SCENARIO.replacen(from, to, 1), &Overrides::default()) {
        Ok(_) => Vec::new(),
        Err(mistakes) => mistakes.messages().into_iter().map(str::to_owned).collect(),
    }
}

#[test]
fn mistakes_are_said_with_what_is_wrong() {
    let cases = [
        ("depth = 2", "depth = 9", "`depth` must be between 1 and 5; it is 9"),
        ("depth = 2", "depth = 2\ndeviation = -1.0", "σ₁ = -1 is not positive and finite"),
        (
            "inputs = \"data\"",
            "inputs = [[1.0, 2.0]]",
            "features of residual networks are known at the inputs",
        ),
        (
            "depth = 2",
            "depth = 2\nregression.absent = {}",
            "without regression the weights of residual networks grow as √m: there is no limit",
        ),
        ("schedule.constant = {}", "schedule.power = { exponent = -0.25 }", "trained with equal steps"),
        ("samples = 600", "fluctuations-until = -1.0", "`fluctuations-until` is a time from 0 on"),
        ("seeds = [1, 2]", "seeds = [1, 2]\ncopies = \"own-flow\"", "the network has no copies"),
        ("neurons = 20\n", "widths = [20]\n", "`widths` is of networks with layers"),
        ("neurons = 10\n", "neurons = 10\nplain = {}\n", "a plain network has no copies"),
        (
            "neurons = 20\n",
            "neurons = 20\nplain.deviation = -1.0\n",
            "`deviation` of `plain` are 1.0 and -1.0",
        ),
        ("mean-field]\nsamples = 600", "landscape]", "is of other networks than this model's"),
    ];
    for (from, to, message) in cases {
        let found = said(from, to);
        assert!(found.iter().any(|own| own.contains(message)), "{to}: {found:?}");
    }
}

#[test]
fn parallel_inputs_are_flagged() {
    let parallel = SCENARIO.replace("[0.6, -0.8]", "[-2.0, -0.4]");
    let departures =
        |text: &str| load("residual.toml", text, &Overrides::default()).expect("right").departures();
    assert!(departures(&parallel).iter().any(|said| said.contains("inputs 0 and 2 are parallel")));
    assert!(!departures(SCENARIO).iter().any(|said| said.contains("parallel")));
}

/// Of layer 2 of the networks, at the end.
fn spreads(text: &str) -> Vec<f64> {
    let networks = records(text).into_iter().filter(|record| record.kind == "finite-network");
    networks.map(|record| record.curve("spread_2").expect("of a hidden layer").values[[1]]).collect()
}

#[test]
fn middle_layers_of_plain_networks_collapse() {
    let deep = SCENARIO.replace("depth = 2", "depth = 3");
    let plain = deep.replace("neurons = 20\n", "neurons = 300\nplain = {}\n");
    // A random sum over 300 neurons beneath: 1/√300 = 0.06.
    let [plain, residual] = [spreads(&plain), spreads(&deep)];
    assert!(plain.iter().all(|spread| *spread < 0.1), "{plain:?}");
    assert!(residual.iter().all(|spread| *spread > 0.3), "{residual:?}");
}
