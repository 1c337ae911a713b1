//! Work in progress in a locked folder: an unfinished run that may be there, checkpoints, and the new result
//! until it is put into place (`publish`).

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use meanfield_files::{LEFT_BEHIND, can_move, digest, is_folder, is_there, sync_entries};
use meanfield_run::side_by_side::Job;

use crate::checkpoint;
use crate::disk;
use crate::error::Error;
use crate::folder::Folder;
use crate::kept::Kept;
use crate::lock;
use crate::observer::Observer;
use crate::publish::{FIGURES, Publication, sync_result};
use crate::sealed::Owner;
use crate::version;

/// Treatment of an unfinished run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// Refuse to touch it.
    Refuse,
    /// Go on from its checkpoints.
    Resume,
    /// Start again.
    Discard,
}

/// A locked folder with work in progress. Dropping it unlocks it.
pub struct Partial {
    folder: Folder,
    path: PathBuf,
    _lock: File,
}

impl Partial {
    /// Takes a folder for a run; a second process is refused.
    pub fn take(folder: &Folder, observer: &dyn Observer) -> Result<Self, Error> {
        let lock = lock::take(folder, observer)?;
        Ok(Self { path: folder.partial(), folder: folder.clone(), _lock: lock })
    }

    /// Clears the rest of a process that ended while it cleared up.
    pub fn clear_up(folder: &Folder, observer: &dyn Observer) {
        if is_folder(&folder.partial()).unwrap_or(false) {
            drop(Self::take(folder, observer));
        }
    }

    /// Decides about an unfinished run that is already there. One that was never saved is discarded.
    pub fn begin(&self, resolved: &str, unfinished: Unfinished) -> Result<(), Error> {
        let same = self.folder.began(resolved);
        let saved = !self.checkpoints().map_err(|error| self.failed(&error))?.is_empty();
        match unfinished {
            Unfinished::Resume if same => return self.forget_gaps().map_err(|error| self.failed(&error)),
            Unfinished::Resume | Unfinished::Refuse if saved => return Err(self.unfinished_error(same)),
            _ => {}
        }
        self.start(resolved).map_err(|error| self.failed(&error))
    }

    /// Starts without anything of an earlier run.
    fn start(&self, resolved: &str) -> io::Result<()> {
        self.forget_gaps()?;
        self.forget_checkpoints()?;
        self.kept().remove()?;
        self.forget_leftovers()?;
        sync_entries(&self.path)?;
        disk::write_atomically(&self.path.join("scenario.toml"), resolved.as_bytes())
    }

    /// Files that a killed process had not finished.
    fn forget_leftovers(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(LEFT_BEHIND) {
                disk::remove_file(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Tries the last operations before anything is computed: whether a file of this name can be written, and
    /// whether files may be moved into place.
    pub fn check_writable(&self, longest_name: &str) -> Result<(), Error> {
        self.attempt(longest_name).map_err(|error| {
            let text = format!("no result can be written to {}: {error}", self.folder.path().display());
            Error::input(text, "choose another folder: {output}")
        })
    }

    fn attempt(&self, longest_name: &str) -> io::Result<()> {
        let figures = self.folder.path().join(FIGURES);
        if is_there(&figures)? && !is_folder(&figures)? {
            return Err(io::Error::other(format!(
                "{} is no folder, and figures go there",
                figures.display()
            )));
        }
        let trials = self.path.join("trials");
        disk::remove(&trials)?;
        fs::create_dir_all(trials.join(FIGURES))?;
        let own = trials.join(FIGURES).join(longest_name);
        disk::write_atomically(&own, b"trial")?;
        can_move(&trials, self.folder.path())?;
        if is_folder(&figures)? {
            can_move(&trials, &figures)?;
        }
        disk::remove(&trials)
    }

    /// Lets stopped runs be tried again: whether checkpoints are to stay is decided anew.
    fn forget_gaps(&self) -> io::Result<()> {
        disk::remove_file(&self.gaps())
    }

    /// The error for an unfinished run, of the same scenario or another, without an option for it.
    fn unfinished_error(&self, same: bool) -> Error {
        let (which, help) = match same {
            true => ("", "use {resume} to go on with it, or {overwrite} to start again"),
            false => (
                " of another scenario",
                "use {overwrite} to start this one instead, or {output} for another folder",
            ),
        };
        Error::input(format!("an unfinished run{which} is in {}", self.folder.path().display()), help)
    }

    fn checkpoints(&self) -> io::Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == checkpoint::EXTENSION) {
                paths.push(path);
            }
        }
        Ok(paths)
    }

