//! The lazy scaling as scenarios state it: what is refused in which words, and that the scaled limit, its
//! linearised limit and SGD agree as far as each says.

use crate::support;

use meanfield_scenario::overrides::Overrides;
use meanfield_scenario::{Scenario, load};
use support::{curve, records};

const LAZY: &str = r#"title = "lazy"
[model]
data.single-index = { dimension = 10, target.hermite.coefficients = [0.0, 0.8, 0.6] }
activation.tanh = { offset = 0.5 }
initial.gaussian = { scale = 0.8 }
[dynamics]
end-time = 1.0
schedule.power.exponent = -0.25
[observe]
times = [0.1, 1.0]
[systems.slow.characteristics]
atoms = 36
most-atoms = 64
kernel-tolerance = 1e-3
scaling = "lazy"
alpha = 300.0
[systems.limit.linearised]
atoms = 36
kernel-tolerance = 1e-3
[systems.sgd.finite-network]
neurons = 200
step-size = 2e-3
scaling = "lazy"
alpha = 30.0
seeds = "1..8"
"#;

/// A network with copies in the lazy scaling.
const COUPLED: &str = "systems.pair={coupled-network={neurons=9,step-size=1e-3,seeds=[1],\
                       scaling=\"lazy\",alpha=9.0}}";

fn read(set: &[&str], delete: &str) -> Result<Scenario, String> {
    let set = set.iter().map(|set| (*set).to_owned()).collect();
    read_with(&LAZY.replace(delete, ""), &Overrides { set, ..Overrides::default() })
}

fn read_with(text: &str, overrides: &Overrides) -> Result<Scenario, String> {
    let read = load("lazy.toml", text, overrides);
    read.map_err(|mistakes| [mistakes.messages(), mistakes.helps()].concat().join("\n"))
}

#[test]
fn polynomials_of_the_first_degree_leave_what_lazy_training_waits_on() {
    let degree = |degree: u8| format!("systems.plateau={{landscape={{degree={degree}}}}}");
    for (set, exact) in [(degree(0), 1.0), (degree(1), 0.36), (degree(2), 0.0)] {
        let set = vec![set, "model.label-noise=0.1".to_owned()];
        let alone = Overrides { set, landscape_only: true, ..Overrides::default() };
        let scenario = read_with(LAZY, &alone).expect("valid");
        let all = records(&scenario);
        let plateau = curve(&all["plateau"], "risk");
        assert!((plateau[0] - exact - 0.01).abs() < 1e-13, "{exact}: {plateau:?}");
        // Nothing is read from a law that there is none of.
        let curves: Vec<&str> = all["plateau"].curves.iter().map(|curve| curve.name.as_str()).collect();
        assert_eq!((curves, all["plateau"].measures().len()), (vec!["risk"], 0));
    }
}

#[test]
fn least_risks_of_polynomials_are_of_targets_of_gaussian_inputs() {
    let refused = |set: &[&str]| read(set, "").expect_err("refused");
    let degree = "systems.plateau={landscape={degree=1}}";
    let classes = "model.data={isotropic-gaussians={dimension=40,separation=0.8}}";
    assert!(refused(&[degree, classes]).contains("known of targets of Gaussian inputs alone"));
    let huber = "model.loss={huber={threshold=0.5}}";
    let message =
        refused(&[degree, huber, "systems.sgd={finite-network={neurons=9,step-size=1e-3,seeds=[1]}}"]);
    assert!(message.contains("is that of the squared loss"), "{message}");
    let with_masses = "systems.plateau={landscape={degree=1,masses=1}}";
    assert!(refused(&[with_masses]).contains("no other keys than `degree`"));
    let high = "systems.plateau={landscape={degree=41}}";
    assert!(refused(&[high]).contains("`degree` must be between 0 and 40"));
    let compare = "compare={reference=\"limit\",claim=[{system=\"plateau\",\
                   quantity=\"sliced_wasserstein_2\",within=0.1}]}";
    assert!(refused(&[degree, compare, "observe.snapshots=[1.0]"]).contains("has no law"));
    let mean = compare.replace("sliced_wasserstein_2", "mean_projection");
    assert!(refused(&[degree, &mean]).contains("has no law"));
}

#[test]
fn the_scaled_limit_its_own_limit_and_sgd_agree() {
    let all = records(&read(&[], "seeds = \"none\"").expect("valid"));
    let [slow, limit] = ["slow", "limit"].map(|name| curve(&all[name], "risk"));
    assert!(limit[0] - limit[1] > 0.3, "{limit:?}");
    for (slow, limit) in slow.iter().zip(&limit) {
        // First order in 1/α: twice α halves it.
        assert!((slow - limit).abs() < 0.003 * limit, "{slow} {limit}");
    }
    let risks: Vec<f64> = curve(&all["sgd"], "risk").chunks(2).map(|run| run[1]).collect();
    let mean = risks.iter().sum::<f64>() / 8.0;
    let variance = risks.iter().map(|risk| (risk - mean).powi(2)).sum::<f64>() / 7.0;
    let error = (variance / 8.0).sqrt();
    // Four standard errors, and what N = 200 and ε = 2e-3 add to the mean: K is a mean of 200 neurons.
    assert!(error < 0.01 && (mean - limit[1]).abs() < 4.0 * error + 0.01, "{mean} ± {error} {limit:?}");
}

#[test]
fn what_does_not_fit_the_scaling_is_refused_in_words() {
    let refusals: [(&[&str], &str); 11] = [
        (&["dynamics.temperature=0.1"], "noise and ridge act on neurons themselves"),
        (&["dynamics.ridge=0.1"], "noise and ridge act on neurons themselves"),
        (&["systems.slow.characteristics.fluctuations-until=1.0"], "in the mean-field scaling alone"),
        (&["systems.slow.characteristics.alpha=0.0"], "`alpha` must be a number from 1e-3 to 1e4"),
        (&["systems.slow.characteristics.scaling=\"mean-field\""], "`alpha` is of the lazy scaling"),
        (&["systems.sgd.finite-network.device=\"gpu\""], "a device trains in the mean-field scaling alone"),
        (&["model.loss={huber={threshold=1.0}}"], "trained with the squared loss alone so far"),
        (&["observe.classification-error=true"], "they are α (f − f_0)"),
        (&[COUPLED], "copies follow the limit of the mean-field scaling"),
        (&["systems.cells={finite-volume={cells=[9,9],scaling=\"lazy\"}}"], "scaling"),
        (&["systems.limit.linearised.atoms=2"], "`atoms` must be between 9"),
    ];
    for (set, words) in refusals {
        let message = read(set, "seeds = \"none\"").expect_err("refused");
        assert!(message.contains(words), "{set:?}: {message}");
    }
    let message = read(&[], "alpha = 300.0\n").expect_err("refused");
    assert!(message.contains("it is missing"), "{message}");
}

#[test]
fn nothing_is_predicted_of_networks_in_the_lazy_scaling() {
    let claim = "compare={reference=\"field\",claim=[{system=\"sgd\",predicted-band=3.0}]}";
    let field = "systems.field={characteristics={atoms=64,fluctuations-until=1.0}}";
    let message = read(&[claim, field], "seeds = \"none\"").expect_err("refused");
    assert!(message.contains("is predicted in the mean-field scaling alone"), "{message}");
}
