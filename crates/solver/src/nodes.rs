//! Points that stand for the space of the coordinates: cells of a grid, or a quadrature. They know no law.

/// Nodes with the volumes that they stand for.
#[derive(Clone, Debug, Default)]
pub struct Nodes<const D: usize> {
    /// Where the features are taken.
    pub position: Vec<[f64; D]>,
    /// ln of ∫J dz that each stands for.
    pub ln_volume: Vec<f64>,
}
