//! Quadrature on a box of reduced coordinates: Gauss–Legendre panels along each side, their nodes in tensor
//! product. It knows no law; the users of the box fit it to one.

use std::num::NonZeroUsize;
use std::ops::Range;

use gauss_quad::GaussLegendre;
use meanfield_kernel::lagrange::basis;
use meanfield_model::axis::Axis;
use meanfield_model::volume::VolumeElement;
use ndarray::{Array1, Array2, Axis as Dimension};

use crate::nodes::Nodes;

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
        /// Volume element of the coordinate.
        element: VolumeElement,
    },
    /// Held at a value: somebody else integrates over it.
    Held(f64),
}

impl Side {
    /// Lower and upper end.
    pub fn ends(&self) -> [f64; 2] {
        match *self {
            Self::Panels { lower, upper, .. } => [lower, upper],
            Self::Held(value) => [value; 2],
        }
    }

    /// (position, ln of the volume that it stands for) of each node, `nodes` a panel.
    fn nodes(&self, rule: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let Self::Panels { lower, upper, count, element } = self else {
            let Self::Held(value) = self else { return Vec::new() };
            return vec![(*value, 0.0)];
        };
        let half = 0.5 * (upper - lower) / *count as f64;
        (0..*count)
            .flat_map(|i: usize| {
                let middle = lower + half * (2 * i + 1) as f64;
                rule.iter().map(move |(x, weight)| {
                    let z = middle + half * x;
                    (z, (half * weight).ln() + element.ln(z))
                })
            })
            .collect()
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

    /// The lower and the upper half of the box along a side.
    pub fn halves(&self, side: usize) -> [Self; 2] {
        let [mut first, mut second] = [self.clone(), self.clone()];
        if let Side::Panels { lower, upper, .. } = &self.sides[side] {
            let middle = 0.5 * (lower + upper);
            if let Side::Panels { upper, .. } = &mut first.sides[side] {
                *upper = middle;
            }
            if let Side::Panels { lower, .. } = &mut second.sides[side] {
                *lower = middle;
            }
        }
        [first, second]
    }

    /// Nodes and weights of a panel, on [−1, 1].
    pub fn rule(&self) -> Vec<(f64, f64)> {
        GaussLegendre::new(self.per_panel).as_node_weight_pairs().to_vec()
    }

    /// All nodes, the last coordinate running fastest.
    pub fn nodes(&self) -> Nodes<D> {
        let rule = self.rule();
        let sides: Vec<_> = self.sides.iter().map(|side| side.nodes(&rule)).collect();
        let count: usize = sides.iter().map(Vec::len).product();
        let mut nodes = Nodes { position: Vec::with_capacity(count), ln_volume: Vec::with_capacity(count) };
        for i in 0..count {
            let at = self.indices(i);
            nodes.position.push(std::array::from_fn(|c| sides[c][at[c]].0));
            nodes.ln_volume.push((0..D).map(|c| sides[c][at[c]].1).sum());
        }
        nodes
    }

    /// Index of node `i` along each side.
    pub fn indices(&self, i: usize) -> [usize; D] {
        let mut at = [0; D];
        let mut rest = i;
        for c in (0..D).rev() {
            let nodes = self.nodes_along(c);
            at[c] = rest % nodes;
            rest /= nodes;
        }
        at
    }

    /// Number of nodes along a side.
    pub fn nodes_along(&self, side: usize) -> usize {
        match self.sides[side] {
            Side::Panels { count, .. } => count * self.per_panel.get(),
            Side::Held(_) => 1,
        }
    }

    /// The share of the mass at each node of a side that lies in each of some cells of an axis, shape (cell,
    /// node): the density is taken as the polynomial through the nodes of its panel. Shares may be below 0;
    /// those of all cells sum to 1.
    pub fn shares(&self, side: usize, axis: &Axis, cells: Range<usize>) -> Array2<f64> {
        let mut shares = Array2::zeros((cells.len(), self.nodes_along(side)));
        let Side::Panels { lower, upper, count, .. } = self.sides[side] else { return shares };
        let rule = self.rule();
        let half = 0.5 * (upper - lower) / count as f64;
        for (panel, mut block) in shares.axis_chunks_iter_mut(Dimension(1), rule.len()).enumerate() {
            let middle = lower + half * (2 * panel + 1) as f64;
            let place = |face: usize| ((axis.faces()[face] - middle) / half).clamp(-1.0, 1.0);
            for (mut row, cell) in block.rows_mut().into_iter().zip(cells.clone()) {
                row.assign(&Array1::from(shares_between(&rule, [place(cell), place(cell + 1)])));
            }
        }
        shares
    }

    /// Along each side: the positions of its nodes, and the part of `mass` (one a node of the box) that is
    /// there.
    pub fn marginals(&self, mass: &[f64]) -> [Vec<(f64, f64)>; D] {
        let rule = self.rule();
        let sides: Vec<_> = self.sides.iter().map(|side| side.nodes(&rule)).collect();
        let mut marginals: [Vec<(f64, f64)>; D] =
            std::array::from_fn(|c| sides[c].iter().map(|(z, _)| (*z, 0.0)).collect());
        for (i, mass) in mass.iter().enumerate() {
            let at = self.indices(i);
            for (c, marginal) in marginals.iter_mut().enumerate() {
                marginal[at[c]].1 += mass;
            }
        }
        marginals
    }
}

/// ∫ℓ_j/weight_j between two places of [−1, 1], ℓ_j the Lagrange polynomials of a rule: by that very rule,
/// which is exact for them.
fn shares_between(rule: &[(f64, f64)], [from, to]: [f64; 2]) -> Vec<f64> {
    let half = 0.5 * (to - from);
    let places: Vec<f64> = rule.iter().map(|(x, _)| *x).collect();
    let mut shares = Vec::with_capacity(rule.len());
    for (j, (_, own_weight)) in rule.iter().enumerate() {
        let values = rule.iter().map(|(x, weight)| weight * basis(&places, j, from + half * (1.0 + x)));
        shares.push(half * values.sum::<f64>() / own_weight);
    }
    shares
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

    #[test]
    fn cells_have_their_shares_of_a_polynomial_density() {
        let sides = [Side::Panels { lower: 0.0, upper: 3.0, count: 3, element: VolumeElement::Line }];
        let panelled = PanelledBox { sides, per_panel: NonZeroUsize::new(4).expect("positive") };
        // Density 4x³/81: its mass up to x is x⁴/81. Cells cut panels at will.
        let nodes = panelled.nodes();
        let mass = nodes.position.iter().zip(&nodes.ln_volume);
        let mass: Vec<f64> = mass.map(|([x], ln)| 4.0 / 81.0 * x.powi(3) * ln.exp()).collect();
        let axis = Axis::from_faces(vec![0.0, 0.3, 1.7, 2.9, 3.0]).expect("valid");
        let found = panelled.shares(0, &axis, 0..4).dot(&Array1::from(mass));
        for (faces, found) in axis.faces().windows(2).zip(&found) {
            let exact = (faces[1].powi(4) - faces[0].powi(4)) / 81.0;
            assert!((exact - found).abs() < 1e-14, "{faces:?}: {found} {exact}");
        }
    }
}
