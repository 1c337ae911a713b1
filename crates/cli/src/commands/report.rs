//! `meanfield report`: one HTML page of a record.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::failure::Failure;
use crate::print;
use crate::record;
use crate::verdict::Verdict;

/// The page's file, beside the record.
pub const FILE: &str = "report.html";

#[derive(Args, Debug)]
pub struct ReportOptions {
    /// The record, e.g. output/figure-1/record.h5.
    pub record: PathBuf,
    /// The page; default: `report.html` beside the record.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace a file that is no report.
    #[arg(long)]
    pub overwrite: bool,
}

/// The verb.
pub fn report(options: &ReportOptions) -> Result<Verdict, Failure> {
    let file = options.output.clone().unwrap_or_else(|| options.record.with_file_name(FILE));
    write(&options.record, &file, options.overwrite)?;
    print::result(file.display())?;
    Ok(Verdict::Holds)
}

/// Writes the page of a record.
pub fn write(path: &Path, file: &Path, overwrite: bool) -> Result<(), Failure> {
    let recorded = record::read(path)?;
    if is_same_file(path, file) {
        let text = format!("the page would take the place of the record {} itself", path.display());
        return Err(Failure::input(text, "choose another file: --output FILE"));
    }
    Ok(recorded.write_report(file, overwrite)?)
}

/// Whether two names lead to one file.
fn is_same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}
