//! Steps of a given length, whatever their error, by the classical method of fourth order: flows that differ
//! little err alike, and their differences do not.

use super::FeatureFlow;

/// By how much of each stage before it paths are moved at a stage.
const BEFORE: [&[f64]; 4] = [&[], &[0.5], &[0.0, 0.5], &[0.0, 0.0, 1.0]];
/// By how much of each stage a step moves them.
const TOGETHER: [f64; 4] = [1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0];

impl FeatureFlow {
    /// The same flow, with so many factors of the weights between paths before they are compressed.
    pub(crate) fn compressing_from(mut self, rank: usize) -> Self {
        self.compress_from = rank;
        self.growth = rank;
        self
    }

    /// A step of this length.
    pub(crate) fn step_by(&mut self, length: f64) {
        for (stage, weights) in BEFORE.into_iter().enumerate() {
            self.evaluate_moved(stage, length, weights);
        }
        self.move_by(length, &TOGETHER);
        self.time += length;
        self.compress();
    }
}
