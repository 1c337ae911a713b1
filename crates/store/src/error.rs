//! Errors of reading and writing a record, in words for the user.
//!
//! Inside the crate a `Fault` has the place in the file and the reason; the public functions add the path and
//! what to do. Nothing is written or read here.

use std::io;
use std::path::{Path, PathBuf};

/// Errors of writing or reading a record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such file, or it may not be opened.
    #[error("cannot read {}: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The file is none that this version seals: of version 0.2, or of another program.
    #[error("{} was not sealed by meanfield", .path.display())]
    Unsealed {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else, or nothing is left of it.
    #[error("{} is not a meanfield record: it is not an HDF5 file", .path.display())]
    NotHdf5 {
        /// The file.
        path: PathBuf,
    },
    /// The file is cut short, or lacks what a record has.
    #[error(
        "{} is not a complete meanfield record: {}{reason}; run the scenario again",
        .path.display(), prefix(.at)
    )]
    Incomplete {
        /// The file.
        path: PathBuf,
        /// Place in the file: group, dataset or attribute.
        at: String,
        /// The reason.
        reason: String,
    },
    /// The operating system or the HDF5 library refused.
    #[error(
        "cannot write {}: {}{reason}; see that its folder exists, may be written to, and has space left",
        .path.display(), prefix(.at)
    )]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Place in the file, or a file beside it.
        at: String,
        /// The reason.
        reason: String,
    },
    /// The records contradict themselves or one another.
    #[error(
        "cannot write {}: {}{reason}; nothing was stored, correct what was reported under this name",
        .path.display(), prefix(.at)
    )]
    Unfit {
        /// The file.
        path: PathBuf,
        /// The group, dataset or attribute that would have been written.
        at: String,
        /// The reason.
        reason: String,
    },
}

/// The place of a fault that is none of a single part.
pub(super) const WHOLE_FILE: &str = "the file itself";

/// The place of a fault before its reason, where it says more than the path of the file.
fn prefix(at: &str) -> String {
    if at == WHOLE_FILE { String::new() } else { format!("{at}: ") }
}

/// A failure at one place of a file whose path the caller knows.
#[derive(Debug)]
pub(super) struct Fault {
    at: String,
    reason: String,
    /// Whether the data are the cause, not the file system or the library.
    unfit: bool,
}

/// Result of functions inside the crate.
pub(super) type Checked<T> = Result<T, Fault>;

impl Fault {
    /// The operating system or the library failed at `at`.
    pub(super) fn refused(at: &str, reason: impl ToString) -> Self {
        Self { at: at.into(), reason: reason.to_string(), unfit: false }
    }

    /// The HDF5 library failed at `at`; its message without technical details.
    pub(super) fn library(at: &str, error: &hdf5::Error) -> Self {
        Self::refused(at, in_words(&error.to_string()))
    }

    /// The data for `at` are wrong.
    pub(super) fn unfit(at: &str, reason: impl Into<String>) -> Self {
        Self { at: at.into(), reason: reason.into(), unfit: true }
    }

    /// The error in writing `path`.
    pub(super) fn in_writing(self, path: &Path) -> StoreError {
        let path = path.to_path_buf();
        let at = self.at;
        let reason = self.reason;
        match self.unfit {
            true => StoreError::Unfit { path, at, reason },
            false => StoreError::Unwritable { path, at, reason },
        }
    }

    /// The error in reading `path`.
    pub(super) fn in_reading(self, path: &Path) -> StoreError {
        StoreError::Incomplete { path: path.to_path_buf(), at: self.at, reason: self.reason }
    }
}

/// The library's message without the names of functions, addresses and numbers of bytes:
/// "H5Dread(): can't read data: inflate() failed" → "the HDF5 library: can't read data, inflate() failed".
fn in_words(message: &str) -> String {
    let parts = message.split(": ").flat_map(|part| part.split(", ")).map(str::trim);
    let reasons: Vec<_> =
        parts.filter(|part| !part.is_empty() && !is_detail(part) && !is_function(part)).collect();
    format!("the HDF5 library: {}", reasons.join(", "))
}

/// Whether a part is a value or an address, such as "offset = 0".
fn is_detail(part: &str) -> bool {
    part.contains(" = ") || part.contains("0x")
}

/// Whether a part is the name of a function, such as "H5Dread()".
fn is_function(part: &str) -> bool {
    part.starts_with("H5") && part.ends_with("()")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_translated() {
        let said = "H5Fflush(): unable to flush file's cached information: file write failed: time = Mon, \
                    filename = 'a', buf = 0x55d0, total write size = 640, bytes this sub-write = 640, \
                    bytes actually written = 18446744073709551615, offset = 0";
        assert_eq!(
            in_words(said),
            "the HDF5 library: unable to flush file's cached information, file write failed"
        );
    }
}
