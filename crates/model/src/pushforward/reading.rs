//! Marginals and quantiles of a [`Pushforward`].

use super::Pushforward;
use super::nodes::Nodes;
use super::pieces::Cutting;
use crate::marginal::Marginal;
use crate::normal;

impl Pushforward {
    /// The law of one coordinate by itself.
    pub fn marginal(&self, coordinate: usize) -> Marginal {
        Marginal::of_pieces(Cutting::new(self, coordinate).pieces())
    }

    /// Quantiles of one coordinate, levels in (0, 1).
    pub fn quantiles(&self, coordinate: usize, levels: &[f64]) -> Vec<f64> {
        if self.directions() == 1 && self.rises(coordinate) {
            let nodes = Nodes::new(self.nodes_along());
            return levels
                .iter()
                .map(|level: &f64| self.value(coordinate, normal::quantile(*level), &nodes))
                .collect();
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
        let from = self.ends[[panel, 0, 0]];
        let until = self.ends[[panel, 0, 1]];
        let x = ((2.0 * g - from - until) / (until - from)).clamp(-1.0, 1.0);
        let own = self.points.column(coordinate);
        let on_panel = own.iter().skip(panel * nodes.x.len());
        let z: f64 = nodes.lagrange(x).iter().zip(on_panel).map(|(a, z)| a * z).sum();
        z.max(self.lower[coordinate])
    }
}
