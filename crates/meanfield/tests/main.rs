//! The tests of this crate that need nothing private, in one binary: each links everything, which takes as
//! long as many of them run. `cargo test -p meanfield --test all examples` runs those of a file.
//! Nothing is tested here.

mod examples;
mod predicted_band;
mod ranks;
mod studies;
