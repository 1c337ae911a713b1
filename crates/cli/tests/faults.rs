//! What disks, other people and other programs do to results and to work in progress: nothing is believed
//! unseen, nothing outside is touched, nothing hangs. Faults of system calls are tried by `scripts/trials`.

use crate::support;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use meanfield::sealed::{self, Owner};
use meanfield_run::drive::Checkpoint;
use support::{Place, timeless};

/// A run of a few tenths of a second that is killed when its checkpoint of this name is there.
fn killed(place: &Place, checkpoint: &str) {
    let mut child = place.start(&["run", "small.toml", "--threads", "1", "--checkpoint-every", "0"]);
    place.wait_for(&format!("output/small/.partial/{checkpoint}"));
    child.kill().expect("killed");
    child.wait().expect("gone");
}

/// A scenario whose networks take a while.
fn slow() -> Place {
    let place = Place::new();
    place.edit("step-size = 1e-3\nseeds = [1, 2]", "step-size = 1e-6\nseeds = [1, 2]");
    place
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
}

#[test]
fn a_record_that_was_emptied_or_changed_is_not_held_already() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    let record = place.path("output/small/record.h5");
    let whole = fs::read(&record).expect("there");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 4;
    for bytes in [Vec::new(), flipped] {
        fs::write(&record, bytes).expect("written");
        place.meanfield(&["run", "small.toml"]).status(2).says("record.h5 is missing or was changed");
    }
    place.meanfield(&["run", "small.toml", "--overwrite"]).status(0);
    assert!(place.meanfield(&["run", "small.toml"]).status(0).err.contains("nothing was computed"));
}

#[test]
fn the_result_of_another_version_is_not_served() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    let summary = place.path("output/small/summary.json");
    let own = fs::read_to_string(&summary).expect("there");
    let by = place.summary("output/small")["computed_by"].as_str().expect("said").to_owned();
    fs::write(&summary, own.replace(&by, "0.1.0 (source 000000000000)")).expect("written");
    let said = place.meanfield(&["run", "small.toml"]).status(2);
    said.says("as meanfield 0.1.0 (source 000000000000) computed it")
        .says("--overwrite to run the scenario again");
}

#[test]
fn a_users_own_figures_survive() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    let drawn = place.files("output/small/figures").len();
    for name in ["figures/mine.svg", "notes.txt", "figures/risk-with-notes.png"] {
        place.write(&format!("output/small/{name}"), "mine");
    }
    place
        .meanfield(&["run", "small.toml", "--set", "systems.atoms.characteristics.atoms=21", "--overwrite"])
        .status(0);
    for name in ["figures/mine.svg", "notes.txt", "figures/risk-with-notes.png"] {
        assert_eq!(fs::read_to_string(place.path(&format!("output/small/{name}"))).expect(name), "mine");
    }
    let figures = place.files("output/small/figures");
    assert_eq!(figures.len(), 2 + drawn, "{:?}", figures.keys());
}

#[test]
fn a_checkpoint_of_another_run_is_refused() {
    let place = slow();
    killed(&place, "sgd.seed-1.checkpoint");
    let folder = place.path("output/small/.partial");
    fs::copy(folder.join("sgd.seed-1.checkpoint"), folder.join("sgd.seed-2.checkpoint")).expect("copied");
    let said = place.meanfield(&["run", "small.toml", "--resume"]).status(2);
    said.says("it is of the run sgd.seed-1, and not of sgd.seed-2");
}

