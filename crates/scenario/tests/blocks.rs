//! Blocks of coordinates as scenarios state them: what is refused in which words, that lists of blocks mean
//! what `relevant-dimension` does, and that the systems agree on three radii and on other losses.

use crate::support;

use meanfield_scenario::overrides::Overrides;
use meanfield_scenario::{Scenario, load};
use support::{curve, records};

const BLOCKS: &str = r#"title = "blocks"
[model]
data.gaussian-classes = { dimension = 40, blocks = [10, 12, 18], classes = [
    { label = 1.0, scales = [1.4, 0.7, 1.0] },
    { label = -1.0, scales = [0.6, 1.3, 1.0] },
] }
activation.tanh = { height = 3.0, gain = 1.5, offset = -1.0 }
initial.gaussian = { scale = 0.8 }
[dynamics]
end-time = 0.5
schedule.constant = {}
[observe]
times = [0.01, 0.1, 0.5]
[systems.atoms.characteristics]
atoms = 216
most-atoms = 216
tolerance = 1e-6
kernel-tolerance = 1e-2
[systems.cells.finite-volume]
cells = [12, 12, 12]
kernel-tolerance = 1e-2
[systems.sgd.finite-network]
neurons = 200
step-size = 2e-4
seeds = [1, 2, 3, 4]
"#;

/// Two blocks in place of three, and cells for them.
const TWO: [&str; 2] = [
    "model.data.gaussian-classes={dimension=40,blocks=[10,30],classes=[\
     {label=1.0,scales=[1.4,1.0]},{label=-1.0,scales=[0.6,1.0]}]}",
    "systems.cells.finite-volume.cells=[32,32]",
];

fn read(set: &[&str]) -> Result<Scenario, String> {
    read_from(BLOCKS, set)
}

fn read_from(text: &str, set: &[&str]) -> Result<Scenario, String> {
    let set = set.iter().map(|set| (*set).to_owned()).collect();
    let read = load("blocks.toml", text, &Overrides { set, ..Overrides::default() });
    read.map_err(|mistakes| [mistakes.messages(), mistakes.helps()].concat().join("\n"))
}

/// Cells and atoms agree, and networks lie where bias and scatter put them.
fn agree(set: &[&str]) {
    let all = records(&read(set).expect("valid"));
    let [atoms, cells, sgd] = ["atoms", "cells", "sgd"].map(|name| curve(&all[name], "risk"));
    let bias = curve(&all["atoms"], "independent_bias");
    assert!(atoms.windows(2).all(|pair| pair[1] < pair[0]), "{set:?}: {atoms:?}");
    for (time, (atom, cell)) in atoms.iter().zip(&cells).enumerate() {
        // Cells and atoms are few: what either leaves of a fall of the risk of some tenths.
        assert!((atom - cell).abs() < 0.02, "{set:?} {time}: {atoms:?} {cells:?}");
        let runs: Vec<f64> = sgd.iter().skip(time).step_by(atoms.len()).copied().collect();
        let mean = runs.iter().sum::<f64>() / 4.0;
        let error = (runs.iter().map(|risk| (risk - mean).powi(2)).sum::<f64>() / 12.0).sqrt();
        let expected = atom + bias[time] / 200.0;
        // Five standard errors of four seeds; trained neurons have less bias; steps of 2e-4, few atoms.
        let allowed = 5.0 * error + 0.7 * bias[time] / 200.0 + 0.01;
        assert!((mean - expected).abs() < allowed, "{set:?} {time}: {mean} ± {error}, {expected}");
    }
}

#[test]
fn the_systems_agree_on_three_radii() {
    agree(&[]);
}

#[test]
fn the_systems_agree_on_other_losses() {
    for loss in ["{logistic={}}", "{huber={threshold=0.5}}", "{welsch={scale=1.5}}"] {
        agree(&[TWO[0], TWO[1], &format!("model.loss={loss}")]);
    }
    agree(&["model.loss={logistic={}}"]);
}

#[test]
fn two_blocks_are_a_relevant_one_and_the_others() {
    let relevant = BLOCKS
        .replace("blocks = [10, 12, 18]", "relevant-dimension = 10")
        .replace("scales = [1.4, 0.7, 1.0]", "relevant-scale = 1.4")
        .replace("scales = [0.6, 1.3, 1.0]", "relevant-scale = 0.6");
    let few =
        [TWO[1], "systems.sgd.finite-network.seeds=[1]", "systems.atoms.characteristics.atoms=49"].to_vec();
    let listed = read(&[&few[..], &[TWO[0]]].concat());
    let [listed, relevant] = [listed, read_from(&relevant, &few)].map(|scenario| {
        let all = records(&scenario.expect("valid"));
        ["atoms", "cells", "sgd"].map(|name| curve(&all[name], "risk"))
    });
    assert_eq!(listed, relevant);
}

#[test]
fn what_fits_no_blocks_is_refused_in_words() {
    let data = "model.data.gaussian-classes";
    let refusals: [(&[String], &str); 8] = [
        (&[format!("{data}.blocks=[10,12]")], "and 40 together; they are [10, 12]"),
        (&[format!("{data}.blocks=[40]")], "there are 1 `blocks`, and there may be 2 to 3"),
        (&[format!("{data}.blocks=[0,20,20]")], "must have 1 coordinate or more each"),
        (&[format!("{data}.blocks=[10,30]")], "class 0 has 3 `scales`, and there are 2 blocks"),
        (
            &[format!("{data}.classes=[{{label=1.0,scales=[1.0,0.0,1.0]}}]")],
            "class 0: `scales` must lie between 1e-6 and 1e6; it is 0",
        ),
        (&[format!("{data}.blocks=[]")], "classes have `scales`, and there are no `blocks`"),
        (&[format!("{data}.relevant-dimension=10")], "both say which coordinates belong together"),
        (
            &[
                "model.unit={affine={}}".to_owned(),
                "model.initial.gaussian={scale=0.8,a={mean=1.0},b={mean=0.0}}".to_owned(),
            ],
            "5 coordinates would be left of a neuron",
        ),
    ];
    for (set, words) in refusals {
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        let message = read(&set).expect_err("refused");
        assert!(message.contains(words), "{set:?}: {message}");
    }
}

#[test]
fn least_risks_of_other_losses_in_two_radii_have_a_certificate() {
    let (model, _) = BLOCKS.split_once("[systems.atoms").expect("there");
    let text = format!("{model}[systems.least.landscape]\nkernel-tolerance = 1e-2\nlargest-radius = 3.0\n");
    let mut risks = Vec::new();
    for loss in ["{squared={}}", "{logistic={}}", "{huber={threshold=50.0}}"] {
        let all = records(&read_from(&text, &[TWO[0], &format!("model.loss={loss}")]).expect("valid"));
        let gap = curve(&all["least"], "duality_gap");
        assert!(gap[0] < 1e-5, "{loss}: {gap:?}");
        risks.push(curve(&all["least"], "risk")[0]);
    }
    // So wide a Huber loss is half the squared one.
    assert!((risks[2] - 0.5 * risks[0]).abs() < 1e-3, "{risks:?}");
    assert!(risks[1] > 0.0 && risks[1] < 2f64.ln(), "{risks:?}");
}
