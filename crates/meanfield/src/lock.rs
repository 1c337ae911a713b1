//! The lock of a result's folder: one process at a time writes there.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;

use meanfield_files::{Lock, Missing, lock};

use crate::disk;
use crate::error::Error;
use crate::folder::Folder;
use crate::observer::Observer;

/// Locks a folder, which is made if it is not there; a second process is refused.
pub fn take(folder: &Folder, observer: &dyn Observer) -> Result<File, Error> {
    match try_lock(folder, observer) {
        Ok(Some(lock)) => Ok(lock),
        Ok(None) => {
            let text = format!("another process is writing to {}", folder.path().display());
            Err(Error::input(text, "wait for it, or choose another folder: {output}"))
        }
        Err(error) => {
            let text = format!("the folder {} cannot be written: {error}", folder.path().display());
            Err(Error::input(text, "choose another one: {output}"))
        }
    }
}

/// The lock, or none if another process has it.
fn try_lock(folder: &Folder, observer: &dyn Observer) -> io::Result<Option<File>> {
    let path = folder.partial().join("lock");
    loop {
        fs::create_dir_all(folder.path())?;
        disk::make(&folder.partial())?;
        let own = match lock(&path) {
            // Its owner cleared up just now.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
            Ok(Lock::Taken(file)) => file,
            Ok(Lock::Held) => return Ok(None),
            Ok(Lock::Unknown(file)) => {
                let place = folder.path().display();
                let advice = "let no second process write there";
                observer.note(&format!("{place} is on a disk without locks: {advice}"));
                file
            }
        };
        // Its last owner may have cleared up between the two calls: then nobody else sees this file.
        let about = own.metadata()?;
        let there = fs::symlink_metadata(&path).or_missing()?;
        if there.is_some_and(|there| there.dev() == about.dev() && there.ino() == about.ino()) {
            return Ok(Some(own));
        }
    }
}
