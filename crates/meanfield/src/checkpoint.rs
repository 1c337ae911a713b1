//! Checkpoints in files of their own: one a run.

use std::path::{Path, PathBuf};

use meanfield_files::{Missing, read_own};
use meanfield_run::drive::Checkpoint;
use meanfield_run::record::Place;
use meanfield_run::side_by_side::Job;

use crate::disk::write_atomically;
use crate::error::Error;
use crate::sealed::{self, Owner};

/// Extension of a checkpoint's file.
pub const EXTENSION: &str = "checkpoint";
/// Longest checkpoint that is read, in bytes.
const LONGEST: u64 = 16 << 30;

/// Longest part of an axis' name in a file's name: file systems allow 255 bytes, and a run may have places on
/// three axes and a seed. Order and value identify each place.
const LONGEST_AXIS: usize = 20;

/// Name that identifies a run among all of its scenario: `sgd.scale-0.1.seed-1`. No system's name holds a
/// dot, so that no two runs share one.
pub fn name(job: &Job) -> String {
    let short =
        |place: &Place| Place { axis: place.axis.chars().take(LONGEST_AXIS).collect(), ..place.clone() };
    let coarse = if job.coarse { ".coarse" } else { "" };
    let run: String = job.run.iter().map(|place| format!(".{}", short(place).tag())).collect();
    format!("{}{coarse}{run}", job.identity.system)
}

/// Path of a run's checkpoint.
pub fn path(folder: &Path, job: &Job) -> PathBuf {
    folder.join(format!("{}.{EXTENSION}", name(job)))
}

/// Writes a checkpoint, whole or not at all.
pub fn write(path: &Path, owner: &Owner, checkpoint: &Checkpoint) -> Result<(), String> {
    let bytes = sealed::seal(owner, checkpoint)?;
    write_atomically(path, &bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Reads a checkpoint back; none if there is none. One that is damaged, or of something else, is bad input.
pub fn read(path: &Path, owner: &Owner) -> Result<Option<Checkpoint>, Error> {
    let refused = |reason: String| {
        let text = format!("the checkpoint {} cannot be used: {reason}", path.display());
        Error::input(text, "delete it to repeat this run only, or use {overwrite} to start all again")
    };
    let Some(bytes) = read_own(path, LONGEST).or_missing().map_err(|error| refused(error.to_string()))?
    else {
        return Ok(None);
    };
    sealed::open(&bytes, owner).map(Some).map_err(|unfit| refused(unfit.to_string()))
}
