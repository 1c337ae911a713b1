//! `[vary]`: which points there are, what they are called, who wins over whom, and what is refused.

use meanfield_scenario::mistakes::Mistakes;
use meanfield_scenario::overrides::Overrides;
use meanfield_scenario::{Scenario, load};

const BASE: &str = r#"title = "A small scenario"

[model]
data.isotropic-gaussians = { dimension = 40, separation = 0.8 }
activation.piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }
initial.gaussian = { scale = 0.8 }

[dynamics]
end-time = 0.5
schedule.constant = {}

[observe]
times = [0.1, 0.5]

[systems.pde.finite-volume]
cells = [200]
domain = [[0.0, 8.0]]
grading = 0.0

[systems.atoms.characteristics]
atoms = 20

[systems.sgd.finite-network]
neurons = 30
step-size = 1e-3
seeds = [1, 2]

[quick]
vary.model.initial.gaussian.scale = [0.7]
"#;

fn read(vary: &str, quick: bool, set: &[&str]) -> Result<Scenario, Mistakes> {
    let overrides =
        Overrides { quick, set: set.iter().map(|set| (*set).to_owned()).collect(), ..Overrides::default() };
    let text = BASE.replace("[dynamics]", &format!("[vary]\n{vary}\n[dynamics]"));
    load("base.toml", &text, &overrides)
}

fn scenario(vary: &str) -> Scenario {
    read(vary, false, &[]).unwrap_or_else(|mistakes| panic!("{:?}", mistakes.messages()))
}

/// The places of all points: (axis, value).
fn places(scenario: &Scenario) -> Vec<Vec<(&str, f64)>> {
    scenario
        .points
        .iter()
        .map(|p| p.place.iter().map(|place| (place.axis.as_str(), place.value)).collect())
        .collect()
}

/// The message and the help of the only mistake.
fn mistake(vary: &str) -> String {
    let mistakes = read(vary, false, &[]).expect_err(vary);
    assert_eq!(mistakes.messages().len(), 1, "{:?}", mistakes.messages());
    format!("{}; {}", mistakes.messages()[0], mistakes.helps().first().copied().unwrap_or_default())
}

const SCALE: &str = "model.initial.gaussian.scale";

#[test]
fn the_points_are_the_product_and_each_is_a_complete_scenario() {
    let scenario = scenario(
        "model.initial.gaussian.scale = [0.5, 0.8]\n\
         model.data.isotropic-gaussians.separation = \"0.2..0.6:3\"",
    );
    assert_eq!(scenario.points.len(), 6);
    // In the order of the file, the last key fastest.
    assert_eq!(places(&scenario)[1], [("scale", 0.5), ("separation", 0.4)]);
    assert_eq!(places(&scenario)[2], [("scale", 0.5), ("separation", 0.6)]);
    assert_eq!(scenario.points[2].place[0].key.as_deref(), Some(SCALE));
    let text = format!("{:?}", scenario.points[2].file.model);
    assert!(text.contains("scale: 0.5") && text.contains("separation: 0.6"), "{text}");
    // each system at each point, SGD with each seed
    let jobs = scenario.build().expect("valid");
    assert_eq!(jobs.len(), 6 * 4);
    assert_eq!(jobs[3].name(), "sgd-scale-0.5-separation-0.2-seed-2");
}

#[test]
fn without_vary_there_is_one_point_without_a_place() {
    let scenario = scenario("");
    assert_eq!(places(&scenario), [[]]);
    assert_eq!(scenario.build().expect("valid").len(), 4);
}

