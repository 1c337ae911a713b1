//! Keys of the kind `landscape`, and what its kernel must hold.

use meanfield_model::problem::Bath;
use meanfield_model::radial_series::DimensionLimit;
use meanfield_model::reduction::{Reach, Resolution};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::systems::kernel_keys::default_kernel_tolerance;

/// Radii are sought up to this.
const LARGEST_RADIUS: f64 = 20.0;

/// Keys of `landscape`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LandscapeKeys {
    /// With noise: cells on which the law is reported, along each coordinate. R and F do not depend on
    /// them, found to ten digits by quadrature; means and spreads are those of the cells. The default,
    /// 1600 of one radius, 240, 40 or 12 along each of two, three or four coordinates, and 160 along each
    /// where an output weight is one of them, is fine enough for figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cells: Option<Vec<usize>>,
    /// Without noise: of how many masses the law is to be, 1. By default of as many as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masses: Option<usize>,
    /// Without noise: radii are sought from 0 up to this, numbers along directions and weights of points from
    /// its negative on. Where mass wants to go to infinity the least risk depends on it; 20 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_radius: Option<f64>,
    /// Of targets of Gaussian inputs (`single-index`, `multi-index`) and the squared loss: the least risk of
    /// polynomials of the input up to this degree, in the place of a law's. It is ‖P_{>ℓ} y‖² and the noise
    /// of labels, the plateau on which lazy training waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degree: Option<usize>,
    /// What the kernel may leave out of U(r, r'). The default is far below every other error; where it cannot
    /// be reached (kinks in few dimensions) it gives way to the next power of ten, 0.1 at most.
    #[serde(default = "default_kernel_tolerance")]
    pub kernel_tolerance: f64,
}

impl Default for LandscapeKeys {
    /// The Gibbs state, or without noise the law of least risk.
    fn default() -> Self {
        Self {
            cells: None,
            masses: None,
            largest_radius: None,
            degree: None,
            kernel_tolerance: default_kernel_tolerance(),
        }
    }
}

impl LandscapeKeys {
    /// Up to where radii are sought without noise.
    pub(crate) fn largest(&self) -> f64 {
        self.largest_radius.unwrap_or(LARGEST_RADIUS)
    }

    /// The kernel that is asked for: with noise as far as that carries neurons, without on the box
    /// that is looked at.
    pub(crate) fn resolution(&self, bath: Bath) -> Resolution {
        let reach = if bath.temperature == 0.0 { Reach::UpTo(self.largest()) } else { Reach::OfBath };
        Resolution { limit: DimensionLimit::Finite, tolerance: self.kernel_tolerance, reach }
    }
}
