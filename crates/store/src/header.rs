//! The attributes of the root group: the header of a record and the version of its layout. Systems are
//! written elsewhere.

use hdf5::Group;
use serde::{Deserialize, Serialize};

use super::attribute::{number, text};
use super::error::{Checked, Fault, WHOLE_FILE};
use super::reading::Reading;

/// Version of the layout. Records of version 0.2 of the program have none; 1 has texts of fixed length and a
/// last line that seals it; from 2 on laws have names, counts are integers and flags bytes, and planned times
/// are always there.
const FORMAT: i64 = 2;
/// Attribute with the version of the layout.
const FORMAT_NAME: &str = "format";
/// Attribute of records of reduced scenarios, 1; others have none.
const QUICK_NAME: &str = "quick";
/// Conventions that the layout follows, beside netCDF-4: its own conventions. (Those of CF want numbers along
/// every dimension; here the names of coordinates lie along one.)
const CONVENTIONS: &str = "meanfield-2";

/// Header of a record: the attributes of the root group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The scenario's title.
    pub title: String,
    /// The resolved scenario, as TOML.
    pub scenario: String,
    /// The program that wrote the record.
    pub program: String,
    /// Its version.
    pub version: String,
    /// Time of writing, in ISO 8601.
    pub created: String,
    /// The command line.
    pub command: String,
    /// The commit of the source that the program was built from; empty where it is not known.
    pub commit: String,
    /// The machine: processor, cores, operating system.
    pub machine: String,
    /// Whether the scenario was reduced by its `[quick]`: a rehearsal.
    pub quick: bool,
}

impl Header {
    /// The title, with a mark where the scenario was reduced by its `[quick]`.
    pub fn caption(&self) -> String {
        if self.quick { format!("{} (--quick)", self.title) } else { self.title.clone() }
    }
}

/// Writes the attributes in the order of the file.
pub(super) fn write(root: &Group, header: &Header) -> Checked<()> {
    let Header { title, scenario, program, version, created, command, commit, machine, quick } = header;
    text(root, "Conventions", CONVENTIONS)?;
    text(root, "title", title)?;
    text(root, "scenario", scenario)?;
    text(root, "program", program)?;
    text(root, "version", version)?;
    text(root, "commit", commit)?;
    text(root, "created", created)?;
    text(root, "command", command)?;
    text(root, "machine", machine)?;
    if *quick {
        number(root, QUICK_NAME, 1_i64)?;
    }
    number(root, FORMAT_NAME, FORMAT)
}

/// Reads the attributes; those that earlier layouts lack are empty.
pub(super) fn read(root: &Reading) -> Checked<Header> {
    Ok(Header {
        title: root.text("title")?,
        scenario: root.text("scenario")?,
        program: root.text("program")?,
        version: root.text("version")?,
        created: root.text("created")?,
        command: root.text("command")?,
        commit: text_or_empty(root, "commit")?,
        machine: text_or_empty(root, "machine")?,
        quick: root.has_attribute(QUICK_NAME) && root.number::<i64>(QUICK_NAME)? != 0,
    })
}

fn text_or_empty(root: &Reading, name: &str) -> Checked<String> {
    if root.has_attribute(name) { root.text(name) } else { Ok(String::new()) }
}

/// Refuses layouts that this version does not read. A file that is not sealed (`unsealed`) but has the
/// version of a sealed one was changed.
pub(super) fn check_format(root: &Reading, unsealed: bool) -> Checked<()> {
    let found = if root.has_attribute(FORMAT_NAME) { root.number::<i64>(FORMAT_NAME)? } else { 0 };
    let reason = match found {
        0 if unsealed => return Ok(()),
        1..=FORMAT if !unsealed => return Ok(()),
        1..=FORMAT => "its last line, a digest, is gone, as if another program had opened it for writing: \
                       nothing vouches for it"
            .to_owned(),
        0 => "it is damaged or was changed by another program".to_owned(),
        other => format!("its format is {other}, and this version of meanfield reads {FORMAT}"),
    };
    Err(Fault::refused(WHOLE_FILE, reason))
}
