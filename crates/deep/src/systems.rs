//! Limits and networks as systems that the driver runs and observes; what they report is in `observation`.

pub mod coupled;
pub mod fluctuating;
pub mod limit;
pub mod network;
pub mod residual;

/// Multiplications in a stride: a fraction of a second.
const STRIDE: f64 = 2e8;
