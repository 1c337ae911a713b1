//! The interface of every kind of data.

use meanfield_model::data::DataError;
use meanfield_model::problem::{DataModel, Symmetry};

/// A kind of data, with its keys.
pub(crate) trait DataKind {
    /// d.
    fn dimension(&self) -> usize;
    /// The symmetry of the inputs, whatever the numbers.
    fn symmetry(&self) -> Symmetry;
    /// The data that the keys mean.
    fn data(&self) -> Result<DataModel, DataError>;
    /// Keys to write instead of impossible ones.
    fn example(&self) -> &'static str;
}
