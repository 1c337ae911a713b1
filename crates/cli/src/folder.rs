//! The folder of a result: when it may be written, what is kept while work goes on, and how a finished
//! result takes the place of an old one.
//!
//! ```text
//!   <output>/<stem>/            record.h5  scenario.toml  summary.json  figures/      finished
//!   <output>/<stem>/.partial/   lock  scenario.toml  <run>.checkpoint  result/        in progress
//! ```
//! Nothing outside `.partial` is touched before the new result is complete.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use meanfield_run::drive::Checkpoint;

use crate::failure::Failure;

/// Parts of a finished result, in the order in which they are put into place: the summary is last.
const PARTS: [&str; 4] = ["figures", "record.h5", "scenario.toml", "summary.json"];

/// A result's folder, not yet locked.
pub struct Folder {
    path: PathBuf,
}

/// What is in a folder before a run.
pub enum Found {
    /// Nothing finished.
    Nothing,
    /// This very scenario, finished; its summary.
    Same(String),
    /// Another result.
    Other,
}

/// What to do with an unfinished run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// Refuse to touch it.
    Refuse,
    /// Go on from its checkpoints.
    Resume,
    /// Start again.
    Discard,
}

impl Folder {
    /// The folder of scenario `stem` below `output`.
    pub fn new(output: &Path, stem: &str) -> Self {
        Self { path: output.join(stem) }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it holds, `resolved` being the scenario about to run.
    pub fn look(&self, resolved: &str) -> Found {
        let read = |name: &str| fs::read_to_string(self.path.join(name)).ok();
        let complete = PARTS.iter().all(|part| self.path.join(part).exists());
        match (complete, read("scenario.toml"), read("summary.json")) {
            (true, Some(scenario), Some(summary)) if scenario == resolved => Found::Same(summary),
            _ if PARTS.iter().any(|part| self.path.join(part).exists()) => Found::Other,
            _ => Found::Nothing,
        }
    }

    /// Takes the folder for a run of `resolved`; a second process is refused.
    pub fn take(self, resolved: &str, unfinished: Unfinished) -> Result<Partial, Failure> {
        let partial = self.path.join(".partial");
        let unwritable = |error: std::io::Error| {
            Failure::input(format!("the folder {} cannot be written: {error}", self.path.display()), "choose another one: --output DIR")
        };
        fs::create_dir_all(&partial).map_err(unwritable)?;
        let lock = File::create(partial.join("lock")).map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let text = format!("another process is writing to {}", self.path.display());
                return Err(Failure::input(text, "wait for it, or choose another folder: --output DIR"));
            }
            Err(TryLockError::Error(error)) => return Err(unwritable(error)),
        }
        let partial = Partial { folder: self, path: partial, _lock: lock };
        partial.prepare(resolved, unfinished)?;
        Ok(partial)
    }
}

/// A locked folder with work in progress.
pub struct Partial {
    folder: Folder,
    path: PathBuf,
    _lock: File,
}

impl Partial {
    /// Decides about an unfinished run that is already there.
    fn prepare(&self, resolved: &str, unfinished: Unfinished) -> Result<(), Failure> {
        let scenario = self.path.join("scenario.toml");
        let same = fs::read_to_string(&scenario).ok().map(|text| text == resolved);
        let place = self.folder.path.display();
        match (unfinished, same, self.checkpoints().is_empty()) {
            (Unfinished::Resume, Some(true), _) => return Ok(()),
            (Unfinished::Resume, Some(false), false) => {
                let text = format!("the unfinished run in {place} is of another scenario");
                return Err(Failure::input(text, "repeat its options, or write --overwrite to start this one instead"));
            }
            (Unfinished::Refuse, Some(_), false) => {
                let text = format!("an unfinished run is in {place}");
                return Err(Failure::input(text, "write --resume to go on with it, or --overwrite to start again"));
            }
            _ => {}
        }
        for checkpoint in self.checkpoints() {
            fs::remove_file(checkpoint).map_err(|error| self.failed(&error))?;
        }
        write_aside(&scenario, resolved.as_bytes()).map_err(|error| self.failed(&error))
    }

    fn checkpoints(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "checkpoint")).collect()
    }

    /// Where a run keeps its checkpoint.
    pub fn checkpoint_path(&self, run: &str) -> PathBuf {
        self.path.join(format!("{run}.checkpoint"))
    }

    /// The checkpoint of a run, where there is one.
    pub fn checkpoint(&self, run: &str) -> Result<Option<Checkpoint>, Failure> {
        let path = self.checkpoint_path(run);
        let Ok(bytes) = fs::read(&path) else { return Ok(None) };
        postcard::from_bytes(&bytes).map(Some).map_err(|error| {
            let text = format!("the checkpoint {} cannot be read: {error}", path.display());
            Failure::input(text, "write --overwrite to start the run again")
        })
    }

    /// An empty folder for the new result.
    pub fn result(&self) -> Result<PathBuf, Failure> {
        let result = self.path.join("result");
        let _ = fs::remove_dir_all(&result);
        fs::create_dir_all(&result).map_err(|error| self.failed(&error))?;
        Ok(result)
    }

    /// Puts the complete new result into place, the old one aside first; then clears up.
    pub fn publish(self) -> Result<(), Failure> {
        let old = self.path.join("old");
        let _ = fs::remove_dir_all(&old);
        let steps = || -> std::io::Result<()> {
            fs::create_dir_all(&old)?;
            for part in PARTS.iter().rev() {
                let place = self.folder.path.join(part);
                if place.exists() {
                    fs::rename(&place, old.join(part))?;
                }
            }
            for part in PARTS {
                fs::rename(self.path.join("result").join(part), self.folder.path.join(part))?;
            }
            fs::remove_dir_all(&self.path)
        };
        steps().map_err(|error| self.failed(&error))
    }

    /// Leaves the folder as it was found: nothing was computed.
    pub fn abandon(self) {
        if self.checkpoints().is_empty() {
            let _ = fs::remove_dir_all(&self.path);
            let _ = fs::remove_dir(&self.folder.path); // only if empty
        }
    }

    fn failed(&self, error: &std::io::Error) -> Failure {
        Failure::run(format!("{} cannot be written: {error}; what was finished is in it", self.path.display()))
    }
}

/// Writes a file so that it is there whole or not at all.
pub fn write_aside(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let aside = path.with_extension("writing");
    let mut file = File::create(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(aside, path)
}
