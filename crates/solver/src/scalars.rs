//! Scalars that more than one system reports, each in one wording. A scalar of one system alone is in the
//! module of that system.

use meanfield_run::quantities;
use meanfield_run::quantity::Quantity;
use meanfield_run::system::Scalar;

/// A quantity in a system's own words.
pub(crate) fn scalar(quantity: &'static Quantity, definition: &'static str, value: f64) -> Scalar {
    Scalar::defined(quantity, definition, value)
}

/// F of the present law.
pub(crate) fn free_energy(value: f64) -> Scalar {
    Scalar::new(quantities::FREE_ENERGY, value)
}

/// b of the present law.
pub(crate) fn independent_bias(value: f64) -> Scalar {
    Scalar::new(quantities::INDEPENDENT_BIAS, value)
}

/// The mass that atoms of these weights have gained or lost.
pub(crate) fn mass_error(weights: &[f64]) -> Scalar {
    let total: f64 = weights.iter().sum();
    Scalar::new(quantities::MASS_ERROR, (total - 1.0).abs())
}

/// By how much a flow misses its energy balance, MMN (24) without noise.
pub(crate) fn energy_residual(value: f64) -> Scalar {
    Scalar::new(quantities::ENERGY_RESIDUAL, value)
}

/// The kernel's truncation error on a grid.
pub(crate) fn kernel_truncation_on_grid(value: f64) -> Scalar {
    scalar(quantities::KERNEL_TRUNCATION, "bound on what the kernel leaves out on the grid", value)
}

/// The kernel's truncation error at the outermost atom.
pub(crate) fn kernel_truncation(value: f64) -> Scalar {
    scalar(quantities::KERNEL_TRUNCATION, "bound on what the kernel leaves out at the atoms", value)
}

/// The part of the law that atoms on panels leave unresolved.
pub(crate) fn sampling_error(value: f64) -> Scalar {
    Scalar::new(quantities::SAMPLING_ERROR, value)
}
