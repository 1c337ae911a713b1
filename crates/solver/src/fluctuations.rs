//! What N and ε do to a network's risk, predicted without training one. To first order in both,
//!
//! ```text
//!   E R_SGD = R + b/N + c ε,        Var R_SGD = v_N/N + v_ε ε + second chaos
//! ```
//! One step of SGD moves the empirical law of the neurons along v_x(θ; ρ) = 2 (y − ŷ) ∇σ_*(x; θ), the same
//! sample (x, y) for all of them; N enters through the start alone, ε through the samples. Write a neuron's
//! position as its mean-field place + δ, its weight as 1 + ν. To leading order (ν, δ) is a Gaussian field,
//! linear, driven by ν (∝ N^(−½)) and by the samples (∝ ε^(½)); to second order it shifts means. About a
//! rotation-invariant law it falls apart by harmonic degree, δ = Σ_ℓ [α_ℓ P̂_ℓ ω + β_ℓ ∇P̂_ℓ/√Λ_ℓ], and what
//! is left of each degree is an ordinary differential equation on the radii (`forward`): covariances of α
//! and β, driven by a start (the N part) or by a source (the ε part). A few degrees are enough; what a neuron
//! does to itself takes all of them, in closed form.
//!
//! Isotropic Gaussian data and σ(⟨w, x⟩), in one radius, with noise in `noisy` and without it in the rest;
//! two blocks, directions, points and a σ(⟨w, x⟩ + b) in `blocks`, without noise, by the same equations in
//! more coordinates.
//! Squared loss. Time is s = ∫ξ dt; a step of SGD at s has the length ε ξ. Where the law splits, first order
//! in N and ε has no meaning for long: the numbers grow without bound, and whoever knows N and ε has to
//! judge; [`FiniteStep`], a closure at given N and ε, is a way on.

mod adjoint;
mod backward;
mod blocks;
mod closure;
mod effects;
mod evolution;
mod features;
mod forward;
mod history;
mod law;
mod layout;
mod network;
mod noisy;
mod setup;
mod statistics;
#[cfg(test)]
mod tests;

pub use closure::{FiniteStep, Sizes};
pub use evolution::Fluctuations;
pub use law::FluctuatingLaw;
pub use network::{FluctuationSetup, NetworkFluctuations};
pub use noisy::{NoisyFluctuations, NoisySetup, RadiusRange};
pub use setup::{FluctuationError, Resolution, Setup};
pub use statistics::Statistics;
