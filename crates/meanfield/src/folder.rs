//! The folder of a result: what it holds, and when it may be written.
//!
//! ```text
//!   <output>/<stem>/            record.h5  scenario.toml  summary.json  figures/     finished
//!   <output>/<stem>/.partial/   lock  scenario.toml  <run>.checkpoint  rows.checkpoint
//!                               gaps  result/  old/  kept/                           in progress
//!   <output>/<stem>/.kept/      <address>.run: finished runs, for `extend` (`kept`)
//!   <output>/<stem>/.parts/     what several processes compute of it: `parts`
//! ```
//! Nothing outside `.partial` is touched before the new result is complete; see `partial`.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use meanfield_files::{Missing, digest, is_folder, is_there, read_own, read_own_text};

use crate::publish::{self, LONGEST, PARTS, SUMMARY};
use crate::summary::Summary;
use crate::version;

/// A result's folder, not locked.
#[derive(Clone)]
pub struct Folder {
    path: PathBuf,
    /// A link to it, and where that leads.
    link: Option<(PathBuf, PathBuf)>,
}

/// State of a folder before a run.
pub enum FolderState {
    /// Nothing finished.
    Nothing,
    /// This very scenario, finished by this very program; its summary.
    Same(String),
    /// This very scenario, finished by another version of the program: which one.
    OfAnotherVersion(String),
    /// This very scenario, but the part named is missing, or is not as it was written.
    Incomplete(String),
    /// Another result.
    Other,
    /// A result that was being put into place when its process ended.
    Interrupted,
}

impl Folder {
    /// The folder `name` below `output`.
    pub fn new(output: &Path, name: &str) -> Self {
        Self { path: output.join(name), link: None }
    }

    /// The folder at a path.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), link: None }
    }

    /// The folder of scenario `name` in its family, `<output>/<family>/<name>`. Version 0.2 left the
    /// family out: a result of this scenario that is there still is used, and elsewhere the shorter
    /// path becomes a link.
    pub fn of(output: &Path, family: &Path, name: &str, resolved: &str) -> Self {
        let old = Self::new(output, name);
        if family.as_os_str().is_empty() {
            old.leave_link(name);
        }
        let is_folder = is_folder(&old.path).unwrap_or(false);
        if family.as_os_str().is_empty() || (is_folder && old.is_of(resolved)) {
            return old;
        }
        let link = (!is_folder).then(|| (old.path.clone(), family.join(name)));
        Self { path: output.join(family).join(name), link }
    }

    /// Whether it holds a result of the scenario `resolved`, finished or not, or one that was being put into
    /// place.
    fn is_of(&self, resolved: &str) -> bool {
        self.began(resolved)
            || matches!(self.holds(resolved), Ok(true))
            || is_there(&self.old()).unwrap_or(true)
    }

    /// Nothing is written through a link to the result of a family: the link is removed, the result stays.
    fn leave_link(&self, name: &str) {
        if fs::read_link(&self.path).is_ok_and(|target| is_in_family(&target, name)) {
            let _ = fs::remove_file(&self.path);
        }
    }

    /// The same folder without a link to it.
    pub fn without_link(self) -> Self {
        Self { link: None, ..self }
    }

    /// Makes the link, in place of one that is there. Where there can be none, nothing is lost.
    pub fn link(&self) {
        let Some((link, target)) = &self.link else { return };
        let temporary = link.with_added_extension("linking");
        if is_link(&temporary) {
            let _ = fs::remove_file(&temporary);
        }
        if (is_link(link) || fs::symlink_metadata(link).is_err()) && symlink(target, &temporary).is_ok() {
            let _ = fs::rename(&temporary, link);
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of work in progress.
    pub fn partial(&self) -> PathBuf {
        self.path.join(".partial")
    }

    /// Where a publication holds the parts of the old result until the new one is in place.
    pub fn old(&self) -> PathBuf {
        self.partial().join("old")
    }

    /// Its state, `resolved` being the scenario about to run.
    pub fn look(&self, resolved: &str) -> io::Result<FolderState> {
        if is_there(&self.old())? {
            return Ok(FolderState::Interrupted);
        }
        if self.holds(resolved)? {
            return self.own_state();
        }
        let parts = publish::parts(&self.path)?;
        Ok(if parts.is_empty() { FolderState::Nothing } else { FolderState::Other })
    }

    /// Whether its scenario is this one.
    fn holds(&self, resolved: &str) -> io::Result<bool> {
        Ok(self.part("scenario.toml")?.is_some_and(|found| found == resolved.as_bytes()))
    }

    /// Whether the result of the very scenario is whole and of this program.
    fn own_state(&self) -> io::Result<FolderState> {
        let summary = self.part(SUMMARY)?.and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(summary) = summary else { return Ok(FolderState::Incomplete(SUMMARY.to_owned())) };
        let Ok(stated) = serde_json::from_str::<publish::Stated>(&summary) else {
            return Ok(FolderState::Incomplete(SUMMARY.to_owned()));
        };
        if stated.computed_by.as_deref() != Some(&version::computing()) {
            return Ok(FolderState::OfAnotherVersion(stated.computed_by.unwrap_or(stated.version)));
        }
        if !serde_json::from_str::<Summary>(&summary).is_ok_and(|summary| summary.is_whole()) {
            return Ok(FolderState::Incomplete(SUMMARY.to_owned()));
        }
        for (name, expected) in stated.files() {
            if self.part(name)?.is_none_or(|bytes| digest::sha256(&bytes) != *expected) {
                return Ok(FolderState::Incomplete(name.clone()));
            }
        }
        let lacking =
            PARTS.iter().find(|part| **part != SUMMARY && !stated.files().any(|(name, _)| name == *part));
        Ok(lacking.map_or(FolderState::Same(summary), |part| FolderState::Incomplete((*part).to_owned())))
    }

    /// The bytes of the part of this name; none where there is none, or a link or a pipe in its place.
    fn part(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match read_own(&self.path.join(name), LONGEST).or_missing() {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(None),
            bytes => bytes,
        }
    }

    /// Whether an unfinished run of the scenario `resolved` is in it.
    pub fn began(&self, resolved: &str) -> bool {
        read_own_text(&self.partial().join("scenario.toml"), LONGEST)
            .is_ok_and(|scenario| scenario == resolved)
    }
}

/// Whether a link leads to the result `name` of a family.
fn is_in_family(target: &Path, name: &str) -> bool {
    target.is_relative() && target.components().count() > 1 && target.file_name() == Some(name.as_ref())
}

/// Whether there is a link at this path.
fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}
