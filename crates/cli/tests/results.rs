//! What the verbs do when all goes well: what is written, printed, kept and replaced.

use crate::support;

use std::io::Read;
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value as Json;
use support::{Place, SMALL, timeless};

const FIGURE_1: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/isotropic/figure-1.toml");

#[test]
fn a_run_leaves_a_whole_result_and_nothing_else() {
    let place = Place::new();
    let said = place.meanfield(&["run", "small.toml"]).status(0);
    assert!(said.out.contains("A small scenario") && said.out.contains("holds, worst"), "{}", said.out);
    let files = place.files("output");
    let mut names: Vec<_> =
        files.keys().map(|file| file.strip_prefix(place.path("output/small")).expect("inside")).collect();
    names.sort();
    let summary = place.summary("output/small");
    let mut stated: Vec<&str> =
        summary["files"].as_object().expect("a table").keys().map(String::as_str).collect();
    let figures =
        ["law_radius.png", "law_radius.svg", "risk.png", "risk.svg"].map(|name| format!("figures/{name}"));
    for part in figures.iter().map(String::as_str).chain(["record.h5", "scenario.toml"]) {
        assert!(stated.contains(&part), "{part} is not among {stated:?}");
    }
    stated.push("summary.json");
    assert_eq!(names, stated.iter().map(std::path::Path::new).collect::<Vec<_>>());
    assert!(!place.path("output/small/.partial").exists());
    // Each run is kept for `--extend`.
    assert_eq!(std::fs::read_dir(place.path("output/small/.kept")).expect("made").count(), 4);
    let records = place.records("output/small");
    assert_eq!(records.iter().map(|r| r.system.as_str()).collect::<Vec<_>>(), ["atoms", "pde", "sgd"]);
    assert_eq!(records[2].runs(), 2);
}

#[test]
fn the_landscape_alone_goes_to_a_folder_of_its_own() {
    let place = Place::new();
    let set = ["--set", "dynamics.temperature=0.03", "--set", "dynamics.ridge=0.2"];
    let said = place.meanfield(&[&["landscape", "small.toml"], &set[..]].concat()).status(0);
    for words in ["R = 0.700916, F = 0.410461", "radius 2.7773 ± 0.360", "landscape"] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    assert!(!said.out.contains("pde") && !place.path("output/small").exists());
    let [gibbs] = &place.records("output/small-landscape")[..] else { panic!("one record") };
    assert_eq!((&gibbs.time[..], &gibbs.snapshot_time[..]), (&[0.5][..], &[0.5][..]), "observed once");
}

/// A target, the plateau of its first degree, and one limit beside it.
const PLATEAU: &str = r#"title = "plateau"
[model]
data.single-index = { dimension = 40, target.hermite.coefficients = [0.0, 0.8, 0.6] }
activation.hermite.coefficients = [0.0, 0.5, 0.3]
initial.gaussian = { scale = 0.8 }
[dynamics]
end-time = 0.5
schedule.constant = {}
[observe]
times = [0.0, 0.5]
snapshots = [0.0, 0.5]
[systems.atoms.characteristics]
atoms = 16
kernel-tolerance = 1e-2
[systems.plateau.landscape]
degree = 1
[compare]
reference = "atoms"
"#;

#[test]
fn a_system_without_a_law_is_written_read_and_drawn() {
    let place = Place::new();
    place.write("plateau.toml", PLATEAU);
    let said = place.meanfield(&["run", "plateau.toml"]).status(0);
    assert!(said.out.contains("R = 0.360000"), "{}", said.out);
    let records = place.records("output/plateau");
    let plateau = records.iter().find(|record| record.system == "plateau").expect("written");
    assert!(plateau.measures().is_empty() && plateau.levels.is_empty() && plateau.curves.len() == 1);
    assert!(place.path("output/plateau/figures/risk.png").exists());
    place.meanfield(&["plot", "output/plateau/record.h5"]).status(0);
}

