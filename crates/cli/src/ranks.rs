//! The processes that `mpirun` started to run one scenario: joining them, how many threads each has, and one
//! exit status for all. What they do together is the session's.

use std::num::NonZero;
use std::thread::available_parallelism;

use meanfield::mpi::{self, LaunchError, Ranks};

use crate::arguments::RunOptions;
use crate::failure::Failure;
use crate::launched;
use crate::print;
use crate::verdict::Verdict;

/// The ranks of which this process is one; none where it is alone, or has a part of its own (`--part`).
///
/// # Errors
/// If it was started as one of many, and cannot join the others: all would compute everything.
pub fn join(options: &RunOptions) -> Result<Option<Box<dyn Ranks>>, Failure> {
    if options.part.is_some() {
        return Ok(None);
    }
    let ranks = mpi::join().map_err(refused)?;
    if let Some(ranks) = &ranks {
        launched::remember(ranks.count());
    }
    Ok(ranks)
}

/// The threads of a rank: its share of the cores on which it may run, unless some were asked for.
pub fn threads(asked: usize, ranks: &dyn Ranks) -> usize {
    let cores = available_parallelism().map_or(1, NonZero::get);
    if asked == 0 { (cores / ranks.beside().max(1)).max(1) } else { asked }
}

/// What every rank opened, if all of them did. Where the first could not, the others have nothing to say.
///
/// # Errors
/// On the first rank if it could not, or another; on another if the first could.
pub fn all_have<T>(ranks: &dyn Ranks, opened: Result<T, Failure>) -> Result<Option<T>, Failure> {
    let words = ranks.exchange(u8::from(opened.is_err()));
    let failed = words.iter().position(|word| *word != 0);
    match failed {
        Some(0) if ranks.number() > 0 => Ok(None),
        Some(_) if opened.is_err() => opened.map(Some),
        Some(rank) if ranks.number() == 0 => {
            Err(Failure::run(format!("rank {rank} of 0 to {} cannot open the scenario", ranks.count() - 1)))
        }
        Some(_) => Ok(None),
        None => opened.map(Some),
    }
}

/// Ends the work of all ranks with the exit status of the first. Failures are printed before: a launcher that
/// sees a process fail may end the others.
pub fn leave(ranks: &dyn Ranks, outcome: Result<Verdict, Failure>) -> Verdict {
    if let Err(failure) = &outcome {
        if ranks.number() > 0 {
            print::note(format!("rank {} of 0 to {}:", ranks.number(), ranks.count() - 1));
        }
        print::report(&failure.report);
    }
    Verdict::OfAllRanks(ranks.hear_first(status(&outcome)))
}

/// The exit status of an outcome.
fn status(outcome: &Result<Verdict, Failure>) -> u8 {
    match outcome {
        Ok(verdict) => verdict.status(),
        Err(failure) => failure.status,
    }
}

/// Why a process that was started as one of many does nothing.
fn refused(error: LaunchError) -> Failure {
    match error {
        LaunchError::Unlinked { count, variable } => Failure::input(
            format!(
                "one of {count} processes ({variable}), and this build knows no MPI: each would compute \
                 everything"
            ),
            format!(
                "build it with `cargo build --release --features mpi`, give each process a part with --part, \
                 or start it alone: env -u {variable} meanfield …"
            ),
        ),
        LaunchError::Alone { count, library } => Failure::input(
            format!("one of {count} processes, and the MPI that is linked ({library}) sees no other"),
            "start it with the mpirun of that MPI; under Slurm: srun --mpi=pmix",
        ),
        _ => Failure::input("the other processes cannot be joined", "start it without mpirun"),
    }
}
