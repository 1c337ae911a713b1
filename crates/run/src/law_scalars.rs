//! Numbers that follow from a law, whichever system has it: reported beside what the system reports itself.

use std::sync::Arc;

use meanfield_model::classification::ClassificationError;
use meanfield_model::measure::Measure;
use meanfield_model::overlap::Overlap;

use crate::peers::Peers;
use crate::quantities::{CLASSIFICATION_ERROR, OVERLAP};
use crate::quantity::Quantity;
use crate::system::{FurtherLaw, Membership, Observation, RunError, Scalar, State, Stride, System};

/// A number that follows from a law.
pub trait LawScalar: Send {
    /// What it is.
    fn quantity(&self) -> &'static Quantity;

    /// Its value for a law.
    fn value(&self, law: &Measure) -> f64;
}

impl LawScalar for ClassificationError {
    fn quantity(&self) -> &'static Quantity {
        CLASSIFICATION_ERROR
    }

    fn value(&self, law: &Measure) -> f64 {
        self.error_of(law)
    }
}

impl LawScalar for Overlap {
    fn quantity(&self) -> &'static Quantity {
        OVERLAP
    }

    fn value(&self, law: &Measure) -> f64 {
        Self::value(self, law)
    }
}

/// A system, and what is read from its law at every observation.
pub struct WithLawScalars {
    system: Box<dyn System>,
    scalars: Vec<Box<dyn LawScalar>>,
}

impl WithLawScalars {
    /// `system` with these numbers of its law.
    pub fn new(system: Box<dyn System>, scalars: Vec<Box<dyn LawScalar>>) -> Self {
        Self { system, scalars }
    }
}

// Every method of `System` is forwarded, those with a default too.
impl System for WithLawScalars {
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
        let joint = self.system.joint_law();
        let law = joint.as_ref().unwrap_or(&observation.law);
        let scalars = self.scalars.iter().map(|scalar| Scalar::new(scalar.quantity(), scalar.value(law)));
        let scalars: Vec<Scalar> = scalars.collect();
        observation.scalars.extend(scalars);
        observation
    }

    fn joint_law(&self) -> Option<Measure> {
        self.system.joint_law()
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

    fn crew(&self) -> Option<Membership> {
        self.system.crew()
    }

    fn deal(&mut self, peers: &Arc<dyn Peers>) -> bool {
        self.system.deal(peers)
    }

    fn bring_together(&self) {
        self.system.bring_together();
    }

    fn save(&self) -> State {
        self.system.save()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.system.restore(state)
    }
}