#[test]
fn points_with_noise_and_without_share_an_axis() {
    let place = Place::new();
    place
        .edit("[systems.atoms.characteristics]\natoms = 20\n", "[vary]\ndynamics.temperature = [0.0, 0.1]\n");
    let text = std::fs::read_to_string(place.path("small.toml")).expect("there");
    place.write("small.toml", &text.replace("\"atoms\"", "\"pde\""));
    place.meanfield(&["run", "small.toml"]).status(0);
    let records = place.records("output/small");
    let has = |name: &str| records[0].curve(name).is_some();
    assert!(has("free_energy") && has("mass_error") && !has("cfl_margin") && !has("free_energy_rise"));
}

#[test]
fn json_alone_goes_to_standard_output() {
    let place = Place::new();
    let said = place.meanfield(&["run", "small.toml", "--json"]).status(0);
    let printed: Json = serde_json::from_str(&said.out).expect("valid JSON");
    assert_eq!(printed, place.summary("output/small"));
    assert_eq!(printed["holds"], Json::Bool(true));
}

#[test]
fn a_second_run_computes_nothing_and_says_the_same() {
    let place = Place::new();
    let first = place.meanfield(&["run", "small.toml"]).status(0);
    let before = place.files("output");
    let second = place.meanfield(&["run", "small.toml"]).status(0).says("nothing was computed");
    assert_eq!(first.out, second.out);
    place.meanfield(&["run", "small.toml", "--resume"]).status(0).says("nothing was computed");
    assert_eq!(before, place.files("output"));
}

#[test]
fn numbers_that_are_none_survive_in_the_summary() {
    let place = Place::new();
    place.edit("atoms = 20", "atoms = 20\nfluctuations-until = 0.2");
    let first = place.meanfield(&["run", "small.toml", "--json"]).status(0);
    let summary = place.summary("output/small");
    assert_eq!(summary["systems"]["atoms"]["end"]["bias_per_neuron"], Json::Null);
    let second = place.meanfield(&["run", "small.toml", "--json"]).status(0).says("nothing was computed");
    assert_eq!(first.out, second.out);
    let again = place.meanfield(&["compare", "output/small/record.h5", "--json"]).status(0);
    let again: Json = serde_json::from_str(&again.out).expect("valid JSON");
    assert_eq!(again, summary["comparison"]);
}

#[test]
fn a_claim_that_does_not_hold_is_status_1_and_the_result_stays() {
    let place = Place::new();
    place.edit("within = 10.0", "within = 1e-6");
    let said = place.meanfield(&["run", "small.toml"]).status(1);
    assert!(
        said.out.contains("risk of sgd within 0.000001 (t in [0, 0.5], 6 times): DOES NOT HOLD"),
        "{}",
        said.out
    );
    assert_eq!(place.summary("output/small")["holds"], Json::Bool(false));
    place.meanfield(&["run", "small.toml"]).status(1).says("nothing was computed");
    place.meanfield(&["compare", "output/small/record.h5"]).status(1);
    place.meanfield(&["plot", "output/small/record.h5"]).status(0);
}

#[test]
fn another_scenario_does_not_replace_a_result_unasked() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    let before = place.files("output");
    for options in [&["--quick"][..], &["--set", "dynamics.end-time=0.6"], &["--quick", "--resume"]] {
        let said = place.meanfield(&[&["run", "small.toml"], options].concat()).status(2);
        said.says("holds the result of another scenario").says("--overwrite");
        assert_eq!(before, place.files("output"), "{options:?}");
    }
    place.meanfield(&["run", "small.toml", "--quick", "--overwrite"]).status(0);
    assert_eq!(place.summary("output/small")["systems"]["sgd"]["facts"]["neurons"], 20.0);
    assert!(!place.path("output/small/.partial").exists());
    place.meanfield(&["run", "small.toml", "--quick"]).status(0).says("nothing was computed");
}

