//! `meanfield compare`: the comparison again, from a record alone.

use crate::Verdict;
use crate::arguments::CompareOptions;
use crate::failure::Failure;
use crate::input;
use crate::summary::compared;

/// The verb.
pub fn compare(options: &CompareOptions) -> Result<Verdict, Failure> {
    let recorded = input::record(&options.record)?;
    let Some(comparison) = &recorded.comparison else {
        let text = format!("the scenario in {} names no reference, so there is nothing to compare", options.record.display());
        return Err(Failure::input(text, "add [compare] with reference = \"…\" to the scenario and run it again"));
    };
    if options.json {
        println!("{}", serde_json::to_string_pretty(comparison).map_err(|error| Failure::run(error.to_string()))?);
    } else {
        println!("{}\n\n{}", recorded.header.title, compared(comparison).in_words().join("\n"));
    }
    Ok(Verdict::of(comparison.holds()))
}
