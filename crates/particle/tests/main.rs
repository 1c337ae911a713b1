//! The tests of this crate that need nothing private, in one binary: each links everything, which takes as
//! long as many of them run. `cargo test -p meanfield-particle --test all affine` runs those of a file.
//! Nothing is tested here.

mod affine;
mod classification;
mod coupled;
mod engines;
mod lazy;
mod population;
mod training;
