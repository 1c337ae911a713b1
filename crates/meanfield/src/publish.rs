//! How a finished result takes the place of an old one: the parts of the old one are moved to `old` first, so
//! that a failure can be undone, and another process can recover from one that ended in between.
//!
//! Only files that a summary lists are touched: others in the folder are their owner's.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use meanfield_files::{Missing, is_folder, is_there, read_own_text, sync_entries};
use serde::Deserialize;

use crate::disk;

/// Files of every finished result, in the order in which they are put into place: the summary is last.
/// Figures come before.
pub const PARTS: [&str; 3] = ["record.h5", "scenario.toml", SUMMARY];
/// Its file.
pub const SUMMARY: &str = "summary.json";
/// Their folder.
pub const FIGURES: &str = "figures";
/// Longest part of a result that is read back, in bytes.
pub const LONGEST: u64 = 16 << 30;

/// Statements of a summary about its result. That of version 0.2 states no files.
#[derive(Deserialize)]
pub struct Stated {
    /// Version of the program.
    #[serde(default)]
    pub version: String,
    /// The program that computed it.
    pub computed_by: Option<String>,
    /// Digest of every other file.
    #[serde(default)]
    files: BTreeMap<String, String>,
}

impl Stated {
    /// Names of files of the result, with their digests; no name leads out of its folder.
    pub fn files(&self) -> impl Iterator<Item = (&String, &String)> {
        self.files.iter().filter(|(name, _)| is_name(name))
    }
}

/// Whether this is the name of a part of a result.
fn is_name(name: &str) -> bool {
    let figure = name.strip_prefix(FIGURES).and_then(|name| name.strip_prefix('/'));
    PARTS.contains(&name) || figure.is_some_and(|name| !name.contains('/') && !name.starts_with('.'))
}

/// Whether version 0.2, which listed no files, would have given a figure this name.
fn is_old_figure(name: &str) -> bool {
    let begins = ["risk.", "law.", "law_", "joint_law", "over_"].iter().any(|start| name.starts_with(start));
    begins && (name.ends_with(".svg") || name.ends_with(".png"))
}

/// The names of the parts of a result that are in a folder, the summary last.
pub fn parts(folder: &Path) -> io::Result<Vec<String>> {
    let listed = listed(&folder.join(SUMMARY))?;
    let mut names = figures(folder, listed.as_deref())?;
    for part in PARTS {
        if is_there(&folder.join(part))? {
            names.push(part.to_owned());
        }
    }
    Ok(names)
}

/// The files that a summary lists; none if it is not there, is none, or lists no files.
fn listed(summary: &Path) -> io::Result<Option<Vec<String>>> {
    let Some(text) = read_own_text(summary, LONGEST).or_missing()? else { return Ok(None) };
    let stated = serde_json::from_str::<Stated>(&text).ok().filter(|stated| !stated.files.is_empty());
    Ok(stated.map(|stated| stated.files().map(|(name, _)| name.clone()).collect()))
}

/// Figures of a result: those that its summary lists. Of version 0.2, which listed none, those
/// that look like ours.
fn figures(folder: &Path, listed: Option<&[String]>) -> io::Result<Vec<String>> {
    let place = folder.join(FIGURES);
    if !is_folder(&place)? {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(place)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let part = format!("{FIGURES}/{name}");
        if listed.map_or(is_old_figure(&name), |listed| listed.contains(&part)) {
            names.push(part);
        }
    }
    names.sort();
    Ok(names)
}

/// Has the entries of a result's folders written to the medium.
pub fn sync_result(folder: &Path) -> io::Result<()> {
    let figures = folder.join(FIGURES);
    if is_folder(&figures)? {
        sync_entries(&figures)?;
    }
    sync_entries(folder)
}

/// A result being put into place.
pub struct Publication {
    /// Where it goes.
    pub place: PathBuf,
    /// The complete new result; parts that are in place are no longer here.
    pub new: PathBuf,
    /// The parts that were in place before.
    pub old: PathBuf,
}

impl Publication {
    /// Whether it was begun and is not cleared up. A link in the place of one of its folders is an error:
    /// what it leads to is not ours.
    pub fn is_underway(&self) -> io::Result<bool> {
        for folder in [&self.new, &self.old, &self.new.join(FIGURES), &self.old.join(FIGURES)] {
            if is_there(folder)? && !is_folder(folder)? {
                return Err(io::Error::other(format!(
                    "{} is no folder that meanfield made",
                    folder.display()
                )));
            }
        }
        is_there(&self.old)
    }

    /// Completes a publication that is underway: puts every part of the new result that is not in place yet
    /// there. If that fails twice, all is as it was before.
    pub fn complete(&self) -> io::Result<()> {
        let outcome = self.put_all().or_else(|_| self.put_all());
        if outcome.is_err() {
            // Should this fail too, the next process that finds `old` goes on.
            let _ = self.undo();
        }
        outcome
    }

