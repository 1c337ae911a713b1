//! What every system of one study shares: the architecture and the data.

use std::sync::Arc;

use crate::architecture::Architecture;
use crate::data::DataPoints;

/// Architecture and data.
#[derive(Clone, Debug)]
pub struct DeepProblem {
    /// φ, ℓ, ξ.
    pub architecture: Arc<Architecture>,
    /// Z.
    pub data: Arc<DataPoints>,
}

impl DeepProblem {
    /// A problem.
    pub fn new(architecture: Architecture, data: DataPoints) -> Self {
        Self { architecture: Arc::new(architecture), data: Arc::new(data) }
    }
}
