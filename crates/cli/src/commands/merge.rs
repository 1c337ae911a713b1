//! `meanfield merge`: the parts of a run or a sweep put together.

use std::path::PathBuf;

use clap::Args;
use meanfield::Session;

use super::run::print_finished;
use crate::arguments::SessionOptions;
use crate::bars::Bars;
use crate::failure::Failure;
use crate::interrupt;
use crate::verdict::Verdict;

#[derive(Args, Debug)]
pub struct MergeOptions {
    /// The folder of the result, e.g. output/isotropic/basin-of-failure-sweep.
    pub folder: PathBuf,
    #[command(flatten)]
    pub session: SessionOptions,
}

/// The verb.
pub fn merge(options: &MergeOptions) -> Result<Verdict, Failure> {
    interrupt::listen().map_err(|error| Failure::run(format!("signals cannot be listened to: {error}")))?;
    let session = Session::of_parts(&options.folder, options.session.of_library())?;
    interrupt::save_before_the_end();
    print_finished(&session.merge(&Bars::default())?, options.session.json)
}
