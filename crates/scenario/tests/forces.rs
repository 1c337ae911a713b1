//! What moves the neurons of a small network: the record's field and repulsion against sums over the points
//! by hand, and what is refused in words.

use crate::support;

use meanfield_scenario::{load, overrides::Overrides};
use support::records;

/// Points, labels and shares, as keys and as numbers.
const DATA: &str = "[model.data.table]\ninputs = [[-1.0, 0.5], [0.3, -0.2], [1.2, 1.0]]\n\
    labels = [0.7, -0.4, 1.5]\nweights = [1.0, 1.0, 2.0]\n";
const POINTS: [([f64; 2], f64, f64); 3] =
    [([-1.0, 0.5], 0.7, 0.25), ([0.3, -0.2], -0.4, 0.25), ([1.2, 1.0], 1.5, 0.5)];

/// A scenario with these systems, beside a section more.
fn text(systems: &str, more: &str) -> String {
    format!(
        "title = \"Forces\"\n{more}\n[model]\nactivation.tanh = {{ height = 2.0 }}\n\
         initial.gaussian = {{ scale = 1.0 }}\n{DATA}[dynamics]\nend-time = 0.5\nschedule.constant = {{}}\n\
         [observe]\ntimes = [0.5]\nsnapshots = [0.0, 0.5]\nforces = true\n{systems}"
    )
}

const THREE: &str = "[systems.three.finite-network]\nneurons = 3\nstep-size = 1e-2\nseeds = [5]\n";

/// 2 tanh(⟨w, x⟩), and its gradient in w.
fn neuron(w: [f64; 2], x: [f64; 2]) -> (f64, [f64; 2]) {
    let value = (w[0] * x[0] + w[1] * x[1]).tanh();
    (2.0 * value, x.map(|x| 2.0 * (1.0 - value * value) * x))
}

#[test]
fn field_and_repulsion_are_sums_over_the_points() {
    let scenario = load("forces.toml", &text(THREE, ""), &Overrides::default()).expect("right");
    let records = records(&scenario);
    let law = records["three"].named_law("forces").expect("kept");
    assert_eq!(law.coordinates[2..4], ["field_weight_1", "field_weight_2"]);
    for measure in &law.measures {
        let (points, _) = measure.atoms().expect("atoms");
        let neurons: Vec<[f64; 2]> = points.rows().into_iter().map(|row| [row[0], row[1]]).collect();
        for (row, own) in points.rows().into_iter().zip(&neurons) {
            for c in 0..2 {
                let field: f64 = POINTS.iter().map(|(x, y, p)| p * y * neuron(*own, *x).1[c]).sum();
                let output = |x| neurons.iter().map(|other| neuron(*other, x).0).sum::<f64>() / 3.0;
                let repulsion: f64 =
                    POINTS.iter().map(|(x, _, p)| -p * neuron(*own, *x).1[c] * output(*x)).sum();
                // Rounding of sums of three.
                assert!((row[2 + c] - field).abs() < 1e-13, "{} {field}", row[2 + c]);
                assert!((row[4 + c] - repulsion).abs() < 1e-13, "{} {repulsion}", row[4 + c]);
            }
        }
    }
    assert_ne!(law.measures[0], law.measures[1]);
}

#[test]
fn only_small_networks_have_forces() {
    let thirty = "[systems.thirty.finite-network]\nneurons = 30\nstep-size = 1e-2\nseeds = [5]\n";
    let both = load("forces.toml", &text(&format!("{THREE}{thirty}"), ""), &Overrides::default());
    let records = records(&both.expect("right"));
    assert!(
        records["thirty"].named_law("forces").is_none() && records["three"].named_law("forces").is_some()
    );
    let refused = |text: &str| {
        let mistakes = load("forces.toml", text, &Overrides::default()).expect_err("refused");
        format!("{mistakes:?}")
    };
    assert!(refused(&text(thirty, "")).contains("no network of at most 12 neurons"));
    let no_snapshots = text(THREE, "").replace("snapshots = [0.0, 0.5]\n", "");
    assert!(refused(&no_snapshots).contains("forces are kept at the snapshots"));
    let isotropic =
        text(THREE, "").replace(DATA, "[model.data.isotropic-gaussians]\ndimension = 10\nseparation = 0.4\n");
    assert!(refused(&isotropic).contains("on points in the plane alone"));
}
