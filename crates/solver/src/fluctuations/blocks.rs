//! The fluctuations of networks in several coordinates, neurons σ(⟨w, x⟩) or a σ(⟨w, x⟩ + b): what
//! `fluctuations` does in one radius, about a law of atoms. Inputs fall in at most two blocks, as in z = (r₁,
//! r₂) or (a, b, r₁, r₂); along directions in the one across them, z = (m, r), where every node of a
//! quadrature over what is given of an input is a class of its own, to which m is an offset; on points in
//! none. Noise, other losses and three blocks are not here.
//!
//! The law is invariant under the rotations of the blocks, so the fluctuations fall apart by pairs of
//! degrees L = (l₁, l₂): a neuron is displaced by δz_k = Σ_L α_kL P̂_L along its coordinates and by Σ_L
//! β_tL ∇_t P̂_L/√Λ_t across w_t, and its weight is 1 + Σ_L ν_L P̂_L. With F_Lm the output's coefficients
//! on the data (`block_modes`, m a class and a polynomial of the lengths), B_L = (∂_k F | √Λ_t F/r_t), π_m
//! the class's weight, w_j the neurons' and e = y − ŷ the residual,
//!
//! ```text
//!   ż_k = −2 (∂_k ψ + λ z_k),   ψ = −Σ_m π_m e_m F_00m,   R = Σ_m π_m e_m²
//!   Ŷ_m = Σ_j w_j F_jm ν̌_j + D^(−½) Σ_j w_j B_jm·(α, β)_j,    ν = √D ν̌
//!   (α, β)' = H (α, β) − 2 D^(−½) B π Ŷ,   H = −2 (∂²ψ + λ | ∂_{r_t}ψ/r_t + λ)
//! ```
//! of which the N part starts with E ν̌_i ν̌_j = (δ_ij/w_i − δ_L0)/N and the ε part has the source 4 B E[e²
//! R_m R_m'] B^T, for L = 0 less 4 ∂ψ ∂ψ^T. To second order the means shift, C = E δz δz^T, κ = E ν δz:
//!
//! ```text
//!   Ċ = H C + C H^T − 2 Σ_L E (∂η α^T + α ∂η^T) + D,    κ̇ = H κ − 2 {½ ∂U(θ,θ) − ∂∫U dρ} − 2 Σ_L E ν ∂η
//!   ṁ_k = H m − 2 ∂_k Δψ − ∂_k∂_l∂_n ψ C_ln − 2 Σ_L E (∂_k∂_l η α_l + ∂_k η'_t β_t)
//!         + D^⊥_t/(2 r_t) [k = r_t] − ½ z̈_k
//! ```
//! In polar coordinates of each block ż_k = −2 ∂_k Ψ(z, ω₁, ω₂) holds as it stands: variances across the
//! radii enter by a sample's step alone (|w_t + v| = r_t + v_r + |v^⊥|²/(2 r_t)). D and D^⊥ are the second
//! moments of a sample's step, all degrees at once. η = D^(−½) Σ_m π_m F_m Ŷ_m is the potential's
//! fluctuation, η'_t its slope across w_t.
//!
//! The atoms are Gauss nodes of the start's normal deviates, one direction for each coordinate that is not a
//! point. They follow a smooth map well and a law that splits not at all: coarser atoms and fewer degrees go
//! along, and where the two part company there is nothing to be said any more.

mod adjoint;
mod effects;
mod evolution;
mod features;
mod forward;
mod layout;
mod left_out;
mod moment;
mod setup;
mod statistics;
#[cfg(test)]
mod tests;

pub(super) use adjoint::{block_backward, history};
pub(super) use evolution::BlockFluctuations;
pub(super) use setup::{BlockResolution, BlockSetup};
