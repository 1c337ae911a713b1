//! The outcome of a command that finished.

/// The outcome of a command that finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All hold (or there are none).
    Holds,
    /// One does not.
    Fails,
}

impl Verdict {
    /// The outcome of claims of which all hold, or not.
    pub fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}
