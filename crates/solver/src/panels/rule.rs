//! Gauss–Legendre on [−1, 1], and what polynomials through its nodes need. One direction only.

use meanfield_model::pushforward::nodes::Nodes;

/// The rule on one panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The nodes, increasing.
    pub nodes: Vec<f64>,
    /// Their weights, of sum 2.
    pub weights: Vec<f64>,
    /// The Legendre coefficients of the two highest degrees, from values at the nodes.
    pub highest: [Vec<f64>; 2],
    /// Values at the nodes of the left and of the right half, from values at the nodes.
    pub halves: [Vec<Vec<f64>>; 2],
}

impl Rule {
    /// With so many nodes, 2 at least.
    pub fn new(count: usize) -> Self {
        let count = count.max(2);
        let rule = Nodes::new(count);
        let nodes = &rule.x;
        let weights = &rule.weights;
        // c_n = (2n+1)/2 ∫ f P_n, exact for the polynomial through the nodes.
        let coefficient = |n: usize| {
            let share = n as f64 + 0.5;
            nodes.iter().zip(weights).map(|(x, weight)| share * weight * legendre(n, *x)).collect()
        };
        let half = |side: f64| nodes.iter().map(|x| rule.lagrange(0.5 * (x + side))).collect();
        let highest = [coefficient(count - 2), coefficient(count - 1)];
        let halves = [half(-1.0), half(1.0)];
        let Nodes { x: nodes, weights } = rule;
        Self { nodes, weights, highest, halves }
    }
}

/// P_n(x).
fn legendre(n: usize, x: f64) -> f64 {
    let mut before = 0.0;
    let mut now = 1.0;
    for k in 0..n {
        let k = k as f64;
        (before, now) = (now, ((2.0 * k + 1.0) * x * now - k * before) / (k + 1.0));
    }
    now
}
