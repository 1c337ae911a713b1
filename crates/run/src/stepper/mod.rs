//! Steppers: how to advance a [`Flow`](crate::flow::Flow) by one step. They know no system and no record.

pub mod adaptive;
pub mod strong_stability;
