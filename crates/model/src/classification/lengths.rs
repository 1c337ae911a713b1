//! The length of a standard normal vector: nodes in it, and probability of sets of lengths with few ends.

use meanfield_kernel::bisection::{Until, bisect, middle};

use crate::initial::Initial;
use crate::normal;

/// Distance of nodes in deviates g of a standard normal variable, of which the length is a function.
pub const SPACING: f64 = 0.125;
/// The same where the nodes are those of a trapezoidal rule, of a function that has kinks.
pub const FINER: f64 = 0.03125;
/// Deviates beyond this have probability 1.2e-15.
pub const REACH: f64 = 8.0;
/// An end of a set is found to this share of the distance of two nodes: 2⁻⁴⁰.
pub const HALVINGS: u32 = 40;

/// The law of |g|, g standard normal in R^d.
#[derive(Clone, Debug)]
pub struct Lengths {
    dimension: usize,
    /// w of which |w| has this law.
    normal: Initial,
    /// Lengths at equally spaced deviates, and their shares.
    nodes: Vec<(f64, f64)>,
}

impl Lengths {
    /// In R^d, with nodes at this distance.
    pub fn new(dimension: usize, spacing: f64) -> Self {
        let normal = Initial::Gaussian { scale: (dimension as f64).sqrt() };
        let count = (2.0 * REACH / spacing).round() as usize;
        let deviates = (0..=count).map(|i| spacing * i as f64 - REACH);
        let nodes = deviates
            .map(|g| (normal.radial_quantile_of_normal(dimension, g), spacing * normal::density(g)))
            .collect();
        Self { dimension, normal, nodes }
    }

    /// Lengths and shares of the trapezoidal rule: it is exact to rounding for smooth functions, and for one
    /// with a kink it errs by the square of the spacing.
    pub fn nodes(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.nodes.iter().copied()
    }

    /// The probability of the lengths for which something holds.
    pub fn share(&self, holds: impl Fn(f64) -> bool) -> f64 {
        let held: Vec<bool> = self.nodes.iter().map(|(length, _)| holds(*length)).collect();
        share_of_sets(&held, |node| {
            let [last, next] = [self.nodes[node].0, self.nodes[node + 1].0];
            let ends = if held[node] { [next, last] } else { [last, next] };
            let end = middle(bisect(ends, Until::Halvings(HALVINGS), &holds));
            self.normal.radial_distribution(self.dimension, end)
        })
    }
}

/// The probability of a set from the nodes that it holds: `below` an end of it, between a node and the next,
/// lies so much.
pub fn share_of_sets(held: &[bool], below: impl Fn(usize) -> f64) -> f64 {
    let mut share = 0.0;
    let mut begin = 0.0;
    for (node, pair) in held.windows(2).enumerate().filter(|(_, pair)| pair[0] != pair[1]) {
        let end = below(node);
        if pair[0] {
            share += end - begin;
        }
        begin = end;
    }
    if held.last() == Some(&true) { share + 1.0 - begin } else { share }
}
