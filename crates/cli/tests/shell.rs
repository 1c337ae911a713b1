//! What a shell and a batch system meet: templates, completions, manual pages, progress as lines, the
//! limit of time.

use crate::support;

use serde_json::Value as Json;
use support::{Place, left};

/// The folders of `scenarios/`: the families of which there is a scenario.
fn families() -> Vec<String> {
    let scenarios = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let folders = std::fs::read_dir(scenarios).expect("scenarios").map(|entry| entry.expect("an entry"));
    folders.filter_map(|folder| folder.file_name().into_string().ok()).collect()
}

/// A family's template in a folder of its own, checked; it must be there for each folder of `scenarios/`.
fn template(family: &str) -> (Place, String) {
    let place = Place::new();
    place.meanfield(&["new", family]).status(0);
    let file = format!("{family}.toml");
    place.meanfield(&["check", &file]).status(0);
    (place, file)
}

fn holds_when_it_is_quick(family: &str) {
    let (place, file) = template(family);
    let said = place.meanfield(&["run", &file, "--quick"]).status(0);
    assert!(said.out.contains("): holds"), "{}", said.out);
}

#[test]
fn every_family_has_a_template_that_is_a_scenario() {
    let families = families();
    assert!(families.len() > 8, "{families:?}");
    families.iter().for_each(|family| {
        template(family);
    });
    ["isotropic", "anisotropic", "noisy"].into_iter().for_each(holds_when_it_is_quick);
}

#[test]
#[ignore = "a minute"]
fn every_template_holds_when_it_is_quick() {
    families().iter().for_each(|family| holds_when_it_is_quick(family));
}

#[test]
fn a_template_replaces_nothing() {
    let place = Place::new();
    place.write("isotropic.toml", "mine");
    place.meanfield(&["new", "isotropic"]).status(2).says("is there already");
    assert_eq!(std::fs::read_to_string(place.path("isotropic.toml")).expect("there"), "mine");
    place.meanfield(&["new", "isotropic", "--output", "mine.toml"]).status(0);
    place.meanfield(&["new", "isotropic", "--output", "missing/mine.toml"]).status(2);
    place.meanfield(&["new", "nothing"]).status(2).says("possible values");
}

#[test]
fn shells_are_told_the_verbs_and_their_options() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = place.meanfield(&["completions", shell]).status(0).out;
        assert!(script.contains("checkpoint-every") && script.contains("report"), "{shell}");
    }
    place.meanfield(&["manual-pages", "man"]).status(0);
    let pages = place.files("man");
    let names: Vec<_> = pages.keys().filter_map(|path| path.file_name()?.to_str()).collect();
    assert!(names.contains(&"meanfield.1") && names.contains(&"meanfield-run.1"), "{names:?}");
}

#[test]
fn progress_is_json_or_nothing_on_request() {
    let place = Place::new();
    let said = place.meanfield(&["run", "small.toml", "--progress", "json"]).status(0);
    let events: Vec<Json> = said.err.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let count = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    assert_eq!((count("begin"), count("end")), (4, 4), "{}", said.err);
    let quiet = Place::new();
    assert_eq!(quiet.meanfield(&["run", "small.toml", "-q"]).status(0).err, "");
    let verbose = Place::new();
    verbose.meanfield(&["run", "small.toml", "-v"]).status(0).says("Z pde begins at t = 0");
}

#[test]
fn the_limit_of_time_leaves_a_checkpoint_and_status_3() {
    let place = Place::new();
    place.edit("end-time = 0.5", "end-time = 500.0");
    let (status, said) = left(place.start_heard(&["run", "small.toml", "--max-wall", "700ms"]));
    assert_eq!(status, Some(3), "{said}");
    assert!(said.contains("--max-wall") && said.contains("--resume"), "{said}");
    let partial = place.files("output/small/.partial");
    assert!(
        partial.keys().any(|path| path.extension().is_some_and(|end| end == "checkpoint")),
        "{partial:?}"
    );
    place.meanfield(&["run", "small.toml", "--max-wall", "soon"]).status(2);
}
