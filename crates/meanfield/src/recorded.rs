//! A finished record: what was computed, judged again and drawn again from the file alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use meanfield_compare::comparison::Comparison;
use meanfield_compare::judge;
use meanfield_figure::{self as figure, Content, Format, Over, Selection, SelectionError, Sheet};
use meanfield_files::Missing;
use meanfield_report::{self as report, Provenance};
use meanfield_run::claim::{Claim, PowerLawClaim};
use meanfield_run::record::Record;
use meanfield_scenario::stated::{Figure, OverName};
use meanfield_store::{self as store, Header};

use crate::error::Error;

/// Longest file whose beginning is looked at before it is replaced, in bytes.
const LONGEST_REPORT: u64 = 1 << 30;

/// Longest scenario file, in bytes.
const LONGEST_SCENARIO: u64 = 1 << 24;

/// Advice where the scenario of other claims is expected.
const A_SCENARIO: &str =
    "write the path of a scenario file: that of the run, with another title, [compare] or [figure]";

/// Advice where a path of a record is expected.
pub const A_RECORD: &str = "write the path of a record.h5 that `meanfield run` has finished";

/// How figures are drawn again.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Drawing {
    /// Width, size of the type, title.
    pub sheet: Sheet,
    /// The formats of the files.
    pub formats: Vec<Format>,
    /// What is drawn.
    pub selection: Selection,
}

impl Default for Drawing {
    fn default() -> Self {
        let formats = Format::USUAL.to_vec();
        Self { sheet: Sheet::default(), formats, selection: Selection::default() }
    }
}

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

    /// The same records under what another scenario file says of title, claims and figures; what was computed
    /// stays as it is, whatever else that file says.
    ///
    /// # Errors
    /// If the scenario cannot be read, or its claims do not fit the records.
    pub fn restated(&self, file: &Path) -> Result<Self, Error> {
        let name = file.display().to_string();
        let unreadable =
            |reason: String| Error::input(format!("{name} cannot be read: {reason}"), A_SCENARIO);
        let bytes = meanfield_files::follow(file, LONGEST_SCENARIO);
        let bytes = bytes.map_err(|error| unreadable(error.to_string()))?;
        let scenario = String::from_utf8(bytes).map_err(|error| unreadable(error.to_string()))?;
        let stated = meanfield_scenario::stated(&name, &scenario)?;
        let comparison =
            judge_all(stated.reference().as_deref(), &stated.claims(), &stated.laws(), &self.records);
        let comparison = comparison.map_err(|error| Error::input(error, A_SCENARIO))?;
        let title = stated.title().map_or_else(|| self.header.title.clone(), str::to_owned);
        let header = Header { title, ..self.header.clone() };
        Ok(Self { header, records: self.records.clone(), comparison, figure: stated.figure().cloned() })
    }

    /// Draws all figures into a folder; returns their paths.
    ///
    /// # Errors
    /// If a figure cannot be drawn or written.
    pub fn draw(&self, folder: &Path) -> Result<Vec<PathBuf>, Error> {
        self.draw_as(folder, &Drawing::default())
    }

    /// Draws all figures into a folder, of what is chosen and on the paper that is chosen; returns their
    /// paths.
    ///
    /// # Errors
    /// If what is chosen is not in the record, the paper is impossible, or a figure cannot be drawn or
    /// written.
    pub fn draw_as(&self, folder: &Path, drawing: &Drawing) -> Result<Vec<PathBuf>, Error> {
        check_sheet(&drawing.sheet)?;
        let chosen = drawing.selection.apply(&self.records, self.comparison.as_ref()).map_err(not_there)?;
        let caption = self.header.caption();
        let content = Content {
            sheet: drawing.sheet,
            formats: &drawing.formats,
            ..content(&caption, &chosen.records, chosen.comparison.as_ref(), self.figure.as_ref())
        };
        let drawn = figure::draw_all(folder, &content);
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
}

/// Refuses paper that no figure fits.
fn check_sheet(sheet: &Sheet) -> Result<(), Error> {
    if sheet.is_possible() {
        return Ok(());
    }
    let [narrowest, widest] = Sheet::WIDTHS.map(|width| width / figure::POINTS_IN_AN_INCH);
    let [smallest, largest] = Sheet::FONT_SIZES;
    let text =
        format!("figures {} pt wide with labels of {} pt cannot be drawn", sheet.width, sheet.font_size);
    let help = format!(
        "choose a width from {narrowest}in to {widest}in and a size of labels from {smallest} to \
         {largest} pt, which is at most a {}th of the width",
        Sheet::FEWEST_SIZES
    );
    Err(Error::input(text, help))
}

/// What is there instead of what was chosen.
fn not_there(error: SelectionError) -> Error {
    let help = match &error {
        SelectionError::NoSystem { known, .. } => format!("it has {}", known.join(", ")),
        SelectionError::NoKey { known, .. } if known.is_empty() => "nothing is varied in it".to_owned(),
        SelectionError::NoKey { known, .. } => format!("varied are {}", known.join(", ")),
        SelectionError::NoValue { known, .. } => {
            let known: Vec<String> = known.iter().map(f64::to_string).collect();
            format!("there are {}", known.join(", "))
        }
        _ => String::new(),
    };
    Error::input(error.to_string(), help)
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
    let inset = stated.map_or(&[][..], Figure::insets);
    Content { inset, over, ..Content::new(title, records, comparison) }
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
