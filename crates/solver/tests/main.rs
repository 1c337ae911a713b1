//! The tests of this crate that need nothing private, in one binary: each links everything, which takes as
//! long as many of them run. `cargo test -p meanfield-solver --test all gibbs` runs those of a file.
//! Nothing is tested here.

mod along_directions;
mod convergence;
mod diffusion;
mod figure_1;
mod following;
mod gibbs;
mod homogeneous;
mod laws;
mod lazy;
mod least_risk;
mod movements;
mod support;
mod transport;
