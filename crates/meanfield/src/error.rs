//! Why a session cannot go on, with what to write instead. It prints nothing and knows no exit status.

use meanfield_scenario::mistakes::Mistakes;

/// Why a scenario, a record or a run cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The scenario has mistakes, each with its place and what to write instead.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
    /// Bad input: nothing was written.
    #[error("{text}")]
    Input {
        /// The problem, and where it is.
        text: String,
        /// Advice: what to write instead.
        help: String,
    },
    /// The run failed.
    #[error("{text}")]
    Run {
        /// The failure.
        text: String,
    },
    /// The observer cancelled the session. Its results so far are saved, and a session that resumes goes on
    /// from them.
    #[error("interrupted; what was computed is kept")]
    Interrupted,
}

impl Error {
    /// Bad input: `text` says what and where, `help` what to write instead.
    pub fn input(text: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Input { text: text.into(), help: help.into() }
    }

    /// The run failed.
    pub fn run(text: impl Into<String>) -> Self {
        Self::Run { text: text.into() }
    }

    /// Advice what to write instead, where there is one text of it.
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Input { help, .. } if !help.is_empty() => Some(help),
            _ => None,
        }
    }
}
