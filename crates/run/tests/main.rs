//! The tests of this crate that need nothing private, in one binary: each links everything, which takes as
//! long as many of them run. `cargo test -p meanfield-run --test all axes` runs those of a file.
//! Nothing is tested here.

mod axes;
mod certificates;
mod crowd;
mod driver;
