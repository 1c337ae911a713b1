//! Points that stand for the space of the coordinates: cells of a grid, or a quadrature. They know no law.

/// Nodes with the volumes that they stand for.
#[derive(Clone, Debug, Default)]
pub struct Nodes<const D: usize> {
    /// Positions at which the features are taken.
    pub position: Vec<[f64; D]>,
    /// ln of the volume ∫J dz that each represents.
    pub ln_volume: Vec<f64>,
}
