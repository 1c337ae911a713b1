//! The `meanfield` program: arguments, bars, printing, exit statuses; nothing else. What it does is the crate
//! `meanfield`'s.
//!
//! Results go to standard output, progress and diagnostics to standard error. Exit status: 0 done and every
//! claim holds; 1 the run failed or a claim does not hold; 2 bad input, nothing written; 129, 130 and 143 a
//! signal asked for the end ([`interrupt`]).

mod arguments;
mod bars;
mod commands;
mod failure;
mod interrupt;
mod print;
mod record;
mod unsealed;
mod verdict;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Verb};
use failure::Failure;
use verdict::Verdict;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    failure::report_panics();
    interrupt::ignore_file_size_signal();
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
        Verb::Sweep(options) => commands::run::sweep(options),
        Verb::Check(options) => commands::check::check(options),
        Verb::Compare(options) => commands::compare::compare(options),
        Verb::Plot(options) => commands::plot::plot(options),
        Verb::List => commands::list::list(),
        Verb::Schema => commands::list::schema(),
        Verb::ReadUnsealed { record } => unsealed::print_unsealed(record).map(|()| Verdict::Holds),
    }
}
