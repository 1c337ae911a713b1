//! Keys of several kinds on the kernel: its dimension, its tolerance.

use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::reduction::{Reach, Reduction, Resolution};
use meanfield_run::facts::{self, FactKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The dimension of the kernel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LimitName {
    /// The data's d.
    #[default]
    Finite,
    /// d → ∞, in the kernel or in the start, as the key says: with dimension-limit alone the start
    /// keeps the data's d.
    Infinite,
}

impl LimitName {
    /// The kernel of this dimension that leaves no more than `tolerance`, as far as the start
    /// reaches and beyond.
    pub(crate) fn resolution(self, tolerance: f64) -> Resolution {
        let limit = match self {
            Self::Finite => DimensionLimit::Finite,
            Self::Infinite => DimensionLimit::Infinite,
        };
        Resolution { limit, tolerance, reach: Reach::OfStart }
    }
}

/// Facts about the parts of a system that are taken to d = ∞.
pub(crate) fn at_infinite_dimension(
    kernel: LimitName,
    start: LimitName,
) -> impl Iterator<Item = (&'static FactKind, f64)> {
    let all = [(facts::KERNEL_AT_INFINITE_DIMENSION, kernel), (facts::START_AT_INFINITE_DIMENSION, start)];
    all.into_iter().filter(|(_, limit)| *limit == LimitName::Infinite).map(|(name, _)| (name, 1.0))
}

/// Facts about the kernel of a reduction.
pub(super) fn of_kernel<const D: usize, L>(
    reduction: &Reduction<D, L>,
) -> impl Iterator<Item = (&'static FactKind, f64)> {
    let quadrature = reduction.is_quadrature.then_some((facts::KERNEL_BY_QUADRATURE, 1.0));
    [(facts::KERNEL_TERMS, reduction.terms as f64)].into_iter().chain(quadrature)
}

/// The default of `kernel-tolerance`, which gives way to what can be reached (see [`Setting::reduced`]), also
/// where it is written out: a resolved scenario has every default.
///
/// [`Setting::reduced`]: crate::setting::Setting::reduced
pub(crate) const DEFAULT_TOLERANCE: f64 = 1e-9;

pub(super) fn default_kernel_tolerance() -> f64 {
    DEFAULT_TOLERANCE
}
