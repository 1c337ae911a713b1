//! The data model `anisotropic-gaussians`.

use meanfield_model::data::{BlockClasses, DataError};
use meanfield_model::problem::{DataModel, Symmetry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kind::{DataKind, SymmetricKind};

/// Keys of `anisotropic-gaussians`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AnisotropicGaussians {
    /// d, the dimension of x.
    pub dimension: usize,
    /// s₀, the dimension that tells the classes apart: from 1 to d − 1.
    pub relevant_dimension: usize,
    /// Δ, from 0 up to but not including 1.
    pub separation: f64,
}

impl DataKind for AnisotropicGaussians {
    fn of_symmetry(&self) -> Option<&dyn SymmetricKind> {
        Some(self)
    }
}

impl SymmetricKind for AnisotropicGaussians {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn symmetry(&self) -> Symmetry {
        Symmetry::Blocks(
            [self.relevant_dimension, self.dimension.saturating_sub(self.relevant_dimension)].into(),
        )
    }

    fn data(&self) -> Result<DataModel, DataError> {
        BlockClasses::anisotropic(self.dimension, self.relevant_dimension, self.separation)
            .map(DataModel::TwoBlocks)
    }

    fn example(&self) -> &'static str {
        "MMN 2018, Fig. 3: dimension = 320, relevant-dimension = 60, separation = 0.4"
    }
}
