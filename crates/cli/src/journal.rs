//! The rows of a sweep as they are finished, one after another in one file. Each has its length and a checksum: what a kill leaves
//! half-written at the end is cut off and done again.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use meanfield_run::sweep::Row;

use crate::checkpoint::checksum;
use crate::failure::Failure;

/// Its file in the folder of work in progress; the extension is that of checkpoints, so that it is kept and cleared like one.
const NAME: &str = "rows.checkpoint";

/// An open journal.
pub struct Journal {
    file: Mutex<File>,
    path: PathBuf,
}

impl Journal {
    /// Opens the journal of a folder, or begins it; the rows that are in it.
    pub fn open(folder: &Path) -> Result<(Self, HashMap<usize, Row>), Failure> {
        let path = folder.join(NAME);
        let failed = |error: std::io::Error| Failure::run(format!("{}: {error}", path.display()));
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let (rows, whole) = rows(&bytes);
        file.set_len(whole as u64).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let rows = rows.into_iter().map(|row| (row.point, row)).collect();
        Ok((Self { file: Mutex::new(file), path }, rows))
    }

    /// Adds a row.
    pub fn keep(&self, row: &Row) -> Result<(), Failure> {
        let failed = |error: String| Failure::run(format!("{}: {error}", self.path.display()));
        let bytes = postcard::to_stdvec(row).map_err(|error| failed(error.to_string()))?;
        let length = (bytes.len() as u64).to_le_bytes();
        let entry = [&length[..], &bytes, &checksum(&bytes).to_le_bytes()].concat();
        let mut file = self.file.lock().map_err(|_| failed("another thread failed".to_owned()))?;
        file.write_all(&entry).map_err(|error| failed(error.to_string()))
    }
}

/// The whole rows at the beginning, and where they end.
fn rows(bytes: &[u8]) -> (Vec<Row>, usize) {
    let (mut rows, mut at) = (Vec::new(), 0);
    while let Some((row, next)) = row(bytes, at) {
        rows.push(row);
        at = next;
    }
    (rows, at)
}

fn row(bytes: &[u8], at: usize) -> Option<(Row, usize)> {
    let (length, rest) = bytes.get(at..)?.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (row, rest) = rest.split_at_checked(length)?;
    let (sum, _) = rest.split_first_chunk()?;
    let is_whole = u64::from_le_bytes(*sum) == checksum(row);
    let row = is_whole.then(|| postcard::from_bytes(row).ok()).flatten()?;
    Some((row, at + 8 + length + 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(point: usize) -> Row {
        Row { point, runs: Vec::new() }
    }

    #[test]
    fn rows_survive_a_stop_in_the_middle_of_one() {
        let folder = tempfile::tempdir().expect("made");
        let open = || Journal::open(folder.path()).unwrap_or_else(|_| panic!("opens"));
        let (journal, known) = open();
        assert!(known.is_empty());
        (0..3).for_each(|point| journal.keep(&row(point)).unwrap_or_else(|_| panic!("kept")));
        let path = folder.path().join(NAME);
        let whole = std::fs::read(&path).expect("there");
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).expect("cut");
            let (journal, known) = open();
            let complete = cut / (whole.len() / 3);
            assert_eq!(known.len(), complete, "cut at {cut}");
            journal.keep(&row(7)).unwrap_or_else(|_| panic!("kept"));
            let (_, known) = open();
            assert!(known.len() == complete + 1 && known[&7] == row(7));
        }
    }
}
