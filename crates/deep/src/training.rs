//! How finite networks are trained, and which data points each step takes. Steps are counted from k = 1; step
//! k has the size ε ξ_i(kε) in layer i and ends at t = kε.

use meanfield_random::deviates::uniform;
use meanfield_random::stream::{Purpose, generator};
use thiserror::Error;

use crate::architecture::Architecture;
use crate::data::DataPoints;

/// Indices of data points drawn together.
const BLOCK: usize = 256;

/// A training that is none.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum TrainingError {
    /// ε.
    #[error("the step size {0} is not positive and finite")]
    StepSize(f64),
    /// B.
    #[error("a batch needs a sample or more")]
    Batch,
    /// The tolerance of a flow.
    #[error("the tolerance {0} is not positive and finite")]
    Tolerance(f64),
}

/// How a finite network is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Training {
    /// SGD, one sample a step, drawn by the weights of the data.
    OneSample {
        /// ε.
        step_size: f64,
    },
    /// SGD, the mean gradient of so many independent samples a step.
    MiniBatch {
        /// ε.
        step_size: f64,
        /// B.
        batch: usize,
    },
    /// Gradient descent on the loss over all data.
    FullBatch {
        /// ε.
        step_size: f64,
    },
    /// Gradient flow on the loss over all data.
    Flow {
        /// Largest error of a weight tolerated in one step in time.
        tolerance: f64,
    },
}

impl Training {
    /// ε; none for a flow.
    pub fn step_size(self) -> Option<f64> {
        match self {
            Self::OneSample { step_size }
            | Self::MiniBatch { step_size, .. }
            | Self::FullBatch { step_size } => Some(step_size),
            Self::Flow { .. } => None,
        }
    }

    /// Whether networks can be trained so.
    ///
    /// # Errors
    /// Where a number is not positive or not finite.
    pub fn check(self) -> Result<(), TrainingError> {
        let is_usable = |number: &f64| number.is_finite() && *number > 0.0;
        match self {
            Self::MiniBatch { batch: 0, .. } => Err(TrainingError::Batch),
            Self::Flow { tolerance } if !is_usable(&tolerance) => Err(TrainingError::Tolerance(tolerance)),
            _ => match self.step_size().filter(|step_size| !is_usable(step_size)) {
                Some(step_size) => Err(TrainingError::StepSize(step_size)),
                None => Ok(()),
            },
        }
    }
}

/// ε ξ_i(kε), layer by layer; k from 1.
pub fn step_sizes(architecture: &Architecture, step_size: f64, step: u64) -> Vec<f64> {
    let time = step as f64 * step_size;
    architecture.schedules().iter().map(|schedule| step_size * schedule.rate(time)).collect()
}

/// Data points drawn by their weights, the same ones for a seed whenever they are asked for. A network
/// trained on one sample a step takes in step k = 1, 2, … the draw k − 1 of its seed.
#[derive(Clone, Debug)]
pub struct Sampler {
    seed: u64,
    /// Weights of the points up to each.
    levels: Vec<f64>,
    /// The block that is held, and its points.
    held: Option<(u64, Vec<usize>)>,
}

impl Sampler {
    /// The draws of a seed.
    pub fn new(data: &DataPoints, seed: u64) -> Self {
        let mut level = 0.0;
        let levels = data.weights().iter().map(|weight| {
            level += weight;
            level
        });
        Self { seed, levels: levels.collect(), held: None }
    }

    /// The point of the draw `index`.
    pub fn point(&mut self, index: u64) -> usize {
        let block = index / BLOCK as u64;
        if self.held.as_ref().is_none_or(|held| held.0 != block) {
            self.held = Some((block, self.draw(block)));
        }
        let points = self.held.as_ref().map(|held| &held.1[..]).unwrap_or_default();
        points[(index % BLOCK as u64) as usize]
    }

    fn draw(&self, block: u64) -> Vec<usize> {
        let mut random = generator(self.seed, Purpose::Data, block);
        let last = self.levels.len() - 1;
        let whole = self.levels[last];
        let draws = (0..BLOCK).map(|_| whole * uniform(&mut random));
        draws.map(|level| self.levels.partition_point(|own| *own <= level).min(last)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn points_are_drawn_by_their_weights() {
        let data = DataPoints::new(Array2::ones((3, 1)), array![0.0, 1.0, 2.0], array![0.5, 0.0, 0.5]);
        let mut sampler = Sampler::new(&data.expect("valid"), 3);
        let drawn: Vec<usize> = (0..10_000).map(|index| sampler.point(index)).collect();
        let count = drawn.iter().filter(|point| **point == 0).count() as f64;
        assert!((count - 5000.0).abs() < 250.0, "{count}");
        assert!(drawn.iter().all(|point| *point != 1));
        assert_eq!([9_000, 17].map(|index| sampler.point(index)), [drawn[9_000], drawn[17]]);
    }

    #[test]
    fn what_is_wrong_with_a_training_is_said() {
        let step_size = 0.0;
        assert_eq!(Training::OneSample { step_size }.check(), Err(TrainingError::StepSize(0.0)));
        let step_size = 0.1;
        assert_eq!(Training::MiniBatch { step_size, batch: 0 }.check(), Err(TrainingError::Batch));
        assert_eq!(Training::Flow { tolerance: -1.0 }.check(), Err(TrainingError::Tolerance(-1.0)));
        assert_eq!(Training::FullBatch { step_size }.check(), Ok(()));
    }
}
