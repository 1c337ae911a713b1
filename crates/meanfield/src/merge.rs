//! Parts of a scenario put together: the one record, as a single process would have made it. Checkpoints and
//! rows of all parts are gathered in the folder of work in progress; then the session goes on from them, with
//! nothing left to compute.

use std::fs;
use std::io;
use std::path::Path;

use meanfield_files::{Missing, is_there, read_own};

use crate::checkpoint;
use crate::disk;
use crate::error::Error;
use crate::folder::Folder;
use crate::journal;
use crate::partial::Partial;
use crate::parts::{Parts, Plan};
use crate::share::Part;

/// Longest checkpoint or journal that is gathered, in bytes.
const LONGEST: u64 = 16 << 30;

/// The parts of the result at a folder, all of them finished.
pub(crate) struct Gathered {
    /// The folder of the parts.
    pub parts: Parts,
    /// What they have in common.
    pub plan: Plan,
}

impl Gathered {
    /// Looks at the parts of a result.
    ///
    /// # Errors
    /// If there are none, or some are missing or not finished: each is named.
    pub fn find(folder: &Path) -> Result<Self, Error> {
        let parts = Parts::of_result(folder);
        let Some(plan) = parts.plan()? else {
            let text = format!("{} holds no parts of a scenario", folder.display());
            return Err(Error::input(
                text,
                "write the folder that `--part 1/7` named, e.g. output/figure-2-sweep",
            ));
        };
        let found = Self { parts, plan };
        let missing = found.missing()?;
        match missing.is_empty() {
            true => Ok(found),
            false => Err(Error::input(missing.join("\n"), "run these parts again, then merge")),
        }
    }

    /// The parts that are not finished, in words.
    fn missing(&self) -> Result<Vec<String>, Error> {
        let mut words = Vec::new();
        for part in self.each()? {
            if self.parts.share(part)?.is_none() {
                words.push(self.state(part)?);
            }
        }
        Ok(words)
    }

    /// The state of a part that is not finished.
    fn state(&self, part: Part) -> Result<String, Error> {
        let begun = is_there(self.parts.folder(part).path()).map_err(|error| unreadable(&error))?;
        let words = if begun { "began, and is not finished" } else { "is not there" };
        Ok(format!("part {part} {words}"))
    }

    /// Every part.
    fn each(&self) -> Result<Vec<Part>, Error> {
        Part::all(self.plan.parts).map_err(|text| Error::input(text, "remove the folder `.parts` there"))
    }

    /// Puts what the parts computed into the folder of work in progress.
    pub fn put_into(&self, partial: &Partial) -> Result<(), Error> {
        for part in self.each()? {
            let folder = self.parts.folder(part);
            gather(&folder, partial.path()).map_err(|error| {
                Error::run(format!("{} cannot be gathered: {error}", folder.path().display()))
            })?;
        }
        Ok(())
    }
}

/// Copies the checkpoints of one part, and adds its rows to those that are there.
fn gather(part: &Folder, to: &Path) -> io::Result<()> {
    let from = part.partial();
    let Some(entries) = fs::read_dir(&from).or_missing()? else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let Some(name) =
            path.file_name().filter(|_| path.extension().is_some_and(|e| e == checkpoint::EXTENSION))
        else {
            continue;
        };
        let mut bytes = Vec::new();
        let place = to.join(name);
        if name == journal::NAME {
            bytes = read_own(&place, LONGEST).or_missing()?.unwrap_or_default();
        }
        bytes.extend(read_own(&path, LONGEST)?);
        disk::write_atomically(&place, &bytes)?;
    }
    Ok(())
}

fn unreadable(error: &io::Error) -> Error {
    Error::run(format!("the parts cannot be read: {error}"))
}
