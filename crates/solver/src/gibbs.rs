//! Gibbs states, where the dynamics with noise ends (Mei, Montanari & Nguyen 2018, eq. 21): the minimisers of
//!
//! ```text
//!   F(ρ) = R(m)/2 + (λ/2) ∫|θ|²dρ + β⁻¹ ∫ρ ln(ρ/J),    ρ_m ∝ J e^{−β(Ψ(·; m) + λ|θ|²/2)},    m = ∫φ dρ_m
//! ```
//! [`gibbs_state`] finds one on given nodes. The others are static problems, the system kind `landscape` with
//! noise: the state of the continuum, whose nodes are chosen so that it no longer changes. [`GibbsOnBox`] has
//! no outer weight; [`GibbsWithOuterWeight`] has one, which is integrated exactly; [`GibbsOfHomogeneous`] is
//! for a σ that is positively homogeneous, where the length of the other parameters is integrated exactly
//! too. No time and no grid here.
//!
//! On the cells of a grid the Gibbs state is the one that the diffusion scheme preserves; on the nodes of a
//! quadrature it is that of the continuum.

mod bath;
mod cell_masses;
mod directions;
mod error;
mod far_mass;
mod fitting;
mod homogeneous;
mod newton;
mod on_box;
mod outer_weight;
mod piece;
mod piecewise_law;
mod report;

pub use bath::{Amplitude, Bath, ln_weights};
pub use error::{GibbsError, GibbsProblemError};
pub use homogeneous::GibbsOfHomogeneous;
pub use newton::{GibbsState, gibbs_state, gibbs_state_from_either, unbiased};
pub use on_box::GibbsOnBox;
pub use outer_weight::GibbsWithOuterWeight;
