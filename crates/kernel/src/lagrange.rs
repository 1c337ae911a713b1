//! Lagrange's polynomials: how much of its value at each node a polynomial has at another place. No rule for
//! where nodes are.

/// The polynomial that is 1 at node `i` and 0 at all others, at x.
pub fn basis(nodes: &[f64], i: usize, x: f64) -> f64 {
    let others = nodes.iter().enumerate().filter(|(j, _)| *j != i);
    others.map(|(_, other)| (x - other) / (nodes[i] - other)).product()
}

/// All of them at x: a polynomial's value there is their product with its values at the nodes.
pub fn bases(nodes: &[f64], x: f64) -> Vec<f64> {
    (0..nodes.len()).map(|i| basis(nodes, i, x)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_their_values_at_the_nodes() {
        let nodes = [-0.3, 0.1, 1.4, 2.0];
        let cube = |x: f64| 1.0 - 2.0 * x + 0.5 * x * x * x;
        for x in [-1.0, 0.1, 0.7, 3.0] {
            let value: f64 = bases(&nodes, x).iter().zip(nodes).map(|(basis, node)| basis * cube(node)).sum();
            assert!((value - cube(x)).abs() < 1e-12, "{x}: {value}");
        }
        assert_eq!(bases(&nodes, 1.4), [0.0, 0.0, 1.0, 0.0]);
    }
}
