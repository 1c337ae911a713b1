//! The distributional dynamics ∂_t ρ = 2ξ ∇·(ρ∇Ψ(·; ρ)) in reduced coordinates (Mei, Montanari & Nguyen 2018,
//! eqs. 7, 12 and 13), by independent roads: conservative finite volumes on a grid, without noise and with it
//! ([`diffusion`]), characteristics (deterministic atoms), and minimising movements ([`jko`]); and where it
//! can end: Gibbs states ([`gibbs`]) and laws of least risk ([`least_risk`]). All meet the physics through
//! networks.
//!
//! This crate knows no network, no scenario file, no record file, no figure and no terminal.

mod cell_features;
pub mod characteristics;
pub mod diffusion;
pub mod features;
pub mod finite_volume;
pub mod fluctuations;
pub mod gibbs;
pub mod grid;
mod growing_grid;
pub mod growth;
pub mod jko;
pub mod least_risk;
pub mod linearised;
mod movement;
pub mod nodes;
pub mod panelled;
pub mod panels;
mod saved_grid;
mod scalars;
pub mod start_grid;
pub mod static_system;
mod truncation;
mod worst_masses;