#[test]
fn integers_stay_integers() {
    let scenario = scenario("model.data.isotropic-gaussians.dimension = \"40..80:3\"");
    assert_eq!(places(&scenario), [[("dimension", 40.0)], [("dimension", 60.0)], [("dimension", 80.0)]]);
    // What a range meets is rounded, each value once; what was typed is not.
    let rounded = self::scenario("model.data.isotropic-gaussians.dimension = \"log(40..44:9)\"");
    let dimensions: Vec<f64> = places(&rounded).iter().map(|place| place[0].1).collect();
    assert_eq!(dimensions, [40.0, 41.0, 42.0, 43.0, 44.0]);
    let message = mistake("model.data.isotropic-gaussians.dimension = [40, 60.5]");
    assert!(message.contains("`dimension` must be an integer, not a decimal number"), "{message}");
}

#[test]
fn a_key_of_one_system_leaves_the_others_alone() {
    let scenario = scenario("systems.sgd.finite-network.neurons = [10, 20, 30]");
    let names: Vec<String> = scenario.build().expect("valid").iter().map(|job| job.name()).collect();
    assert_eq!(names.iter().filter(|name| !name.starts_with("sgd")).collect::<Vec<_>>(), ["atoms", "pde"]);
    assert_eq!(names.iter().filter(|name| name.starts_with("sgd-neurons-")).count(), 6);
    let cost = |scenario: &Scenario| {
        scenario.costs().systems.iter().map(|(.., cost)| cost.seconds).collect::<Vec<_>>()
    };
    let varied = cost(&scenario);
    let single = cost(&self::scenario("systems.sgd.finite-network.neurons = [20]"));
    assert_eq!(varied[..2], single[..2]);
    assert!((varied[2] / single[2] - 3.0).abs() < 0.5, "{varied:?} {single:?}");
}

#[test]
fn an_axis_that_would_be_called_like_something_else_gets_a_longer_name() {
    let both = scenario("systems.atoms.characteristics.atoms = [10, 20]");
    assert_eq!(places(&both)[0], [("characteristics_atoms", 10.0)]);
    let tolerance = scenario("systems.atoms.characteristics.kernel-tolerance = [1e-6, 1e-8]");
    assert_eq!(places(&tolerance)[0], [("characteristics_kernel_tolerance", 1e-6)]);
}

