//! The folder of a result: what it holds, and when it may be written.
//!
//! ```text
//!   <output>/<stem>/            record.h5  scenario.toml  summary.json  figures/            finished
//!   <output>/<stem>/.partial/   lock  scenario.toml  <run>.checkpoint  rows.checkpoint  gaps  result/  old/   in progress
//! ```
//! Nothing outside `.partial` is touched before the new result is complete; see `partial`.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use meanfield_files::{Missing, digest, is_folder, is_there, own, own_text};

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

/// What is in a folder before a run.
pub enum Found {
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

    /// The folder of scenario `name` in its family, `<output>/<family>/<name>`. Version 0.2 left the
    /// family out: a result of this scenario that is there still is used, and elsewhere the shorter
    /// path becomes a link.
    pub fn of(output: &Path, family: &Path, name: &str, resolved: &str) -> Self {
        let old = Self::new(output, name);
        if family.as_os_str().is_empty() {
            old.leave_link(name);
        }
        let is_folder = is_folder(&old.path).unwrap_or(false);
        let is_own = || {
            old.began(resolved)
                || matches!(old.holds(resolved), Ok(true))
                || is_there(&old.old()).unwrap_or(true)
        };
        if family.as_os_str().is_empty() || (is_folder && is_own()) {
            return old;
        }
        let link = (!is_folder).then(|| (old.path.clone(), family.join(name)));
        Self { path: output.join(family).join(name), link }
    }

    /// Nothing is written through a link to the result of a family: it is taken away, the result stays.
    fn leave_link(&self, name: &str) {
        let into_family = |target: &Path| {
            target.is_relative()
                && target.components().count() > 1
                && target.file_name() == Some(name.as_ref())
        };
        if fs::read_link(&self.path).is_ok_and(|target| into_family(&target)) {
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
        let aside = link.with_added_extension("linking");
        let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink());
        if is_link(&aside) {
            let _ = fs::remove_file(&aside);
        }
        if (is_link(link) || fs::symlink_metadata(link).is_err()) && symlink(target, &aside).is_ok() {
            let _ = fs::rename(&aside, link);
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where work in progress lives.
    pub fn partial(&self) -> PathBuf {
        self.path.join(".partial")
    }

    /// What was there before a publication goes there for a moment.
    pub fn old(&self) -> PathBuf {
        self.partial().join("old")
    }

    /// What it holds, `resolved` being the scenario about to run.
    pub fn look(&self, resolved: &str) -> io::Result<Found> {
        if is_there(&self.old())? {
            return Ok(Found::Interrupted);
        }
        if self.holds(resolved)? {
            return self.look_closer();
        }
        let parts = publish::parts(&self.path)?;
        Ok(if parts.is_empty() { Found::Nothing } else { Found::Other })
    }

    /// Whether its scenario is this one.
    fn holds(&self, resolved: &str) -> io::Result<bool> {
        Ok(self.part("scenario.toml")?.is_some_and(|found| found == resolved.as_bytes()))
    }

    /// Whether the result of the very scenario is whole and of this program.
    fn look_closer(&self) -> io::Result<Found> {
        let summary = self.part(SUMMARY)?.and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(summary) = summary else { return Ok(Found::Incomplete(SUMMARY.to_owned())) };
        let Ok(stated) = serde_json::from_str::<publish::Stated>(&summary) else {
            return Ok(Found::Incomplete(SUMMARY.to_owned()));
        };
        if stated.computed_by.as_deref() != Some(&version::computing()) {
            return Ok(Found::OfAnotherVersion(stated.computed_by.unwrap_or(stated.version)));
        }
        if !serde_json::from_str::<Summary>(&summary).is_ok_and(|summary| summary.is_whole()) {
            return Ok(Found::Incomplete(SUMMARY.to_owned()));
        }
        for (name, expected) in stated.files() {
            if self.part(name)?.is_none_or(|bytes| digest::of(&bytes) != *expected) {
                return Ok(Found::Incomplete(name.clone()));
            }
        }
        let lacking =
            PARTS.iter().find(|part| **part != SUMMARY && !stated.files().any(|(name, _)| name == *part));
        Ok(lacking.map_or(Found::Same(summary), |part| Found::Incomplete((*part).to_owned())))
    }

    /// The bytes of the part of this name; none where there is none, or a link or a pipe in its place.
    fn part(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match own(&self.path.join(name), LONGEST).or_missing() {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(None),
            bytes => bytes,
        }
    }

    /// Whether an unfinished run of the scenario `resolved` is in it.
    pub fn began(&self, resolved: &str) -> bool {
        own_text(&self.partial().join("scenario.toml"), LONGEST).is_ok_and(|scenario| scenario == resolved)
    }
}
