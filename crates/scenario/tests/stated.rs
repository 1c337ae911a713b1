//! What a scenario may ask of its figures, and of whose coordinates a claim may be.

use meanfield_scenario::mistakes::Mistakes;
use meanfield_scenario::overrides::Overrides;
use meanfield_scenario::stated::{Figure, OverName};
use meanfield_scenario::{Scenario, load, stated};

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
snapshots = [0.5]
[systems.atoms.characteristics]
atoms = 20
[systems.sgd.finite-network]
neurons = 30
step-size = 1e-3
seeds = [1, 2]
"#;

/// Gibbs states of two coordinates; with `unit.affine`, of four.
const ANISOTROPIC: [&str; 6] = [
    "model.data={anisotropic-gaussians={dimension=60,relevant-dimension=20,separation=0.5}}",
    "dynamics={end-time=1.0,schedule={constant={}},temperature=0.05,ridge=0.5}",
    "observe.snapshots=[1.0]",
    "observe.times=[1.0]",
    "systems.sgd={landscape={kernel-tolerance=1e-3}}",
    "systems.atoms={landscape={kernel-tolerance=1e-3}}",
];

fn read(set: &[&str]) -> Result<Scenario, Mistakes> {
    let set = set.iter().map(|set| (*set).to_owned()).collect();
    load("base.toml", BASE, &Overrides { set, ..Overrides::default() })
}

/// The message and the help of the only mistake.
fn mistake(set: &[&str]) -> String {
    let mistakes = read(set).expect_err("a mistake");
    assert_eq!(mistakes.messages().len(), 1, "{:?}", mistakes.messages());
    format!("{}; {}", mistakes.messages()[0], mistakes.helps()[0])
}

fn figure(set: &[&str]) -> Figure {
    let scenario = read(set).unwrap_or_else(|mistakes| panic!("{:?}", mistakes.messages()));
    let again = stated("a record", &scenario.resolved).expect("what was resolved can be read");
    assert_eq!(again.figure(), scenario.file.figure.as_ref());
    scenario.file.figure.expect("stated")
}

#[test]
fn an_inset_is_a_curve_or_several() {
    assert_eq!(figure(&["figure.inset=mean_radius"]).insets(), ["mean_radius"]);
    let two = figure(&["figure.inset=[\"mean_radius\",\"risk\"]"]);
    assert_eq!((two.insets(), two.over), (&["mean_radius", "risk"].map(str::to_owned)[..], OverName::Time));
    for mistyped in ["mean_raduis", "[\"risk\",\"mean_raduis\"]"] {
        let said = mistake(&[&format!("figure.inset={mistyped}")]);
        assert_eq!(said, "no curve is called \"mean_raduis\"; did you mean `mean_radius`?");
    }
    let said = read(&["figure.inset=[1]"]).expect_err("a number").messages()[0].to_owned();
    assert_eq!(said, "`inset` must be a string, not an integer");
}

#[test]
fn steps_are_counted_where_there_is_one_step_size() {
    let step = "figure.over=step";
    assert_eq!(figure(&[step]).over, OverName::Step);
    let other = "systems.other={finite-network={neurons=20,step-size=1e-3,seeds=[1]}}";
    assert_eq!(figure(&[step, other]).over, OverName::Step);
    let said = mistake(&[step, &other.replace("1e-3", "2e-3")]);
    assert!(
        said.contains("step sizes differ, from 0.001 to 0.002; give all networks one `step-size`"),
        "{said}"
    );
    let varied = "vary.systems.sgd.finite-network.step-size=[1e-3,5e-4]";
    assert!(mistake(&[step, varied]).contains("step sizes differ, from 0.0005 to 0.001"));
    let said = mistake(&[step, "systems.sgd={characteristics={atoms=40}}"]);
    assert!(said.contains("no system of this scenario takes steps of SGD; add a finite-network"), "{said}");
    assert!(mistake(&["figure.over=steps"]).contains("did you mean `step`?"));
}

#[test]
fn claims_are_on_the_coordinates_of_the_model() {
    let claim = |quantity: &str| {
        format!(
            "compare={{reference=\"atoms\",claim=[{{system=\"sgd\",quantity=\"{quantity}\",within=1.0}}]}}"
        )
    };
    let with = |quantity: &str, unit: &str| {
        let claim = claim(quantity);
        let unit = format!("model.unit={{{unit}={{}}}}");
        let start = ["a", "b"].map(|key| format!("model.initial.gaussian.{key}={{mean=1.0}}"));
        let start = start.iter().filter(|_| unit.contains("affine")).map(String::as_str);
        let own: Vec<&str> = [claim.as_str(), unit.as_str()].into_iter().chain(start).collect();
        read(&[&ANISOTROPIC[..], &own].concat())
    };
    for (unit, own, foreign) in [
        ("inner", ["mean_radius_1", "wasserstein_1_radius_2"], ["mean_radius", "mean_a"]),
        ("affine", ["mean_b", "wasserstein_1_radius_1"], ["wasserstein_1_radius", "std_radius"]),
    ] {
        for quantity in own {
            let found = with(quantity, unit).map_err(|mistakes| format!("{:?}", mistakes.messages()));
            assert_eq!(found.expect(quantity).claims[0].quantity, quantity);
        }
        for quantity in foreign {
            let mistakes = with(quantity, unit).expect_err(quantity);
            assert!(mistakes.messages()[0].contains(&format!("is called \"{quantity}\"")), "{mistakes:?}");
        }
    }
    // Of all coordinates together: of two or more, and of a law that is recorded.
    assert!(with("energy_distance", "inner").is_ok() && with("sliced_wasserstein_2", "inner").is_ok());
    let pairs = with("energy_distance", "affine").expect_err("pairs");
    assert!(pairs.messages()[0].contains("\"sgd\" records their pairs alone"), "{:?}", pairs.messages());
    assert!(mistake(&[&claim("energy_distance")]).contains("is called \"energy_distance\""));
    let known = mistake(&[&claim("kolmogorov")]);
    assert!(known.contains("kolmogorov_smirnov_radius") && !known.contains("radius_1"), "{known}");
    let [start_a, start_b] = ["a", "b"].map(|key| format!("model.initial.gaussian.{key}={{mean=1.0}}"));
    let inset = ["figure.inset=mean_b", "model.unit={affine={}}", &start_a, &start_b];
    assert_eq!(figure(&[&ANISOTROPIC[..], &inset].concat()).insets(), ["mean_b"]);
}
