//! How this process was launched, as far as commands that are printed repeat it.

use std::sync::OnceLock;

/// How many ranks this process joined.
static JOINED: OnceLock<usize> = OnceLock::new();

/// Remembers that this process joined so many ranks.
pub fn remember(ranks: usize) {
    let _ = JOINED.set(ranks);
}

/// What starts the ranks that this process joined, as it stands before a command; nothing where it is alone.
pub fn launcher() -> String {
    JOINED.get().map_or_else(String::new, |count| format!("mpirun -n {count} "))
}
