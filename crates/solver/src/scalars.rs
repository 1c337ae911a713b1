//! Scalars that more than one system reports, each in one wording. What only one system reports stands there.

use meanfield_run::certificate;
use meanfield_run::system::Scalar;

/// Any scalar.
pub(crate) fn scalar(name: &'static str, meaning: &'static str, value: f64) -> Scalar {
    Scalar { name, meaning, value }
}

/// F of the present law.
pub(crate) fn free_energy(value: f64) -> Scalar {
    scalar("free_energy", "F = R/2 + (λ/2) ∫|θ|²dρ + (1/β) ∫ρ log ρ dθ", value)
}

/// b of the present law.
pub(crate) fn independent_bias(value: f64) -> Scalar {
    scalar("independent_bias", "b in E R_N − R = b/N for N independent neurons of this very law", value)
}

/// The mass that atoms of these weights have gained or lost.
pub(crate) fn mass_error(weights: &[f64]) -> Scalar {
    let total: f64 = weights.iter().sum();
    scalar(certificate::MASS_ERROR, "|total mass − 1|", (total - 1.0).abs())
}

/// By how much a flow misses its energy balance, MMN (24) without noise.
pub(crate) fn energy_residual(value: f64) -> Scalar {
    scalar(certificate::ENERGY_RESIDUAL, "|E(t) − E(0) + ∫ 4 ∫|∇Ψ|² dρ dt|, E = R + λ ∫|θ|²dρ", value)
}

/// What the kernel leaves out on a grid.
pub(crate) fn kernel_truncation_on_grid(value: f64) -> Scalar {
    scalar(certificate::KERNEL_TRUNCATION, "bound on what the kernel leaves out on the grid", value)
}

/// What the kernel leaves out at the outermost atom.
pub(crate) fn kernel_truncation(value: f64) -> Scalar {
    scalar(certificate::KERNEL_TRUNCATION, "bound on what the kernel leaves out at the atoms", value)
}

/// What atoms on panels leave unresolved.
pub(crate) fn sampling_error(value: f64) -> Scalar {
    let meaning = "estimate of what the atoms leave unresolved, a Wasserstein-1 distance";
    scalar(certificate::SAMPLING_ERROR, meaning, value)
}
