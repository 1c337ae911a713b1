//! A scenario that runs in a moment, a folder for it, and the program run on it.

#![allow(dead_code, reason = "every test binary uses its own part")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::{cargo_bin, cargo_bin_cmd};
use meanfield_run::record::Record;
use meanfield_store as store;
use tempfile::TempDir;

/// A few hundredths of a second of work; two seeds, two snapshots, a claim that holds and a [quick].
pub const SMALL: &str = r#"title = "A small scenario"

[model]
data.isotropic-gaussians = { dimension = 40, separation = 0.8 }
activation.piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }
initial.gaussian = { scale = 0.8 }

[dynamics]
end-time = 0.5
schedule.constant = {}

[observe]
times = "0..0.5:6"
snapshots = [0.1, 0.5]

[systems.pde.finite-volume]
cells = [100]

[systems.atoms.characteristics]
atoms = 20

[systems.sgd.finite-network]
neurons = 30
step-size = 1e-3
seeds = [1, 2]

[compare]
reference = "atoms"
[[compare.claim]]
system = "sgd"
quantity = "risk"
within = 10.0

[quick]
systems.sgd.finite-network.neurons = 20
"#;

/// What the program said and how it left.
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Standard error as one line: where a message is wrapped depends on its width.
    pub fn message(&self) -> String {
        let plain: String = self.err.chars().filter(|c| !"│╭╰─┬·▲×╯".contains(*c)).collect();
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Fails unless the status is this one, and shows what was said.
    pub fn status(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.out, self.err);
        self
    }

    /// Fails unless standard error says this.
    pub fn says(self, words: &str) -> Self {
        assert!(self.message().contains(words), "no \"{words}\" in:\n{}", self.err);
        self
    }
}

/// A folder of its own, with the scenario `small.toml`.
pub struct Place {
    pub folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().expect("a folder") };
        place.write("small.toml", SMALL);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("written");
    }

    /// The scenario with one text in the place of another, which must be there.
    pub fn edit(&self, from: &str, to: &str) {
        assert!(SMALL.contains(from), "{from}");
        self.write("small.toml", &SMALL.replacen(from, to, 1));
    }

    /// Runs the program here.
    pub fn meanfield(&self, arguments: &[&str]) -> Said {
        self.meanfield_with(arguments, None)
    }

    /// The same with a last argument that need be no text.
    pub fn meanfield_in(&self, arguments: &[&str], last: &OsStr) -> Said {
        self.meanfield_with(arguments, Some(last))
    }

    fn meanfield_with(&self, arguments: &[&str], last: Option<&OsStr>) -> Said {
        let mut command = cargo_bin_cmd!("meanfield");
        command.current_dir(self.folder.path()).args(arguments).args(last).timeout(Duration::from_secs(120));
        let output = command.output().expect("runs");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let said = Said {
            status: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        assert!(
            !said.err.contains("panicked") && (0..=2).contains(&said.status),
            "{arguments:?}\n{}",
            said.err
        );
        said
    }

    /// The same in the background.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.start_with(arguments, Stdio::null())
    }

    /// The same, and what it says on standard error is kept.
    pub fn start_heard(&self, arguments: &[&str]) -> Child {
        self.start_with(arguments, Stdio::piped())
    }

    fn start_with(&self, arguments: &[&str], err: Stdio) -> Child {
        let mut command = Command::new(cargo_bin!("meanfield"));
        command.current_dir(self.folder.path()).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(err).spawn().expect("starts")
    }

    /// Waits for a file that a run in the background makes.
    pub fn wait_for(&self, name: &str) {
        let started = Instant::now();
        while !self.path(name).exists() {
            assert!(started.elapsed() < Duration::from_secs(60), "no {name}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Every file below a folder with its bytes, but for the runs that are kept for `--extend`.
    pub fn files(&self, name: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.path(name), &mut files);
        files
    }

    pub fn records(&self, result: &str) -> Vec<Record> {
        store::read(&self.path(result).join("record.h5")).expect("a record").1
    }

    pub fn summary(&self, result: &str) -> serde_json::Value {
        let text = std::fs::read_to_string(self.path(result).join("summary.json")).expect("a summary");
        serde_json::from_str(&text).expect("valid JSON")
    }
}

/// Sends a signal by its name.
pub fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
    assert!(sent.expect("kill is there").success(), "the process ended too soon");
}

/// How a process left, and what it said.
pub fn left(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().expect("gone");
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}

fn collect(path: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    if path.ends_with(".kept") {
        return;
    }
    if let Ok(entries) = std::fs::read_dir(path) {
        entries.for_each(|entry| collect(&entry.expect("an entry").path(), files));
    } else if let Ok(bytes) = std::fs::read(path) {
        files.insert(path.to_owned(), bytes);
    }
}

/// Records without what may differ from run to run: seconds.
pub fn timeless(mut records: Vec<Record>) -> Vec<Record> {
    records.iter_mut().for_each(|record| record.facts.retain(|fact| !fact.name.ends_with("seconds")));
    records
}
