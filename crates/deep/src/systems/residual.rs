//! Residual networks, their limits and networks beside them as systems; what they report is in
//! `crate::residual::observation`.

pub mod coupled;
pub mod limit;
pub mod network;

use super::STRIDE;

/// Passes over all pairs of paths and points in a step.
const PASSES: f64 = 6.0;

/// Steps of a network of so many paths in a fraction of a second, with so many points in a step.
fn steps_in_a_stride(paths: usize, layers: usize, points: usize) -> u64 {
    let step = PASSES * (paths * paths * layers.max(1)) as f64 * points as f64;
    (STRIDE / step).max(1.0) as u64
}
