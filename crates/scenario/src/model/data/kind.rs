//! The interface of every kind of data: laws with a symmetry that reduces two-layer networks, and finite sets
//! of points on which networks of any depth are trained.

use meanfield_deep::data::DataPoints;
use meanfield_model::data::DataError;
use meanfield_model::problem::{DataModel, Symmetry};

use super::complaints::DataComplaints;

/// A kind of data, with its keys.
pub(crate) trait DataKind {
    /// The same as a law with a symmetry, where it is one.
    fn of_symmetry(&self) -> Option<&dyn SymmetricKind> {
        None
    }

    /// The same as a law with a symmetry whose keys have parts of their own, where it is one.
    fn of_directions(&self) -> Option<&dyn DirectedKind> {
        None
    }

    /// The same as points, where it is that.
    fn of_points(&self) -> Option<&dyn PointsKind> {
        None
    }
}

/// Data with a symmetry.
pub(crate) trait SymmetricKind {
    /// d.
    fn dimension(&self) -> usize;
    /// The symmetry of the inputs, whatever the numbers.
    fn symmetry(&self) -> Symmetry;
    /// The data that the keys mean.
    fn data(&self) -> Result<DataModel, DataError>;
    /// Keys to write instead of impossible ones.
    fn example(&self) -> &'static str;
}

/// Data with a symmetry, of keys with parts of their own.
pub(crate) trait DirectedKind {
    /// The symmetry of the inputs, whatever the numbers.
    fn symmetry(&self) -> Symmetry;
    /// The data that the keys mean; everything that is wrong with them is noted.
    fn data(&self, complaints: &mut DataComplaints) -> Option<DataModel>;
}

/// Data that are points.
pub(crate) trait PointsKind {
    /// Coordinates of an input, a 1 that is appended included.
    fn dimension(&self) -> usize;
    /// Whether the last coordinate of every input is 1.
    fn has_bias(&self) -> bool;
    /// The points that the keys mean; everything that is wrong with them is noted.
    fn points(&self, complaints: &mut DataComplaints) -> Option<DataPoints>;
}
