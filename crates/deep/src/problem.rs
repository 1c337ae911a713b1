//! What every system of one study shares: the architecture, the data, the inputs at which it is looked.

use std::sync::Arc;

use ndarray::Array2;

use crate::architecture::Architecture;

use crate::data::DataPoints;

/// Architecture and data, and inputs at which systems record what neurons answer.
#[derive(Clone, Debug)]
pub struct DeepProblem {
    /// φ, ℓ, ξ.
    pub architecture: Arc<Architecture>,
    /// Z.
    pub data: Arc<DataPoints>,
    /// Inputs at which laws of pre-activations are recorded, shape (inputs, d); often none.
    pub observed_inputs: Arc<Array2<f64>>,
}

impl DeepProblem {
    /// A problem.
    pub fn new(architecture: Architecture, data: DataPoints) -> Self {
        let observed_inputs = Arc::new(Array2::zeros((0, data.dimension())));
        Self { architecture: Arc::new(architecture), data: Arc::new(data), observed_inputs }
    }

    /// The same, looked at at these inputs, shape (inputs, d).
    #[must_use]
    pub fn observed_at(self, inputs: Array2<f64>) -> Self {
        Self { observed_inputs: Arc::new(inputs), ..self }
    }
}
