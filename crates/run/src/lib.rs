//! Everything about time: schedules, steppers, the driver, observations, claims, the record of a run.
//!
//! The loop is written once, in [`drive`], against [`system::System`], which a toy can implement. This
//! crate knows no solver, no network, no file format, no terminal.

mod axes;
pub mod background;
pub mod by_layer;
pub mod certificate;
pub mod claim;
pub mod cooling;
pub mod cpu;
pub mod crew;
mod crowd;
pub mod drive;
pub mod facts;
pub mod flow;
pub mod law_scalars;
pub mod led;
mod log;
pub mod machine;
pub mod number;
mod padding;
pub mod peers;
mod plan;
pub mod quantities;
pub mod quantity;
pub mod reclocked;
pub mod record;
pub mod refinement;
pub mod scaled;
pub mod schedule;
pub mod side_by_side;
pub mod stack;
pub mod stepper;
pub mod sweep;
pub mod system;
pub mod traced;
mod unfinished;

pub use log::Log;