#[test]
fn a_result_that_lacks_a_part_is_not_taken_for_whole() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    std::fs::remove_file(place.path("output/small/record.h5")).expect("removed");
    place.meanfield(&["run", "small.toml"]).status(2).says("whose record.h5 is missing").says("--overwrite");
    place.meanfield(&["run", "small.toml", "--overwrite"]).status(0);
    assert_eq!(place.records("output/small").len(), 3);
}

#[test]
fn overrides_win_over_quick_over_the_file() {
    let place = Place::new();
    let neurons = |options: &[&str]| {
        place.meanfield(&[&["run", "small.toml", "--overwrite"], options].concat()).status(0);
        place.summary("output/small")["systems"]["sgd"]["facts"]["neurons"].as_f64().expect("a number")
    };
    let set = "systems.sgd.finite-network.neurons=10";
    assert_eq!(
        (neurons(&[]), neurons(&["--quick"]), neurons(&["--quick", "--set", set])),
        (30.0, 20.0, 10.0)
    );
}

#[test]
fn the_number_of_threads_does_not_show_in_the_record() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml", "--threads", "1", "--output", "one"]).status(0);
    place.meanfield(&["run", "small.toml", "--threads", "2", "--output", "two"]).status(0);
    let one = place.records("one/small");
    let two = place.records("two/small");
    assert_eq!(timeless(one), timeless(two));
}

#[test]
fn check_says_what_would_run_and_writes_nothing() {
    let place = Place::new();
    let before = place.files("");
    let said = place.meanfield(&["check", "small.toml"]).status(0);
    for words in ["pde", "finite-volume", "CPU s", "6 times, 2 snapshots", "risk of sgd within 10"] {
        assert!(said.out.contains(words), "no {words} in\n{}", said.out);
    }
    assert_eq!(before, place.files(""));
    assert!(!place.path("output").exists());
}

#[test]
fn the_example_of_the_help_works_on_figure_1() {
    let place = Place::new();
    let help = place.meanfield(&["run", "--help"]).status(0).out;
    let words: Vec<&str> = help.split_whitespace().collect();
    let example =
        words.windows(3).find(|three| three[0] == "e.g." && three[1] == "--set").expect("an example")[2];
    place.meanfield(&["check", FIGURE_1, "--set", example]).status(0);
}

#[test]
fn results_keep_their_family_and_are_found_at_the_shorter_path() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("scenarios/near")).expect("made");
    std::fs::create_dir_all(place.path("scenarios/far")).expect("made");
    for family in ["near", "far"] {
        place.write(&format!("scenarios/{family}/small.toml"), SMALL);
    }
    // A result of version 0.2, without a family, is used.
    place.meanfield(&["run", "small.toml"]).status(0);
    place.meanfield(&["run", "scenarios/near/small.toml"]).status(0).says("output/small held this result");
    std::fs::remove_dir_all(place.path("output")).expect("removed");
    for family in ["near", "far"] {
        place.meanfield(&["run", &format!("scenarios/{family}/small.toml")]).status(0).says("written");
        assert!(place.path(&format!("output/{family}/small/record.h5")).exists());
        let link = std::fs::read_link(place.path("output/small")).expect("a link");
        assert_eq!(link, std::path::Path::new(family).join("small"), "to the last result");
    }
    place.meanfield(&["compare", "output/small/record.h5"]).status(0);
    place.meanfield(&["run", "scenarios/near/small.toml"]).status(0).says("nothing was computed");
    // A scenario without a family takes the place of the link, and never writes through it.
    let far = place.files("output/far");
    place.edit("scale = 0.8", "scale = 0.7");
    place.meanfield(&["run", "small.toml"]).status(0).says("written");
    assert!(std::fs::symlink_metadata(place.path("output/small")).expect("there").is_dir());
    assert_eq!(place.files("output/far"), far);
    // One beside the family of its name goes into that.
    std::fs::copy(place.path("small.toml"), place.path("scenarios/far.toml")).expect("copied");
    place.meanfield(&["run", "scenarios/far.toml"]).status(0);
    assert!(
        place.path("output/far/far/record.h5").exists() && place.path("output/far/small/record.h5").exists()
    );
}

