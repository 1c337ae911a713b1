//! Static questions without noise: the law of least risk on a box, of any number of masses or of one; whether one is enough, and
//! how fast the dynamics comes back to it.

pub mod exchange;
pub mod lowest;
pub mod rates;
pub mod separations;
pub mod single;
mod slide;
mod system;
pub mod thresholds;
mod weights;

pub use system::{AnyLaw, FindThresholds, OneMass, Thresholds};