/// Systems whose clocks are not t, or whose state is that before the last observation, are taken up like
/// others.
#[test]
fn every_kind_of_system_is_resumed() {
    let place = Place::new();
    let text = support::SMALL
        .replace("schedule.constant = {}", "schedule.power = { exponent = -0.25 }")
        .replace("step-size = 1e-3", "step-size = 1e-6")
        .replace("[systems.sgd.", "[systems.steps.jko]\natoms = 20\nstep = 0.03\n\n[systems.sgd.");
    place.write("small.toml", &text);
    let mut child = place.start(&["run", "small.toml", "--threads", "2", "--checkpoint-every", "0"]);
    for name in ["pde", "atoms", "steps", "sgd.seed-1"] {
        place.wait_for(&format!("output/small/.partial/{name}.checkpoint"));
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    let said = place.meanfield(&["run", "small.toml", "--resume"]).status(0);
    assert!(
        ["goes on", "is taken"].iter().any(|how| said.err.contains(&format!("steps {how}"))),
        "{}",
        said.err
    );
    place.meanfield(&["run", "small.toml", "--output", "whole"]).status(0);
    assert_eq!(timeless(place.records("output/small")), timeless(place.records("whole/small")));
}

/// Past the checksum: what no run leaves behind is refused in words.
#[test]
fn a_checkpoint_that_no_run_can_have_left_is_refused() {
    type Forge = fn(&mut Checkpoint);
    let forgeries: [Forge; 6] = [
        |checkpoint| checkpoint.state.integers = vec![7, 7],
        |checkpoint| checkpoint.state.integers = vec![u64::MAX, 0],
        |checkpoint| checkpoint.state.reals.fill(f64::NAN),
        |checkpoint| checkpoint.state.reals.truncate(3),
        |checkpoint| checkpoint.time = 0.4,
        |checkpoint| checkpoint.observed += 1,
    ];
    let place = slow();
    killed(&place, "sgd.seed-1.checkpoint");
    let path = place.path("output/small/.partial/sgd.seed-1.checkpoint");
    let bytes = fs::read(&path).expect("there");
    let owner: Owner = postcard::take_from_bytes(&bytes[32..]).expect("an owner").0;
    for (i, forge) in forgeries.into_iter().enumerate() {
        let mut checkpoint: Checkpoint = sealed::open(&bytes, &owner).expect("whole");
        forge(&mut checkpoint);
        fs::write(&path, sealed::seal(&owner, &checkpoint).expect("sealed")).expect("written");
        let said = place.meanfield(&["run", "small.toml", "--resume", "--checkpoint-every", "1000"]);
        assert_eq!(said.status, 2, "{i}: {}", said.err);
        said.says("use --overwrite to start again");
    }
}

#[test]
fn links_lead_nowhere() {
    let place = Place::new();
    place.write("outside", "untouched");
    fs::create_dir(place.path("elsewhere")).expect("made");
    for name in ["file", "record.h5", "scenario.toml"] {
        place.write(&format!("elsewhere/{name}"), "untouched");
    }
    let planted = ["lock", "scenario.toml", "result", "old", "gaps", "trial", "pde.checkpoint"];
    for name in
        planted.into_iter().chain(["", "../figures", "../record.h5", "../summary.json", "../scenario.toml"])
    {
        for target in ["outside", "elsewhere"] {
            let _ = fs::remove_dir_all(place.path("output"));
            let link = place.path("output/small/.partial").join(name);
            let link = if name.is_empty() { place.path("output/small/.partial") } else { link };
            fs::create_dir_all(link.parent().expect("a folder")).expect("made");
            symlink(place.path(target), &link).expect("planted");
            let said = place.meanfield(&["run", "small.toml", "--overwrite"]);
            assert_eq!(
                fs::read_to_string(place.path("outside")).expect("there"),
                "untouched",
                "{name}: {}",
                said.err
            );
            let found: Vec<_> = place.files("elsewhere").into_values().collect();
            assert_eq!(found, [b"untouched"; 3], "{name} → {target}: {}", said.err);
        }
    }
}

#[test]
fn nothing_waits_for_a_pipe_or_reads_without_end() {
    let place = Place::new();
    pipe(&place.path("pipe.toml"));
    place.meanfield(&["check", "pipe.toml"]).status(2).says("it is a pipe, not a file");
    place.meanfield(&["run", "pipe.toml"]).status(2).says("it is a pipe, not a file");
    place.meanfield(&["compare", "pipe.toml"]).status(2).says("it is a pipe, not a file");
    place.meanfield(&["check", "/dev/zero"]).status(2).says("it is a device, not a file");
    for name in ["lock", "scenario.toml"] {
        let _ = fs::remove_dir_all(place.path("output"));
        fs::create_dir_all(place.path("output/small/.partial")).expect("made");
        pipe(&place.path("output/small/.partial").join(name));
        let said = place.meanfield(&["run", "small.toml"]);
        assert!([0, 2].contains(&said.status), "{name}: {}", said.err);
    }
}

/// A disk that takes no checkpoint is no fault of the run: no result with a gap takes the place of a whole
/// one.
#[test]
fn a_checkpoint_that_cannot_be_written_leaves_the_old_result() {
    let place = Place::new();
    place.meanfield(&["run", "small.toml"]).status(0);
    let before = place.files("output/small");
    let limited = "ulimit -f 4; exec \"$0\" \"$@\"";
    let mut command = Command::new("bash");
    command.args(["-c", limited]).arg(assert_cmd::cargo::cargo_bin!("meanfield"));
    command.args(["run", "small.toml", "--overwrite", "--checkpoint-every", "0", "--set"]);
    let output =
        command.arg("systems.sgd.finite-network.neurons=300").current_dir(place.folder.path()).output();
    let output = output.expect("bash");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("File too large"), "{said}");
    let parts = |files: std::collections::BTreeMap<_, _>| {
        files
            .into_iter()
            .filter(|(path, _): &(std::path::PathBuf, Vec<u8>)| !path.to_string_lossy().contains(".partial"))
            .collect::<Vec<_>>()
    };
    assert_eq!(parts(place.files("output/small")), parts(before));
}

