//! SIGINT, SIGTERM and SIGHUP, and the end of the time that a run may take. The first signal asks the runs to
//! end, each with a last checkpoint; the second ends the process at once, and so does the first while there
//! is nothing to save yet. This module only sets a flag: runs check [`asked`] between their strides.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::{flag, low_level};

use crate::launched;

/// Offset that a shell adds to the number of the signal that ended a process.
const STATUS: i32 = 128;

/// Signals that ask for the end.
const ALL: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// Whether each of them came.
static CAME: LazyLock<[Arc<AtomicBool>; ALL.len()]> = LazyLock::new(Default::default);

/// The last signal that came; 0 until one does.
static SIGNAL: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

/// Whether there is nothing to save yet: the scenario is being read and checked, which may take many seconds.
static NOTHING_YET: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// Exit status after the time that a run may take.
const OUT_OF_TIME: u8 = 3;

/// When the time that a run may take is over, where it is limited.
static DEADLINE: OnceLock<Instant> = OnceLock::new();

/// Limits the time that a run may take, from now on.
pub fn limit(wall: Duration) {
    if let Some(deadline) = Instant::now().checked_add(wall) {
        let _ = DEADLINE.set(deadline);
    }
}

/// Whether the time that a run may take is over.
fn is_out_of_time() -> bool {
    DEADLINE.get().is_some_and(|deadline| Instant::now() >= *deadline)
}

/// From now on signals end the process at once, with the status that a shell gives it. Called once, by verbs
/// that save checkpoints.
pub fn listen() -> io::Result<()> {
    let again = Arc::new(AtomicBool::new(false));
    for (signal, came) in ALL.into_iter().zip(CAME.iter()) {
        flag::register_conditional_shutdown(signal, STATUS + signal, Arc::clone(&NOTHING_YET))?;
        // In this order: a first signal finds the flag down.
        flag::register_conditional_shutdown(signal, STATUS + signal, Arc::clone(&again))?;
        flag::register(signal, Arc::clone(&again))?;
        flag::register(signal, Arc::clone(came))?;
        flag::register_usize(signal, Arc::clone(&SIGNAL), signal as usize)?;
    }
    Ok(())
}

/// From now on signals only set the flag.
pub fn save_before_the_end() {
    NOTHING_YET.store(false, Ordering::Relaxed);
}

/// Ignores SIGXFSZ: a file that may not grow any more is an error of the call that writes.
pub fn ignore_file_size_signal() {
    let _ = flag::register(SIGXFSZ, Arc::default());
}

/// Whether a signal or the limit of time asked for the end. Two signals that came at one
/// moment, on two threads, each found itself the first: the process ends here.
pub fn asked() -> bool {
    if CAME.iter().filter(|came| came.load(Ordering::Relaxed)).count() > 1 {
        low_level::exit(i32::from(status()));
    }
    SIGNAL.load(Ordering::Relaxed) != 0 || is_out_of_time()
}

/// What asked for the end: a signal by its name, or the limit of time.
pub fn reason() -> &'static str {
    match SIGNAL.load(Ordering::Relaxed) as i32 {
        0 => "the end of --max-wall",
        SIGINT => "SIGINT",
        SIGTERM => "SIGTERM",
        _ => "SIGHUP",
    }
}

/// The exit status after it.
pub fn status() -> u8 {
    match SIGNAL.load(Ordering::Relaxed) as i32 {
        0 => OUT_OF_TIME,
        signal => (STATUS + signal) as u8,
    }
}

/// The command that goes on with the one that was typed.
pub fn resume_command() -> String {
    let typed = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    format!("{}{}", launched::launcher(), with_resume(typed))
}

/// The words of a command, with `--resume` and without `--overwrite`.
fn with_resume(typed: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> =
        typed.filter(|word| word != "--overwrite").map(|word| quoted(&word)).collect();
    if !words.iter().any(|word| word == "--resume") {
        words.push("--resume".to_owned());
    }
    words.join(" ")
}

/// A word as a shell takes it back.
fn quoted(word: &str) -> String {
    if !word.is_empty() && word.chars().all(|c: char| c.is_alphanumeric() || "-_=.,/:+@%".contains(c)) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The command that goes on with one whose words are separated by blanks.
    fn resumed(typed: &str) -> String {
        with_resume(typed.split(' ').map(str::to_owned))
    }

    #[test]
    fn the_command_that_goes_on_is_the_one_typed_with_resume() {
        assert_eq!(resumed("meanfield run a.toml --quick"), "meanfield run a.toml --quick --resume");
        assert_eq!(resumed("meanfield run a.toml --resume"), "meanfield run a.toml --resume");
        assert_eq!(resumed("meanfield run a.toml --overwrite"), "meanfield run a.toml --resume");
        assert_eq!(
            resumed("m run a.toml --set x.seeds=[1,2]"),
            "m run a.toml --set 'x.seeds=[1,2]' --resume"
        );
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
