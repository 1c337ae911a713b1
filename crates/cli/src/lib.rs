//! The `meanfield` program: sub-commands, printing, exit statuses; nothing else. A library only so that fuzzing can reach
//! what reads checkpoints and journals.
//!
//! Results go to standard output, progress and diagnostics to standard error. Exit status: 0 done and every
//! claim holds; 1 the run failed or a claim does not hold; 2 bad input, nothing written; 129, 130 and 143 a signal asked
//! for the end ([`interrupt`]).

mod addresses;
mod arguments;
mod checkpoint;
mod clock;
mod commands;
mod disk;
mod failure;
mod folder;
mod input;
mod interrupt;
mod journal;
mod partial;
mod print;
mod publish;
pub mod sealed;
mod summary;
mod unsealed;
mod version;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Verb};
use failure::Failure;

/// The program: what `main` does.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    failure::report_panics();
    interrupt::survive_full_files();
    // A panic is a bug: it is reported, with exit status 1.
    let outcome = catch_unwind(AssertUnwindSafe(|| run(&arguments.verb)));
    match outcome.unwrap_or_else(|_| Err(Failure::of_the_program())) {
        Ok(Verdict::Holds) => ExitCode::SUCCESS,
        Ok(Verdict::Fails) => ExitCode::from(1),
        Err(Failure { status, report }) => {
            print::report(&report);
            ExitCode::from(status)
        }
    }
}

fn run(verb: &Verb) -> Result<Verdict, Failure> {
    match verb {
        Verb::Run(options) => commands::run::run(options),
        Verb::Landscape(options) => commands::run::landscape(options),
        Verb::Sweep(options) => commands::sweep::sweep(options),
        Verb::Check(options) => commands::check::check(options),
        Verb::Compare(options) => commands::compare::compare(options),
        Verb::Plot(options) => commands::plot::plot(options),
        Verb::List => commands::list::list(),
        Verb::Schema => commands::list::schema(),
        Verb::ReadUnsealed { record } => unsealed::hand_back(record).map(|()| Verdict::Holds),
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
