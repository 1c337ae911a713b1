//! Starts of several parts and the classification error, as scenarios state them: what is read, what is
//! refused in which words, and that limits and networks begin alike.

use crate::support;

use meanfield_scenario::{load, overrides::Overrides};
use support::{curve, records};

/// A scenario with this data, unit and start, observed there: pairs of 4000 neurons take long.
fn scenario(model: &str, systems: &str) -> String {
    format!(
        r#"
title = "Starts"
[model]
{TANH}
{model}
[dynamics]
end-time = 0.01
schedule.constant = {{}}
[observe]
times = [0.0]
classification-error = true
{systems}
"#
    )
}

const TANH: &str = "activation.tanh = { height = 3.0, gain = 2.0, offset = -1.0 }";
const ISOTROPIC: &str = "data.isotropic-gaussians = { dimension = 20, separation = 0.6 }";
const BLOCKS: &str =
    "data.anisotropic-gaussians = { dimension = 24, relevant-dimension = 8, separation = 0.5 }
unit.affine = {}";
const SYSTEMS: &str = "
[systems.atoms.characteristics]
atoms = 256
kernel-tolerance = 1e-4
[systems.sgd.finite-network]
neurons = 4000
step-size = 1e-3
seeds = [1]";

/// What is said of a scenario that is refused.
fn refused(model: &str, systems: &str) -> String {
    let text = scenario(model, systems);
    format!("{:?}", load("starts.toml", &text, &Overrides::default()).expect_err("refused"))
}

/// Networks of 4000 neurons begin with the risk and the error of the limit.
fn begin_alike(model: &str) {
    let text = scenario(model, SYSTEMS);
    let scenario = load("starts.toml", &text, &Overrides::default()).unwrap_or_else(|e| panic!("{e:?}"));
    let records = records(&scenario);
    let mut compared = 0;
    for quantity in ["mean", "std"] {
        for coordinate in ["a", "b", "radius", "radius_1"].iter().map(|c| format!("{quantity}_{c}")) {
            let Some(limit) = records["atoms"].curve(&coordinate) else { continue };
            compared += 1;
            let network = curve(&records["sgd"], &coordinate)[0];
            let limit = *limit.values.iter().next().expect("t = 0");
            // Five standard errors of 4000 numbers of deviation 1 at most.
            assert!(
                (network - limit).abs() < 5.0 / 4000f64.sqrt(),
                "{model}: {coordinate} {network} {limit}"
            );
        }
    }
    assert!(compared == 2 || compared == 6, "{model}: {compared} statistics");
    let [network, limit] = ["sgd", "atoms"].map(|name| curve(&records[name], "classification_error")[0]);
    // 10⁴ samples, five standard errors; and what 4000 neurons move the zeros of the output.
    assert!((network - limit).abs() < 0.025 + 0.03, "{model}: {network} {limit}");
}

#[test]
fn networks_and_limits_begin_alike() {
    let components = "[{ weight = 0.3, scale = 0.4 }, { weight = 0.3, radius = 0.8 }, \
                      { weight = 0.4, radii = [1.0, 1.5] }]";
    begin_alike(&format!("{ISOTROPIC}\ninitial.mixture = {{ components = {components} }}"));
    let a = "{ mixture = [{ weight = 0.3, mean = -1.0 }, { weight = 0.7, mean = 1.0, deviation = 0.2 }] }";
    let b = "{ interval = [-1.0, 0.5] }";
    begin_alike(&format!("{BLOCKS}\ninitial.gaussian = {{ scale = 0.8, a = {a}, b = {b} }}"));
}

#[test]
fn what_is_no_mixture_is_refused_in_words() {
    let start = |parts: &str| format!("{ISOTROPIC}\ninitial.mixture = {{ components = {parts} }}");
    for (parts, words) in [
        ("[{ weight = 0.3, scale = 0.4 }]", "sum to 1"),
        ("[{ weight = 1.0, scale = 0.4, radius = 1.0 }]", "does not belong beside"),
        ("[{ weight = 1.0, radii = [1.0, 0.5] }]", "radii increasing"),
        ("[]", "weights above 0"),
    ] {
        let found = refused(&start(parts), SYSTEMS);
        assert!(found.contains(words), "{parts}: {found}");
    }
    let numbers =
        |a: &str| format!("{BLOCKS}\ninitial.gaussian = {{ scale = 0.8, a = {a}, b = {{ mean = 0.0 }} }}");
    for (a, words) in [
        ("{ interval = [1.0, -1.0] }", "that increases"),
        ("{ mean = 1.0, interval = [-1.0, 1.0] }", "does not belong beside"),
        ("{ mean = 1.0, mixture = [{ weight = 1.0, mean = 1.0 }] }", "does not belong beside"),
        ("{ mixture = [{ weight = 0.5, mean = 1.0 }] }", "sum to 1"),
    ] {
        let found = refused(&numbers(a), SYSTEMS);
        assert!(found.contains(words), "{a}: {found}");
    }
}

