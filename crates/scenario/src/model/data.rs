//! `model.data`: the list of data models. Each has a file below `data/`: its keys, and the data that they
//! mean.

pub mod anisotropic;
mod complaints;
pub mod csv;
pub(crate) mod formula;
pub mod grid;
pub mod isotropic;
mod kind;
pub mod random;
pub mod table;
mod target;

use meanfield_deep::data::DataPoints;
use meanfield_model::data::DataError;
use meanfield_model::problem::{DataModel, Symmetry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::csv::CsvKeys;
use crate::complaints::Complaints;
use crate::ranges::LARGEST_DIMENSION;
use anisotropic::AnisotropicGaussians;
use complaints::DataComplaints;
use grid::GridKeys;
use isotropic::IsotropicGaussians;
use kind::{DataKind, PointsKind};
use random::RandomKeys;
use table::TableKeys;

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
    /// Points that stand here; for networks with layers.
    Table(TableKeys) = "table",
    /// Points in a file beside the scenario; for networks with layers.
    Csv(CsvKeys) = "csv",
    /// Points at equal distances along each coordinate, and a target; for networks with layers.
    Grid(GridKeys) = "grid",
    /// Points drawn from a law, and a target; for networks with layers.
    Random(RandomKeys) = "random",
}

impl Data {
    /// The symmetry of the inputs, whatever the numbers; none of points.
    pub(crate) fn symmetry(&self) -> Option<Symmetry> {
        Some(self.kind().1.of_symmetry()?.symmetry())
    }

    /// The data of two-layer networks that the keys mean; everything that is wrong with them is noted.
    pub(crate) fn parse(&self, complaints: &mut Complaints) -> Option<DataModel> {
        let (name, kind) = self.kind();
        let Some(kind) = kind.of_symmetry() else {
            let message = format!("`{name}` are data of networks with layers, and this model has none");
            let help = "write [[model.layers]] in place of activation and initial, or isotropic-gaussians";
            complaints.add(["model", "data", name], message, help);
            return None;
        };
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

    /// Whether the last coordinate of every point is 1.
    pub(crate) fn has_bias(&self) -> bool {
        self.kind().1.of_points().is_some_and(PointsKind::has_bias)
    }

    /// The points that the keys mean; everything that is wrong with them is noted.
    pub(crate) fn parse_points(&self, complaints: &mut Complaints) -> Option<DataPoints> {
        let (name, kind) = self.kind();
        let Some(kind) = kind.of_points() else {
            let message =
                format!("`{name}` is a law of inputs, and networks with layers are trained on points");
            let help = "write data.grid, data.random or data.table, or leave out [[model.layers]]";
            complaints.add(["model", "data", name], message, help);
            return None;
        };
        kind.points(&mut DataComplaints { name, all: complaints })
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
