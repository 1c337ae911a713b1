//! The law of z(g) for independent standard normals g, where z is a polynomial on each of many boxes of g
//! (*panels*), given by its values at Gauss–Legendre nodes: what the characteristics report.
//!
//! The nodes with their weights are a quadrature, exact for smooth functions; they are no sample of the law.
//! Its distribution function, quantiles and density come from the map z(g) itself. With one direction each
//! panel is cut so finely that the chords of the quantile function are within `CHORDS` of it (a
//! Wasserstein-1 distance); the map need not be monotone. With several, each panel is cut into a fixed number
//! of small boxes, on each of which a coordinate is uniform about its mean with its variance: second order in
//! their sides. It knows neither what carried the mass there nor how panels are chosen.

pub mod nodes;
mod pieces;
#[cfg(test)]
mod tests;

use ndarray::{Array1, Array2, Array3};
use serde::{Deserialize, Serialize};

use crate::marginal::Marginal;
use crate::normal;
use nodes::Nodes;
use pieces::Cutting;

/// See the module's head.
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
    /// None unless every panel has the same number of nodes along each of its sides, at least one direction,
    /// and each node a weight.
    pub fn new(
        ends: Array3<f64>,
        points: Array2<f64>,
        weights: Array1<f64>,
        lower: Array1<f64>,
    ) -> Option<Self> {
        let law = Self { ends, points, weights, lower };
        law.fits().then_some(law)
    }

    pub(crate) fn fits(&self) -> bool {
        let (panels, directions, sides) = self.ends.dim();
        let nodes = || self.nodes_along().checked_pow(directions as u32)?.checked_mul(panels);
        let is_shape = sides == 2 && panels > 0 && directions > 0;
        is_shape
            && nodes() == Some(self.points.nrows())
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

    /// The law of one coordinate by itself.
    pub fn marginal(&self, coordinate: usize) -> Marginal {
        Marginal::of_pieces(Cutting::new(self, coordinate).pieces())
    }

    /// Quantiles of one coordinate, levels in (0, 1).
    pub fn quantiles(&self, coordinate: usize, levels: &[f64]) -> Vec<f64> {
        if self.directions() == 1 && self.rises(coordinate) {
            let nodes = Nodes::new(self.nodes_along());
            let at = |level: &f64| self.value(coordinate, normal::quantile(*level), &nodes);
            return levels.iter().map(at).collect();
        }
        let law = self.marginal(coordinate);
        levels.iter().map(|level| law.quantile(*level)).collect()
    }

    /// Whether a coordinate rises from node to node, from panel to panel: z ∘ Φ⁻¹ is then its quantile
    /// function.
    fn rises(&self, coordinate: usize) -> bool {
        let values = self.points.column(coordinate);
        let in_order = self.ends.outer_iter().zip(self.ends.outer_iter().skip(1));
        values.iter().zip(values.iter().skip(1)).all(|(a, b)| a <= b)
            && in_order.into_iter().all(|(left, right)| left[[0, 1]] <= right[[0, 0]])
    }

    /// z at g, for one direction.
    fn value(&self, coordinate: usize, g: f64, nodes: &Nodes) -> f64 {
        let ends: Vec<f64> = self.ends.outer_iter().map(|panel| panel[[0, 1]]).collect();
        let panel = ends.partition_point(|end| *end <= g).min(self.panels() - 1);
        let (from, until) = (self.ends[[panel, 0, 0]], self.ends[[panel, 0, 1]]);
        let x = ((2.0 * g - from - until) / (until - from)).clamp(-1.0, 1.0);
        let own = self.points.column(coordinate);
        let on_panel = own.iter().skip(panel * nodes.x.len());
        let z: f64 = nodes.lagrange(x).iter().zip(on_panel).map(|(a, z)| a * z).sum();
        z.max(self.lower[coordinate])
    }
}
