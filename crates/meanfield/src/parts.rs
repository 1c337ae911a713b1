//! The folder of a scenario that several processes compute in parts, and what each of them leaves there:
//!
//! ```text
//!   <output>/<stem>/.parts/  plan.json  scenario.toml  3-of-7/  share.json  .partial/  (checkpoints, rows)
//! ```
//! Every part has a lock of its own and may lie on another disk until the folders are put together. Nothing
//! is computed here, and no result published; `merge` does that.

use std::io;
use std::path::{Path, PathBuf};

use meanfield_files::{Missing, read_own_text};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::compute::Share;
use crate::disk;
use crate::error::Error;
use crate::folder::Folder;
use crate::share::Part;
use crate::task::Task;

/// Longest file that is read here, in bytes.
const LONGEST: u64 = 64 << 20;

/// What all parts have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// What is done with the scenario.
    pub task: Task,
    /// Into how many parts.
    pub parts: usize,
    /// Whether the scenario was reduced by its `[quick]`.
    pub quick: bool,
}

/// The folder `.parts` of a result.
pub(crate) struct Parts {
    path: PathBuf,
}

impl Parts {
    /// That of the result at `folder`.
    pub fn of_result(folder: &Path) -> Self {
        Self { path: folder.join(".parts") }
    }

    /// Where the scenario of all parts is.
    pub fn scenario_path(&self) -> PathBuf {
        self.path.join("scenario.toml")
    }

    /// The folder of one part.
    pub fn folder(&self, part: Part) -> Folder {
        Folder::new(&self.path, &part.to_string().replace('/', "-of-"))
    }

    /// The plan, where there is one.
    pub fn plan(&self) -> Result<Option<Plan>, Error> {
        read_json(&self.path.join("plan.json"))
    }

    /// States scenario and plan, unless a part did so before. Another plan or scenario is refused.
    pub fn state(&self, plan: Plan, resolved: &str) -> Result<(), Error> {
        std::fs::create_dir_all(&self.path).map_err(|error| self.unwritable(&error))?;
        let stated = read_own_text(&self.scenario_path(), LONGEST).or_missing();
        let stated = stated.map_err(|error| self.unwritable(&error))?;
        let found = self.plan()?;
        let differs = stated.is_some_and(|stated| stated != resolved);
        if differs || found.is_some_and(|found| found != plan) {
            let what = if differs { "another scenario" } else { "another number of parts, or another verb" };
            let text = format!("the parts in {} are those of {what}", self.path.display());
            return Err(Error::input(text, "remove that folder, or choose another one: {output}"));
        }
        let json = serde_json::to_vec_pretty(&plan).map_err(|error| Error::run(error.to_string()))?;
        disk::write_atomically(&self.scenario_path(), resolved.as_bytes())
            .and_then(|()| disk::write_atomically(&self.path.join("plan.json"), &json))
            .map_err(|error| self.unwritable(&error))
    }

    /// From now on this part is not finished.
    pub fn begin(&self, part: Part) -> Result<(), Error> {
        disk::remove_file(&self.share_path(part)).map_err(|error| self.unwritable(&error))
    }

    /// States that this part is finished, and what was in it.
    pub fn finish(&self, part: Part, share: Share) -> Result<(), Error> {
        let json = serde_json::to_vec_pretty(&share).map_err(|error| Error::run(error.to_string()))?;
        disk::write_atomically(&self.share_path(part), &json).map_err(|error| self.unwritable(&error))
    }

    /// What a finished part computed; none of one that is not finished.
    pub fn share(&self, part: Part) -> Result<Option<Share>, Error> {
        read_json(&self.share_path(part))
    }

    /// Removes all of it, after the whole was published.
    pub fn remove(&self) -> io::Result<()> {
        disk::remove(&self.path)
    }

    fn share_path(&self, part: Part) -> PathBuf {
        self.folder(part).path().join("share.json")
    }

    fn unwritable(&self, error: &io::Error) -> Error {
        let text = format!("the folder {} cannot be used: {error}", self.path.display());
        Error::input(text, "choose another one: {output}")
    }
}

/// What a small file of ours says; none where there is none.
fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Error> {
    let unreadable = |why: String| {
        let text = format!("{} cannot be read: {why}", path.display());
        Error::input(text, "remove it, and run that part again")
    };
    let text = read_own_text(path, LONGEST).or_missing().map_err(|error| unreadable(error.to_string()))?;
    text.map(|text| serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))).transpose()
}
