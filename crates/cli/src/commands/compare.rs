//! `meanfield compare`: the comparison again, from a record alone.

use std::path::PathBuf;

use clap::Args;
use meanfield::compared;

use crate::failure::Failure;
use crate::print;
use crate::record;
use crate::verdict::Verdict;

#[derive(Args, Debug)]
pub struct CompareOptions {
    /// The record, e.g. output/figure-1/record.h5.
    pub record: PathBuf,
    /// Print the comparison as JSON, as summary.json has it.
    #[arg(long)]
    pub json: bool,
    /// Take title and claims from this scenario instead of the record's own: nothing is computed again.
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
}

/// The verb.
pub fn compare(options: &CompareOptions) -> Result<Verdict, Failure> {
    let mut recorded = record::read(&options.record)?;
    if let Some(scenario) = &options.scenario {
        recorded = recorded.restated(scenario)?;
    }
    let Some(comparison) = &recorded.comparison else {
        let record = options.record.display();
        let text = format!("the scenario in {record} names no reference, so there is nothing to compare");
        return Err(Failure::input(
            text,
            "add [compare] with reference = \"…\" to the scenario and run it again",
        ));
    };
    if options.json {
        print::json(&compared(comparison))?;
    } else {
        print::result(format!(
            "{}\n\n{}",
            recorded.header.title,
            compared(comparison).in_words().join("\n")
        ))?;
    }
    let stopped = recorded.records.iter().flat_map(|record| &record.failures).count();
    if stopped > 0 {
        print::note(format!(
            "{stopped} of the runs stopped before the end: see the record's stopped_run attributes"
        ));
    }
    Ok(Verdict::of(comparison.holds() && stopped == 0))
}
