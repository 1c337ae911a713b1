//! How finely the limit of residual networks is resolved: numbers alone.

/// How finely the limit is resolved.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ResidualResolution {
    /// M, a multiple of twice the groups.
    pub paths: usize,
    /// G, from 2 to 16.
    pub groups: usize,
    /// Of the paths.
    pub seed: u64,
    /// Largest error of v_1, v_{L+1} or α_ℓ in a step in time.
    pub tolerance: f64,
    /// Whether shares are calibrated; equal ones otherwise.
    pub is_calibrated: bool,
}

impl Default for ResidualResolution {
    fn default() -> Self {
        Self { paths: 16_384, groups: 4, seed: 0, tolerance: 1e-4, is_calibrated: true }
    }
}
