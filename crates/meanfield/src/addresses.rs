//! How many addresses this process may use (`ulimit -v`): what the library of a run cannot allocate ends the
//! process without a word, so that a run that has too few does not begin.

use rustix::process::{Resource, getrlimit};

use crate::error::Error;

/// Addresses that a process uses beside its memory: libraries, stacks, and a figure while it is
/// drawn, in bytes.
const BESIDE: f64 = 3e8;

/// Refuses a run that is estimated to use so many bytes of memory where it may not.
pub fn check(bytes: f64) -> Result<(), Error> {
    let needed = bytes + BESIDE;
    let limit = getrlimit(Resource::As).current;
    match limit.map(|limit| limit as f64).filter(|limit| *limit < needed) {
        None => Ok(()),
        Some(limit) => {
            let limit = limit / 1e6;
            let needed = needed / 1e6;
            let text = format!(
                "this process may use {limit:.0} MB of addresses, and the run needs about {needed:.0} MB"
            );
            Err(Error::input(text, "raise the limit: ulimit -v unlimited"))
        }
    }
}
