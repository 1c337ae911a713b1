//! Runs that end early: killed, refused, resumed. What was computed is neither lost nor computed twice.

use crate::support;

use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use support::{Place, SMALL, left, send, timeless};

/// 2 × 250 000 steps: about a second, saved ten times a run.
const STEPS: f64 = 500_000.0;

/// A scenario that takes long enough to be killed.
fn long() -> Place {
    let place = Place::new();
    place.edit("neurons = 30\nstep-size = 1e-3", "neurons = 200\nstep-size = 2e-6");
    place
}

fn kill(mut child: Child) {
    child.kill().expect("SIGKILL");
    child.wait().expect("gone");
}

/// Waits until a run has been saved at least twice: at t = 0 nothing has been done yet.
fn wait_for_checkpoint(place: &Place) {
    let name = "output/small/.partial/sgd.seed-1.checkpoint";
    place.wait_for(name);
    let read = || std::fs::read(place.path(name)).expect("a checkpoint");
    let first = read();
    let started = Instant::now();
    while read() == first {
        assert!(started.elapsed() < Duration::from_secs(60), "no second checkpoint");
        sleep(Duration::from_millis(1));
    }
}

fn start(place: &Place, options: &[&str]) -> Child {
    place.start(&[&["run", "small.toml", "--checkpoint-every", "0"], options].concat())
}

/// The whole run, never interrupted.
fn uninterrupted(place: &Place) {
    place.meanfield(&["run", "small.toml", "--output", "whole"]).status(0);
}

fn same_records(place: &Place) {
    let whole = place.records("whole/small");
    let resumed = place.records("output/small");
    assert_eq!(timeless(whole), timeless(resumed));
}

#[test]
fn a_killed_run_goes_on_from_its_checkpoints() {
    let place = long();
    let child = start(&place, &["--threads", "1"]);
    wait_for_checkpoint(&place);
    kill(child);
    let before = place.files("output");
    place.meanfield(&["run", "small.toml"]).status(2).says("an unfinished run is in").says("--resume");
    place.meanfield(&["run", "small.toml", "--quick"]).status(2).says("an unfinished run of another");
    place
        .meanfield(&["run", "small.toml", "--quick", "--resume"])
        .status(2)
        .says("an unfinished run of another");
    assert_eq!(before, place.files("output"));
    place.meanfield(&["run", "small.toml", "--resume"]).status(0).says("goes on from t =");
    let steps =
        |result| place.summary(result)["systems"]["sgd"]["work_of_this_process"].as_f64().expect("a number");
    uninterrupted(&place);
    assert_eq!(steps("whole/small"), STEPS);
    assert!(steps("output/small") < STEPS, "{} steps were run again", steps("output/small"));
    same_records(&place);
    assert!(!place.path("output/small/.partial").exists());
}

#[test]
fn a_run_killed_at_any_moment_ends_as_if_it_had_not_been() {
    let place = long();
    for milliseconds in [1, 20, 60, 110, 170, 240, 320] {
        let child = start(&place, &["--resume"]);
        sleep(Duration::from_millis(milliseconds));
        kill(child);
    }
    place.meanfield(&["run", "small.toml", "--resume"]).status(0);
    uninterrupted(&place);
    same_records(&place);
}

