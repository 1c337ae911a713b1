//! Checkpoints as bytes. A checksum guards them: a damaged state would go unnoticed and spoil the result.

use std::path::{Path, PathBuf};

use meanfield_run::drive::Checkpoint;
use meanfield_run::record::Place;
use meanfield_run::side_by_side::Job;

use crate::disk::write_aside;
use crate::failure::Failure;

/// Extension of a checkpoint's file.
pub const EXTENSION: &str = "checkpoint";

/// Longest part of an axis' name in a file's name: file systems take 255 bytes, and a run may stand on three axes
/// and a seed. Where a run stands on each axis is told by the order and by the value.
const LONGEST_AXIS: usize = 20;

/// Where a run keeps its checkpoint: `sgd.scale-0.1.seed-1.checkpoint`. No system's name holds a dot, so that no two
/// runs share one.
pub fn path(folder: &Path, job: &Job) -> PathBuf {
    let short =
        |place: &Place| Place { axis: place.axis.chars().take(LONGEST_AXIS).collect(), ..place.clone() };
    let coarse = if job.coarse { ".coarse" } else { "" };
    let run: String = job.run.iter().map(|place| format!(".{}", short(place).tag())).collect();
    folder.join(format!("{}{coarse}{run}.{EXTENSION}", job.identity.system))
}

/// Writes a checkpoint, whole or not at all.
pub fn write(path: &Path, checkpoint: &Checkpoint) -> Result<(), String> {
    let mut bytes = postcard::to_stdvec(checkpoint).map_err(|error| error.to_string())?;
    bytes.extend(checksum(&bytes).to_le_bytes());
    write_aside(path, &bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Reads a checkpoint back; none if there is none. A damaged one is bad input.
pub fn read(path: &Path) -> Result<Option<Checkpoint>, Failure> {
    let damaged = |error: String| {
        let text = format!("the checkpoint {} cannot be read: {error}", path.display());
        Failure::input(text, "delete it to repeat this run only, or write --overwrite to start all again")
    };
    let bytes = match std::fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|error| damaged(error.to_string()))?,
    };
    match bytes.split_last_chunk() {
        Some((state, sum)) if u64::from_le_bytes(*sum) == checksum(state) => {
            postcard::from_bytes(state).map(Some).map_err(|error| damaged(error.to_string()))
        }
        _ => Err(damaged("it is damaged, or of another version of meanfield".to_owned())),
    }
}

/// FNV-1a, 64 bits, of the bytes and of the program's version (which decides what they mean).
pub fn checksum(bytes: &[u8]) -> u64 {
    let version = env!("CARGO_PKG_VERSION").bytes();
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.iter().copied().chain(version).fold(0xcbf2_9ce4_8422_2325, mix)
}
