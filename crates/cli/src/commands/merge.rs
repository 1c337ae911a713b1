//! `meanfield merge`: the parts of a run or a sweep put together.

use std::path::PathBuf;

use clap::Args;
use meanfield::{Options, Session};

use super::run::print_finished;
use crate::bars::Bars;
use crate::failure::Failure;
use crate::interrupt;
use crate::verdict::Verdict;

#[derive(Args, Debug)]
pub struct MergeOptions {
    /// The folder of the result, e.g. output/isotropic/basin-of-failure-sweep.
    pub folder: PathBuf,
    /// Threads; 0 means one a core. The result does not depend on it.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub threads: usize,
    /// Go on with an earlier merge, or an unfinished run, that is there.
    #[arg(long)]
    pub resume: bool,
    /// Replace the result of another scenario, or an unfinished run.
    #[arg(long)]
    pub overwrite: bool,
    /// Print the summary as JSON.
    #[arg(long)]
    pub json: bool,
}

/// The verb.
pub fn merge(options: &MergeOptions) -> Result<Verdict, Failure> {
    interrupt::listen().map_err(|error| Failure::run(format!("signals cannot be listened to: {error}")))?;
    let mut session = Options::default();
    session.threads = options.threads;
    session.resume = options.resume;
    session.overwrite = options.overwrite;
    let command: Vec<_> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    session.command = command.join(" ");
    let session = Session::of_parts(&options.folder, session)?;
    print_finished(&session.merge(&Bars::default())?, options.json)
}