#[test]
fn a_signal_at_any_moment_leaves_a_checkpoint_and_says_how_to_go_on() {
    // No checkpoint is written of the run's own accord.
    let slow = ["run", "small.toml", "--checkpoint-every", "1000"];
    let whole = long();
    uninterrupted(&whole);
    for (signal, status, milliseconds) in
        [("INT", 130, 0), ("TERM", 143, 70), ("INT", 130, 150), ("TERM", 143, 290)]
    {
        let place = long();
        let child = place.start_heard(&[&slow[..], &["--threads", "1"]].concat());
        place.wait_for("output/small/.partial/scenario.toml");
        sleep(Duration::from_millis(milliseconds));
        send(signal, &child);
        let (code, said) = left(child);
        assert_eq!(code, Some(status), "SIG{signal} after {milliseconds} ms:\n{said}");
        assert!(said.contains(&format!("interrupted by SIG{signal}")) && said.contains("--resume"), "{said}");
        assert!(!place.path("output/small/record.h5").exists());
        let begun = place.path("output/small/.partial/sgd.seed-1.checkpoint").exists();
        let resumed = place.meanfield(&["run", "small.toml", "--resume"]).status(0);
        assert_eq!(timeless(whole.records("whole/small")), timeless(place.records("output/small")));
        let steps = place.summary("output/small")["systems"]["sgd"]["work_of_this_process"].as_f64();
        let from_the_start = resumed.err.contains("sgd-seed-1 goes on from t = 0.0000");
        assert!(!begun || from_the_start || steps < Some(STEPS), "{steps:?} steps were run again");
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let place = long();
    let child = place.start_heard(&["run", "small.toml", "--threads", "1"]);
    place.wait_for("output/small/.partial/scenario.toml");
    sleep(Duration::from_millis(20));
    // The process does nothing until it finds both of one kind, or one of each: the second decides.
    send("STOP", &child);
    send("INT", &child);
    send("TERM", &child);
    send("CONT", &child);
    let (code, said) = left(child);
    assert!(matches!(code, Some(130 | 143)), "{code:?} {said}");
    assert!(said.is_empty(), "it had time to say {said}");
    place.meanfield(&["run", "small.toml", "--resume"]).status(0);
}

#[test]
fn a_signal_ends_a_problem_without_time_too() {
    let place = Place::new();
    let text = SMALL
        .replace(
            "isotropic-gaussians = { dimension = 40,",
            "anisotropic-gaussians = { dimension = 40, relevant-dimension = 10,",
        )
        .replace("[dynamics]", "unit.affine = {}\n[dynamics]\ntemperature = 0.002\nridge = 0.2")
        .replace("scale = 0.8 }", "scale = 0.8, a = { mean = 1.0 }, b = { mean = 1.0 } }");
    let systems = text.find("[systems").expect("there");
    place.write(
        "small.toml",
        &format!("{}[systems.gibbs.landscape]\nkernel-tolerance = 1e-2\n", &text[..systems]),
    );
    let child = place.start_heard(&["run", "small.toml"]);
    place.wait_for("output/small/.partial/scenario.toml");
    sleep(Duration::from_millis(100));
    send("TERM", &child);
    let (code, said) = left(child);
    assert_eq!(code, Some(143), "{said}");
    assert!(!place.path("output/small/record.h5").exists());
    place.meanfield(&["run", "small.toml", "--resume"]).status(0);
}

#[test]
fn a_signal_while_the_scenario_is_read_ends_at_once() {
    let place = Place::new();
    // A steep σ along a direction: many seconds until its tables and its kernel are there.
    let text = SMALL
        .replace(
            "isotropic-gaussians = { dimension = 40, separation = 0.8 }",
            "single-index = { dimension = 40, target.tanh = { gain = 2.0 } }",
        )
        .replace("piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }", "tanh = { gain = 200.0 }")
        .replace("cells = [100]", "cells = [20, 12]");
    place.write("small.toml", &text);
    let child = place.start_heard(&["run", "small.toml"]);
    sleep(Duration::from_millis(300));
    send("TERM", &child);
    let (code, said) = left(child);
    assert_eq!(code, Some(143), "{said}");
    assert!(said.is_empty() && !place.path("output").exists(), "{said}");
}

#[test]
fn overwriting_keeps_the_old_result_until_the_new_one_is_whole() {
    let place = long();
    place
        .meanfield(&["run", "small.toml", "--quick", "--set", "systems.sgd.finite-network.step-size=1e-3"])
        .status(0);
    let old = place.files("output");
    let child = start(&place, &["--overwrite"]);
    wait_for_checkpoint(&place);
    kill(child);
    let now = place.files("output");
    assert!(old.iter().all(|(path, bytes)| now.get(path) == Some(bytes)), "the old result was touched");
    place.meanfield(&["run", "small.toml"]).status(2).says("holds the result of another scenario");
    place.meanfield(&["run", "small.toml", "--resume"]).status(0).says("goes on from t =");
    assert_eq!(place.summary("output/small")["systems"]["sgd"]["facts"]["neurons"], 200.0);
}

#[test]
fn overwrite_starts_an_unfinished_run_again() {
    let place = long();
    let child = start(&place, &["--threads", "1"]);
    wait_for_checkpoint(&place);
    kill(child);
    place.meanfield(&["run", "small.toml", "--overwrite"]).status(0);
    assert_eq!(place.summary("output/small")["systems"]["sgd"]["work_of_this_process"], STEPS);
}

#[test]
fn a_damaged_checkpoint_is_refused() {
    let place = long();
    let child = start(&place, &["--threads", "1"]);
    wait_for_checkpoint(&place);
    kill(child);
    let path = place.path("output/small/.partial/sgd.seed-1.checkpoint");
    let whole = std::fs::read(&path).expect("a checkpoint");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for damaged in [&whole[..whole.len() - 100], &whole[..3], &[], &flipped] {
        std::fs::write(&path, damaged).expect("written");
        let said = place.meanfield(&["run", "small.toml", "--resume"]).status(2);
        said.says("sgd.seed-1.checkpoint cannot be used: it is damaged").says("--overwrite");
    }
    std::fs::write(&path, &whole).expect("written");
    place.meanfield(&["run", "small.toml", "--resume"]).status(0);
}

#[test]
fn a_second_process_on_one_folder_is_refused() {
    let place = long();
    let child = start(&place, &["--threads", "1"]);
    wait_for_checkpoint(&place);
    for options in [&[][..], &["--overwrite"], &["--resume"]] {
        let said = place.meanfield(&[&["run", "small.toml"], options].concat()).status(2);
        said.says("another process is writing to output/small");
    }
    kill(child);
}

#[test]
fn systems_whose_names_resemble_seeds_do_not_share_checkpoints() {
    let place = long();
    let text = std::fs::read_to_string(place.path("small.toml")).expect("there");
    place.write("small.toml", &text.replace("[systems.pde.", "[systems.sgd-seed-1."));
    let child = start(&place, &["--threads", "1"]);
    wait_for_checkpoint(&place);
    kill(child);
    place.meanfield(&["run", "small.toml", "--resume"]).status(0);
    uninterrupted(&place);
    same_records(&place);
}

#[test]
fn a_publication_that_was_interrupted_is_completed() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    place.meanfield(&["run", "small.toml", "--quick", "--output", "new"]).status(0);
    let folder = place.path("output/small");
    let partial = place.path("output/small/.partial");
    let new: Vec<_> = place.files("new/small").into_values().collect();
    std::fs::remove_dir_all(place.path("new/small/.kept")).expect("no part of what is published");
    std::fs::create_dir_all(partial.join("old")).expect("made");
    std::fs::rename(place.path("new/small"), partial.join("result")).expect("moved");
    for part in ["summary.json", "scenario.toml"] {
        std::fs::rename(folder.join(part), partial.join("old").join(part)).expect("moved");
    }
    place.meanfield(&["run", "small.toml", "--quick"]).status(0).says("nothing was computed");
    assert_eq!(place.files("output/small").into_values().collect::<Vec<_>>(), new);
    assert!(!partial.exists());
}