#[test]
fn cells_that_a_start_does_not_fit_are_named_with_others_that_pass() {
    let start = format!("{ISOTROPIC}\ninitial.gaussian = {{ scale = 0.8 }}");
    let cells = |keys: &str| format!("[systems.cells.finite-volume]\n{keys}");
    let found = refused(&start, &cells("cells = [5]"));
    assert!(found.contains("along radius") && found.contains("write e.g. cells = ["), "{found}");
    let found = refused(&start, &cells("cells = [400]\ndomain = [[0.0, 0.9]]"));
    assert!(found.contains("along radius, from 0.0000 to 0.9000") && found.contains("beyond 0.9"), "{found}");
}

#[test]
fn the_classification_error_is_refused_where_it_means_nothing() {
    let start =
        format!("{BLOCKS}\ninitial.gaussian = {{ scale = 0.8, a = {{ mean = 1.0 }}, b = {{ mean = 0.0 }} }}");
    let text = scenario(&start, "[systems.gibbs.landscape]\ncells = [16, 16, 16, 16]");
    let text = text.replace("[dynamics]", "[dynamics]\ntemperature = 0.1\nridge = 0.1");
    let found = load("starts.toml", &text, &Overrides::default()).expect_err("refused");
    assert!(format!("{found:?}").contains("pairs of coordinates alone"), "{found:?}");
}

#[test]
fn a_classification_error_that_would_take_hours_is_refused() {
    let class = |label: &str, mean: &str| format!("{{ label = {label}, mean = {mean}, scale = 0.5 }}");
    let classes = [class("1.0", "[1.0, 0.0, 0.5]"), class("-1.0", "[-1.0, 0.5, 0.0]")].join(", ");
    let start = format!(
        "data.gaussian-classes = {{ dimension = 12, classes = [{classes}] }}\ninitial.gaussian.scale = 0.6"
    );
    let cells = |count: usize| {
        let systems = format!("[systems.cells.finite-volume]\ncells = [{count}, {count}, {count}, {count}]");
        let text =
            scenario(&start, &systems).replace(TANH, "activation.polynomial.coefficients = [0.1, 0.5, 0.3]");
        load("starts.toml", &text, &Overrides::default()).map(|_| ())
    };
    let found = format!("{:?}", cells(24).expect_err("refused"));
    assert!(found.contains("CPU minutes at each time") && found.contains("take fewer cells"), "{found}");
    let few = format!("{:?}", cells(8));
    assert!(!few.contains("CPU minutes at each time"), "{few}");
}

#[test]
fn cells_in_three_coordinates_know_what_follows_from_their_law() {
    let class = |label: &str, mean: &str| format!("{{ label = {label}, mean = {mean}, scale = 0.5 }}");
    let classes = [class("1.0", "[1.0, 0.0]"), class("-1.0", "[-1.0, 0.5]")].join(", ");
    let start = format!(
        "data.gaussian-classes = {{ dimension = 12, classes = [{classes}] }}\n\
         initial.gaussian = {{ scale = 0.6, mean = [0.4, -0.3] }}"
    );
    let systems = "[systems.atoms.characteristics]\natoms = 12\nkernel-tolerance = 5e-3\n\
                   [systems.cells.finite-volume]\ncells = [24, 24, 12]\nkernel-tolerance = 5e-3";
    let text =
        scenario(&start, systems).replace(TANH, "activation.polynomial.coefficients = [0.1, 0.5, 0.3]");
    let scenario = load("starts.toml", &text, &Overrides::default());
    let records = records(&scenario.unwrap_or_else(|e| panic!("{e:?}")));
    for (quantity, least, within) in [("overlap", 0.3, 0.01), ("classification_error", 0.01, 0.005)] {
        let [atoms, cells] = ["atoms", "cells"].map(|name| curve(&records[name], quantity)[0]);
        // Midpoints of cells err by the square of their sides.
        assert!(atoms > least && (atoms - cells).abs() < within, "{quantity}: {atoms} {cells}");
    }
}

#[test]
fn momentum_is_refused_with_the_reason() {
    let text = scenario(&format!("{ISOTROPIC}\ninitial.gaussian = {{ scale = 0.8 }}"), SYSTEMS);
    let text = text.replace("[dynamics]", "[dynamics]\nmomentum = 0.9");
    let found = load("starts.toml", &text, &Overrides::default()).expect_err("refused");
    assert!(format!("{found:?}").contains("kinetic equation"), "{found:?}");
}
