//! `meanfield check`: parse and check only; say what would run and what it would cost.

use clap::Args;
use meanfield::compare::sufficient::Accuracy;
use meanfield::estimate::{self, Estimate, parse_accuracy};

use crate::arguments::Source;
use crate::failure::Failure;
use crate::print;
use crate::verdict::Verdict;

#[derive(Args, Debug)]
pub struct CheckOptions {
    #[command(flatten)]
    pub source: Source,
    /// Check what `meanfield sweep` would run; so is a scenario with too many points for `meanfield run`.
    #[arg(long)]
    pub sweep: bool,
    /// The same with these values of a key (repeatable).
    #[arg(long, value_name = "KEY=VALUES")]
    pub vary: Vec<String>,
    /// How close the mean risk of networks is to be to the limit's, e.g. 1% of it, or 0.03: which N and ε
    /// suffice is said. Default: the least `within` of a claim on the risk of a network, or else 1%.
    #[arg(long, value_name = "SHARE", value_parser = parse_accuracy)]
    pub accuracy: Option<Accuracy>,
    /// Print the estimated cost as JSON.
    #[arg(long)]
    pub json: bool,
}

/// The verb.
pub fn check(options: &CheckOptions) -> Result<Verdict, Failure> {
    let mut source = options.source.of_library();
    source.vary.clone_from(&options.vary);
    let is_sweep = options.sweep || !options.vary.is_empty();
    let scenario = if is_sweep { source.read_sweep()? } else { source.read_any()? };
    match options.json {
        true => print::json(&Estimate::new(&scenario, options.accuracy))?,
        false => print::result(estimate::in_words(&scenario, options.accuracy))?,
    }
    Ok(Verdict::Holds)
}