#[test]
fn what_is_set_last_wins() {
    let scale = "model.initial.gaussian.scale = [0.5, 0.8]";
    let values = |quick, set: &[&str]| {
        let scenario = read(scale, quick, set).expect("valid");
        places(&scenario)
            .iter()
            .map(|place| place.iter().map(|p| p.1).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    assert_eq!(values(false, &[]), [[0.5], [0.8]]);
    assert_eq!(values(true, &[]), [[0.7]]);
    assert_eq!(values(true, &["vary.model.initial.gaussian.scale=[0.9, 1.0]"]), [[0.9], [1.0]]);
    assert_eq!(values(false, &["vary.model.initial.gaussian.scale=0.5..0.9:2"]), [[0.5], [0.9]]);
    // a key that is set is no longer varied
    assert_eq!(values(false, &["model.initial.gaussian.scale=0.6"]), [Vec::<f64>::new()]);
    let set = ["model.initial.gaussian.scale=0.6", "vary.model.initial.gaussian.scale=[0.9, 1.0]"];
    assert_eq!(values(true, &set), [[0.9], [1.0]]);
}

#[test]
fn keys_that_cannot_be_varied_say_why() {
    for (vary, words) in [
        ("model.initial.gaussian.scael = [0.1]", "`scael` is not known here; did you mean `scale`?"),
        ("modle.initial.gaussian.scale = [0.1]", "did you mean `model`?"),
        ("model.initial.gaussian = [0.1]", "`gaussian` cannot be varied: it does not hold one number"),
        ("model.activation.piecewise-linear.knots = [0.1]", "`knots` cannot be varied"),
        ("systems.sgd.finite-network.seeds = [1, 2]", "seeds are an axis of their own"),
        ("observe.levels = [0.1, 0.2]", "the record has one axis of times"),
        ("compare.claim = [0.1]", "a claim is judged at every point"),
        ("dynamics.end-time = [0.5, 1.0]", "up to the same end"),
        ("title = [1.0]", "`title` cannot be varied"),
        ("refinement = [1.0]", "write refinement = true"),
        (
            "systems.sdg.finite-network.neurons = [10]",
            "`systems.sdg` is not there to be varied: this scenario has none",
        ),
        ("systems.sdg.finite-network.neurons = [10]", "did you mean `sgd`?"),
        ("systems.pde.characteristics.atoms = [10]", "`systems.pde.characteristics` is not there"),
    ] {
        assert!(mistake(vary).contains(words), "{vary}: {}", mistake(vary));
    }
}

#[test]
fn values_that_are_none_are_refused() {
    for (values, words) in [
        ("0.1", "`scale` must be a list of numbers, not a decimal number; write e.g. scale = [0.1, 0.4]"),
        ("[]", "`scale` is varied over no value"),
        ("[0.1, \"x\"]", "`scale` must be a number, not a string"),
        ("\"0.1..0.4\"", "is no range"),
        ("[0.1, 0.2, 0.1]", "`scale` is varied over 0.1: values are finite, each once"),
        ("[nan]", "`scale` is varied over NaN"),
        ("\"0.1..0.9:2000\"", "1 keys with 2000 points are varied: at most 3 and 1000"),
        // checked as the value of the key is, and placed at the value
        ("[0.8, -1.0]", "the start's scale κ must lie between 1e-6 and 1e6; it is -1.0 (at scale = -1)"),
    ] {
        let message = mistake(&format!("{SCALE} = {values}"));
        assert!(message.contains(words), "{values}: {message}");
    }
}

#[test]
fn a_mistake_that_only_some_points_make_says_where() {
    let message =
        mistake(&format!("{SCALE} = [0.1, 0.8]\nmodel.data.isotropic-gaussians.separation = [0.2, 0.4]"));
    let place = "of its mass (at scale = 0.1, separation = 0.2, and 1 more)";
    assert!(message.contains("too wide for the start") && message.contains(place), "{message}");
    // at all points: as without [vary]
    let message =
        mistake(&format!("{SCALE} = [0.1]\nmodel.data.isotropic-gaussians.separation = [0.2, 0.4]"));
    assert!(message.contains("too wide for the start") && !message.contains("(at"), "{message}");
}

#[test]
fn every_deterministic_system_has_a_companion_at_half_the_resolution() {
    let coarse = |set: &[&str]| {
        let jobs = read("", false, set).expect("valid").build().expect("valid");
        let coarse = jobs.into_iter().filter(|job| job.coarse);
        coarse.map(|job| (job.name(), job.identity.facts[0].1)).collect::<Vec<_>>()
    };
    assert!(coarse(&[]).is_empty());
    let expected = [("atoms-coarse".to_owned(), 10.0), ("pde-coarse".to_owned(), 100.0)];
    assert_eq!(coarse(&["refinement=true"]), expected);
    assert_eq!(
        coarse(&["refinement=true", "systems.atoms.characteristics.fluctuations-until=0.2"]),
        expected
    );
    // what only the stated run reports is not computed again: the companion costs no more
    let seconds = |set: &[&str]| {
        let jobs = read("", false, set).expect("valid").build().expect("valid");
        jobs.iter().filter(|job| job.coarse).map(|job| job.seconds).sum::<f64>()
    };
    let bias = "systems.atoms.characteristics.fluctuations-until=0.2";
    assert_eq!(seconds(&["refinement=true", bias]), seconds(&["refinement=true"]));
    let too_coarse =
        ["refinement=true", "systems.pde.finite-volume.cells=[120]", "model.initial.gaussian.scale=0.4"];
    let mistakes = read("", false, &too_coarse).expect_err("60 cells do not resolve the start");
    assert!(
        mistakes.messages()[0]
            .starts_with("at half the resolution, which refinement runs too: along radius, from")
    );
}
