//! A law of few points, and its features. It knows no energy.

use meanfield_model::landscape::Landscape;

/// A law of few points.
#[derive(Clone, Debug, PartialEq)]
pub struct PointMasses<const D: usize> {
    /// Positions of the masses.
    pub places: Vec<[f64; D]>,
    /// Weights of the masses; 1 together.
    pub weights: Vec<f64>,
}

impl<const D: usize> PointMasses<D> {
    /// φ_k at each point.
    pub fn features(&self, landscape: &impl Landscape<D>) -> Vec<Vec<f64>> {
        let mut all = vec![vec![0.0; landscape.rank()]; self.places.len()];
        for (z, values) in self.places.iter().zip(&mut all) {
            landscape.values(*z, values);
        }
        all
    }
}
