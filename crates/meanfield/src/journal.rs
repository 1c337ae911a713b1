//! The rows of a sweep as they are finished, one after another in one file. A row that a kill left
//! half-written, or that was damaged since, is skipped and computed again; nothing is ever removed from the
//! file.

use std::collections::HashMap;
use std::fmt::Display;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use meanfield_files::{Missing, append, read_own, sync_entries};
use meanfield_run::sweep::Row;

use crate::error::Error;
use crate::sealed::{self, Owner};

/// Its file in the folder of work in progress; the extension is that of checkpoints, so that it is saved
/// and cleared like one.
pub const NAME: &str = "rows.checkpoint";
/// Rows are on the medium after this time, should the machine stop.
const SYNC_EVERY: Duration = Duration::from_secs(5);
/// Longest journal that is read, in bytes.
const LONGEST: u64 = 16 << 30;

/// An open journal.
pub struct Journal {
    path: PathBuf,
    owner: Owner,
    file: Mutex<Synced>,
}

/// A file, and when it was synced last.
struct Synced {
    file: File,
    at: Instant,
}

/// Contents of a journal that is opened.
pub struct Recovered {
    /// Rows by their points.
    pub rows: HashMap<usize, Row>,
    /// Bytes that are no row.
    pub lost: usize,
}

impl Journal {
    /// Opens the journal of a folder, or begins it, with the rows that are in it. That of another scenario or
    /// program is refused.
    pub fn open(folder: &Path, owner: Owner) -> Result<(Self, Recovered), Error> {
        let path = folder.join(NAME);
        let bytes = read_own(&path, LONGEST).or_missing().map_err(|error| failed(&path, error))?;
        let bytes = bytes.unwrap_or_default();
        let (rows, lost) = sealed::open_all::<Row>(&bytes, &owner).map_err(|unfit| {
            let text = format!("the rows in {} cannot be used: {unfit}", path.display());
            Error::input(text, "use {overwrite} to start again, or {output} for another folder")
        })?;
        let file = append(&path).map_err(|error| failed(&path, error))?;
        sync_entries(folder).map_err(|error| failed(&path, error))?;
        let rows = rows.into_iter().map(|row| (row.point, row)).collect();
        let file = Mutex::new(Synced { file, at: Instant::now() });
        Ok((Self { path, owner, file }, Recovered { rows, lost }))
    }

    /// Appends a row.
    pub fn append(&self, row: &Row) -> Result<(), Error> {
        let bytes = sealed::seal(&self.owner, row).map_err(|error| failed(&self.path, error))?;
        let mut open = self.file.lock().map_err(|_| failed(&self.path, "another thread failed"))?;
        open.add(&bytes).map_err(|error| failed(&self.path, error))
    }
}

/// The error of a journal at a path.
fn failed(path: &Path, error: impl Display) -> Error {
    Error::run(format!("{}: {error}", path.display()))
}

/// The last rows, too, are to outlast the machine.
impl Drop for Synced {
    fn drop(&mut self) {
        let _ = self.file.sync_data();
    }
}

impl Synced {
    fn add(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.write_all(bytes)?;
        if self.at.elapsed() >= SYNC_EVERY {
            self.file.sync_data()?;
            self.at = Instant::now();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(point: usize) -> Row {
        Row { point, runs: Vec::new() }
    }

    fn owner(scenario: &str) -> Owner {
        Owner { program: "1".into(), scenario: scenario.into(), run: "rows".into() }
    }

    fn open(folder: &Path) -> (Journal, Recovered) {
        Journal::open(folder, owner("abc")).unwrap_or_else(|_| panic!("opens"))
    }

    #[test]
    fn rows_survive_a_stop_in_the_middle_of_one() {
        let folder = tempfile::tempdir().expect("made");
        let (journal, found) = open(folder.path());
        assert!(found.rows.is_empty());
        (0..3).for_each(|point| journal.append(&row(point)).unwrap_or_else(|_| panic!("appended")));
        let path = folder.path().join(NAME);
        let whole = std::fs::read(&path).expect("there");
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).expect("cut");
            let (journal, found) = open(folder.path());
            let complete = cut / (whole.len() / 3);
            assert_eq!(found.rows.len(), complete, "cut at {cut}");
            assert_eq!(found.lost, cut % (whole.len() / 3), "cut at {cut}");
            journal.append(&row(7)).unwrap_or_else(|_| panic!("appended"));
            let (_, found) = open(folder.path());
            assert!(found.rows.len() == complete + 1 && found.rows[&7] == row(7));
        }
    }

    #[test]
    fn the_journal_of_another_scenario_is_refused_and_stays() {
        let folder = tempfile::tempdir().expect("made");
        open(folder.path()).0.append(&row(1)).unwrap_or_else(|_| panic!("appended"));
        let before = std::fs::read(folder.path().join(NAME)).expect("there");
        assert!(Journal::open(folder.path(), owner("b")).is_err());
        assert_eq!(std::fs::read(folder.path().join(NAME)).expect("there"), before);
    }
}
