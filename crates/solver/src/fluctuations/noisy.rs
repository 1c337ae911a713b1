//! What N and ε do to noisy SGD, temperature 1/β > 0: the same two orders as without noise, for a law with a
//! density. Fluctuations n = ρ^N − ρ of the empirical law have the covariance K = ρδ/N + g; with 𝓛 the linear
//! operator of the equation about its law, all at ξ = 1,
//!
//! ```text
//!   ∂_t g = (𝓛 + 𝓛')g + (2/N) [∇·(ρρ'∇U) + transposed] + ε ∇·∇'·(ρρ' Cov(v_x, v_x')),   g(0) = −ρρ'/N
//!   ∂_t ρ₂ = 𝓛ρ₂ + 2∇·[(ρ/2N) ∇U(θ,θ) + ∫∇U g dθ']
//!              + ε/2 [∇∇:(ρ E v_x v_x^T) − 2B∇·(ρv̄) + B²ρ − ∂_t²ρ]
//!   E R_SGD − R = 2∫Ψρ₂ + ∫U(θ,θ)ρ/N + ∬U g,         B = (2/β) Δ
//! ```
//! Noise of single neurons keeps ρδ/N, and needs no term of its own. g falls apart by harmonic degree into
//! one function of two radii each; these live on nodes of the radius that rest, since displacements of
//! neurons that noise scatters have no expansion. One coordinate, isotropic data, the squared loss.

mod backward;
mod differences;
mod evolution;
mod exponential;
mod model;
mod network;
mod nodes;
mod sources;
#[cfg(test)]
mod tests;

pub use network::{NoisyFluctuations, NoisySetup};
pub use nodes::RadiusRange;
