//! Many runs over keys: what a sweep is of, that a kill loses no finished run, that one failure
//! spoils no other.

use crate::support;

use std::thread::sleep;
use std::time::Duration;

use support::{Place, SMALL, left, send, timeless};

const KEYS: [&str; 4] = [
    "--vary",
    "model.data.isotropic-gaussians.separation=0.2..0.8:4",
    "--vary",
    "model.initial.gaussian.scale=0.5,0.8,1.1",
];

fn sweep(place: &Place, more: &[&str]) -> support::Said {
    place.meanfield(&[&["sweep", "small.toml"], &KEYS[..], more].concat())
}

#[test]
fn a_sweep_keeps_the_end_of_every_run() {
    let place = Place::new();
    let said = sweep(&place, &[]).status(0);
    assert!(said.out.contains("scale = 0.5, separation = 0.2"), "{}", said.out);
    let records = place.records("output/small-sweep");
    let shapes: Vec<_> =
        records.iter().map(|r| r.curve("risk").expect("risk").values.shape().to_vec()).collect();
    // The claim is about all times: they are kept, laws are not.
    assert_eq!(shapes, [vec![4, 3, 6], vec![4, 3, 6], vec![4, 3, 2, 6]]);
    assert!(!records.iter().any(meanfield_run::record::Record::has_laws));
    let drawn = place.files("output/small-sweep/figures").into_keys();
    let names: Vec<_> = drawn.map(|path| path.file_name().expect("a name").to_owned()).collect();
    let drawn = ["over_separation_and_scale.png", "over_separation_and_scale.svg", "risk.png", "risk.svg"];
    assert_eq!(names, drawn);
    // Each is the run that the scenario would be with these values.
    let set = [
        "--set",
        "model.data.isotropic-gaussians.separation=0.8",
        "--set",
        "model.initial.gaussian.scale=1.1",
    ];
    place.meanfield(&[&["run", "small.toml"], &set[..]].concat()).status(0);
    for (many, alone) in records.iter().zip(place.records("output/small")) {
        let last = |record: &meanfield_run::record::Record| {
            *record.curve("risk").expect("risk").values.last().expect("some")
        };
        // Adaptive steps end where something is observed: their errors differ.
        assert!((last(many) - last(&alone)).abs() < 1e-6, "{}", many.system);
    }
    sweep(&place, &[]).status(0).says("nothing was computed");
}

/// A sweep that takes long enough to be ended early.
fn long() -> Place {
    let place = Place::new();
    let text = SMALL.replace("end-time = 0.5", "end-time = 2.0");
    place.write("small.toml", &text.replace("0..0.5:6", "0..2:6").replace("[0.1, 0.5]", "[0.1, 2.0]"));
    place
}

#[test]
fn a_signal_keeps_the_finished_points_and_says_how_to_go_on() {
    let place = long();
    let child = place.start_heard(&[&["sweep", "small.toml"], &KEYS[..], &["--threads", "1"]].concat());
    let journal = "output/small-sweep/.partial/rows.checkpoint";
    place.wait_for(journal);
    while std::fs::metadata(place.path(journal)).expect("there").len() == 0 {
        sleep(Duration::from_millis(1));
    }
    send("TERM", &child);
    let (code, said) = left(child);
    assert_eq!(code, Some(143), "{said}");
    assert!(said.contains("interrupted by SIGTERM") && said.contains("--resume"), "{said}");
    assert!(!place.path("output/small-sweep/record.h5").exists());
    let resumed = sweep(&place, &["--resume"]).status(0);
    assert!(!resumed.message().contains("0 of 12 points are there"), "{}", resumed.err);
    sweep(&place, &["--output", "whole"]).status(0);
    let [resumed, whole] = ["output", "whole"].map(|folder| place.records(&format!("{folder}/small-sweep")));
    assert_eq!(timeless(resumed), timeless(whole));
}

#[test]
fn check_knows_sweeps() {
    let place = Place::new();
    let many = SMALL.replace(
        "[dynamics]",
        "[vary]\nmodel.data.isotropic-gaussians.separation = \"0.005..0.995:100\"\n\
         model.initial.gaussian.scale = \"0.5..1:50\"\n\n[dynamics]",
    );
    place.write("small.toml", &many);
    place.meanfield(&["run", "small.toml"]).status(2).says("use meanfield sweep");
    let said = place.meanfield(&["check", "small.toml"]).status(0).out;
    assert!(
        said.contains("5000 points of a sweep (meanfield sweep)") && said.contains("and 4980 more"),
        "{said}"
    );
    let estimate = |options: &[&str]| -> serde_json::Value {
        let said = place.meanfield(&[&["check", "small.toml", "--json"], options].concat()).status(0);
        serde_json::from_str(&said.out).expect("valid JSON")
    };
    let whole = estimate(&[]);
    assert!(whole["sweep"] == true && whole["points"] == 5000);
    // Ten times the points, ten times the time; in memory is what the threads do at once.
    let tenth = estimate(&["--sweep", "--set", "vary.model.initial.gaussian.scale=[0.5,0.6,0.7,0.8,1.0]"]);
    let of = |estimate: &serde_json::Value, what: &str| {
        estimate["systems"]["sgd"][what].as_f64().expect("a number")
    };
    assert!((of(&whole, "cpu_seconds") / of(&tenth, "cpu_seconds") - 10.0).abs() < 1e-6);
    assert_eq!(of(&whole, "bytes"), of(&tenth, "bytes"));
    let run = estimate(&["--set", "vary.model.initial.gaussian.scale=[0.5,0.6,0.7,0.8,1.0]"]);
    assert!(
        run["sweep"] == false && of(&run, "bytes") > 10.0 * of(&tenth, "bytes"),
        "a run holds all of its points"
    );
}

