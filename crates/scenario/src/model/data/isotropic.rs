//! The data model `isotropic-gaussians`.

use meanfield_model::data::{DataError, GaussianClasses};
use meanfield_model::problem::{DataModel, Symmetry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kind::{DataKind, SymmetricKind};

/// Keys of `isotropic-gaussians`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IsotropicGaussians {
    /// d, the dimension of x; at least 2.
    pub dimension: usize,
    /// Δ, from 0 up to but not including 1.
    pub separation: f64,
}

impl DataKind for IsotropicGaussians {
    fn of_symmetry(&self) -> Option<&dyn SymmetricKind> {
        Some(self)
    }
}

impl SymmetricKind for IsotropicGaussians {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn symmetry(&self) -> Symmetry {
        Symmetry::OneBlock
    }

    fn data(&self) -> Result<DataModel, DataError> {
        GaussianClasses::isotropic(self.dimension, self.separation).map(DataModel::OneBlock)
    }

    fn example(&self) -> &'static str {
        "MMN 2018, Fig. 1: dimension = 40, separation = 0.8"
    }
}
