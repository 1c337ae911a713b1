//! The `meanfield` program: sub-commands, printing, exit statuses; nothing else.
//!
//! Results go to standard output, progress and diagnostics to standard error. Exit status: 0 done and every
//! claim holds; 1 the run failed or a claim does not hold; 2 bad input, nothing written.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this crate, and only this one, prints")]

mod arguments;
mod commands;
mod failure;
mod folder;
mod input;
mod summary;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Verb};
use failure::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.verb {
        Verb::Run(options) => commands::run::run(options),
        Verb::Check(options) => commands::check::check(options),
        Verb::Compare(options) => commands::compare::compare(options),
        Verb::Plot(options) => commands::plot::plot(options),
        Verb::List => commands::list::list(),
        Verb::Schema => commands::list::schema(),
    };
    match outcome {
        Ok(Verdict::Holds) => ExitCode::SUCCESS,
        Ok(Verdict::Fails) => ExitCode::from(1),
        Err(Failure { status, report }) => {
            eprintln!("{report:?}");
            ExitCode::from(status)
        }
    }
}

/// What is said of the claims when all went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All hold (or there are none).
    Holds,
    /// One does not.
    Fails,
}

impl Verdict {
    fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}
