//! The `meanfield` program: arguments, bars, printing, exit statuses; nothing else. What it does is the crate
//! `meanfield`'s.
//!
//! Results go to standard output, progress and diagnostics to standard error. Exit status: 0 done and every
//! claim holds; 1 the run failed or a claim does not hold; 2 bad input, nothing written; 3 the time of
//! --max-wall is over; 129, 130 and 143 a signal asked for the end ([`interrupt`]).

mod altogether;
mod arguments;
mod bars;
mod commands;
mod failure;
mod interrupt;
mod launched;
mod lines;
mod print;
mod ranks;
mod record;
mod unsealed;
mod verdict;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use commands::Verb;
use failure::Failure;

/// Predicts how SGD trains wide neural networks, by the PDE of their neurons' law, and proves it by training.
#[derive(Parser, Debug)]
#[command(name = "meanfield", version = meanfield::COMPUTING, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    failure::report_panics();
    interrupt::ignore_file_size_signal();
    // A panic is a bug: it is reported, with exit status 1.
    let outcome = catch_unwind(AssertUnwindSafe(|| arguments.verb.run(Arguments::command())));
    match outcome.unwrap_or_else(|_| Err(Failure::of_the_program())) {
        Ok(verdict) => ExitCode::from(verdict.status()),
        Err(Failure { status, report }) => {
            print::report(&report);
            ExitCode::from(status)
        }
    }
}
