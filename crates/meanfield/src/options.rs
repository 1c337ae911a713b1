//! How a session runs: what never changes its result.

use std::path::PathBuf;
use std::time::Duration;

use crate::advice::OptionName;
use crate::error::Error;
use crate::task::Task;

/// Most threads: far more than any machine has cores.
const MOST_THREADS: usize = 4096;
/// Longest time between checkpoints, in seconds.
const LONGEST_PAUSE: f64 = 1e9;

/// How a session runs. No result depends on it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// Where results go: one folder a scenario.
    pub output: PathBuf,
    /// Threads; 0 means one a core.
    pub threads: usize,
    /// Go on from the checkpoints of an unfinished run.
    pub resume: bool,
    /// Take the runs that the finished result in the folder has in common with this scenario from there, as
    /// far as they go, and replace it.
    pub extend: bool,
    /// Replace the result of another scenario, or start an unfinished run again.
    pub overwrite: bool,
    /// Seconds between checkpoints.
    pub checkpoint_every: f64,
    /// The command line, as the record states it.
    pub command: String,
}

impl Default for Options {
    /// Into the folder `output`, on all cores, with a checkpoint every ten seconds; nothing is replaced.
    fn default() -> Self {
        Self {
            output: PathBuf::from("output"),
            threads: 0,
            resume: false,
            extend: false,
            overwrite: false,
            checkpoint_every: 10.0,
            command: String::new(),
        }
    }
}

impl Options {
    /// The same with results in another folder.
    #[must_use]
    pub fn output(self, folder: impl Into<PathBuf>) -> Self {
        Self { output: folder.into(), ..self }
    }

    /// Checks the numbers.
    ///
    /// # Errors
    /// If there are absurdly many threads, or no time passes between checkpoints.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if !(0.0..=LONGEST_PAUSE).contains(&self.checkpoint_every) {
            return Err(Error::Option {
                option: OptionName::CheckpointEvery,
                value: self.checkpoint_every.to_string(),
                reason: "is not a number of seconds".into(),
                help: "the default is 10".into(),
            });
        }
        if self.threads > MOST_THREADS {
            return Err(Error::Option {
                option: OptionName::Threads,
                value: self.threads.to_string(),
                reason: format!("is more than {MOST_THREADS}"),
                help: "leave it out for one thread a core".into(),
            });
        }
        Ok(())
    }

    /// Checks them with what is to be done.
    ///
    /// # Errors
    /// If a sweep is to be extended: its rows are not kept.
    pub(crate) fn check_task(&self, task: Task) -> Result<(), Error> {
        if self.extend && task == Task::Sweep {
            return Err(Error::Option {
                option: OptionName::Extend,
                value: "true".into(),
                reason: "is not for a sweep, whose points are not kept".into(),
                help: "leave it out; a scenario with [vary] that is run can be extended".into(),
            });
        }
        Ok(())
    }

    /// The time between checkpoints.
    pub(crate) fn checkpoint_pause(&self) -> Duration {
        Duration::from_secs_f64(self.checkpoint_every)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_mean_nothing_are_refused_by_their_names() {
        let threads = Options { threads: 5000, ..Options::default() };
        let error = threads.check().expect_err("too many");
        assert_eq!(error.to_string(), "`threads`: 5000 is more than 4096");
        let pause = Options { checkpoint_every: f64::NAN, ..Options::default() };
        let error = pause.check().expect_err("no number");
        assert_eq!(error.to_string(), "`checkpoint_every`: NaN is not a number of seconds");
    }
}
