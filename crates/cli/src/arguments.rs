//! Options of the verbs as they are typed, with what `--help` says of them. The verbs are in `commands`.

use std::path::PathBuf;

use clap::Args;
use meanfield::compare::sufficient::Accuracy;

#[derive(Args, Debug)]
pub struct Source {
    /// The scenario file.
    pub scenario: PathBuf,
    /// Apply the scenario's [quick] overrides.
    #[arg(long)]
    pub quick: bool,
    /// Override a key, e.g. --set model.initial.gaussian.scale=0.4 (repeatable; wins over [quick]).
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Run deterministic systems at half the resolution too, and give each curve its error: --set
    /// refinement=true.
    #[arg(long)]
    pub refine: bool,
}

#[derive(Args, Debug)]
pub struct RunOptions {
    #[command(flatten)]
    pub source: Source,
    /// Where results go: one folder a scenario.
    #[arg(long, default_value = "output", value_name = "DIR")]
    pub output: PathBuf,
    /// Threads; 0 means one a core. The result does not depend on it.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub threads: usize,
    /// Go on from the checkpoints of an unfinished run.
    #[arg(long)]
    pub resume: bool,
    /// Replace the result of another scenario, or start an unfinished run again.
    #[arg(long)]
    pub overwrite: bool,
    /// Print the summary as JSON.
    #[arg(long)]
    pub json: bool,
    /// Seconds between checkpoints.
    #[arg(long, default_value_t = 10.0, value_name = "SECONDS")]
    pub checkpoint_every: f64,
}

#[derive(Args, Debug)]
pub struct SweepOptions {
    #[command(flatten)]
    pub run: RunOptions,
    /// Vary a key: values 1,2,3, a range 0.1..0.9:100 or a logarithmic one log(0.1..10:20) (repeatable: their
    /// product; added to the scenario's [vary]).
    #[arg(long, value_name = "KEY=VALUES")]
    pub vary: Vec<String>,
}

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
    #[arg(long, value_name = "SHARE", value_parser = accuracy)]
    pub accuracy: Option<Accuracy>,
    /// Print the estimated cost as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub struct CompareOptions {
    /// The record, e.g. output/figure-1/record.h5.
    pub record: PathBuf,
    /// Print the comparison as JSON, as summary.json has it.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub struct PlotOptions {
    /// The record, e.g. output/figure-1/record.h5.
    pub record: PathBuf,
    /// Where the figures go; default: `figures` beside the record.
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// "1%" of R, or an absolute number.
fn accuracy(text: &str) -> Result<Accuracy, String> {
    let share = text.trim().strip_suffix('%');
    let number: f64 = share.unwrap_or(text).trim().parse().unwrap_or(f64::NAN);
    match (number > 0.0 && number.is_finite(), share) {
        (true, Some(_)) => Ok(Accuracy::Relative(number / 100.0)),
        (true, None) => Ok(Accuracy::Absolute(number)),
        (false, _) => Err("write a share of the risk, e.g. 1%, or a positive number, e.g. 0.03".to_owned()),
    }
}