    fn forget_checkpoints(&self) -> io::Result<()> {
        self.checkpoints()?.iter().try_for_each(|path| disk::remove_file(path))
    }

    /// Where the work in progress is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where runs are kept that have ended.
    pub fn kept(&self) -> Kept {
        Kept::in_progress(&self.path)
    }

    /// Where the finished result is, if there is one.
    pub fn result_before(&self) -> &Path {
        self.folder.path()
    }

    /// Runs that the finished result in the folder has kept.
    pub fn kept_before(&self) -> Kept {
        Kept::beside(self.folder.path())
    }

    /// Path of a run's checkpoint.
    pub fn checkpoint_path(&self, job: &Job) -> PathBuf {
        checkpoint::path(&self.path, job)
    }

    /// Owner of the checkpoint of `run`.
    pub fn owner(&self, resolved: &str, run: &str) -> Owner {
        Owner {
            program: version::computing(),
            scenario: digest::sha256(resolved.as_bytes()),
            run: run.to_owned(),
        }
    }

    /// An empty folder for the new result.
    pub fn result(&self) -> Result<PathBuf, Error> {
        let result = self.path.join("result");
        let made = disk::remove(&result)
            .and_then(|()| disk::make(&result))
            .and_then(|()| disk::make(&result.join(FIGURES)));
        made.map_err(|error| self.failed(&error))?;
        Ok(result)
    }

    /// Puts the complete new result into place, after moving the old one out of it; then clears up, unless a
    /// run stopped that may be tried again (not `whole`): then the checkpoints stay. If the process ends in
    /// between, [`Partial::recover`] goes on.
    pub fn publish(self, whole: bool) -> Result<(), Error> {
        let publication = self.publication();
        self.announce(&publication, whole)
            .and_then(|()| publication.complete())
            .map_err(|error| self.failed(&error))?;
        // The result is in place. What cannot be cleared now is cleared next time: `old` is still there.
        let _ = self.clear(&publication);
        Ok(())
    }

    /// Marks the new result as complete: from now on another process can finish its publication.
    fn announce(&self, publication: &Publication, whole: bool) -> io::Result<()> {
        if !whole {
            disk::write_atomically(&self.gaps(), b"")?;
        }
        sync_result(&publication.new)?;
        sync_entries(&self.path)?;
        disk::make(&publication.old)?;
        sync_entries(&self.path)
    }

    fn publication(&self) -> Publication {
        Publication {
            place: self.folder.path().to_owned(),
            new: self.path.join("result"),
            old: self.folder.old(),
        }
    }

    /// Is there while checkpoints are to outlive the publication.
    fn gaps(&self) -> PathBuf {
        self.path.join("gaps")
    }

    /// Ends a publication that another process began: every part of the new result that is not in place yet
    /// goes there. `old` is made when the result is complete and removed last, so that a process that
    /// finds it knows what remains to be done.
    pub fn recover(&self) -> Result<(), Error> {
        let publication = self.publication();
        let recovered = publication.is_underway().and_then(|underway| match underway {
            true => publication.complete().and_then(|()| self.clear(&publication)),
            false => Ok(()),
        });
        recovered.map_err(|error| {
            let text = format!("what a run left in {} cannot be put in order: {error}", self.path.display());
            Error::input(text, "move what is not meanfield's out of it, or choose another folder: {output}")
        })
    }

    fn clear(&self, publication: &Publication) -> io::Result<()> {
        // What cannot be kept is computed again.
        let _ = self.kept().replace(&self.kept_before());
        if !is_there(&self.gaps())? {
            self.forget_checkpoints()?;
        }
        publication.clear()
    }

    fn failed(&self, error: &io::Error) -> Error {
        Error::run(format!("{} cannot be written: {error}; what was finished is in it", self.path.display()))
    }
}

/// Clears up what is ours, the lock last, unless there is something to go on from.
impl Drop for Partial {
    fn drop(&mut self) {
        let underway = is_there(&self.folder.old()).unwrap_or(true);
        let saved = self.checkpoints().map_or(true, |paths| !paths.is_empty());
        if !saved && !underway {
            let _ = self.forget_leftovers();
            for folder in ["result", "trials", "kept"] {
                let _ = disk::remove(&self.path.join(folder));
            }
            for file in ["scenario.toml", "gaps", "lock"] {
                let _ = disk::remove_file(&self.path.join(file));
            }
            let _ = fs::remove_dir(&self.path); // only if empty
            let _ = fs::remove_dir(self.folder.path());
        }
    }
}

#[cfg(test)]
mod tests;
