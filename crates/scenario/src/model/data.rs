//! `model.data`: the list of data models. Each has a file below `data/`: its keys, and the data that they mean.

pub mod anisotropic;
pub mod isotropic;
mod kind;

use meanfield_model::data::DataError;
use meanfield_model::problem::{DataModel, Symmetry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use crate::ranges::LARGEST_DIMENSION;
use anisotropic::AnisotropicGaussians;
use isotropic::IsotropicGaussians;
use kind::DataKind;

/// Data models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Data {
    /// y = ±1 with probability ½ each, x | y ~ N(0, (1 ± Δ)² I_d).
    IsotropicGaussians(IsotropicGaussians),
    /// y = ±1 with probability ½ each, x | y ~ N(0, (1 ± Δ)² P + (I − P)), P the projector on s₀ of the d coordinates.
    AnisotropicGaussians(AnisotropicGaussians),
}

impl Data {
    /// The name of the kind, as it is written in the file, and the kind itself.
    fn kind(&self) -> (&'static str, &dyn DataKind) {
        match self {
            Self::IsotropicGaussians(keys) => ("isotropic-gaussians", keys),
            Self::AnisotropicGaussians(keys) => ("anisotropic-gaussians", keys),
        }
    }

    /// The symmetry of the inputs, whatever the numbers.
    pub(crate) fn symmetry(&self) -> Symmetry {
        self.kind().1.symmetry()
    }

    /// The data that the keys mean; everything that is wrong with them is noted.
    pub(crate) fn parse(&self, complaints: &mut Complaints) -> Option<DataModel> {
        let (name, kind) = self.kind();
        let data = kind.data();
        if let Err(error) = &data {
            let path = ["model", "data", name, key_of(error)];
            complaints.add(path, error.to_string(), kind.example());
        }
        let dimension = kind.dimension();
        let message = format!("the dimension must be at most {LARGEST_DIMENSION}; it is {dimension}");
        let path = ["model", "data", name, "dimension"];
        complaints.unless(dimension <= LARGEST_DIMENSION, &path, message, kind.example());
        data.ok()
    }
}

/// The key that an error is about.
fn key_of(error: &DataError) -> &'static str {
    match error {
        DataError::Dimension(_) => "dimension",
        DataError::Separation(_) => "separation",
        DataError::RelevantDimension { .. } => "relevant-dimension",
    }
}
