//! The length of a standard normal vector: nodes in it, and probability of sets of lengths with few ends.

use meanfield_kernel::bisection::{Until, bisect, middle};

use crate::initial::Initial;
use crate::sphere;

/// Distance of nodes in deviates g of a standard normal variable, of which the length is a function.
pub const SPACING: f64 = 0.125;
/// Deviates beyond this have probability 1.2e-15.
pub const REACH: f64 = 8.0;
/// An end of a set is found to this share of the distance of two nodes: 2⁻⁴⁰.
pub const HALVINGS: u32 = 40;

/// Terms of outputs with a smaller μ are not seen: √μ is what they share of a neuron's size.
const SHARED: f64 = 0.003;
/// Fewest and most polynomials of a length. In few coordinates the most are not all that is seen.
const ORDERS: [usize; 2] = [8, 64];

/// How many polynomials of the length in R^d outputs are given by, of the degrees 0, 2, 4, …: in few
/// dimensions lengths vary much, and outputs with them.
pub fn orders(dimension: usize) -> usize {
    let [fewest, most] = ORDERS;
    let moments = sphere::even_moments(dimension, most);
    let count = moments.iter().position(|moment| *moment < SHARED * SHARED);
    count.unwrap_or(most).max(fewest)
}

/// Equally spaced places from −`reach` to `reach`.
pub fn deviates(reach: f64, spacing: f64) -> Vec<f64> {
    let count = (2.0 * reach / spacing).round() as usize;
    (0..=count).map(|node| spacing * node as f64 - reach).collect()
}

/// The law of |g|, g standard normal in R^d.
#[derive(Clone, Debug)]
pub struct Lengths {
    dimension: usize,
    /// w of which |w| has this law.
    normal: Initial,
    /// Lengths at equally spaced deviates.
    nodes: Vec<f64>,
}

impl Lengths {
    /// In R^d.
    pub fn new(dimension: usize) -> Self {
        let normal = Initial::Gaussian { scale: (dimension as f64).sqrt() };
        let mut lengths = Self { dimension, normal, nodes: Vec::new() };
        lengths.nodes = deviates(REACH, SPACING).into_iter().map(|g| lengths.length(g)).collect();
        lengths
    }

    /// The length that lies as far in its law as this deviate in the standard normal one.
    pub fn length(&self, deviate: f64) -> f64 {
        self.normal.radial_quantile_of_normal(self.dimension, deviate)
    }

    /// The probability of the lengths for which something holds.
    pub fn share(&self, holds: impl Fn(f64) -> bool) -> f64 {
        let held: Vec<bool> = self.nodes.iter().map(|length| holds(*length)).collect();
        share_of_sets(&held, |node| {
            let [last, next] = [self.nodes[node], self.nodes[node + 1]];
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
