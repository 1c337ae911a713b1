//! How finely what width and step size do to residual networks is found: numbers alone.

use super::architecture::ResidualProblem;
use super::path_sampler::enough_paths;

/// Fewest paths.
const FEWEST: usize = 512;

/// How finely the effects are found.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct EffectResolution {
    /// Paths, an even number.
    pub paths: usize,
    /// Drawn directions of their law.
    pub probes: usize,
    /// So often paths are drawn anew for them: rare ones do much.
    pub drawings: usize,
    /// Spacing of the times at which effects are found, and of those at which steps are looked at.
    pub spacing: f64,
    /// Displacement by a step.
    pub step: f64,
    /// Of the first paths.
    pub seed: u64,
}

impl EffectResolution {
    /// As many paths as can be calibrated to all means: with fewer, v_m is off by a third where little of the
    /// loss is left.
    pub fn new(problem: &ResidualProblem) -> Self {
        Self {
            paths: enough_paths(problem).max(FEWEST),
            probes: 96,
            drawings: 8,
            spacing: 0.25,
            step: 0.05,
            seed: 0,
        }
    }
}