    /// The summary goes last: where it is not among the new parts any more, all of them are in place.
    fn put_all(&self) -> io::Result<()> {
        if !is_there(&self.new.join(SUMMARY))? {
            return Ok(());
        }
        self.move_old()?;
        let parts = parts(&self.new)?;
        if parts.iter().any(|name| name.starts_with(FIGURES)) {
            disk::make(&self.place.join(FIGURES))?;
        }
        let before_it = parts.iter().filter(|name| *name != SUMMARY);
        before_it.clone().try_for_each(|name| self.put(name))?;
        sync_result(&self.place)?;
        self.put(SUMMARY)?;
        let _ = sync_result(&self.place); // it is whole in place; who cannot sync cannot take it back either
        Ok(())
    }

    fn put(&self, name: &str) -> io::Result<()> {
        disk::rename(&self.new.join(name), &self.place.join(name))
    }

    /// Moves the parts of the old result that are in place to `old`, its summary first: from then on the list
    /// of its files is there.
    fn move_old(&self) -> io::Result<()> {
        let waiting = parts(&self.new)?;
        let stated = listed(&self.new.join(SUMMARY))?;
        disk::make(&self.old.join(FIGURES))?;
        if is_there(&self.place.join(SUMMARY))? {
            disk::rename(&self.place.join(SUMMARY), &self.old.join(SUMMARY))?;
        }
        let old = listed(&self.old.join(SUMMARY))?.unwrap_or_default();
        for name in old.iter().map(String::as_str).chain(PARTS) {
            if !self.is_in_place(name, &waiting, stated.as_deref())? && is_there(&self.place.join(name))? {
                disk::rename(&self.place.join(name), &self.old.join(name))?;
            }
        }
        let new = waiting.iter().filter(|name| *name != SUMMARY);
        new.clone().try_for_each(|name| self.spare(name))
    }

    /// Whether this part of the new result is in place already. (Summaries of version 0.2 state no files.)
    fn is_in_place(&self, name: &str, waiting: &[String], stated: Option<&[String]>) -> io::Result<bool> {
        let is_new = match stated {
            Some(stated) => stated.iter().any(|new| new == name),
            None => !name.starts_with(FIGURES) || !is_folder(&self.new.join(FIGURES))?,
        };
        Ok(is_new && !waiting.iter().any(|new| new == name))
    }

    /// Renames a file that is in the way of a new part and no part of the old result: it is the user's.
    fn spare(&self, name: &str) -> io::Result<()> {
        let place = self.place.join(name);
        let backup = place.with_added_extension("kept");
        if is_there(&place)? && !is_there(&backup)? {
            disk::rename(&place, &backup)?;
        }
        Ok(())
    }

    /// The new parts go back, and then the old ones.
    fn undo(&self) -> io::Result<()> {
        if !is_there(&self.new.join(SUMMARY))? {
            return Ok(()); // the new result is whole and in place
        }
        let old = parts(&self.old)?;
        for name in listed(&self.new.join(SUMMARY))?.unwrap_or_default() {
            if !is_there(&self.new.join(&name))? && is_there(&self.place.join(&name))? {
                disk::rename(&self.place.join(&name), &self.new.join(&name))?;
            }
        }
        for name in old {
            disk::rename(&self.old.join(&name), &self.place.join(&name))?;
        }
        disk::remove_empty(&self.old.join(FIGURES))?;
        disk::remove_empty(&self.old)
    }

    /// Removes the rest of both: nothing of the new result, and of the old one the parts that are ours. Other
    /// files go back into place.
    pub fn clear(&self) -> io::Result<()> {
        disk::remove_empty(&self.new.join(FIGURES))?;
        disk::remove_empty(&self.new)?;
        let ours = parts(&self.old)?;
        for name in ours.iter().filter(|name| *name != SUMMARY) {
            disk::remove_file(&self.old.join(name))?;
        }
        self.restore_others(FIGURES)?;
        disk::remove_file(&self.old.join(SUMMARY))?;
        self.restore_others("")?;
        disk::remove_empty(&self.old)
    }

    /// Files in a folder of `old` that no summary lists go where they were, or beside what is there now.
    fn restore_others(&self, folder: &str) -> io::Result<()> {
        let from = self.old.join(folder);
        let to = self.place.join(folder);
        if !is_folder(&from)? {
            return Ok(());
        }
        for entry in fs::read_dir(&from)? {
            let name = entry?.file_name();
            let own = from.join(&name);
            let place = to.join(&name);
            if folder.is_empty() && name == FIGURES {
                continue;
            }
            disk::make(&to)?;
            match is_there(&place)? {
                false => disk::rename(&own, &place)?,
                true => disk::rename(&own, &place.with_added_extension("kept"))?,
            }
        }
        if folder.is_empty() { Ok(()) } else { disk::remove_empty(&from) }
    }
}