#[test]
fn a_sweep_killed_at_any_moment_ends_with_the_same_numbers() {
    let place = long();
    for milliseconds in [30, 90, 150, 40, 200, 120] {
        let mut child = place.start(&[&["sweep", "small.toml"], &KEYS[..], &["--resume"]].concat());
        sleep(Duration::from_millis(milliseconds));
        child.kill().expect("SIGKILL");
        child.wait().expect("gone");
    }
    sweep(&place, &["--resume"]).status(0).says("points are there already");
    sweep(&place, &["--output", "whole"]).status(0);
    let [killed, whole] = ["output", "whole"].map(|folder| place.records(&format!("{folder}/small-sweep")));
    assert_eq!(timeless(killed), timeless(whole));
    assert!(!place.path("output/small-sweep/.partial").exists());
}

#[test]
fn a_run_that_fails_leaves_a_gap_and_the_others_stay() {
    let place = Place::new();
    // With steps as long as this the network's weights leave the numbers.
    let text = SMALL.replace("piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }", "relu = {}");
    let text = text.replace("end-time = 0.5", "end-time = 50.0").replace("\"0..0.5:6\"", "[50.0]");
    place.write("small.toml", &text.replace("[0.1, 0.5]", "[50.0]"));
    let vary = [
        "--vary",
        "systems.sgd.finite-network.step-size=1e-3,0.5",
        "--vary",
        "model.initial.gaussian.scale=0.5,0.8",
    ];
    let said = place.meanfield(&[&["sweep", "small.toml"], &vary[..]].concat());
    let said = said.status(1);
    assert!(said.out.contains("runs stopped before the end") && said.out.contains("sgd-"), "{}", said.out);
    let records = place.records("output/small-sweep");
    let risks = &records[2].curve("risk").expect("risk").values;
    let finite = risks.iter().filter(|risk| risk.is_finite()).count();
    assert!(finite >= risks.len() / 2 && finite < risks.len(), "{risks}");
    assert!(records[0].curve("risk").expect("risk").values.iter().all(|risk| risk.is_finite()));
    let again = place.meanfield(&[&["sweep", "small.toml"], &vary[..]].concat());
    again.status(1).says("nothing was computed");
    // Told to resume, it tries the points of runs that stopped again, and no others.
    let again = place.meanfield(&[&["sweep", "small.toml", "--resume"], &vary[..]].concat());
    again.status(1).says("2 of 4 points are there already");
}

#[test]
fn without_claims_only_the_end_is_kept() {
    let place = Place::new();
    let claim = "[[compare.claim]]\nsystem = \"sgd\"\nquantity = \"risk\"\nwithin = 10.0\n";
    place.edit(claim, "");
    sweep(&place, &[]).status(0);
    assert!(place.records("output/small-sweep").iter().all(|record| record.time == [0.5]));
}

#[test]
fn a_claim_that_fails_is_a_failure_of_a_sweep_too() {
    let place = Place::new();
    place.edit("within = 10.0", "from = 0.1\nwithin = 0.05");
    let vary = ["--vary", "systems.sgd.finite-network.neurons=2,500"];
    let said = place.meanfield(&[&["sweep", "small.toml"], &vary[..]].concat()).status(1);
    assert!(said.out.contains("DOES NOT HOLD"), "{}", said.out);
    let summary = place.summary("output/small-sweep");
    let claim = &summary["comparison"]["claims"][0];
    assert_eq!((&summary["holds"], &claim["holds"]), (&false.into(), &false.into()));
    // two neurons fail, five hundred do not
    let failing = claim["failing"].as_array().expect("a list");
    assert_eq!((failing.len(), &failing[0]["point"]["neurons"]), (1, &2.0.into()));
    place.meanfield(&[&["sweep", "small.toml"], &vary[..]].concat()).status(1).says("nothing was computed");
    let run = "[vary]\nsystems.sgd.finite-network.neurons = [2, 500]\n[dynamics]";
    let text = std::fs::read_to_string(place.path("small.toml")).expect("there");
    place.write("small.toml", &text.replace("[dynamics]", run));
    place.meanfield(&["run", "small.toml"]).status(1);
    let run = place.summary("output/small");
    assert_eq!(run["comparison"]["claims"][0]["worst"], claim["worst"], "as the run judges it");
}

#[test]
fn what_is_varied_is_checked() {
    let place = Place::new();
    let vary = |what: &str| place.meanfield(&["sweep", "small.toml", "--vary", what]).status(2);
    vary("model.initial.gaussian.scal=1,2").says("[--vary:1:24]").says("did you mean `scale`?");
    vary("model.initial.gaussian.scale").says("--vary model.initial.gaussian.scale has no `=`");
    vary("model.initial.gaussian.scale=0.8").says("at least one key");
    let scale = "model.initial.gaussian.scale=0.5,0.8";
    for twice in [["--vary", scale], ["--set", "model.initial.gaussian.scale=0.3"]] {
        let said = place.meanfield(&[&["sweep", "small.toml", "--vary", scale], &twice[..]].concat());
        said.status(2).says("is given twice");
    }
    vary("model.initial.gaussian.scale=0.8,-1").says("scale").says("[--vary:1:34]");
    vary("model.initial.gaussian.scale=0.1..x:3").says("is no range").says("[--vary:1:30]");
    place.meanfield(&["sweep", "small.toml"]).status(2).says("at least one key");
    assert!(place.files("output").is_empty());
}
