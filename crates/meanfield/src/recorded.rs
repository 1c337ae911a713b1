//! A finished record: what was computed, judged again and drawn again from the file alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use meanfield_compare::comparison::Comparison;
use meanfield_compare::judge;
use meanfield_figure::{self as figure, Content, Over};
use meanfield_files::Missing;
use meanfield_report::{self as report, Provenance};
use meanfield_run::claim::{Claim, PowerLawClaim};
use meanfield_run::record::Record;
use meanfield_scenario::stated::{Figure, OverName};
use meanfield_store::{self as store, Header};

use crate::error::Error;

/// Longest file whose beginning is looked at before it is replaced, in bytes.
const LONGEST_REPORT: u64 = 1 << 30;

/// Advice where a path of a record is expected.
pub const A_RECORD: &str = "write the path of a record.h5 that `meanfield run` has finished";

/// A record, with the comparison that its scenario states.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// Header of the record.
    pub header: Header,
    /// One a system.
    pub records: Vec<Record>,
    /// Where the scenario names a reference.
    pub comparison: Option<Comparison>,
    /// How its figures are drawn, where the scenario says so.
    pub figure: Option<Figure>,
}

impl Recorded {
    /// Reads a record.h5 that is sealed, and compares again what its scenario says.
    ///
    /// # Errors
    /// If the file is no record, was changed since it was written, or is one of version 0.2, which
    /// nothing seals: damage to those crashes the HDF5 library. `meanfield_store::read_unsealed` reads
    /// them all the same.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let (header, records) =
            store::read(path).map_err(|error| Error::input(error.to_string(), A_RECORD))?;
        Self::judged(&path.display().to_string(), header, records)
    }

    /// Compares again what the scenario of some records says; `name` is what messages call the file.
    ///
    /// # Errors
    /// If the scenario in the header does not fit the records.
    pub fn judged(name: &str, header: Header, records: Vec<Record>) -> Result<Self, Error> {
        let name = format!("the scenario in {name}");
        let stated = meanfield_scenario::stated(&name, &header.scenario)?;
        let comparison = judge_all(stated.reference().as_deref(), &stated.claims(), &stated.laws(), &records);
        let comparison = comparison.map_err(|error| Error::input(error, ""))?;
        Ok(Self { header, records, comparison, figure: stated.figure().cloned() })
    }

    /// Draws all figures into a folder; returns their paths.
    ///
    /// # Errors
    /// If a figure cannot be drawn or written.
    pub fn draw(&self, folder: &Path) -> Result<Vec<PathBuf>, Error> {
        let caption = self.header.caption();
        let drawn = figure::draw_all(folder, &self.content(&caption));
        drawn.map_err(|error| Error::input(error.to_string(), "choose another folder: {output}"))
    }

    /// One HTML page of everything, by itself.
    pub fn report(&self) -> String {
        let header = &self.header;
        let provenance = Provenance {
            title: header.title.clone(),
            scenario: header.scenario.clone(),
            program: format!("{} {}", header.program, header.version),
            commit: header.commit.clone(),
            created: header.created.clone(),
            command: header.command.clone(),
            machine: header.machine.clone(),
            quick: header.quick,
        };
        let comparison = self.comparison.as_ref();
        report::page(&report::Content { provenance: &provenance, records: &self.records, comparison })
    }

    /// Writes the page into a file, atomically. An older report is replaced; any other file only if
    /// `overwrite` says so.
    ///
    /// # Errors
    /// If something else is there, or the file cannot be written.
    pub fn write_report(&self, file: &Path, overwrite: bool) -> Result<(), Error> {
        check_replaceable(file, overwrite)?;
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|error| unwritable(file, &error))?;
        }
        meanfield_files::write(file, self.report().as_bytes()).map_err(|error| unwritable(file, &error))
    }

    fn content<'a>(&'a self, caption: &'a str) -> Content<'a> {
        content(caption, &self.records, self.comparison.as_ref(), self.figure.as_ref())
    }
}

/// Refuses to replace what is no report, unless told to.
fn check_replaceable(file: &Path, overwrite: bool) -> Result<(), Error> {
    let found = meanfield_files::follow(file, LONGEST_REPORT).or_missing();
    match found.map_err(|error| unwritable(file, &error))? {
        Some(bytes) if !overwrite && !bytes.starts_with(report::MARK.as_bytes()) => Err(Error::input(
            format!("{} is there already, and is no report of meanfield", file.display()),
            "use {overwrite} to replace it, or {output} for another file",
        )),
        _ => Ok(()),
    }
}

fn unwritable(file: &Path, error: &io::Error) -> Error {
    Error::input(format!("{} cannot be written: {error}", file.display()), "choose another file: {output}")
}

/// How the figures are to be drawn.
pub(crate) fn content<'a>(
    title: &'a str,
    records: &'a [Record],
    comparison: Option<&'a Comparison>,
    stated: Option<&'a Figure>,
) -> Content<'a> {
    let over = match stated.map(|figure| figure.over) {
        Some(OverName::Step) => Over::Step,
        _ => Over::Time,
    };
    Content { title, records, comparison, inset: stated.map_or(&[], Figure::insets), over }
}

/// The comparison with the reference, where there is one; an error says why it cannot be made.
pub(crate) fn judge_all(
    reference: Option<&str>,
    claims: &[Claim],
    laws: &[PowerLawClaim],
    records: &[Record],
) -> Result<Option<Comparison>, String> {
    let Some(reference) = reference else { return Ok(None) };
    let comparison = judge::compare(records, reference, claims).map_err(|error| error.to_string())?;
    let power_laws = judge::judge_power_laws(records, reference, laws);
    Ok(Some(Comparison { power_laws, ..comparison }))
}