#[test]
fn a_folder_of_any_name_will_do() {
    let place = Place::new();
    let name = OsStr::from_bytes(b"caf\xe9");
    let said = place.meanfield_in(&["run", "small.toml", "--output"], name).status(0);
    assert!(place.folder.path().join(name).join("small/record.h5").exists(), "{}", said.err);
    let deep = "x/".repeat(2040);
    place.meanfield(&["run", "small.toml", "--output", &deep]).status(2).says("choose another");
}

/// One bit costs one row, and the journal of another version stays as it is.
#[test]
fn a_damaged_journal_loses_no_more_than_was_hit() {
    let place = Place::new();
    place.edit(
        "[quick]",
        "[systems.more.finite-network]\nneurons = 10\nstep-size = 1e-5\nseeds = [1, 2]\n\n[quick]",
    );
    let vary = "model.initial.gaussian.scale=0.5..1.0:12";
    let arguments = ["sweep", "small.toml", "--threads", "1", "--vary", vary];
    let mut child = place.start(&arguments);
    let journal = place.path("output/small-sweep/.partial/rows.checkpoint");
    let rows =
        || fs::read(&journal).unwrap_or_default().windows(8).filter(|bytes| *bytes == b"\nmfwork\n").count();
    while rows() < 5 {
        std::thread::sleep(std::time::Duration::from_millis(2));
        assert!(child.try_wait().expect("known").is_none(), "the sweep was too fast");
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    let count = rows();
    let mut bytes = fs::read(&journal).expect("there");
    bytes[100] ^= 1; // within the first row
    fs::write(&journal, &bytes).expect("written");
    let said = place.meanfield(&[&arguments[..], &["--resume"]].concat()).status(0);
    let there =
        said.err.split(" of 12 points are there already").next().expect("said").split_whitespace().last();
    let there: usize = there.expect("a number").parse().expect("a number");
    assert!((count - 2..count).contains(&there), "{there} of {count}: {}", said.err);
    assert!(said.err.contains("are no whole row"), "{}", said.err);
    let resumed = timeless(place.records("output/small-sweep"));
    place.meanfield(&[&arguments[..], &["--output", "whole"]].concat()).status(0);
    assert_eq!(resumed, timeless(place.records("whole/small-sweep")));
}
