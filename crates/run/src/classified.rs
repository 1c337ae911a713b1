//! A system that reports a classification error beside what it reports itself: that of the law it observes.

use meanfield_model::classification::ClassificationError;

use crate::quantities::CLASSIFICATION_ERROR;
use crate::system::{FurtherLaw, Observation, RunError, Scalar, State, Stride, System};

/// A system, and how its law is judged.
pub struct Classified {
    system: Box<dyn System>,
    error: ClassificationError,
}

impl Classified {
    /// `system`, whose law is judged at every observation.
    pub fn new(system: Box<dyn System>, error: ClassificationError) -> Self {
        Self { system, error }
    }
}

// Every method of `System` is forwarded, those with a default too.
impl System for Classified {
    fn time(&self) -> f64 {
        self.system.time()
    }

    fn step(&self) -> Option<u64> {
        self.system.step()
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        self.system.advance(until)
    }

    fn next_step(&self) -> Option<f64> {
        self.system.next_step()
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.system.step_freely(until)
    }

    fn clock(&self, time: f64) -> f64 {
        self.system.clock(time)
    }

    fn observe(&self) -> Observation {
        let mut observation = self.system.observe();
        let value = self.error.error_of(&observation.law);
        observation.scalars.push(Scalar::new(CLASSIFICATION_ERROR, value));
        observation
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        self.system.further_laws()
    }

    fn work_until(&self, time: f64) -> f64 {
        self.system.work_until(time)
    }

    fn work(&self) -> u64 {
        self.system.work()
    }

    fn use_threads(&mut self, threads: usize) {
        self.system.use_threads(threads);
    }

    fn crew(&self) -> Option<usize> {
        self.system.crew()
    }

    fn save(&self) -> State {
        self.system.save()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.system.restore(state)
    }
}
