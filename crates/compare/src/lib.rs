//! Comparison of records: distances between laws, gaps between curves, verdicts on claims. It does not know
//! which crate made a record, nor files, figures or the terminal.

pub mod align;
pub mod comparison;
mod directions;
pub mod distance;
pub mod joint_distance;
pub mod judge;
pub mod power_law;
pub mod spectrum;
pub mod sufficient;
