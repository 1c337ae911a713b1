//! The tests of this crate that need nothing private, in one binary: each links everything, which takes as
//! long as many of them run. `cargo test -p meanfield-deep --test all first_order` runs those of a file.
//! Nothing is tested here.
#![allow(clippy::print_stderr)] // what is measured is worth seeing

mod coupling;
mod engine;
mod first_order;
mod fluctuations;
mod limit;
mod network;
mod problems;
mod residual;
mod statistics;
