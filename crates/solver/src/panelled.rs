//! Quadrature on a box of reduced coordinates: Gauss–Legendre panels along each side, their nodes in tensor product.
//! It knows no law; how the box is fitted to one stands with who fits it.

use std::num::NonZeroUsize;

use gauss_quad::GaussLegendre;
use meanfield_model::volume::VolumeElement;

use crate::gibbs::Nodes;

/// One side of a box.
#[derive(Clone, Debug, PartialEq)]
pub enum Side {
    /// Integrated over by panels.
    Panels {
        /// Lower end.
        lower: f64,
        /// Upper end.
        upper: f64,
        /// Number of equal panels.
        count: usize,
        /// What the coordinate stands for.
        element: VolumeElement,
    },
    /// Held at a value: somebody else integrates over it.
    Held(f64),
}

impl Side {
    /// (position, ln of the volume that it stands for) of each node, `nodes` a panel.
    fn nodes(&self, rule: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let Self::Panels { lower, upper, count, element } = self else {
            let Self::Held(value) = self else { return Vec::new() };
            return vec![(*value, 0.0)];
        };
        let half = 0.5 * (upper - lower) / *count as f64;
        let panel = |i: usize| {
            let middle = lower + half * (2 * i + 1) as f64;
            rule.iter().map(move |(x, weight)| {
                let z = middle + half * x;
                (z, (half * weight).ln() + element.ln(z))
            })
        };
        (0..*count).flat_map(panel).collect()
    }
}

/// A box with `per_panel` nodes a panel.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelledBox<const D: usize> {
    /// Its sides.
    pub sides: [Side; D],
    /// Nodes of a panel.
    pub per_panel: NonZeroUsize,
}

impl<const D: usize> PanelledBox<D> {
    /// The box with twice the panels on a side.
    pub fn doubled(&self, side: usize) -> Self {
        let mut finer = self.clone();
        if let Side::Panels { count, .. } = &mut finer.sides[side] {
            *count *= 2;
        }
        finer
    }

    fn rule(&self) -> Vec<(f64, f64)> {
        GaussLegendre::new(self.per_panel).as_node_weight_pairs().to_vec()
    }

    /// All nodes, the last coordinate running fastest.
    pub fn nodes(&self) -> Nodes<D> {
        let rule = self.rule();
        let sides: Vec<_> = self.sides.iter().map(|side| side.nodes(&rule)).collect();
        let count: usize = sides.iter().map(Vec::len).product();
        let mut nodes = Nodes { position: Vec::with_capacity(count), ln_volume: Vec::with_capacity(count) };
        for i in 0..count {
            let at: [usize; D] = indices(&sides, i);
            nodes.position.push(std::array::from_fn(|c| sides[c][at[c]].0));
            nodes.ln_volume.push((0..D).map(|c| sides[c][at[c]].1).sum());
        }
        nodes
    }

    /// Along each side: the positions of its nodes, and the part of `mass` (one a node of the box) that is there.
    pub fn marginals(&self, mass: &[f64]) -> [Vec<(f64, f64)>; D] {
        let rule = self.rule();
        let sides: Vec<_> = self.sides.iter().map(|side| side.nodes(&rule)).collect();
        let mut marginals: [Vec<(f64, f64)>; D] =
            std::array::from_fn(|c| sides[c].iter().map(|(z, _)| (*z, 0.0)).collect());
        for (i, mass) in mass.iter().enumerate() {
            let at: [usize; D] = indices(&sides, i);
            for (c, marginal) in marginals.iter_mut().enumerate() {
                marginal[at[c]].1 += mass;
            }
        }
        marginals
    }
}

/// Where node `i` stands along each side.
fn indices<const D: usize, T>(sides: &[Vec<T>], i: usize) -> [usize; D] {
    let mut at = [0; D];
    let mut rest = i;
    for c in (0..D).rev() {
        at[c] = rest % sides[c].len();
        rest /= sides[c].len();
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_volume_of_a_ball_times_an_interval() {
        let side = |lower, upper, element| Side::Panels { lower, upper, count: 3, element };
        let sides =
            [side(-1.0, 2.0, VolumeElement::Line), side(0.0, 2.0, VolumeElement::Radius(3)), Side::Held(7.0)];
        let panelled = PanelledBox { sides, per_panel: NonZeroUsize::new(4).expect("positive") };
        let nodes = panelled.nodes();
        assert_eq!(nodes.position.len(), 144);
        assert!(nodes.position.iter().all(|z| z[2] == 7.0));
        let mass: Vec<f64> = nodes.ln_volume.iter().map(|ln| ln.exp()).collect();
        let ball = 32.0 * std::f64::consts::PI / 3.0;
        assert!((mass.iter().sum::<f64>() - 3.0 * ball).abs() < 1e-11);
        let [along, outwards, held] = panelled.marginals(&mass);
        let of_panel = |marginal: &[(f64, f64)]| marginal[..4].iter().map(|(_, mass)| mass).sum::<f64>();
        assert!((of_panel(&along) - ball).abs() < 1e-11, "{along:?}");
        assert!((of_panel(&outwards) * 27.0 - 3.0 * ball).abs() < 1e-10, "{outwards:?}");
        assert!(held.len() == 1 && held[0].0 == 7.0);
        assert!(along.iter().chain(&outwards).all(|(z, _)| (-1.0..2.0).contains(z)));
    }
}
