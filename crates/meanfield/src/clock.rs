//! Clocks: the time of day, as records state it, and the time that a run takes, as its summary states it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use meanfield_run::cpu;

use crate::error::Error;

/// Seconds from 1970 to the end of the year 9999.
const LAST: Duration = Duration::from_secs(253_402_300_799);

/// Now, in ISO 8601. A clock that is far off is reported as an error, not recorded.
pub fn now() -> Result<String, Error> {
    in_words(SystemTime::now()).ok_or_else(|| {
        let text = "the clock of this machine is before 1970 or after 9999";
        Error::input(text, "set it: records say when they were made")
    })
}

fn in_words(time: SystemTime) -> Option<String> {
    let since = time.duration_since(UNIX_EPOCH).ok().filter(|since| *since <= LAST)?;
    Some(humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string())
}

/// Readings of the clocks when a run began.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    wall: Instant,
    cpu_seconds: f64,
}

/// Time that a run has taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elapsed {
    /// Seconds on the wall.
    pub wall_seconds: f64,
    /// CPU seconds of all threads of the process.
    pub cpu_seconds: f64,
}

impl Stopwatch {
    /// Begins to count.
    pub fn start() -> Self {
        Self { wall: Instant::now(), cpu_seconds: cpu::process_seconds() }
    }

    /// The time since the start.
    pub fn read(&self) -> Elapsed {
        Elapsed {
            wall_seconds: self.wall.elapsed().as_secs_f64(),
            cpu_seconds: cpu::process_seconds() - self.cpu_seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_clock_is_stated_or_refused() {
        assert_eq!(in_words(UNIX_EPOCH).as_deref(), Some("1970-01-01T00:00:00Z"));
        let last = UNIX_EPOCH + LAST;
        assert_eq!(in_words(last).as_deref(), Some("9999-12-31T23:59:59Z"));
        assert_eq!(in_words(last + Duration::from_secs(1)), None);
        assert_eq!(in_words(UNIX_EPOCH - Duration::from_secs(1)), None);
    }
}
