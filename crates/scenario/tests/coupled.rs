//! Networks coupled to their limit: copies follow it, neurons part from them as 1/√N and √ε (MMN 2018,
//! Theorem 3), checkpoints go on identically, and what cannot be coupled is refused.

use crate::support;

use meanfield_run::system::{Stride, System};
use meanfield_scenario::overrides::Overrides;
use meanfield_scenario::{Scenario, load};
use support::records;

const ONE_BLOCK: &str = r#"title = "neurons and their copies"
[model]
data.isotropic-gaussians = { dimension = 10, separation = 0.5 }
activation.piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }
initial.gaussian = { scale = 0.8 }
[dynamics]
end-time = 0.1
schedule.constant = {}
[observe]
times = [0.05, 0.1]
[systems.atoms.characteristics]
atoms = 40
kernel-tolerance = 1e-4
[systems.sgd.coupled-network]
neurons = 20
step-size = 1e-4
seeds = [1, 2, 3, 4, 5, 6, 7, 8]
"#;

const TWO_BLOCKS: &str =
    "model.data={anisotropic-gaussians={dimension=16,relevant-dimension=6,separation=0.6}}";

fn scenario(set: &[&str]) -> Scenario {
    let set = set.iter().map(|set| (*set).to_owned()).collect();
    load("coupled.toml", ONE_BLOCK, &Overrides { set, ..Overrides::default() }).expect("valid")
}

/// The complaint about what cannot be.
fn refused(set: &[&str]) -> String {
    let set = set.iter().map(|set| (*set).to_owned()).collect();
    let read = load("coupled.toml", ONE_BLOCK, &Overrides { set, ..Overrides::default() });
    let mistakes = read.expect_err("refused");
    [mistakes.messages(), mistakes.helps()].concat().join("\n")
}

/// The mean square over the seeds of a distance at the end.
fn mean_square(set: &[&str], name: &str) -> f64 {
    let all = records(&scenario(set));
    let values = support::curve(&all["sgd"], name);
    assert_eq!(values.len(), 16);
    values.chunks(2).map(|run| run[1] * run[1]).sum::<f64>() / 8.0
}

/// The mean square distance of so many neurons trained with steps of this size.
fn of_network(neurons: u32, step_size: f64, more: &[&str]) -> f64 {
    let neurons = format!("systems.sgd.coupled-network.neurons={neurons}");
    let step_size = format!("systems.sgd.coupled-network.step-size={step_size:e}");
    mean_square(&[&[neurons.as_str(), step_size.as_str()], more].concat(), "distance_w")
}

/// The exponents in N and ε of the distance, of which the square is A/N + B ε: each after the other's part.
fn exponents(more: &[&str]) -> [f64; 2] {
    let few = of_network(10, 5e-5, more);
    let many = of_network(160, 5e-5, more);
    let small = of_network(160, 2e-4, more);
    let large = of_network(160, 3.2e-3, more);
    let per_step = (large - small) / 3e-3;
    let per_neuron = (few - many) / (0.1 - 1.0 / 160.0);
    let over_neurons = ((many - 5e-5 * per_step) / (few - 5e-5 * per_step)).log(16.0);
    let over_steps = ((large - per_neuron / 160.0) / (small - per_neuron / 160.0)).log(16.0);
    [0.5 * over_neurons, 0.5 * over_steps]
}

#[test]
fn neurons_part_from_their_copies_as_the_theorem_says() {
    let [over_neurons, over_steps] = exponents(&[]);
    // A mean square over eight seeds errs by a tenth or two, an exponent by 1/(2 ln 16) of that.
    assert!((over_neurons + 0.5).abs() < 0.1, "exponent {over_neurons} in N");
    assert!((over_steps - 0.5).abs() < 0.1, "exponent {over_steps} in the step size");
}

/// Copies that followed another field would keep a distance at every N and ε, and both exponents would come
/// out nearer to 0: so they do at twice the speed, and with the blocks exchanged.
#[test]
fn in_two_blocks_as_well() {
    let [over_neurons, over_steps] = exponents(&[TWO_BLOCKS]);
    assert!((over_neurons + 0.5).abs() < 0.1, "exponent {over_neurons} in N");
    assert!((over_steps - 0.5).abs() < 0.1, "exponent {over_steps} in the step size");
}

