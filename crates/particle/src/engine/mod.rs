//! Engines: how SGD steps are computed. [`Sequential`] does one sample after the other as the equation says
//! and is the reference: without noise every engine gives its weights up to rounding, with noise their law.

mod blocked;
mod mini_batch;
mod rule;
mod sequential;
mod training;

pub use blocked::{Blocked, LONGEST_BLOCK};
pub use mini_batch::MiniBatch;
pub use rule::Rule;
pub use sequential::Sequential;
pub use training::{Batch, Engine};
