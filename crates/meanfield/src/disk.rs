//! Changes on the disk, between any two of which a process or a machine may stop: every file is whole then.

use std::fs;
use std::io;
use std::path::Path;

use meanfield_files::{Aside, is_folder, is_there};

/// Writes a file so that it is there whole or not at all, and was read back.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = Aside::write(path, bytes)?;
    crash::point()?;
    temporary.put()
}

/// Moves a file or a folder.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    crash::point()?;
    fs::rename(from, to)
}

/// Makes a folder in one that is there. A link in its place is none, and an error.
pub fn make(folder: &Path) -> io::Result<()> {
    crash::point()?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_folder(folder)? => Ok(()),
        made => made,
    }
}

/// Removes a folder with all that is in it, if it is there.
pub fn remove(folder: &Path) -> io::Result<()> {
    crash::point()?;
    match is_there(folder)? {
        true => fs::remove_dir_all(folder),
        false => Ok(()),
    }
}

/// Removes a folder that must be empty, if it is there.
pub fn remove_empty(folder: &Path) -> io::Result<()> {
    crash::point()?;
    match is_there(folder)? {
        true => fs::remove_dir(folder),
        false => Ok(()),
    }
}

/// Removes a file, if it is there.
pub fn remove_file(path: &Path) -> io::Result<()> {
    crash::point()?;
    match is_there(path)? {
        true => fs::remove_file(path),
        false => Ok(()),
    }
}

/// Stops that the tests put between any two changes on the disk.
pub mod crash {
    use std::io;

    #[cfg(test)]
    thread_local! {
        static LEFT: std::cell::Cell<Option<usize>> = const { std::cell::Cell::new(None) };
        static FAILURES: std::cell::Cell<usize> = const { std::cell::Cell::new(usize::MAX) };
    }

    /// After so many changes nothing is changed any more; None: never.
    #[cfg(test)]
    pub fn stop_after(changes: Option<usize>) {
        LEFT.set(changes);
        FAILURES.set(usize::MAX);
    }

    /// After so many changes this many fail, and those after them succeed.
    #[cfg(test)]
    pub fn fail_after(changes: usize, failures: usize) {
        LEFT.set(Some(changes));
        FAILURES.set(failures);
    }

    #[cfg(test)]
    pub fn point() -> io::Result<()> {
        match LEFT.get() {
            Some(0) => {
                FAILURES.set(FAILURES.get() - 1);
                LEFT.set((FAILURES.get() > 0).then_some(0));
                Err(io::Error::other("stopped"))
            }
            left => {
                LEFT.set(left.map(|left| left - 1));
                Ok(())
            }
        }
    }

    #[cfg(not(test))]
    #[inline]
    pub fn point() -> io::Result<()> {
        Ok(())
    }
}
