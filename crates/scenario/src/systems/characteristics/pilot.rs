//! A pilot run of atoms in several coordinates, where only a run tells how many atoms there will be: the
//! first fraction of a second of it, and one observation. `cost` says what follows from them.

use meanfield_model::landscape::Landscape;
use meanfield_model::reduction::{Reduced, Reduction, Visitor};
use meanfield_run::cpu::thread_seconds;
use meanfield_run::system::System;

use super::keys::CharacteristicsKeys;
use crate::setting::{Setting, Timing};

/// CPU seconds of a pilot run, and a step more at most.
const LONG_ENOUGH: f64 = 0.2;

/// What a pilot run came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PilotRun {
    /// CPU seconds that it took.
    pub seconds: f64,
    /// CPU seconds of an observation at its end.
    pub observation: f64,
    /// s that it reached.
    pub clock: f64,
    /// Atoms there.
    pub atoms: f64,
}

/// Runs atoms for a moment, or until this s.
struct Pilot<'a> {
    keys: &'a CharacteristicsKeys,
    until: f64,
}

impl Visitor for Pilot<'_> {
    type Output = Option<PilotRun>;

    fn visit<const D: usize, L: Landscape<D> + Clone + 'static>(
        self,
        reduction: Reduction<D, L>,
    ) -> Self::Output {
        let start = thread_seconds();
        let mut system = self.keys.atoms_of(reduction);
        let mut seconds = 0.0;
        while seconds < LONG_ENOUGH && system.time() < self.until {
            system.step_freely(self.until).ok()?;
            seconds = thread_seconds() - start;
        }
        let before = thread_seconds();
        system.observe();
        let observation = thread_seconds() - before;
        Some(PilotRun { seconds, observation, clock: system.time(), atoms: system.atoms().count() as f64 })
    }
}

/// The pilot run of a system; None in one coordinate, where costs have good constants, of laws that go on, in
/// the lazy scaling, and where nothing may be measured.
pub(super) fn run(keys: &CharacteristicsKeys, setting: &Setting, timing: Timing) -> Option<PilotRun> {
    let is_known = setting.coordinates() == 1 || setting.problem.recorded_start().is_some();
    if timing == Timing::Constants || is_known || keys.scaling().lazy().is_some() {
        return None;
    }
    let reduced = setting.reduced(keys.resolution()).ok()?;
    Reduced::clone(&reduced).visit(Pilot { keys, until: setting.clock() })
}
