//! The verbs, one file each.

pub mod check;
pub mod compare;
pub mod list;
pub mod plot;
pub mod run;
