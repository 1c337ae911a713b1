//! A system that could not be built: it fails at its first step, with the reason. So a point of a sweep at
//! which no kernel exists leaves a gap, as one does at which a run fails.

use meanfield_model::measure::Measure;
use meanfield_run::system::{Observation, RunError, State, Stride, System};

/// Fails at its first step.
pub(crate) struct Unbuilt {
    /// The reason why it could not be built.
    pub why: String,
}

impl System for Unbuilt {
    fn time(&self) -> f64 {
        0.0
    }

    fn advance(&mut self, _: f64) -> Result<Stride, RunError> {
        Err(RunError::Static(self.why.clone()))
    }

    /// Never called: it fails before.
    fn observe(&self) -> Observation {
        Observation { risk: f64::NAN, scalars: Vec::new(), law: Measure::equal_atoms(&[]) }
    }

    fn work(&self) -> u64 {
        0
    }

    fn save(&self) -> State {
        State { integers: Vec::new(), reals: Vec::new() }
    }

    fn restore(&mut self, _: &State) -> Result<(), RunError> {
        Ok(())
    }
}