#[test]
fn figures_are_redrawn_from_the_record_alone() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    let record = place.path("elsewhere.h5");
    let drawn = place.files("output/small/figures");
    std::fs::rename(place.path("output/small/record.h5"), &record).expect("moved");
    std::fs::remove_dir_all(place.path("output")).expect("removed");
    place.meanfield(&["plot", "elsewhere.h5"]).status(0);
    let again = place.files("figures");
    assert_eq!(drawn.into_values().collect::<Vec<_>>(), again.into_values().collect::<Vec<_>>());
    place.meanfield(&["plot", "elsewhere.h5", "--output", "other/place"]).status(0);
    assert_eq!(place.files("other/place").len(), 4);
}

#[test]
fn compare_finds_the_same_verdicts() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    let said = place.meanfield(&["compare", "output/small/record.h5", "--json"]).status(0);
    let again: Json = serde_json::from_str(&said.out).expect("valid JSON");
    let before = &place.summary("output/small")["comparison"];
    assert_eq!(&again, before);
    assert_eq!(before["claims"][0]["holds"], Json::Bool(true));
    let words = place.meanfield(&["compare", "output/small/record.h5"]).status(0).out;
    assert!(words.contains("risk of sgd within 10 (t in [0, 0.5], 6 times): holds"), "{words}");
}

#[test]
fn a_scenario_without_claims_or_reference_runs() {
    let place = Place::new();
    let text = SMALL.split("[compare]").next().expect("a beginning");
    place.write("small.toml", text);
    place.meanfield(&["run", "small.toml"]).status(0);
    place.meanfield(&["plot", "output/small/record.h5"]).status(0);
    place.meanfield(&["compare", "output/small/record.h5"]).status(2).says("names no reference");
}

#[test]
fn titles_may_be_in_any_language_and_file_names_without_an_ending() {
    let place = Place::new();
    place.write("größe", &SMALL.replace("A small scenario", "Die Größe κ — 漢字"));
    place.meanfield(&["run", "größe"]).status(0);
    assert_eq!(place.summary("output/größe")["title"], "Die Größe κ — 漢字");
    place.meanfield(&["plot", "output/größe/record.h5"]).status(0);
}

#[test]
fn list_names_every_kind_and_key() {
    let said = Place::new().meanfield(&["list"]).status(0);
    let kinds = [
        "isotropic-gaussians",
        "piecewise-linear",
        "gaussian",
        "constant",
        "finite-volume",
        "characteristics",
    ];
    let keys = [
        "finite-network",
        "step-size",
        "fluctuations-until",
        "end-time",
        "snapshots",
        "within",
        "monotonized-central",
    ];
    for word in kinds.into_iter().chain(keys) {
        assert!(said.out.contains(word), "no {word} in\n{}", said.out);
    }
}

#[test]
fn the_schema_is_json_and_knows_the_keys_of_figure_1() {
    let said = Place::new().meanfield(&["schema"]).status(0);
    let schema: Json = serde_json::from_str(&said.out).expect("valid JSON");
    let figure: toml::Table =
        toml::from_str(&std::fs::read_to_string(FIGURE_1).expect("shipped")).expect("TOML");
    for key in figure.keys() {
        assert!(schema["properties"].get(key).is_some(), "{key}");
    }
    Place::new().meanfield(&["check", FIGURE_1]).status(0);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for verb in ["list", "schema"] {
        let mut command = Command::new(cargo_bin!("meanfield"));
        let mut child =
            command.arg(verb).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
        assert_eq!((child.wait().expect("ends").code(), said.as_str()), (Some(0), ""), "{verb}");
    }
}
