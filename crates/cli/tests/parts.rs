//! A sweep and a run computed in parts by several processes, some killed, one lost: merged, they are what one
//! process makes.

use crate::support;

use std::thread::sleep;
use std::time::Duration;

use support::{Place, SMALL, Said, timeless};

/// Five points over Δ of a small sweep, that take a little longer than starting a process.
const SWEEP: [&str; 4] =
    ["sweep", "small.toml", "--vary", "model.data.isotropic-gaussians.separation=0.2..0.8:13"];

fn part(place: &Place, verb: &[&str], part: &str) -> Said {
    place.meanfield(&[verb, &["--part", part]].concat())
}

fn place() -> Place {
    let place = Place::new();
    let text = SMALL.replace("end-time = 0.5", "end-time = 2.0");
    place.write("small.toml", &text.replace("0..0.5:6", "0..2:6").replace("[0.1, 0.5]", "[0.1, 2.0]"));
    place
}

/// What lies in the parts equals what one process makes.
fn assert_whole(place: &Place, verb: &[&str], folder: &str) {
    place.meanfield(&[verb, &["--output", "whole"]].concat()).status(0);
    let [merged, whole] = ["output", "whole"].map(|above| place.records(&format!("{above}/{folder}")));
    assert_eq!(timeless(merged), timeless(whole));
    assert!(!place.path("output").join(folder).join(".parts").exists());
    assert!(!place.path("output").join(folder).join(".partial").exists());
}

#[test]
fn parts_of_a_sweep_killed_and_lost_merge_into_the_whole() {
    let place = place();
    for killed in ["2/4", "3/4"] {
        let mut child = place.start(&[&SWEEP[..], &["--part", killed]].concat());
        sleep(Duration::from_millis(60));
        child.kill().expect("SIGKILL");
        child.wait().expect("gone");
    }
    part(&place, &SWEEP, "1/4").status(0).says("meanfield merge");
    part(&place, &SWEEP, "4/4").status(0);
    let parts = place.path("output/small-sweep/.parts");
    std::fs::remove_dir_all(parts.join("4-of-4")).expect("there");
    let merge = ["merge", "output/small-sweep"];
    let said = place.meanfield(&merge).status(2);
    let message = said.message();
    assert!(message.contains("part 4/4 is not there") && !message.contains("part 1/4"), "{message}");
    assert!(!place.path("output/small-sweep/record.h5").exists());
    for again in ["2/4", "3/4", "4/4"] {
        part(&place, &SWEEP, again).status(0);
    }
    place.meanfield(&merge).status(0).says("13 of 13 points are there already");
    assert_whole(&place, &SWEEP, "small-sweep");
    place.meanfield(&merge).status(2).says("holds no parts");
}

#[test]
fn parts_of_a_run_may_be_computed_elsewhere() {
    let place = place();
    let verb = ["run", "small.toml", "--set", "systems.sgd.finite-network.seeds=[1,2,3]"];
    part(&place, &verb, "1/2").status(0);
    part(&place, &[&verb[..], &["--output", "elsewhere"]].concat(), "2/2").status(0);
    let [here, there] = ["output", "elsewhere"].map(|above| place.path(&format!("{above}/small/.parts")));
    std::fs::rename(there.join("2-of-2"), here.join("2-of-2")).expect("moved");
    place.meanfield(&["merge", "output/small"]).status(0);
    assert_whole(&place, &verb, "small");
}

#[test]
fn a_run_that_fails_in_its_part_leaves_its_gap_in_the_whole() {
    let place = Place::new();
    let text = SMALL.replace("piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }", "relu = {}");
    let text = text.replace("end-time = 0.5", "end-time = 50.0").replace("\"0..0.5:6\"", "[50.0]");
    place.write("small.toml", &text.replace("[0.1, 0.5]", "[50.0]"));
    let vary = ["sweep", "small.toml", "--vary", "systems.sgd.finite-network.step-size=1e-3,0.5"];
    part(&place, &vary, "1/2").status(0);
    part(&place, &vary, "2/2").status(0);
    let said = place.meanfield(&["merge", "output/small-sweep"]).status(1);
    assert!(said.out.contains("runs stopped before the end"), "{}", said.out);
}

#[test]
fn parts_that_mean_nothing_are_refused() {
    let place = Place::new();
    for wrong in ["0/3", "4/3", "3", "a/b", "array/3"] {
        part(&place, &SWEEP, wrong).status(2);
    }
    assert!(!place.path("output").exists());
    part(&place, &SWEEP, "1/2").status(0);
    part(&place, &SWEEP, "1/3").status(2).says("another number of parts");
    let other = [&SWEEP[..], &["--quick"]].concat();
    part(&place, &other, "2/2").status(2).says("another scenario");
    place.meanfield(&["merge", "output"]).status(2).says("holds no parts");
}
