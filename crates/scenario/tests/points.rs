//! Neurons on points of several coordinates, where nothing is reduced: a law can have four coordinates.

use crate::support;

use meanfield_scenario::overrides::Overrides;
use meanfield_scenario::{Scenario, load};
use support::{curve, records};

const SYSTEMS: &str = r#"
activation.tanh = {}
initial.gaussian = { scale = 0.8 }
[dynamics]
end-time = 1.0
schedule.constant = {}
[observe]
times = [0.0, 1.0]
snapshots = [1.0]
[systems.atoms.characteristics]
atoms = 4096
most-atoms = 5000
[systems.cells.finite-volume]
cells = [16, 16, 16, 16]
[systems.sgd.finite-network]
neurons = 1000
step-size = 2e-3
seeds = [1, 2, 3, 4]
"#;

fn read(inputs: &str) -> Result<Scenario, String> {
    let data = format!("data.table = {{ inputs = {inputs}, labels = [1.0, -1.0, 0.3] }}");
    let text = format!("title = \"points\"\n[model]\n{data}{SYSTEMS}");
    let read = load("points.toml", &text, &Overrides::default());
    read.map_err(|mistakes| [mistakes.messages(), mistakes.helps()].concat().join("\n"))
}

#[test]
fn in_four_coordinates_cells_atoms_and_sgd_agree() {
    let scenario = read("[[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.5], [-1.0, 0.3, 0.2, 0.5]]");
    let all = records(&scenario.expect("valid"));
    let [atoms, cells, sgd] = ["atoms", "cells", "sgd"].map(|name| curve(&all[name], "risk"));
    assert!(atoms[1] < 0.6 * atoms[0], "{atoms:?}");
    // A cell is half a deviation wide.
    assert!((cells[1] - atoms[1]).abs() < 4e-3, "{cells:?} {atoms:?}");
    let mean = sgd.iter().skip(1).step_by(2).sum::<f64>() / 4.0;
    assert!((mean - atoms[1]).abs() < 0.02, "{sgd:?} {atoms:?}");
    let names = ["mean_weight_4", "std_weight_4"];
    let [limit, network] = ["atoms", "sgd"].map(|system| names.map(|name| curve(&all[system], name)[1]));
    for (limit, network) in limit.iter().zip(network) {
        // Four standard errors of a thousand neurons.
        assert!((limit - network).abs() < 4.0 * 0.5 / 1000f64.sqrt(), "{limit} {network}");
    }
}

#[test]
fn more_coordinates_are_those_of_networks_with_layers() {
    let refused = read("[[0.0, 1.0, 0.0, 1.0, 2.0], [1.0, 0.0, 1.0, 0.5, 1.0], [1.0, 0.3, 0.2, 0.5, 3.0]]");
    let words = refused.expect_err("five coordinates");
    assert!(words.contains("5 coordinates") && words.contains("[[model.layers]]"), "{words}");
}
