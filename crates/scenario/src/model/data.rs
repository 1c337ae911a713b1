//! `model.data`: the list of data models. Each has a file below `data/`: its keys, and the data that they
//! mean.

pub mod anisotropic;
mod complaints;
pub mod csv;
pub(crate) mod formula;
pub mod gaussian_classes;
pub mod grid;
pub mod isotropic;
mod kind;
pub mod multi_index;
pub mod random;
pub mod single_index;
pub mod table;
mod target;

use meanfield_deep::data::DataPoints;
use meanfield_model::data::DataError;
use meanfield_model::directed::DirectedClasses;
use meanfield_model::problem::{DataModel, Symmetry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::csv::CsvKeys;
use crate::complaints::Complaints;
use crate::ranges::LARGEST_DIMENSION;
use anisotropic::AnisotropicGaussians;
use complaints::DataComplaints;
use gaussian_classes::GaussianClassesKeys;
use grid::GridKeys;
use isotropic::IsotropicGaussians;
use kind::{DataKind, DirectedKind, PointsKind, SymmetricKind};
use multi_index::MultiIndexKeys;
use random::RandomKeys;
use single_index::SingleIndexKeys;
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
    /// Any Gaussian classes: weights, labels, scales, means.
    GaussianClasses(GaussianClassesKeys) = "gaussian-classes",
    /// x ~ N(0, I_d), y a function of one coordinate.
    SingleIndex(SingleIndexKeys) = "single-index",
    /// x ~ N(0, I_d), y the output of a teacher in 1 to 3 coordinates.
    MultiIndex(MultiIndexKeys) = "multi-index",
    /// Points that stand here; for networks with layers, and of 2 to 4 coordinates for those with two.
    Table(TableKeys) = "table",
    /// Points in a file beside the scenario; as those of a table.
    Csv(CsvKeys) = "csv",
    /// Points at equal distances along each coordinate, and a target; as those of a table.
    Grid(GridKeys) = "grid",
    /// Points drawn from a law, and a target; as those of a table.
    Random(RandomKeys) = "random",
}

impl Data {
    /// The symmetry of the inputs, whatever the numbers; none of a file that was not read.
    pub(crate) fn symmetry(&self) -> Option<Symmetry> {
        let kind = self.kind().1;
        let of_law = kind.of_symmetry().map(SymmetricKind::symmetry);
        let of_directions = || kind.of_directions().map(DirectedKind::symmetry);
        let of_points = || kind.of_points().map(|points| Symmetry::Points(points.dimension()));
        of_law.or_else(of_directions).or_else(of_points)
    }

    /// The data of two-layer networks that the keys mean; everything that is wrong with them is noted.
    pub(crate) fn parse(&self, complaints: &mut Complaints) -> Option<DataModel> {
        let (name, kind) = self.kind();
        if let Some(kind) = kind.of_symmetry() {
            return parse_symmetric(name, kind, complaints);
        }
        if let Some(kind) = kind.of_directions() {
            return kind.data(&mut DataComplaints { name, all: complaints });
        }
        let points = kind.of_points()?.points(&mut DataComplaints { name, all: complaints })?;
        Some(on_points(&points).into())
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

/// Data of a law with a symmetry; what is wrong with them is noted.
fn parse_symmetric(
    name: &'static str,
    kind: &dyn SymmetricKind,
    complaints: &mut Complaints,
) -> Option<DataModel> {
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

/// Points as classes that do not spread.
fn on_points(points: &DataPoints) -> DirectedClasses {
    let inputs: Vec<Vec<f64>> = points.inputs().rows().into_iter().map(|row| row.to_vec()).collect();
    DirectedClasses::points(&inputs, &points.labels().to_vec(), &points.weights().to_vec())
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
