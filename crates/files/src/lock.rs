//! Locks, and files that are added to: opened so that a link in their place, or what is no regular
//! file, is an error.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::read::{as_link, regular};

/// Outcome of an attempt to lock a file.
pub enum Lock {
    /// This process has it, as long as the file is open.
    Taken(File),
    /// Another process has it.
    Held,
    /// The file system knows no locks (some of networks): the file without one.
    Unknown(File),
}

/// Locks a file, made if need be, without waiting.
///
/// # Errors
/// Where it cannot be opened or locked, or is no regular file.
pub fn lock(path: &Path) -> io::Result<Lock> {
    let file = open(OpenOptions::new().write(true), path)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock::Taken(file)),
        Err(TryLockError::WouldBlock) => Ok(Lock::Held),
        Err(TryLockError::Error(error)) if is_unknown(&error) => Ok(Lock::Unknown(file)),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn is_unknown(error: &io::Error) -> bool {
    let answers = [Errno::NOLCK, Errno::NOSYS, Errno::OPNOTSUPP, Errno::NOTSUP];
    answers.iter().any(|answer| error.raw_os_error() == Some(answer.raw_os_error()))
        || error.kind() == ErrorKind::Unsupported
}

/// A file opened for appending, made if need be.
///
/// # Errors
/// Where it cannot be opened, or is no regular file.
pub fn append(path: &Path) -> io::Result<File> {
    open(OpenOptions::new().append(true), path)
}

fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = options.create(true).custom_flags(flags.bits() as i32).open(path).map_err(as_link)?;
    regular(file)
}
