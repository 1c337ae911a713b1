//! `model.data`: the list of data models. Each has a file below `data/`: its keys, and the data that they
//! mean.

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

/// Makes the enumeration of the data models, each with its keys and its name in the file.
macro_rules! data_models {
    ($($(#[$doc:meta])+ $variant:ident($keys:ty) = $name:literal,)+) => {
        /// Data models.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[non_exhaustive]
        pub enum Data {
            $($(#[$doc])+ #[serde(rename = $name)] $variant($keys),)+
        }

        impl Data {
            /// The name of the kind, as it is written in the file, and the kind itself.
            fn kind(&self) -> (&'static str, &dyn DataKind) {
                match self {
                    $(Self::$variant(keys) => ($name, keys),)+
                }
            }
        }
    };
}

data_models! {
    /// y = ±1 with probability ½ each, x | y ~ N(0, (1 ± Δ)² I_d).
    IsotropicGaussians(IsotropicGaussians) = "isotropic-gaussians",
    /// y = ±1 with probability ½ each, x | y ~ N(0, (1 ± Δ)² P + (I − P)), P the projector on s₀ of
    /// the d coordinates.
    AnisotropicGaussians(AnisotropicGaussians) = "anisotropic-gaussians",
}

impl Data {
    /// The symmetry of the inputs, whatever the numbers.
    pub(crate) fn symmetry(&self) -> Symmetry {
        self.kind().1.symmetry()
    }

    /// The data that the keys mean; everything that is wrong with them is noted.
    pub(crate) fn parse(&self, complaints: &mut Complaints) -> Option<DataModel> {
        let (name, kind) = self.kind();
        let data = kind.data();
        if let Err(error) = &data {
            let path = ["model", "data", name].into_iter().chain(key_of(error));
            complaints.add(path, error.to_string(), kind.example());
        }
        let dimension = kind.dimension();
        let message = format!("the dimension must be at most {LARGEST_DIMENSION}; it is {dimension}");
        let path = ["model", "data", name, "dimension"];
        complaints.unless(dimension <= LARGEST_DIMENSION, &path, message, kind.example());
        data.ok()
    }
}

/// The key that an error is about, where it is about one.
fn key_of(error: &DataError) -> Option<&'static str> {
    match error {
        DataError::Dimension(_) => Some("dimension"),
        DataError::Separation(_) => Some("separation"),
        DataError::RelevantDimension { .. } => Some("relevant-dimension"),
        _ => None,
    }
}
