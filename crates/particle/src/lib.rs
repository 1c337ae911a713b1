//! One-pass stochastic gradient descent on a finite network (Mei, Montanari & Nguyen 2018, eqs. 1–3):
//!
//! ```text
//!   ŷ(x) = (1/N) Σ_i σ_*(x; θ_i)
//!   θ_i ← θ_i + 2 s_k (y_k − ŷ_k) ∇σ_*(x_k; θ_i),   s_k = ε ξ(kε),  k = 1, 2, …
//! ```
//! σ_* = σ(⟨w, x⟩) or a σ(⟨w, x⟩ + b), every step on a fresh sample; another loss replaces 2 (y − ŷ) by
//! −∂₂ℓ(y, ŷ). The weights after k steps depend on the scenario and the seed alone. This crate knows no PDE
//! (one that a network is coupled to is handed to it), no scenario file, no record file, no figure and no
//! terminal.

pub mod coupled_network;
pub mod driven_network;
pub mod engine;
pub mod finite_network;
pub mod sampler;
