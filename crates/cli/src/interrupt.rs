//! SIGINT, SIGTERM and SIGHUP. The first asks the runs to end, each with a last checkpoint; the second ends the
//! process at once. What the program does when it was asked stands where it works: runs look at [`asked`]
//! between their strides.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;

use crate::failure::Failure;

/// What a shell adds to the number of the signal that ended a process.
const STATUS: i32 = 128;

/// The signal that came; 0 until one does.
static SIGNAL: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

/// From now on signals are wishes. Called once, by verbs that keep checkpoints.
pub fn listen() -> Result<(), Failure> {
    let again = Arc::new(AtomicBool::new(false));
    let register = |signal| {
        // In this order: a first signal finds the flag down.
        flag::register_conditional_shutdown(signal, STATUS + signal, Arc::clone(&again))?;
        flag::register(signal, Arc::clone(&again))?;
        flag::register_usize(signal, Arc::clone(&SIGNAL), signal as usize)
    };
    let all = [SIGINT, SIGTERM, SIGHUP].into_iter().try_for_each(|signal| register(signal).map(|_| ()));
    all.map_err(|error| Failure::run(format!("signals cannot be listened to: {error}")))
}

/// A file that may not grow any more is an error of the call that writes: nobody need be killed for it.
pub fn survive_full_files() {
    let _ = flag::register(SIGXFSZ, Arc::default());
}

/// Whether a signal asked for the end.
pub fn asked() -> bool {
    SIGNAL.load(Ordering::Relaxed) != 0
}

/// The failure to leave with if a signal asked for the end: what was computed is kept.
pub fn check() -> Result<(), Failure> {
    let (name, signal) = match SIGNAL.load(Ordering::Relaxed) as i32 {
        SIGINT => ("SIGINT", SIGINT),
        SIGTERM => ("SIGTERM", SIGTERM),
        SIGHUP => ("SIGHUP", SIGHUP),
        _ => return Ok(()),
    };
    let typed = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    Err(Failure::interrupted(name, (STATUS + signal) as u8, &to_go_on(typed)))
}

/// The command that goes on with the one that was typed.
fn to_go_on(typed: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> =
        typed.filter(|word| word != "--overwrite").map(|word| quoted(&word)).collect();
    if !words.iter().any(|word| word == "--resume") {
        words.push("--resume".to_owned());
    }
    words.join(" ")
}

/// A word as a shell takes it back.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_=.,/:+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_that_goes_on_is_the_one_typed_with_resume() {
        let of = |typed: &str| to_go_on(typed.split(' ').map(str::to_owned));
        assert_eq!(of("meanfield run a.toml --quick"), "meanfield run a.toml --quick --resume");
        assert_eq!(of("meanfield run a.toml --resume"), "meanfield run a.toml --resume");
        assert_eq!(of("meanfield run a.toml --overwrite"), "meanfield run a.toml --resume");
        assert_eq!(of("m run a.toml --set x.seeds=[1,2]"), "m run a.toml --set 'x.seeds=[1,2]' --resume");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
