//! A function with a slope, and why one is no activation to compute with.

use thiserror::Error;

/// The power of z that none may outgrow.
pub const FASTEST: f64 = 8.0;
/// |z| up to which the mesh of the integrals reaches.
pub(super) const REACH: f64 = 1024.0;

/// A function with a slope.
pub trait ScalarFunction: Send + Sync {
    /// How it is written.
    fn text(&self) -> &str;

    /// f(z) and f'(z); at a kink, from the right.
    fn value_and_slope(&self, z: f64) -> (f64, f64);
}

/// A function that is no activation to compute with.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum InterpolationError {
    /// Not finite somewhere.
    #[error("at z = {0:?} it, or its slope, is no number")]
    NotFinite(f64),
    /// A jump of the value.
    #[error("it jumps at z = {0:?}, where training by gradients sees nothing")]
    Jump(f64),
    /// Faster growth than any polynomial that is allowed.
    #[error("it grows faster than |z|^{FASTEST}: moments of networks would not exist")]
    Growth,
    /// Values that no polynomial meets.
    #[error("near z = {0:?} it cannot be resolved to the accuracy of the others: too steep, or too rough")]
    Rough(f64),
    /// Integrals that did not settle.
    #[error("its Gaussian integrals at scale {scale:?} are known to {error:.0e} only")]
    Inaccurate {
        /// S.
        scale: f64,
        /// What they moved by.
        error: f64,
    },
}
