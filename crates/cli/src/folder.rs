//! The folder of a result: what it holds, and when it may be written.
//!
//! ```text
//!   <output>/<stem>/            record.h5  scenario.toml  summary.json  figures/            finished
//!   <output>/<stem>/.partial/   lock  scenario.toml  <run>.checkpoint  result/  old/        in progress
//! ```
//! Nothing outside `.partial` is touched before the new result is complete; see [`crate::partial`].

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::partial::Partial;

/// Parts of a finished result, in the order in which they are put into place: the summary is last.
pub const PARTS: [&str; 4] = ["figures", "record.h5", "scenario.toml", "summary.json"];

/// A result's folder, not locked.
#[derive(Clone)]
pub struct Folder {
    path: PathBuf,
    /// A link to it, and where that leads.
    link: Option<(PathBuf, PathBuf)>,
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
    /// The folder `name` below `output`.
    pub fn new(output: &Path, name: &str) -> Self {
        Self { path: output.join(name), link: None }
    }

    /// The folder of scenario `name` in its family, `<output>/<family>/<name>`. Version 0.2 left the family out: a
    /// result of this scenario that is there still is used, and elsewhere the shorter path becomes a link.
    pub fn of(output: &Path, family: &Path, name: &str, resolved: &str) -> Self {
        let old = Self::new(output, name);
        if family.as_os_str().is_empty() {
            old.leave_link(name);
        }
        let is_folder = fs::symlink_metadata(&old.path).is_ok_and(|about| about.is_dir());
        let is_own =
            || old.began(resolved) || matches!(old.look(resolved), Found::Same(_) | Found::Interrupted);
        if family.as_os_str().is_empty() || (is_folder && is_own()) {
            return old;
        }
        let link = (!is_folder).then(|| (old.path.clone(), family.join(name)));
        Self { path: output.join(family).join(name), link }
    }

    /// Nothing is written through a link to the result of a family: it is taken away, the result stays.
    fn leave_link(&self, name: &str) {
        let into_family = |target: &Path| {
            target.is_relative()
                && target.components().count() > 1
                && target.file_name() == Some(name.as_ref())
        };
        if fs::read_link(&self.path).is_ok_and(|target| into_family(&target)) {
            let _ = fs::remove_file(&self.path);
        }
    }

    /// The same folder without a link to it.
    pub fn without_link(self) -> Self {
        Self { link: None, ..self }
    }

    /// Makes the link, in place of one that is there. Where there can be none, nothing is lost.
    pub fn link(&self) {
        let Some((link, target)) = &self.link else { return };
        let aside = link.with_added_extension("linking");
        let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink());
        if is_link(&aside) {
            let _ = fs::remove_file(&aside);
        }
        if (is_link(link) || fs::symlink_metadata(link).is_err()) && symlink(target, &aside).is_ok() {
            let _ = fs::rename(&aside, link);
        }
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
