//! The law of z(g) for independent standard normals g, where z is a polynomial on each of many boxes of g
//! (*panels*), given by its values at Gauss–Legendre nodes: what the characteristics report.
//!
//! The nodes with their weights are a quadrature, exact for smooth functions; they are no sample of the law.
//! Its distribution function, quantiles and density come from the map z(g) itself. With one direction each
//! panel is cut so finely that the chords of the quantile function are within `CHORDS` of it (a
//! Wasserstein-1 distance); the map need not be monotone. With several, each panel is cut into a fixed number
//! of small boxes, on each of which a coordinate is uniform about its mean with its variance: second order in
//! their sides. The accuracy is needed: two runs that agree to 1e-7 are at distances of that size, and the
//! nodes alone, taken as atoms, would be 9e-3 apart. It knows neither the dynamics that moved the mass nor
//! how panels are chosen.

pub mod nodes;
mod pieces;
mod reading;
mod small_boxes;
#[cfg(test)]
mod tests;

use ndarray::{Array1, Array2, Array3};
use serde::{Deserialize, Serialize};

/// The law of a piecewise polynomial map of independent standard normals, or a mixture of such: each part
/// then has panels of its own, on which nodes weigh its share of their probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pushforward {
    /// Lower and upper end in g, shape (panel, direction, 2). What lies beyond the outermost ends belongs to
    /// their panels.
    ends: Array3<f64>,
    /// z at the nodes, shape (atom, coordinate): panel by panel, the last direction running fastest.
    points: Array2<f64>,
    /// Weights of the nodes, shape (atom).
    weights: Array1<f64>,
    /// Least value of each coordinate.
    lower: Array1<f64>,
}

impl Pushforward {
    /// The law with these panels and nodes. None unless every panel has the same number of nodes along each
    /// of its sides, at least one direction, and each node a weight.
    pub fn new(
        ends: Array3<f64>,
        points: Array2<f64>,
        weights: Array1<f64>,
        lower: Array1<f64>,
    ) -> Option<Self> {
        let law = Self { ends, points, weights, lower };
        law.fits().then_some(law)
    }

    /// The number of nodes in tensor product on all panels; None where it overflows.
    fn nodes_in_product(&self) -> Option<usize> {
        self.nodes_along().checked_pow(self.directions() as u32)?.checked_mul(self.panels())
    }

    /// Whether the shapes fit one another.
    pub(crate) fn fits(&self) -> bool {
        let is_shape = self.ends.dim().2 == 2 && self.panels() > 0 && self.directions() > 0;
        is_shape
            && self.nodes_in_product() == Some(self.points.nrows())
            && self.points.nrows() == self.weights.len()
            && self.points.ncols() == self.lower.len()
    }

    /// Ends of the panels, shape (panel, direction, 2).
    pub fn ends(&self) -> &Array3<f64> {
        &self.ends
    }

    /// Positions of the nodes, shape (atom, coordinate).
    pub fn points(&self) -> &Array2<f64> {
        &self.points
    }

    /// Weights of the nodes.
    pub fn weights(&self) -> &Array1<f64> {
        &self.weights
    }

    /// Least value of each coordinate.
    pub fn lower(&self) -> &Array1<f64> {
        &self.lower
    }

    /// Number of panels.
    fn panels(&self) -> usize {
        self.ends.dim().0
    }

    /// Number of directions.
    pub fn directions(&self) -> usize {
        self.ends.dim().1
    }

    /// Nodes along one side of a panel.
    fn nodes_along(&self) -> usize {
        let on_panel = self.points.nrows() / self.panels().max(1);
        (on_panel as f64).powf((self.directions().max(1) as f64).recip()).round() as usize
    }
}
