//! `meanfield plot`: the figures again, from a record alone.

use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;
use crate::print;
use crate::record;
use crate::verdict::Verdict;

#[derive(Args, Debug)]
pub struct PlotOptions {
    /// The record, e.g. output/figure-1/record.h5.
    pub record: PathBuf,
    /// Where the figures go; default: `figures` beside the record.
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// The verb.
pub fn plot(options: &PlotOptions) -> Result<Verdict, Failure> {
    let recorded = record::read(&options.record)?;
    let beside = options.record.parent().map(|folder| folder.join("figures"));
    let folder = options.output.clone().or(beside).unwrap_or_else(|| "figures".into());
    for file in recorded.draw(&folder)? {
        print::result(file.display())?;
    }
    Ok(Verdict::Holds)
}
