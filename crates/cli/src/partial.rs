//! Work in progress in a locked folder: an unfinished run that may be there, checkpoints, and how a finished
//! result takes the place of an old one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use meanfield_run::side_by_side::Job;

use crate::checkpoint;
use crate::disk;
use crate::failure::Failure;
use crate::folder::{Folder, PARTS};

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

/// A locked folder with work in progress. Dropping it unlocks it.
pub struct Partial {
    folder: Folder,
    path: PathBuf,
    _lock: File,
}

impl Partial {
    /// The work in progress of a folder, locked.
    pub fn new(folder: Folder, lock: File) -> Self {
        Self { path: folder.partial(), folder, _lock: lock }
    }

    /// Decides about an unfinished run that is already there. One that was never saved is in nobody's way.
    pub fn begin(&self, resolved: &str, unfinished: Unfinished) -> Result<(), Failure> {
        let (same, saved) = (self.folder.began(resolved), !self.checkpoints().is_empty());
        match unfinished {
            Unfinished::Resume if same => return self.forget_gaps().map_err(|error| self.failed(&error)),
            Unfinished::Resume | Unfinished::Refuse if saved => return Err(self.in_the_way(same)),
            _ => {}
        }
        let start = || {
            self.forget_gaps()?;
            self.checkpoints().iter().try_for_each(|path| disk::remove_file(path))?;
            disk::sync_entries(&self.path)?;
            disk::write_aside(&self.path.join("scenario.toml"), resolved.as_bytes())
        };
        start().map_err(|error| self.failed(&error))
    }

    /// What stopped before is tried again: whether checkpoints are to stay is decided anew.
    fn forget_gaps(&self) -> io::Result<()> {
        if self.gaps().exists() { disk::remove_file(&self.gaps()) } else { Ok(()) }
    }

    /// An unfinished run, of the same scenario or another, that nobody said what to do with.
    fn in_the_way(&self, same: bool) -> Failure {
        let (which, help) = match same {
            true => ("", "write --resume to go on with it, or --overwrite to start again"),
            false => (" of another scenario", "write --overwrite to start this one instead, or --output DIR"),
        };
        Failure::input(format!("an unfinished run{which} is in {}", self.folder.path().display()), help)
    }

    fn checkpoints(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten().map(|entry| entry.path());
        entries.filter(|path| path.extension().is_some_and(|e| e == checkpoint::EXTENSION)).collect()
    }

    /// Where the work in progress is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where a run keeps its checkpoint.
    pub fn checkpoint_path(&self, job: &Job) -> PathBuf {
        checkpoint::path(&self.path, job)
    }

    /// An empty folder for the new result.
    pub fn result(&self) -> Result<PathBuf, Failure> {
        let result = self.path.join("result");
        disk::remove(&result).and_then(|()| disk::make(&result)).map_err(|error| self.failed(&error))?;
        Ok(result)
    }

    /// Puts the complete new result into place, the old one aside first; then clears up, unless a run stopped that
    /// may be tried again (not `whole`): then the checkpoints stay. If the process ends in between,
    /// [`Partial::settle`] goes on.
    pub fn publish(self, whole: bool) -> Result<(), Failure> {
        let complete = || {
            if !whole {
                disk::write_aside(&self.gaps(), b"")?;
            }
            disk::sync(&self.path.join("result"))?;
            disk::sync_entries(&self.path)?;
            disk::make(&self.path.join("old"))?;
            disk::sync_entries(&self.path)
        };
        complete().map_err(|error| self.failed(&error))?;
        self.settle()
    }

    /// Is there while checkpoints are to outlive the publication.
    fn gaps(&self) -> PathBuf {
        self.path.join("gaps")
    }

    /// Ends a publication: every part of the new result that is not in place yet goes there. `old` is made
    /// when the result is complete and goes last, so that whoever finds it knows what is left to do.
    pub fn settle(&self) -> Result<(), Failure> {
        let (new, old) = (self.path.join("result"), self.path.join("old"));
        let steps = || -> io::Result<()> {
            if !old.exists() {
                return Ok(());
            }
            for part in PARTS.into_iter().rev().filter(|part| new.join(part).exists()) {
                let place = self.folder.path().join(part);
                if place.exists() {
                    disk::rename(&place, &old.join(part))?;
                }
            }
            for part in PARTS.into_iter().filter(|part| new.join(part).exists()) {
                disk::rename(&new.join(part), &self.folder.path().join(part))?;
            }
            disk::sync_entries(self.folder.path())?;
            if !self.gaps().exists() {
                self.checkpoints().iter().try_for_each(|path| disk::remove_file(path))?;
            }
            disk::remove(&new)?;
            disk::remove(&old)
        };
        steps().map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> Failure {
        Failure::run(format!(
            "{} cannot be written: {error}; what was finished is in it",
            self.path.display()
        ))
    }
}

/// Clears up, unless there is something to go on from.
impl Drop for Partial {
    fn drop(&mut self) {
        if self.checkpoints().is_empty() && !self.path.join("old").exists() {
            let _ = fs::remove_dir_all(&self.path);
            let _ = fs::remove_dir(self.folder.path()); // only if empty
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Found;

    /// Puts a result of this name together in a folder.
    fn fill(folder: &Path, name: &str) {
        fs::create_dir_all(folder.join("figures")).expect("made");
        for part in ["figures/risk.png", "record.h5", "scenario.toml", "summary.json"] {
            fs::write(folder.join(part), name).expect("written");
        }
    }

    /// The results that the parts in place belong to.
    fn held(folder: &Folder) -> Vec<String> {
        let read = |part: &&str| {
            let path = folder.path().join(part);
            fs::read_to_string(if path.is_dir() { path.join("risk.png") } else { path }).ok()
        };
        PARTS.iter().filter_map(read).collect()
    }

    #[test]
    fn a_stop_between_any_two_changes_loses_no_result() {
        let mut published = false;
        for changes in 0.. {
            let place = tempfile::tempdir().expect("made");
            let folder = Folder::new(place.path(), "small");
            fill(folder.path(), "old");
            let partial = folder.take().unwrap_or_else(|_| panic!("free"));
            fs::write(partial.path.join("scenario.toml"), "new").expect("written");
            fs::write(partial.path.join("sgd.checkpoint"), "state").expect("written");
            fill(&partial.path.join("result"), "new");
            disk::crash::after(Some(changes));
            published = partial.publish(true).is_ok();
            disk::crash::after(None);
            match folder.look("new") {
                Found::Same(summary) => assert_eq!(summary, "new"),
                Found::Interrupted => {
                    let partial = folder.take().unwrap_or_else(|_| panic!("free"));
                    partial.settle().unwrap_or_else(|_| panic!("settled after {changes}"));
                }
                _ => {
                    assert_eq!(held(&folder), ["old"; 4], "after {changes}");
                    assert!(folder.partial().join("sgd.checkpoint").exists(), "after {changes}");
                    continue;
                }
            }
            assert_eq!(held(&folder), ["new"; 4], "after {changes}");
            if published {
                break;
            }
        }
        assert!(published);
    }
}
