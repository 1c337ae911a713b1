//! A session of several processes at once, the ranks: each computes the part of its number in the folder of
//! the result, as `run_part` does; then the first merges and publishes. Runs that are longer than a rank's
//! share, and can be cut, they compute together before that, and the first one leads. A result is that of
//! one process, bit for bit, and what a rank that was killed had computed is gone on from. How ranks talk
//! is in the crate `mpi`.

use meanfield_mpi::Ranks;

use crate::clock::Stopwatch;
use crate::error::Error;
use crate::merge::Gathered;
use crate::observer::Observer;
use crate::session::{Begun, Finished, FinishedPart, Session};
use crate::share::Part;

/// Words of the first rank, before anything is computed: whether there is something to compute.
const NOTHING: u8 = 0;
const COMPUTE: u8 = 1;

/// Words of every rank about its part.
const COMPUTED: u8 = 0;
const INTERRUPTED: u8 = 1;
const FAILED: u8 = 2;

impl Session {
    /// Computes the scenario together with other processes that make the same call, on a disk that all of
    /// them see. The first rank has the result; the others have none. What an earlier call with as many
    /// ranks left is gone on from.
    ///
    /// # Errors
    /// As [`Self::run`] on the first rank, and on every rank if its own part failed; on the first also if
    /// another's did.
    pub fn run_on(&self, ranks: &dyn Ranks, observer: &dyn Observer) -> Result<Option<Finished>, Error> {
        match ranks.number() {
            _ if ranks.count() == 1 => self.run(observer).map(Some),
            0 => self.lead(ranks, observer).map(Some),
            _ => self.follow(ranks, observer).map(|()| None),
        }
    }

    /// The work of the first rank.
    fn lead(&self, ranks: &dyn Ranks, observer: &dyn Observer) -> Result<Finished, Error> {
        let stopwatch = Stopwatch::start();
        let begun = self.begin_for(ranks.count(), observer);
        ranks.hear_first(if matches!(begun, Ok(Begun::Now(_))) { COMPUTE } else { NOTHING });
        let partial = match begun? {
            Begun::Before(finished) => return Ok(*finished),
            Begun::Now(partial) => partial,
        };
        let own = self.part_of(ranks, observer);
        let words = ranks.exchange(word(&own));
        own?;
        check_all(&words)?;
        let gathered = Gathered::find(self.folder()).map_err(|error| self.unseen(&error))?;
        self.put_together(&gathered, partial, stopwatch, observer)
    }

    /// The work of another rank.
    fn follow(&self, ranks: &dyn Ranks, observer: &dyn Observer) -> Result<(), Error> {
        if ranks.hear_first(NOTHING) == NOTHING {
            return Ok(()); // the first rank says why
        }
        let own = self.part_of(ranks, observer);
        ranks.exchange(word(&own));
        own.map(drop)
    }

    /// Takes the folder of the result for so many ranks, unless that very result is there.
    fn begin_for(&self, count: usize, observer: &dyn Observer) -> Result<Begun, Error> {
        let begun = self.begin(observer)?;
        if matches!(begun, Begun::Now(_)) {
            self.state_parts(count)?;
        }
        Ok(begun)
    }

    /// Computes the part of this rank, when all have begun theirs.
    fn part_of(&self, ranks: &dyn Ranks, observer: &dyn Observer) -> Result<FinishedPart, Error> {
        let part = Part::new(ranks.number() + 1, ranks.count()).map_err(Error::run);
        let begun = part.and_then(|part| self.begin_part(part, observer));
        let words = ranks.exchange(word(&begun));
        let begun = begun?;
        check_all(&words)?;
        self.finish_part(begun, observer, Some(ranks))
    }

    /// The error where ranks finished their parts, and the first does not see that.
    fn unseen(&self, error: &Error) -> Error {
        let text = format!("ranks finished parts that the first rank does not see: {error}");
        Error::input(text, "let {output} be on a disk that all machines share")
    }
}

/// What a rank says of its part.
fn word<T>(own: &Result<T, Error>) -> u8 {
    match own {
        Ok(_) => COMPUTED,
        Err(Error::Interrupted) => INTERRUPTED,
        Err(_) => FAILED,
    }
}

/// Ends the session of the first rank where another did not finish its part.
fn check_all(words: &[u8]) -> Result<(), Error> {
    let Some(rank) = words.iter().position(|word| *word != COMPUTED) else { return Ok(()) };
    let what = if words[rank] == INTERRUPTED { "was interrupted" } else { "failed" };
    let count = words.len();
    Err(Error::run(format!(
        "rank {rank} of 0 to {} {what}; what was computed is kept, the same command goes on",
        count - 1
    )))
}
