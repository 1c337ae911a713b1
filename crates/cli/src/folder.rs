//! The folder of a result: what it holds, and when it may be written.
//!
//! ```text
//!   <output>/<stem>/            record.h5  scenario.toml  summary.json  figures/            finished
//!   <output>/<stem>/.partial/   lock  scenario.toml  <run>.checkpoint  result/  old/        in progress
//! ```
//! Nothing outside `.partial` is touched before the new result is complete; see [`crate::partial`].

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::partial::Partial;

/// Parts of a finished result, in the order in which they are put into place: the summary is last.
pub const PARTS: [&str; 4] = ["figures", "record.h5", "scenario.toml", "summary.json"];

/// A result's folder, not locked.
#[derive(Clone)]
pub struct Folder {
    path: PathBuf,
}

/// What is in a folder before a run.
pub enum Found {
    /// Nothing finished.
    Nothing,
    /// This very scenario, finished; its summary.
    Same(String),
    /// This very scenario, but the part named is missing.
    Incomplete(&'static str),
    /// Another result.
    Other,
    /// A result that was being put into place when its process ended.
    Interrupted,
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

    /// Where work in progress lives.
    pub fn partial(&self) -> PathBuf {
        self.path.join(".partial")
    }

    /// What it holds, `resolved` being the scenario about to run.
    pub fn look(&self, resolved: &str) -> Found {
        if self.partial().join("old").exists() {
            return Found::Interrupted;
        }
        let missing = |part: &&str| !self.path.join(part).exists();
        let read = |name: &str| fs::read_to_string(self.path.join(name)).ok();
        let same = read("scenario.toml").is_some_and(|scenario| scenario == resolved);
        match (PARTS.into_iter().find(missing), read("summary.json")) {
            (None, Some(summary)) if same => Found::Same(summary),
            (Some(part), _) if same => Found::Incomplete(part),
            _ if PARTS.iter().all(missing) => Found::Nothing,
            _ => Found::Other,
        }
    }

    /// Whether an unfinished run of the scenario `resolved` is in it.
    pub fn began(&self, resolved: &str) -> bool {
        fs::read_to_string(self.partial().join("scenario.toml")).is_ok_and(|scenario| scenario == resolved)
    }

    /// Takes the folder for a run; a second process is refused.
    pub fn take(&self) -> Result<Partial, Failure> {
        match self.lock() {
            Ok(Some(lock)) => Ok(Partial::new(self.clone(), lock)),
            Ok(None) => {
                let text = format!("another process is writing to {}", self.path.display());
                Err(Failure::input(text, "wait for it, or choose another folder: --output DIR"))
            }
            Err(error) => {
                let text = format!("the folder {} cannot be written: {error}", self.path.display());
                Err(Failure::input(text, "choose another one: --output DIR"))
            }
        }
    }

    /// The lock, or none if another process has it.
    fn lock(&self) -> io::Result<Option<File>> {
        let path = self.partial().join("lock");
        loop {
            fs::create_dir_all(self.partial())?;
            let lock = File::create(&path)?;
            match lock.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // Its last owner may have cleared up between the two calls: then nobody else sees this file.
            let (own, there) = (lock.metadata()?, fs::metadata(&path));
            if there.is_ok_and(|there| (there.dev(), there.ino()) == (own.dev(), own.ino())) {
                return Ok(Some(lock));
            }
        }
    }
}
