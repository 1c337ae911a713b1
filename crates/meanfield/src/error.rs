//! Why a session cannot go on, with what to write instead. It prints nothing and knows no exit status.

use meanfield_scenario::mistakes::Mistakes;

use crate::advice::{Advice, OptionName};

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
        /// Advice: what to do instead.
        help: Advice,
    },
    /// An option has a value that means nothing.
    #[error("`{}`: {value} {reason}", option.field())]
    Option {
        /// The option.
        option: OptionName,
        /// Its value.
        value: String,
        /// What is wrong with it.
        reason: String,
        /// Advice: what to do instead.
        help: Advice,
    },
    /// The run failed.
    #[error("{text}")]
    Run {
        /// The failure.
        text: String,
        /// Advice: how to go on.
        help: Advice,
    },
    /// The observer cancelled the session. Its results so far are saved, and a session that resumes goes on
    /// from them.
    #[error("interrupted; what was computed is kept")]
    Interrupted,
}

impl Error {
    /// Bad input: `text` says what and where, `help` what to write instead.
    pub fn input(text: impl Into<String>, help: impl Into<Advice>) -> Self {
        Self::Input { text: text.into(), help: help.into() }
    }

    /// The run failed.
    pub fn run(text: impl Into<String>) -> Self {
        Self::Run { text: text.into(), help: Advice::default() }
    }

    /// Advice what to do instead, where there is one text of it.
    pub fn help(&self) -> Option<&Advice> {
        match self {
            Self::Input { help, .. } | Self::Option { help, .. } | Self::Run { help, .. } => {
                Some(help).filter(|help| !help.is_empty())
            }
            _ => None,
        }
    }
}
