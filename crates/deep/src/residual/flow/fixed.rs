//! Steps of a given length, whatever their error: flows that differ little err alike, and their differences
//! do not.

use meanfield_run::stepper::adaptive::STAGES;

use super::FeatureFlow;

impl FeatureFlow {
    /// The same flow with so many factors of the weights between paths before they are compressed.
    pub(crate) fn compressing_from(mut self, rank: usize) -> Self {
        self.compress_from = rank;
        self.growth = rank;
        self
    }

    /// A step of this length.
    pub(crate) fn step_by(&mut self, length: f64) {
        // The last stage is of the error alone.
        (0..STAGES - 1).for_each(|stage| self.evaluate(stage, length));
        self.move_by(length);
        self.time += length;
        self.compress();
    }
}
