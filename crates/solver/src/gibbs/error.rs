//! Why there is no Gibbs state, or none that is found.

use meanfield_model::axis::AxisError;

/// Reasons for which there is no Gibbs state on given nodes.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GibbsError {
    /// Newton's method stopped short.
    #[error(
        "the Gibbs state was not found, its moments are off by {0:.1e} of their size; \
         write a higher temperature or a larger ridge"
    )]
    NotFound(f64),
}

/// Reasons for which there is no Gibbs state of the continuum.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GibbsProblemError {
    /// Newton's method stopped short.
    #[error(transparent)]
    Gibbs(#[from] GibbsError),
    /// Mass wants to go to infinity.
    #[error(
        "the Gibbs state cannot be normalised: its mass goes beyond {largest:e} in coordinate {coordinate}; \
         write a larger ridge"
    )]
    Unbounded {
        /// The coordinate's number, from 1 on.
        coordinate: usize,
        /// How far it may go.
        largest: f64,
    },
    /// Too many nodes.
    #[error(
        "the quadrature does not resolve the Gibbs state with as many nodes as it may have \
         (its last refinement changed the risk by {0:.1e}); write a larger ridge or a higher temperature"
    )]
    Unresolved(f64),
    /// Faces of the reported cells.
    #[error("the law's cells: {0}")]
    Cells(#[from] AxisError),
}
