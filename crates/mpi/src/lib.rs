//! Processes that compute one thing together, each a rank: who they are and what they say to one another.
//!
//! [`Ranks`] is what a session knows of them. They are the processes that `mpirun` started, with the feature
//! `linked`, or [threads](ThreadRank) in tests. This crate knows no scenario, no solver, no file and no
//! terminal, and spreads no work: that is the session's.

mod launch_error;
mod launcher;
mod ranks;
mod threads;
#[cfg(feature = "linked")]
mod world;

pub use launch_error::LaunchError;
pub use launcher::join;
pub use ranks::Ranks;
pub use threads::ThreadRank;
