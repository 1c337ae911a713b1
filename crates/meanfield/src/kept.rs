//! Finished runs, kept beside their result so that a scenario with a later end, more seeds or more points
//! need not compute them again. Each is a checkpoint of its end, by the [address](Job::address) of the run:
//! what of the scenario it depends on.
//!
//! ```text
//!   <output>/<stem>/.partial/kept/<address>.run    until the result is published
//!   <output>/<stem>/.kept/<address>.run            then
//! ```
//! What cannot be kept, or cannot be read any more, is computed again: nothing here fails.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use meanfield_files::{is_folder, read_own};
use meanfield_run::drive::{Checkpoint, Plan, Seam};
use meanfield_run::side_by_side::Job;

use crate::disk;
use crate::sealed::{self, Owner};
use crate::version;

/// Most bytes of a run that is kept: a grid in four coordinates is computed again.
const MOST: usize = 64 << 20;

/// A folder of finished runs.
#[derive(Clone, Debug)]
pub struct Kept {
    path: PathBuf,
}

impl Kept {
    /// Those of the finished result in a folder.
    pub fn beside(result: &Path) -> Self {
        Self { path: result.join(".kept") }
    }

    /// Those of a result in the making, in its folder of work in progress.
    pub fn in_progress(partial: &Path) -> Self {
        Self { path: partial.join("kept") }
    }

    /// Makes the folder.
    pub fn make(&self) -> io::Result<()> {
        disk::make(&self.path)
    }

    /// Removes the folder.
    pub fn remove(&self) -> io::Result<()> {
        disk::remove(&self.path)
    }

    /// Puts these in the place of others.
    pub fn replace(&self, others: &Self) -> io::Result<()> {
        if is_folder(&self.path)? {
            others.remove()?;
            disk::rename(&self.path, &others.path)?;
        }
        Ok(())
    }

    /// Keeps a run that has ended.
    pub fn keep(&self, address: &str, checkpoint: &Checkpoint) {
        if checkpoint.seam == Seam::Underway || address.is_empty() {
            return;
        }
        if let Ok(bytes) = sealed::seal(&owner(address), checkpoint)
            && bytes.len() <= MOST
        {
            let _ = disk::write_atomically(&self.place(address), &bytes);
        }
    }

    /// The end of a run, where it is there and the run through this plan would have come there.
    pub fn find(&self, job: &Job, plan: &Plan) -> Option<Checkpoint> {
        self.read(job).filter(|checkpoint| checkpoint.suits(plan, &job.identity))
    }

    /// The seam at the end of this run, where that is there, whatever it was observed at.
    pub fn seam(&self, job: &Job) -> Option<Seam> {
        self.read(job).map(|checkpoint| checkpoint.seam)
    }

    fn read(&self, job: &Job) -> Option<Checkpoint> {
        let bytes = read_own(&self.place(&job.address), MOST as u64).ok()?;
        sealed::open(&bytes, &owner(&job.address)).ok()
    }

    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        fs::read_dir(&self.path).map_or(true, |mut entries| entries.next().is_none())
    }

    fn place(&self, address: &str) -> PathBuf {
        self.path.join(format!("{address}.run"))
    }
}

/// Of this program, as it computes.
fn owner(address: &str) -> Owner {
    Owner { program: version::computing(), scenario: address.to_owned(), run: "kept".to_owned() }
}
