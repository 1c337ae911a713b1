//! Gauss–Legendre on [−1, 1], and what polynomials through its nodes need. One direction only.

use meanfield_model::pushforward::nodes::Nodes;

/// The rule on one panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The nodes, increasing.
    pub nodes: Vec<f64>,
    /// Their weights, of sum 2.
    pub weights: Vec<f64>,
    /// The Legendre coefficients of each degree, from values at the nodes.
    pub coefficients: Vec<Vec<f64>>,
    /// Values at the nodes of the left and of the right half, from values at the nodes.
    pub halves: [Vec<Vec<f64>>; 2],
}

impl Rule {
    /// With so many nodes, 2 at least.
    pub fn new(count: usize) -> Self {
        let count = count.max(2);
        let rule = Nodes::new(count);
        let nodes = &rule.x;
        let coefficients = (0..count).map(|n| coefficients(&rule, n)).collect();
        let halves = [-1.0, 1.0].map(|side| nodes.iter().map(|x| rule.lagrange(0.5 * (x + side))).collect());
        let Nodes { x: nodes, weights } = rule;
        Self { nodes, weights, coefficients, halves }
    }

    /// Those of the two highest degrees.
    pub fn highest(&self) -> &[Vec<f64>] {
        &self.coefficients[self.nodes.len() - 2..]
    }
}

/// The coefficient c_n = (2n+1)/2 ∫ f P_n of the polynomial through the nodes, from its values there.
fn coefficients(rule: &Nodes, n: usize) -> Vec<f64> {
    let factor = n as f64 + 0.5;
    rule.x.iter().zip(&rule.weights).map(|(x, weight)| factor * weight * legendre(n, *x)).collect()
}

/// P_n(x).
pub fn legendre(n: usize, x: f64) -> f64 {
    let mut before = 0.0;
    let mut now = 1.0;
    for k in 0..n {
        let k = k as f64;
        (before, now) = (now, ((2.0 * k + 1.0) * x * now - k * before) / (k + 1.0));
    }
    now
}