fn advance(system: &mut dyn System, until: f64) {
    while system.advance(until).expect("stable") == Stride::Underway {}
}

#[test]
fn a_restored_network_goes_on_identically() {
    let set = ["systems={sgd={coupled-network={neurons=20,step-size=1e-3,seeds=[4]}}}"];
    let steep = "dynamics.schedule={power={exponent=-0.25}}";
    for more in [&[steep][..], &[TWO_BLOCKS]] {
        let built = || {
            let scenario = scenario(&[&set[..], more].concat());
            scenario.build().expect("builds").remove(0).system
        };
        let mut straight = built();
        advance(&mut *straight, 0.05);
        let saved = straight.save();
        advance(&mut *straight, 0.1);
        let mut resumed = built();
        resumed.restore(&saved).expect("of this network");
        advance(&mut *resumed, 0.1);
        assert_eq!(resumed.save(), straight.save());
        assert_eq!(resumed.observe().scalars, straight.observe().scalars);
    }
}

#[test]
fn a_network_is_the_same_with_copies_and_without() {
    let coupled = records(&scenario(&[]));
    let seeds = "seeds=[1,2,3,4,5,6,7,8]";
    let set = format!("systems={{sgd={{finite-network={{neurons=20,step-size=1e-4,{seeds}}}}}}}");
    let alone = records(&scenario(&[&set]));
    assert_eq!(support::curve(&coupled["sgd"], "risk"), support::curve(&alone["sgd"], "risk"));
    assert!(alone["sgd"].curve("distance_w").is_none());
    let [mean, largest] =
        ["distance_w", "largest_distance_w"].map(|name: &str| support::curve(&coupled["sgd"], name));
    assert!(mean.iter().zip(&largest).all(|(mean, largest)| 0.0 < *mean && mean < largest));
}

#[test]
fn what_has_no_copies_is_refused() {
    let noisy = refused(&["dynamics.temperature=0.1", "systems.atoms={finite-volume={cells=[50]}}"]);
    assert!(noisy.contains("noise moves every neuron by itself"), "{noisy}");
    assert!(noisy.contains("write temperature = 0.0"), "{noisy}");
    let start = ["a", "b"].map(|key| format!("model.initial.gaussian.{key}={{mean=1.0}}"));
    let affine = refused(&[TWO_BLOCKS, "model.unit={affine={}}", &start[0], &start[1]]);
    assert!(affine.contains("copies are known of neurons σ(⟨w, x⟩) alone"), "{affine}");
    assert!(
        affine.contains("leave out model.unit, or write finite-network in place of coupled-network"),
        "{affine}"
    );
}

/// A law on a distance, over N.
fn law(quantity: &str, kind: &str, at: &str) -> String {
    format!(
        "compare={{reference=\"atoms\",law=[{{system=\"sgd\",quantity=\"{quantity}\",exponent=-0.5,\
         within=0.2,over=\"systems.sgd.{kind}.neurons\",at={at}}}]}}"
    )
}

#[test]
fn laws_are_claimed_of_coupled_networks_alone() {
    let vary = "vary.systems.sgd.coupled-network.neurons=[10,20,40]";
    for quantity in ["distance_w", "largest_distance_w"] {
        scenario(&[vary, &law(quantity, "coupled-network", "0.1")]);
        let network = "systems={sgd={finite-network={neurons=20,step-size=1e-4,seeds=[1,2,3,4,5,6,7,8]}}}";
        let vary_alone = "vary.systems.sgd.finite-network.neurons=[10,20,40]";
        let alone = refused(&[network, vary_alone, &law(quantity, "finite-network", "0.1")]);
        assert!(alone.contains("it is not coupled to its limit"), "{alone}");
        assert!(alone.contains("write [systems.sgd.coupled-network]"), "{alone}");
        let begun = refused(&[vary, &law(quantity, "coupled-network", "0.0")]);
        assert!(begun.contains("is 0 at t = 0"), "{begun}");
    }
}
