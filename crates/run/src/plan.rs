//! What is asked of a run: when to observe, and what its record says of the system. It runs nothing.

use crate::facts::FactKind;
use crate::record::Nature;

/// What to observe, and when.
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

    /// The last time and the last snapshot alone.
    pub(crate) fn at_the_end(&self) -> Self {
        let last = |times: &[f64]| times.last().copied().into_iter().collect();
        Self { times: last(&self.times), snapshots: last(&self.snapshots), levels: self.levels.clone() }
    }

    /// The last time asked for.
    pub fn end(&self) -> f64 {
        self.events().last().copied().unwrap_or(0.0)
    }
}

/// What a record says of the system it came from.
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
