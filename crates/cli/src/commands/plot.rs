//! `meanfield plot`: the figures again, from a record alone.

use meanfield_figure as figure;

use crate::Verdict;
use crate::arguments::PlotOptions;
use crate::failure::Failure;
use crate::input;
use crate::print;

/// The verb.
pub fn plot(options: &PlotOptions) -> Result<Verdict, Failure> {
    let recorded = input::record(&options.record)?;
    let beside = options.record.parent().map(|folder| folder.join("figures"));
    let folder = options.output.clone().or(beside).unwrap_or_else(|| "figures".into());
    let (comparison, stated) = (recorded.comparison.as_ref(), recorded.figure.as_ref());
    let content = input::content(&recorded.header.title, &recorded.records, comparison, stated);
    let drawn = figure::draw_all(&folder, &content);
    for file in
        drawn.map_err(|error| Failure::input(error.to_string(), "choose another folder: --output DIR"))?
    {
        print::result(file.display())?;
    }
    Ok(Verdict::Holds)
}
