//! Options that several verbs take, as they are typed, with what `--help` says of them. Those of one verb are
//! in its file.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use meanfield::{Options, Part};

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

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProgressForm {
    /// Bars on a terminal, a line now and then elsewhere.
    Auto,
    /// Lines everywhere, with the time of day.
    Lines,
    /// One JSON object a line.
    Json,
    /// Nothing.
    None,
}

/// How a session goes about its work.
#[derive(Args, Debug)]
pub struct SessionOptions {
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
}

impl SessionOptions {
    /// The typed options, and the command line, in the form of the library.
    pub fn of_library(&self) -> Options {
        let command: Vec<_> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
        let mut options = Options::default();
        options.threads = self.threads;
        options.resume = self.resume;
        options.overwrite = self.overwrite;
        options.command = command.join(" ");
        options
    }
}

#[derive(Args, Debug)]
pub struct RunOptions {
    #[command(flatten)]
    pub source: Source,
    /// Where results go: one folder a scenario.
    #[arg(long, default_value = "output", value_name = "DIR")]
    pub output: PathBuf,
    #[command(flatten)]
    pub session: SessionOptions,
    /// Take from the finished result that is there the runs that are the same in this scenario (a later end
    /// goes on from theirs; further seeds and points are added), and replace it.
    #[arg(long, conflicts_with_all = ["overwrite", "part"])]
    pub extend: bool,
    /// Compute one part of the runs only, e.g. 3/7, beside other processes that compute the others; `merge`
    /// then makes the one record. In an array of Slurm, `array/7` takes the number from SLURM_ARRAY_TASK_ID.
    #[arg(long, value_name = "K/N", value_parser = part)]
    pub part: Option<Part>,
    /// Write report.html beside the record too: one page for a browser.
    #[arg(long)]
    pub report: bool,
    /// End after this time with a checkpoint and exit status 3, e.g. 3h50m: --resume goes on.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub max_wall: Option<Duration>,
    /// How progress is shown on standard error.
    #[arg(long, value_enum, default_value_t = ProgressForm::Auto, value_name = "FORM")]
    pub progress: ProgressForm,
    /// No progress and no notes: results and failures alone, as --progress none.
    #[arg(short, long, conflicts_with_all = ["progress", "verbose"])]
    pub quiet: bool,
    /// A line when a run begins and ends, and every five seconds, as --progress lines.
    #[arg(short, long, conflicts_with = "progress")]
    pub verbose: bool,
    /// Seconds between checkpoints.
    #[arg(long, default_value_t = 10.0, value_name = "SECONDS")]
    pub checkpoint_every: f64,
}

impl RunOptions {
    /// How progress is shown, by whichever option says so.
    pub fn form(&self) -> ProgressForm {
        match (self.quiet, self.verbose) {
            (true, _) => ProgressForm::None,
            (_, true) => ProgressForm::Lines,
            _ => self.progress,
        }
    }
}

/// The variable in which Slurm states the number of a task of an array.
const TASK: &str = "SLURM_ARRAY_TASK_ID";

/// A part as it is typed: `3/7`, or `array/7` in a task of an array.
fn part(typed: &str) -> Result<Part, String> {
    let Some(count) = typed.strip_prefix("array/") else { return typed.parse() };
    let number = std::env::var(TASK).map_err(|_| format!("{TASK} is not set: write e.g. 3/{count}"))?;
    let part = format!("{number}/{count}").parse();
    part.map_err(|error: String| format!("{error} (an array is numbered from 1: --array=1-{count})"))
}
