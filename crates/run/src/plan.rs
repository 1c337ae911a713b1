//! The plan of a run: when to observe, and the facts that identify its system. It runs nothing.

use std::borrow::Cow;

use crate::facts::FactKind;
use crate::record::Nature;

/// Times of observations, and levels of quantiles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Times of the curves, increasing.
    pub times: Vec<f64>,
    /// Times of the laws, increasing.
    pub snapshots: Vec<f64>,
    /// Levels of the quantiles.
    pub levels: Vec<f64>,
}

impl Plan {
    /// All times at which something is observed, each once.
    pub(crate) fn events(&self) -> Vec<f64> {
        let mut events: Vec<f64> = self.times.iter().chain(&self.snapshots).copied().collect();
        events.sort_by(f64::total_cmp);
        events.dedup();
        events
    }

    /// What of it concerns a system of this nature: of a static one the end alone.
    pub(crate) fn of_nature(&self, nature: Nature) -> Cow<'_, Self> {
        if nature == Nature::Static { Cow::Owned(self.at_the_end()) } else { Cow::Borrowed(self) }
    }

    /// The last time and the last snapshot alone.
    fn at_the_end(&self) -> Self {
        Self {
            times: self.times.last().copied().into_iter().collect(),
            snapshots: self.snapshots.last().copied().into_iter().collect(),
            levels: self.levels.clone(),
        }
    }

    /// The last planned time.
    pub fn end(&self) -> f64 {
        self.events().last().copied().unwrap_or(0.0)
    }
}

/// Description of a system in its record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    /// Name in the scenario.
    pub system: String,
    /// Kind.
    pub kind: &'static str,
    /// Whether it is a limit, a network or static.
    pub nature: Nature,
    /// Names of the reduced coordinates.
    pub coordinates: Vec<String>,
    /// Facts fixed by the scenario: neurons, step size, cells, …
    pub facts: Vec<(&'static FactKind, f64)>,
}

impl Identity {
    /// A fact that the scenario fixes.
    pub fn fact(&self, wanted: &FactKind) -> Option<f64> {
        self.facts.iter().find(|(fact, _)| *fact == wanted).map(|(_, value)| *value)
    }
}
