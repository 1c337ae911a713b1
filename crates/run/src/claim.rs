//! What a scenario claims: plain data. A scenario writes it, comparison judges it, and neither
//! sees the other.

use serde::{Deserialize, Serialize};

/// "From `from` until `until`, `quantity` of `system` stays within `within` of the reference's."
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The system that is judged.
    pub system: String,
    /// A curve's name (`risk`, `mean_radius`, …), or a distance at the snapshots
    /// (`wasserstein_1_radius`, …).
    pub quantity: String,
    /// First time, t.
    pub from: f64,
    /// Last time, t.
    pub until: f64,
    /// Largest absolute difference (or distance) allowed.
    pub within: f64,
}
