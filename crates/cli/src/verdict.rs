//! The outcome of a command that finished.

/// The outcome of a command that finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All hold (or there are none).
    Holds,
    /// One does not.
    Fails,
    /// That of all ranks, as the first of them says it: an exit status.
    OfAllRanks(u8),
}

impl Verdict {
    /// The outcome of claims of which all hold, or not.
    pub fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }

    /// The exit status.
    pub fn status(self) -> u8 {
        match self {
            Self::Holds => 0,
            Self::Fails => 1,
            Self::OfAllRanks(status) => status,
        }
    }
}
