//! The verbs: the list of them, and a file for each, with its options. To add one: its file, and here a
//! module, a variant and an arm.

mod check;
mod compare;
mod list;
mod merge;
mod new;
mod plot;
mod report;
mod run;
mod shell;

use std::path::PathBuf;

use clap::{Command, Subcommand};

use crate::arguments::RunOptions;
use crate::failure::Failure;
use crate::unsealed;
use crate::verdict::Verdict;
use check::CheckOptions;
use compare::CompareOptions;
use list::ListOptions;
use merge::MergeOptions;
use new::NewOptions;
use plot::PlotOptions;
use report::ReportOptions;
use run::SweepOptions;
use shell::{CompletionOptions, ManualOptions};

/// What the program does.
#[derive(Subcommand, Debug)]
pub enum Verb {
    /// Solve, train, compare, store and draw what a scenario states.
    Run(RunOptions),
    /// Solve only what has no dynamics: with noise, the Gibbs state; without, the law of least risk and the
    /// best single mass.
    Landscape(RunOptions),
    /// Run a scenario over values of its keys; one record and one figure of where the runs end.
    Sweep(SweepOptions),
    /// Check a scenario; print what would run and its estimated cost.
    Check(CheckOptions),
    /// Put the parts of a run or a sweep together (--part): one record, as one process makes it.
    Merge(MergeOptions),
    /// Recompute the comparison from a record.
    Compare(CompareOptions),
    /// Redraw the figures from a record alone.
    Plot(PlotOptions),
    /// Write one HTML page of a record: claims, certificates, curves, laws over time, where it came from.
    Report(ReportOptions),
    /// Write a commented scenario to begin with.
    New(NewOptions),
    /// List what exists: data models, activations, systems, and their keys.
    List(ListOptions),
    /// Print the JSON schema of scenario files, for editors.
    Schema,
    /// Print the completions of a shell, e.g. for ~/.local/share/bash-completion/completions/meanfield.
    Completions(CompletionOptions),
    /// Write manual pages, one for each verb, into a folder.
    #[command(name = "manual-pages")]
    Manual(ManualOptions),
    /// Read a record that is not sealed, for the process that asks.
    #[command(hide = true, name = unsealed::VERB)]
    ReadUnsealed {
        /// The record.
        record: PathBuf,
    },
}

impl Verb {
    /// Runs the verb with its options; `program` is the whole command line.
    ///
    /// # Errors
    /// With what is printed, and the exit status.
    pub fn run(&self, program: Command) -> Result<Verdict, Failure> {
        match self {
            Self::Run(options) => run::run(options),
            Self::Landscape(options) => run::landscape(options),
            Self::Sweep(options) => run::sweep(options),
            Self::Check(options) => check::check(options),
            Self::Merge(options) => merge::merge(options),
            Self::Compare(options) => compare::compare(options),
            Self::Plot(options) => plot::plot(options),
            Self::Report(options) => report::report(options),
            Self::New(options) => new::new(options),
            Self::Completions(options) => shell::completions(program, options),
            Self::Manual(options) => shell::manual(program, options),
            Self::List(options) => list::list(options),
            Self::Schema => list::schema(),
            Self::ReadUnsealed { record } => unsealed::print_unsealed(record).map(|()| Verdict::Holds),
        }
    }
}