#[test]
fn a_run_that_fails_leaves_a_gap_and_may_be_tried_again() {
    let place = Place::new();
    // Steps of SGD that are far too long for outputs that grow with their inputs.
    let text = SMALL
        .replace("knots = [[0.5, -2.5], [1.5, 7.5]]", "knots = [[0.5, -2.5], [1.5, 7.5]], slopes = [0, 900]");
    place.write("small.toml", &text);
    let said = place.meanfield(&["run", "small.toml", "--threads", "1"]).status(1);
    assert!(said.out.contains("2 runs stopped before the end"), "{}", said.out);
    assert!(said.out.contains("sgd-seed-1: at t = ") && said.out.contains("a smaller `step-size`"));
    // The claim on what stopped does not hold, whatever was seen before; the other systems are all there.
    assert!(said.out.contains("DOES NOT HOLD, 2 of 2 runs of sgd stopped"), "{}", said.out);
    let records = place.records("output/small");
    assert_eq!(records.iter().map(|r| r.finished_runs()).collect::<Vec<_>>(), [1, 1, 0]);
    let summary = place.summary("output/small");
    assert_eq!((&summary["holds"], summary["failed"].as_array().map(Vec::len)), (&false.into(), Some(2)));
    // Asked again it says the same; told to resume it tries what stopped, and only that.
    let again = place.meanfield(&["run", "small.toml"]).status(1).says("nothing was computed");
    assert_eq!(again.out, said.out);
    let resumed = place.meanfield(&["run", "small.toml", "--resume"]).status(1);
    assert!(resumed.message().contains("pde is taken at its end, t = 0.5"), "{}", resumed.err);
    assert_eq!(place.summary("output/small")["systems"]["pde"]["work_of_this_process"], 0);
    place.meanfield(&["compare", "output/small/record.h5"]).status(1);
    place.meanfield(&["plot", "output/small/record.h5"]).status(0);
    place.write("small.toml", SMALL);
    place.meanfield(&["run", "small.toml"]).status(2).says("holds the result of another scenario");
    place.meanfield(&["run", "small.toml", "--overwrite"]).status(0);
    assert!(!place.path("output/small/.partial").exists());
}

#[test]
fn a_system_that_fails_at_once_takes_nobody_with_it() {
    let place = Place::new();
    place.write("one-fails.toml", ONE_FAILS);
    let said = place.meanfield(&["run", "one-fails.toml"]).status(1);
    assert!(said.out.contains("1 run stopped") && said.out.contains("gibbs: "), "{}", said.out);
    let systems: Vec<_> = place.records("output/one-fails").into_iter().map(|r| r.system).collect();
    assert_eq!(systems, ["pde", "sgd"]);
    place.write("reference-fails.toml", &ONE_FAILS.replace("reference = \"pde\"", "reference = \"gibbs\""));
    let said = place.meanfield(&["run", "reference-fails.toml"]).status(1);
    assert!(said.out.contains("DOES NOT HOLD, there is no record of gibbs"), "{}", said.out);
}

/// With so small a ridge the Gibbs state cannot be normalised, which is soon found.
const ONE_FAILS: &str = r#"title = "one system of three fails"
[model]
data.isotropic-gaussians = { dimension = 20, separation = 0.5 }
activation.tanh = { gain = 2.0, offset = -1.0 }
initial.gaussian = { scale = 0.8 }
[dynamics]
end-time = 1.0
schedule.constant = {}
temperature = 1e-3
ridge = 1e-13
[observe]
times = [0.1, 1.0]
snapshots = [1.0]
[systems.pde.finite-volume]
cells = [100]
[systems.gibbs.landscape]
[systems.sgd.finite-network]
neurons = 50
step-size = 1e-3
seeds = [1]
[compare]
reference = "pde"
[[compare.claim]]
system = "sgd"
quantity = "risk"
within = 10.0
"#;
