//! A piece of a box on which the density of a Gibbs state is a polynomial through the piece's nodes; its
//! masses, and how smooth it is. Which pieces make up a law is not for it to say.

use std::num::NonZeroUsize;

use meanfield_model::landscape::Landscape;
use ndarray::{Array1, Array2};

use super::bath::{Bath, weights_and_amplitudes};
use crate::panelled::{PanelledBox, Side};

/// Nodes of a piece along each side.
pub const PER_PIECE: usize = 12;
/// ln of the largest mass of a node.
const LARGEST_LN: f64 = 300.0;

/// A piece of the box, its first side held.
pub struct Piece<const D: usize> {
    pub panelled: PanelledBox<D>,
    /// Mass of each node.
    pub mass: Array1<f64>,
    /// Mean of the weight at each node.
    pub mean: Vec<f64>,
}

/// A piece before the law is normalised.
pub struct PieceWeights<const D: usize> {
    panelled: PanelledBox<D>,
    pub ln_weight: Vec<f64>,
    mean: Vec<f64>,
}

impl<const D: usize> PieceWeights<D> {
    pub fn new(
        landscape: &dyn Landscape<D>,
        bath: Bath,
        coefficients: &[f64],
        panelled: PanelledBox<D>,
    ) -> Self {
        let at_nodes = weights_and_amplitudes(landscape, &panelled.nodes(), bath, coefficients);
        let (ln_weight, mean) = at_nodes.into_iter().unzip();
        Self { panelled, ln_weight, mean }
    }

    /// Masses beyond all bounds, of a law that was found on another box, are cut.
    pub fn normalised(self, ln_partition: f64) -> Piece<D> {
        let masses = self.ln_weight.iter().map(|ln_weight| (ln_weight - ln_partition).min(LARGEST_LN).exp());
        Piece { mass: masses.collect(), panelled: self.panelled, mean: self.mean }
    }
}

impl<const D: usize> Piece<D> {
    /// The side along which the density's polynomial has the largest last terms, and how much mass they stand
    /// for.
    pub fn roughest(&self) -> (usize, f64) {
        let last = last_polynomials(&self.panelled.rule());
        let sides = (1..D).map(|c| (c, self.roughness(c, &last)));
        sides.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
    }

    /// Number of places along a coordinate, and the place of node `i`.
    fn places(&self, c: usize) -> usize {
        if c == 0 { self.mass.len() } else { PER_PIECE }
    }

    fn place(&self, c: usize, i: usize) -> usize {
        if c == 0 { i } else { i / self.stride(c) % PER_PIECE }
    }

    /// The masses at the places along a coordinate.
    pub fn marginal(&self, c: usize) -> Array1<f64> {
        let mut sums = Array1::zeros(self.places(c));
        self.mass.iter().enumerate().for_each(|(i, mass)| sums[self.place(c, i)] += mass);
        sums
    }

    /// The masses at the places along two coordinates.
    pub fn joint(&self, first: usize, second: usize) -> Array2<f64> {
        let mut sums = Array2::zeros((self.places(first), self.places(second)));
        for (i, mass) in self.mass.iter().enumerate() {
            sums[[self.place(first, i), self.place(second, i)]] += mass;
        }
        sums
    }

    /// The distance of neighbours along a side among the nodes.
    pub fn stride(&self, c: usize) -> usize {
        (c + 1..D).map(|side| self.panelled.nodes_along(side)).product()
    }

    /// The sizes of the last terms on all lines of nodes along a side, the larger of two each.
    fn roughness(&self, c: usize, last: &[[f64; 2]]) -> f64 {
        let stride = self.stride(c);
        let blocks = (0..self.mass.len()).step_by(stride * last.len());
        let lines = blocks.flat_map(|block| block..block + stride);
        let terms = lines.map(|first| {
            let nodes = last.iter().enumerate().map(|(j, p)| (self.mass[first + j * stride], p));
            let [term, before] = [0, 1].map(|which| nodes.clone().map(|(m, p)| m * p[which]).sum::<f64>());
            term.abs().max(before.abs())
        });
        terms.sum()
    }
}

/// The parts of a box that are looked at first: a quarter of each side long.
pub fn first_pieces<const D: usize>(whole: &PanelledBox<D>) -> Vec<PanelledBox<D>> {
    let mut one = whole.clone();
    one.per_panel = NonZeroUsize::new(PER_PIECE).unwrap_or(NonZeroUsize::MIN);
    for side in &mut one.sides {
        if let Side::Panels { count, .. } = side {
            *count = 1;
        }
    }
    (1..D).chain(1..D).fold(vec![one], |parts: Vec<PanelledBox<D>>, c: usize| {
        parts.iter().flat_map(|part| part.halves(c)).collect()
    })
}

/// ln of a sum of exponentials.
pub fn ln_sum<'a>(logarithms: impl Iterator<Item = &'a f64> + Clone) -> f64 {
    let largest = logarithms.clone().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + logarithms.map(|x| (x - largest).exp()).sum::<f64>().ln()
}

/// (2k + 1) P_k at the nodes of a rule of n, for k = n − 1 and n − 2.
fn last_polynomials(rule: &[(f64, f64)]) -> Vec<[f64; 2]> {
    rule.iter().map(|(x, _)| scaled_legendre(*x, rule.len())).collect()
}

/// (2k + 1) P_k at x for k = n − 1 and n − 2.
fn scaled_legendre(x: f64, n: usize) -> [f64; 2] {
    let [mut before, mut here] = [1.0, x];
    for k in 1..n - 1 {
        let k = k as f64;
        [before, here] = [here, ((2.0 * k + 1.0) * x * here - k * before) / (k + 1.0)];
    }
    let n = n as f64;
    [(2.0 * n - 1.0) * here, (2.0 * n - 3.0) * before]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_terms_are_those_of_legendre() {
        let rule = gauss_quad::GaussLegendre::new(NonZeroUsize::new(3).expect("positive"));
        for ((x, _), [last, before]) in
            rule.as_node_weight_pairs().iter().zip(last_polynomials(rule.as_node_weight_pairs()))
        {
            assert!((last - 2.5 * (3.0 * x * x - 1.0)).abs() < 1e-13 && (before - 3.0 * x).abs() < 1e-13);
        }
    }
}
