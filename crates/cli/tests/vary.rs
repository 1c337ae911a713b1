//! A scenario over several points, from the file to the figures; errors from two resolutions.

use crate::support;

use std::time::{Duration, Instant};

use serde_json::Value as Json;
use support::{Place, SMALL, timeless};

const VARY: &str = "[vary]\nmodel.initial.gaussian.scale = [0.8, 1.2]\n\n";

/// The small scenario over two scales of the start.
fn varied() -> Place {
    let place = Place::new();
    place.write("small.toml", &SMALL.replace("[dynamics]", &format!("{VARY}[dynamics]")));
    place
}

#[test]
fn every_point_is_run_compared_stored_and_drawn() {
    let place = varied();
    let said = place.meanfield(&["run", "small.toml"]).status(0);
    for words in ["scale = 0.8", "scale = 1.2", "sgd        finite-network ×4", ", scale = "] {
        assert!(said.out.contains(words), "no {words} in\n{}", said.out);
    }
    let records = place.records("output/small");
    let shapes: Vec<_> =
        records.iter().map(|r| r.curve("risk").expect("risk").values.shape().to_vec()).collect();
    assert_eq!(shapes, [vec![2, 6], vec![2, 6], vec![2, 2, 6]]);
    let axis = &records[2].axes[0];
    assert_eq!((axis.name.as_str(), axis.key.as_deref()), ("scale", Some("model.initial.gaussian.scale")));
    // each point is the scenario with that value
    place.write("alone.toml", &SMALL.replace("scale = 0.8", "scale = 1.2"));
    place.meanfield(&["run", "alone.toml"]).status(0);
    for (together, alone) in records.iter().zip(place.records("output/alone")) {
        let there = meanfield_run::record::Place { value: 1.2, axis: "scale".into(), key: None };
        let point = together.at(&[there]).expect("there");
        assert_eq!(timeless(vec![point]), timeless(vec![alone]));
    }
    let summary = place.summary("output/small");
    let points = summary["systems"]["sgd"]["points"].as_array().expect("points");
    assert_eq!((&points[1]["at"]["scale"], points.len()), (&Json::from(1.2), 2));
    assert!(summary["comparison"]["claims"][0]["point"]["scale"].is_number(), "{summary}");
    assert_eq!(place.files("output/small/figures").len(), 4);
    let again = place.meanfield(&["run", "small.toml"]).status(0).says("nothing was computed");
    assert_eq!(again.out, said.out);
    let drawn = place.files("output/small/figures");
    place.meanfield(&["plot", "output/small/record.h5"]).status(0);
    assert_eq!(drawn, place.files("output/small/figures"));
    let compared = place.meanfield(&["compare", "output/small/record.h5"]).status(0).out;
    assert!(compared.contains("holds, worst") && compared.contains(", scale = "), "{compared}");
}

#[test]
fn check_prints_the_points_and_their_cost() {
    let place = varied();
    let said = place.meanfield(&["check", "small.toml"]).status(0).out;
    assert!(said.contains("2 points:\n    scale = 0.8\n    scale = 1.2"), "{said}");
    let one =
        place.meanfield(&["check", "small.toml", "--set", "model.initial.gaussian.scale=1.0"]).status(0).out;
    assert!(!one.contains("point"), "{one}");
}

#[test]
fn mistakes_stand_where_the_value_was_typed() {
    let place = varied();
    let refused = |vary: &str, at: &str, words: &str| {
        place.write("wrong.toml", &SMALL.replace("[dynamics]", &format!("[vary]\n{vary}\n\n[dynamics]")));
        let said = place.meanfield(&["run", "wrong.toml"]).status(2).says(&format!("[wrong.toml:{at}]"));
        said.says(words);
        place.meanfield(&["check", "wrong.toml"]).status(2);
    };
    refused("model.initial.gaussian.scale = [0.8, -1.0]", "9:38", "it is -1.0 (at scale = -1)");
    refused("model.initial.gaussian.scael = [0.8]", "9:24", "did you mean `scale`?");
    refused("systems.sgd.finite-network.seeds = [3]", "9:28", "seeds are an axis of their own");
    refused("model.initial.gaussian.scale = \"log(0..1:3)\"", "9:32", "must stay above 0");
    refused("model.data.isotropic-gaussians.dimension = [40.5]", "9:45", "must be an integer");
    refused("systems.sgd.finite-network.step-size = [1e-3, 0.3]", "9:47", "fall on the same step");
    let set = ["run", "small.toml", "--set", "vary.model.initial.gaussian.scale=[0.8, -2.0]"];
    place.meanfield(&set).status(2).says("[--set:1:").says("it is -2.0 (at scale = -2)");
    assert!(!place.path("output").exists());
}

