//! Networks of L ≥ 2 layers in the mean-field scaling (Pham & Nguyen, ICLR 2021, and their note of 2021 for
//! any depth), their limits, and finite networks coupled to these limits:
//!
//! ```text
//!   H_1 = W_1ᵀ x,   H_i = W_iᵀ (q_{i−1} ∘ φ_{i−1}(H_{i−1})),   ŷ = φ_L(H_L)
//!   Δ_L = ∂₂ℓ(y, ŷ) φ_L'(H_L),   Δ_i = φ_i'(H_i) ∘ W_{i+1} (q_{i+1} ∘ Δ_{i+1})
//!   dW_i/dt = −ξ_i(t) E_Z[φ_{i−1}(H_{i−1}) Δ_iᵀ]
//! ```
//! with neurons of weights q_i ≥ 0 summing to 1 in each layer: 1/n in a finite network, the weights of a
//! quadrature in the limit, and 0 for a tagged neuron, which feels the field and does not act. Networks whose
//! layers skip and add are in `residual`. This crate knows no scenario file, no record file, no figure and no
//! terminal.

pub mod activation;
pub mod architecture;
pub mod atoms;
mod batches;
pub mod coupling;
pub mod data;
pub mod engine;
mod first_layer;
pub mod first_order;
pub mod flow;
pub mod fluctuations;
pub mod latents;
pub mod law;
pub mod least_loss;
pub mod limit;
pub mod network;
pub mod observation;
mod one_sample;
pub mod optimality;
mod pace;
pub mod problem;
pub mod quadrature;
pub mod residual;
mod rows;
pub mod spectral;
pub mod start;
pub mod statistics;
pub mod systems;
pub mod training;
pub mod width_effects;
