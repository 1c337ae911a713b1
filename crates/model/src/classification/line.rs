//! A standard normal variable G: nodes in it, and the probability of where a function that is known at the
//! nodes is not positive.

use meanfield_kernel::bisection::{Until, bisect, middle};
use meanfield_kernel::lagrange::basis;

use super::lengths::{HALVINGS, REACH, SPACING, deviates, share_of_sets};
use crate::normal;

/// Nodes through which a function is interpolated: of smooth outputs ends are within 1e-6.
const THROUGH: usize = 6;

/// The nodes.
pub fn nodes() -> Vec<f64> {
    deviates(REACH, SPACING)
}

/// P(f(G) ≤ 0) of an f with these values at the nodes, a polynomial between them.
pub fn share_below(values: &[f64]) -> f64 {
    let held: Vec<bool> = values.iter().map(|value| *value <= 0.0).collect();
    share_of_sets(&held, |node| normal::distribution(end_of_set(values, node)))
}

/// Where the sign changes between a node and the next.
fn end_of_set(values: &[f64], node: usize) -> f64 {
    let first = first_through(node, values.len());
    let through = &values[first..first + THROUGH];
    let is_below = values[node] <= 0.0;
    let changed = |steps: f64| (polynomial(through, steps) <= 0.0) != is_below;
    let begin = (node - first) as f64;
    let steps = middle(bisect([begin, begin + 1.0], Until::Halvings(HALVINGS), changed));
    SPACING * (first as f64 + steps) - REACH
}

/// The first of the nodes through which a function is interpolated between a node, of so many, and the next.
pub fn first_through(node: usize, nodes: usize) -> usize {
    node.saturating_sub(THROUGH / 2 - 1).min(nodes - THROUGH)
}

/// The polynomial through values at 0, 1, 2, ….
fn polynomial(values: &[f64], x: f64) -> f64 {
    values.iter().zip(lagrange(x)).map(|(value, weight)| value * weight).sum()
}

/// What a polynomial's value at x has of its values at 0, 1, 2, ….
pub fn lagrange(x: f64) -> [f64; THROUGH] {
    let nodes: [f64; THROUGH] = std::array::from_fn(|i| i as f64);
    std::array::from_fn(|i| basis(&nodes, i, x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_between_zeros_are_found() {
        let share = |f: &dyn Fn(f64) -> f64| share_below(&nodes().into_iter().map(f).collect::<Vec<_>>());
        let between = normal::distribution(1.03) - normal::distribution(-0.41);
        assert!((share(&|g| (g - 1.03) * (g + 0.41)) - between).abs() < 1e-12);
        assert!((share(&|g| (1.03 - g) * (g + 0.41)) - 1.0 + between).abs() < 1e-12);
        assert!((share(&|g| (g - 0.7).tanh()) - normal::distribution(0.7)).abs() < 1e-6);
        assert_eq!([share(&|_| 1.0), share(&|_| 0.0)], [0.0, 1.0]);
    }
}