#[test]
fn a_killed_run_over_points_goes_on_from_its_checkpoints() {
    let place = varied();
    let text = std::fs::read_to_string(place.path("small.toml")).expect("there");
    let slow = text.replace("neurons = 30\nstep-size = 1e-3", "neurons = 200\nstep-size = 4e-6");
    place.write("small.toml", &slow.replace("title", "refinement = true\ntitle"));
    let options = ["run", "small.toml", "--checkpoint-every", "0", "--threads", "1"];
    let mut child = place.start(&options);
    let started = Instant::now();
    let partial = place.path("output/small/.partial");
    while !partial.join("sgd.scale-1.2.seed-1.checkpoint").exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "no checkpoint");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("gone");
    let checkpoints: Vec<_> =
        std::fs::read_dir(&partial).expect("there").flatten().map(|e| e.file_name()).collect();
    assert!(checkpoints.iter().any(|name| name == "sgd.scale-0.8.seed-1.checkpoint"), "{checkpoints:?}");
    place.meanfield(&["run", "small.toml"]).status(2).says("an unfinished run is in");
    place
        .meanfield(&["run", "small.toml", "--resume"])
        .status(0)
        .says("sgd-scale-1.2-seed-1 goes on from t =");
    place.meanfield(&["run", "small.toml", "--output", "whole"]).status(0);
    assert_eq!(timeless(place.records("whole/small")), timeless(place.records("output/small")));
    let steps =
        |result| place.summary(result)["systems"]["sgd"]["work_of_this_process"].as_f64().expect("a number");
    assert!(steps("output/small") < steps("whole/small"));
    assert!(!partial.exists());
}

#[test]
fn refinement_gives_every_curve_its_error() {
    let place = Place::new();
    place.edit("cells = [100]", "cells = [240]");
    let said = place.meanfield(&["run", "small.toml", "--refine"]).status(0);
    assert!(
        said.out.contains("density ≥ 0, energy balance to") && said.out.contains("0 steps repeated; risk ± "),
        "{}",
        said.out
    );
    let records = place.records("output/small");
    assert_eq!(records.iter().map(|r| r.system.as_str()).collect::<Vec<_>>(), ["atoms", "pde", "sgd"]);
    let [atoms, pde, sgd] = &records[..] else { panic!("three systems") };
    for record in [atoms, pde] {
        for name in ["risk", "mean_radius", "std_radius"] {
            assert!(
                record.curve(format!("{name}_refinement_error")).is_some(),
                "{name} of {}",
                record.system
            );
        }
        assert!(
            record.curve("mass_error_refinement_error").is_none()
                && record.fact("coarse_cpu_seconds").is_some()
        );
    }
    assert!(sgd.curves.iter().all(|curve| !curve.name.contains("refinement")));
    // the companion is the scenario at half the resolution, and the error the distance from it
    place.edit("cells = [100]", "cells = [120]");
    place.meanfield(&["run", "small.toml", "--output", "coarse"]).status(0);
    let coarse = place.records("coarse/small");
    let error = &pde.curve("risk_refinement_error").expect("there").values;
    let fine = &pde.curves[0].values;
    let coarse = &coarse[1].curves[0].values;
    let differences = (fine - coarse).mapv(f64::abs);
    // The largest at times within a factor 2, and what the kernel leaves out (below 1e-9) on top.
    assert!(error.iter().zip(&differences).all(|(error, difference)| error >= difference));
    let largest = |values: Vec<f64>| values.into_iter().fold(0.0, f64::max);
    let both = (largest(error.iter().copied().collect()), largest(differences.into_iter().collect()));
    assert!((both.0 - both.1).abs() < 1e-8, "{both:?}");
    assert!(error.iter().any(|error| *error > 0.0));
    // the option is the key
    let set =
        ["run", "small.toml", "--set", "refinement=true", "--set", "systems.pde.finite-volume.cells=[240]"];
    place.meanfield(&set).status(0).says("nothing was computed");
}

#[test]
fn numbers_of_neurons_and_steps_are_varied_for_sgd_alone() {
    let place = Place::new();
    let vary = "[vary]\nsystems.sgd.finite-network.neurons = [20, 30]\n\
                systems.sgd.finite-network.step-size = [1e-3, 3e-3]\n\n";
    place.write("small.toml", &SMALL.replace("[dynamics]", &format!("{vary}[dynamics]")));
    place.meanfield(&["run", "small.toml"]).status(0);
    let records = place.records("output/small");
    assert_eq!((records[0].runs(), records[1].runs(), records[2].runs()), (1, 1, 8));
    assert_eq!(records[2].facts_named("neurons"), [20.0, 20.0, 20.0, 20.0, 30.0, 30.0, 30.0, 30.0]);
    let points = place.summary("output/small")["systems"]["sgd"]["points"].clone();
    assert_eq!(
        (&points[3]["facts"]["neurons"], &points[3]["at"]["step_size"]),
        (&Json::from(30.0), &Json::from(3e-3))
    );
    place.meanfield(&["plot", "output/small/record.h5"]).status(0);
}

#[test]
fn the_scenario_may_say_how_figures_are_drawn() {
    let place = Place::new();
    place.edit("[quick]", "[figure]\ninset = [\"mean_radius\"]\nover = \"step\"\n\n[quick]");
    place.meanfield(&["run", "small.toml"]).status(0);
    let figure = || std::fs::read_to_string(place.path("output/small/figures/risk.svg")).expect("drawn");
    let drawn =
        || ["mean radius |w|", "SGD step k = t/ε"].map(|word| figure().contains(&format!(">{word}<")));
    assert_eq!(drawn(), [true, true]);
    std::fs::remove_dir_all(place.path("output/small/figures")).expect("removed");
    place.meanfield(&["plot", "output/small/record.h5"]).status(0);
    assert_eq!(drawn(), [true, true]);
    place.edit("[quick]", "[figure]\ninset = \"mean_raduis\"\n\n[quick]");
    place
        .meanfield(&["run", "small.toml"])
        .status(2)
        .says("[small.toml:35:")
        .says("did you mean `mean_radius`?");
}
