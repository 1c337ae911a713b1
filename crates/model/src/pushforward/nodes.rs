//! Gauss–Legendre nodes on [−1, 1] and the polynomial through values at them. One direction only.

use std::num::NonZeroUsize;

use gauss_quad::GaussLegendre;
use meanfield_kernel::lagrange::bases;

/// The nodes of one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Nodes {
    /// Places, increasing.
    pub x: Vec<f64>,
    /// Weights, of sum 2.
    pub weights: Vec<f64>,
}

impl Nodes {
    /// The rule with so many nodes; one at least.
    pub fn new(count: usize) -> Self {
        let count = NonZeroUsize::new(count).unwrap_or(NonZeroUsize::MIN);
        let mut pairs = GaussLegendre::new(count).as_node_weight_pairs().to_vec();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (x, weights) = pairs.into_iter().unzip();
        Self { x, weights }
    }

    /// The Lagrange polynomials at x: a polynomial's value there is their product with its values at the
    /// nodes.
    pub fn lagrange(&self, x: f64) -> Vec<f64> {
        bases(&self.x, x)
    }

    /// The Lagrange polynomials at the end of `part` of `parts` equal parts; `part` may lie between two ends.
    pub fn lagrange_at_part(&self, part: f64, parts: usize) -> Vec<f64> {
        self.lagrange(2.0 * part / parts as f64 - 1.0)
    }
}
