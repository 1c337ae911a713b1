//! What is to be done with a scenario. How, a session knows.

use serde::{Deserialize, Serialize};

/// Task for a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Task {
    /// Everything it states.
    Run,
    /// Only its systems without dynamics.
    Landscape,
    /// Very many runs over some of its keys, of which the end is recorded.
    Sweep,
}

impl Task {
    /// Ends the name of the result's folder.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Run => "",
            Self::Landscape => "-landscape",
            Self::Sweep => "-sweep",
        }
    }
}
