//! Residual networks: identities, limits, networks coupled to them, global convergence.
#![allow(clippy::print_stderr)] // what is measured is worth seeing

mod effects;
mod identities;
mod laws;
mod limit;
mod problems;
mod systems;
