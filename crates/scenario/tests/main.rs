//! The tests of this crate that need nothing private, in one binary: each links everything, which takes as
//! long as many of them run. `cargo test -p meanfield-scenario --test all lazy` runs those of a file.
//! Nothing is tested here.

mod blocks;
mod costs;
mod coupled;
mod directed_starts;
mod every_activation_and_loss;
mod finished;
mod forces;
mod from_record;
mod layered_band;
mod layers;
mod lazy;
mod network_bias;
mod noisy_sgd;
mod own_problem_page;
mod points;
mod refinement;
mod residual;
mod shipped;
mod start_limit;
mod starts;
mod stated;
mod study;
mod support;
mod two_layers;
mod vary;
