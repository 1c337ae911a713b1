//! Writing so that a process or a machine that stops at any moment leaves every file whole: aside, synced, renamed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes a file so that it is there whole or not at all.
pub fn write_aside(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let aside = path.with_added_extension("writing");
    let mut file = File::create(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    rename(&aside, path)
}

/// Moves a file or a folder.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    crash::point()?;
    fs::rename(from, to)
}

/// Makes a folder, and those above it.
pub fn make(folder: &Path) -> io::Result<()> {
    crash::point()?;
    fs::create_dir_all(folder)
}

/// Removes a folder with all that is in it, if it is there.
pub fn remove(folder: &Path) -> io::Result<()> {
    crash::point()?;
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes a file.
pub fn remove_file(path: &Path) -> io::Result<()> {
    crash::point()?;
    fs::remove_file(path)
}

/// Has everything in a folder, and its entries, written to the medium.
pub fn sync(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { sync(&path)? } else { File::open(&path)?.sync_all()? }
    }
    sync_entries(folder)
}

/// Has the entries of a folder written to the medium: which files it holds under which names.
pub fn sync_entries(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Stops that the tests put between any two changes on the disk.
pub mod crash {
    use std::io;

    #[cfg(test)]
    thread_local! {
        static LEFT: std::cell::Cell<Option<usize>> = const { std::cell::Cell::new(None) };
    }

    /// After so many changes nothing is changed any more; None: never.
    #[cfg(test)]
    pub fn after(changes: Option<usize>) {
        LEFT.set(changes);
    }

    #[cfg(test)]
    pub fn point() -> io::Result<()> {
        match LEFT.get() {
            Some(0) => Err(io::Error::other("stopped")),
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
