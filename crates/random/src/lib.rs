//! Random numbers by name: streams of (seed, purpose, block), and the deviates that networks are drawn with.
//!
//! This crate knows no network, no data, no law other than the uniform and the normal one.

pub mod counter;
pub mod deviates;
pub mod stream;
