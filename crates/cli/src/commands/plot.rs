//! `meanfield plot`: the figures again, from a record alone.

use crate::arguments::PlotOptions;
use crate::failure::Failure;
use crate::print;
use crate::record;
use crate::verdict::Verdict;

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
