//! Finished results that grow: a later end, more seeds, more points, later observations. Each equals what a
//! run from the beginning makes, bit for bit, and what cannot be taken over is computed again.

use crate::support;

use support::{Place, SMALL, timeless};

/// The scenario until t = 1, observed as often.
fn longer() -> String {
    let text = SMALL.replace("end-time = 0.5", "end-time = 1.0").replace("0..0.5:6", "0..1:11");
    text.replace("snapshots = [0.1, 0.5]", "snapshots = [0.1, 0.5, 1.0]")
}

/// Runs the scenario, then this one from its result, and compares with this one from the beginning.
fn extended(first: &str, second: &str) -> String {
    let place = Place::new();
    place.write("small.toml", first);
    place.meanfield(&["run", "small.toml"]).status(0);
    place.write("small.toml", second);
    let said = place.meanfield(&["run", "small.toml", "--extend"]).status(0);
    place.meanfield(&["run", "small.toml", "--output", "fresh"]).status(0);
    let [grown, fresh] = ["output/small", "fresh/small"].map(|result| place.records(result));
    assert_eq!(timeless(grown), timeless(fresh));
    said.message()
}

#[test]
fn a_later_end_goes_on_from_the_earlier_one() {
    let said = extended(SMALL, &longer());
    assert!(
        said.contains("of 4 runs 0 are taken from the result that is there, 4 go on from its end"),
        "{said}"
    );
}

#[test]
fn further_seeds_and_points_are_added() {
    let more = SMALL.replace("seeds = [1, 2]", "seeds = [2, 1, 5]");
    let said = extended(SMALL, &more);
    assert!(said.contains("of 5 runs 4 are taken from the result that is there"), "{said}");
    let varied = |values: &str| format!("{SMALL}\n[vary]\nmodel.initial.gaussian.scale = {values}\n");
    let said = extended(&varied("[0.8, 0.4]"), &varied("[0.2, 0.4, 0.8]"));
    assert!(said.contains("of 12 runs 8 are taken from the result that is there"), "{said}");
    let said = extended(SMALL, &varied("[0.4, 0.8]"));
    assert!(said.contains("of 8 runs 4 are taken from the result that is there"), "{said}");
}

#[test]
fn other_claims_and_systems_leave_the_rest() {
    let judged = SMALL.replace("within = 10.0", "within = 5.0").replace("A small", "Another");
    let said = extended(SMALL, &judged);
    assert!(said.contains("of 4 runs 4 are taken from the result that is there"), "{said}");
    let finer = SMALL.replace("cells = [100]", "cells = [120]");
    let said = extended(SMALL, &finer);
    assert!(said.contains("3 are taken from the result that is there, 0 go on"), "{said}");
}

#[test]
fn problems_without_time_are_not_solved_again() {
    let with_least =
        |text: &str| text.replace("[compare]", "[systems.least.landscape]\nmasses = 1\n\n[compare]");
    let more = SMALL.replace("seeds = [1, 2]", "seeds = [1, 2, 3]");
    let said = extended(&with_least(SMALL), &with_least(&more));
    assert!(said.contains("of 6 runs 5 are taken from the result that is there"), "{said}");
}

#[test]
fn an_end_that_cut_a_step_is_not_gone_on_from() {
    // Without a snapshot there the limits may step past t = 0.5, and observe it in between.
    let without = |text: &str| text.replace("snapshots = [0.1, 0.5", "snapshots = [0.1");
    let said = extended(&without(SMALL), &without(&longer()));
    assert!(said.contains("2 go on from its end, and 2 begin at t = 0"), "{said}");
    // Other observations before the end are other runs.
    let said = extended(SMALL, &longer().replace("0..1:11", "0..1:21"));
    assert!(said.contains("of 4 runs 0 are taken") && said.contains("4 begin at t = 0"), "{said}");
}

#[test]
fn what_a_run_knows_of_its_end_is_computed_again() {
    let known = |text: &str| text.replace("atoms = 20", "atoms = 20\nfluctuations-until = 10.0");
    let said = extended(&known(SMALL), &known(&longer()));
    assert!(said.contains("3 go on from its end, and 1 begin at t = 0"), "{said}");
}

#[test]
fn nothing_is_lost_where_a_result_cannot_grow() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    let before = place.files("output");
    place.write("small.toml", &longer());
    place.meanfield(&["run", "small.toml"]).status(2).says("--extend");
    place.meanfield(&["run", "small.toml", "--extend", "--overwrite"]).status(2);
    place.meanfield(&["sweep", "small.toml", "--extend", "--vary", "model.initial.gaussian.scale=0.2,0.4"]);
    assert_eq!(place.files("output"), before);
    // What was kept is damaged: it is computed again.
    let kept = place.path("output/small/.kept");
    let run = std::fs::read_dir(&kept).expect("kept").next().expect("one").expect("readable").path();
    std::fs::write(&run, "something else").expect("written");
    let said = place.meanfield(&["run", "small.toml", "--extend"]).status(0).message();
    assert!(said.contains("3 go on from its end, and 1 begin at t = 0"), "{said}");
    // The result that is there is this one now.
    place.meanfield(&["run", "small.toml", "--extend"]).status(0).says("held this result already");
}

#[test]
fn where_nothing_can_be_taken_the_reason_is_said() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    place.write("longer.toml", &longer());
    let said = place.meanfield(&["run", "longer.toml", "--extend"]).status(0).message();
    assert!(said.contains("there is no finished result in output/longer"), "{said}");
    place.write("small.toml", &SMALL.replace("scale = 0.8", "scale = 0.7"));
    let said = place.meanfield(&["run", "small.toml", "--extend"]).status(0).message();
    assert!(said.contains("of another model, dynamics, systems or seeds"), "{said}");
}
