//! A result: record, figures, scenario and summary, written into one folder. Where that folder is and how its
//! files come into place is not known here.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::path::Path;

use meanfield_compare::comparison::Comparison;
use meanfield_figure as figure;
use meanfield_files::digest;
use meanfield_run::machine;
use meanfield_run::record::Record;
use meanfield_run::side_by_side::Outcome;
use meanfield_scenario::Scenario;
use meanfield_store::{self as store, Header};

use crate::advice::Advice;
use crate::clock;
use crate::disk::write_atomically;
use crate::error::Error;
use crate::publish::{FIGURES, SUMMARY};
use crate::recorded;
use crate::summary::Summary;
use crate::version::{COMMIT, VERSION};

/// SHA-256 of files, by their names.
type Digests = BTreeMap<String, String>;

/// Every system against the reference of the scenario.
pub(crate) fn judged(scenario: &Scenario, outcome: &Outcome) -> Result<Option<Comparison>, Error> {
    if let (true, Some(gap)) = (outcome.records.is_empty(), outcome.gaps.first()) {
        return Err(Error::run(format!("nothing was observed; {}: {}", gap.name, gap.error)));
    }
    let reference = scenario.reference.as_deref();
    recorded::judge_all(reference, &scenario.claims, &scenario.laws, &outcome.records).map_err(Error::run)
}

/// Header of the record.
pub(crate) fn header(scenario: &Scenario, command: &str, quick: bool) -> Result<Header, Error> {
    Ok(Header {
        title: scenario.file.title.clone(),
        scenario: scenario.resolved.clone(),
        program: "meanfield".into(),
        version: VERSION.into(),
        created: clock::now()?,
        command: command.to_owned(),
        commit: COMMIT.into(),
        machine: machine::in_words(),
        quick,
    })
}

/// Writes record, figures and scenario into a folder.
pub(crate) fn write(
    folder: &Path,
    scenario: &Scenario,
    header: &Header,
    records: &[Record],
    comparison: Option<&Comparison>,
) -> Result<Digests, Error> {
    let record = store::write(&folder.join("record.h5"), header, records, comparison);
    let mut files = Digests::from([("record.h5".to_owned(), record.map_err(failed)?)]);
    let caption = header.caption();
    let content = recorded::content(&caption, records, comparison, scenario.file.figure.as_ref());
    for drawn in figure::draw(&content).map_err(failed)? {
        put(folder, format!("{FIGURES}/{}", drawn.name), &drawn.bytes, &mut files)?;
    }
    put(folder, "scenario.toml".to_owned(), scenario.resolved.as_bytes(), &mut files)?;
    Ok(files)
}

/// Writes the summary, which states the digests of all others.
pub(crate) fn write_summary(folder: &Path, summary: &Summary) -> Result<(), Error> {
    let json = serde_json::to_vec_pretty(summary).map_err(failed)?;
    put(folder, SUMMARY.to_owned(), &json, &mut Digests::new())
}

fn put(folder: &Path, name: String, bytes: &[u8], files: &mut Digests) -> Result<(), Error> {
    let path = folder.join(&name);
    write_atomically(&path, bytes).map_err(|error| {
        let what = format!("cannot write {}: {error}", path.display());
        let help = Advice::from("what was computed is kept: {resume} goes on");
        Error::Run { text: what, help }
    })?;
    files.insert(name, digest::sha256(bytes));
    Ok(())
}

fn failed(error: impl StdError) -> Error {
    Error::run(error.to_string())
}
