//! Residual networks modelled from their features (anonymous, "Modeling from Features: a Mean-field Framework
//! for Over-parameterized Deep Neural Networks"): discrete Res-Nets (3.1)–(3.6), their training by scaled
//! gradient descent (Algorithm 1) from a regressed start (Algorithm 2), the limit over skip-connected paths Θ
//! (3.7)–(3.10) that neural feature flow (Definition 1) moves, and networks coupled to it.
//!
//! ```text
//!   β_1 = X v_1/d,   α_ℓ = Σ_Θ q(Θ) v_ℓ(Θ, ·) h₁(β_{ℓ−1}(Θ)),   β_ℓ = β_{ℓ−1} + h₂(α_ℓ),   ℓ = 2 … L
//!   f = Σ_Θ q(Θ) v_{L+1}(Θ) h₁(β_L(Θ)),   loss E_Z φ(f, y)
//! ```
//! Neurons of all layers with one index are one path, of share q: 1/m in a network of width m, the weights of
//! a calibrated sample in the limit, 0 for a tagged path. Networks of other shapes are in `engine`. This
//! module knows no scenario file and chooses no times.

pub mod architecture;
pub mod calibration;
pub mod coupling;
pub mod descent;
pub mod effect_resolution;
pub mod effects;
pub mod engine;
pub mod flow;
pub mod gram;
pub mod limit;
pub mod limit_paths;
pub mod network;
pub mod observation;
pub mod pair_weights;
pub mod parallel;
mod path_sampler;
pub mod paths;
pub mod resolution;
pub mod shared_limit;
pub mod skip_paths;
pub mod start;
mod thin;
mod tilted_start;
