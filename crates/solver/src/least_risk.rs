//! Laws of least risk, where the dynamics without noise can end: on a box, of any number of masses or of one;
//! whether one is enough, and how fast the dynamics comes back to it.
//!
//! [`LeastRisk`] and [`LeastRiskOfOneMass`] are the system kind `landscape` without noise. No time and no
//! grid here.

pub mod exchange;
pub mod minima;
pub mod point_masses;
pub mod potential;
mod problems;
pub mod rates;
pub mod separations;
pub mod single;
mod slide;
pub mod thresholds;
mod weights;

pub use problems::{FindThresholds, LeastRisk, LeastRiskOfOneMass, Thresholds};
