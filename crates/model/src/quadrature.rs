//! Composite Gauss–Legendre: expectations under N(0,1), split where the integrand has kinks or fast
//! changes. (No Gauss–Hermite: across a kink it is good to 1e-3 only.) And Gauss rules of any law with a
//! known recursion.

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use gauss_quad::GaussLegendre;
use nalgebra::{DMatrix, SymmetricEigen};
use thiserror::Error;

use crate::normal;

/// |G| beyond this has probability below 1e-32.
const REACH: f64 = 12.0;
/// Nodes in each panel.
const NODES: NonZeroUsize = NonZeroUsize::new(24).expect("positive");
/// Panels are no wider than this, in standard deviations.
const WIDEST: f64 = 1.0;

static RULE: LazyLock<Vec<(f64, f64)>> =
    LazyLock::new(|| GaussLegendre::new(NODES).as_node_weight_pairs().to_vec());

/// E f(G), G ~ N(0,1), with panel ends at `breaks`.
pub fn gaussian_expectation(breaks: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let mut ends: Vec<f64> = breaks.iter().copied().filter(|x| x.abs() < REACH).collect();
    ends.extend([-REACH, REACH]);
    ends.sort_by(f64::total_cmp);
    ends.windows(2).map(|end| on_interval(end[0], end[1], &f)).sum()
}

/// ∫_l^u f φ by one Gauss rule: for short intervals without kinks inside.
pub fn on_panel(l: f64, u: f64, f: impl Fn(f64) -> f64) -> f64 {
    legendre(l, u).map(|(x, weight)| weight * f(x) * normal::density(x)).sum()
}

/// Nodes and weights of one Gauss–Legendre rule on [l, u]: it integrates e^{ikx} to rounding
/// while k (u − l) ≤ 30.
pub fn legendre(l: f64, u: f64) -> impl Iterator<Item = (f64, f64)> {
    let middle = 0.5 * (l + u);
    let half = 0.5 * (u - l);
    RULE.iter().map(move |(node, weight)| (middle + half * node, half * weight))
}

/// More iterations for each eigenvalue than a shifted QR ever needs (two or three).
const ITERATIONS: usize = 60;

/// A Gauss rule whose eigenproblem was not solved.
#[derive(Debug, Error)]
#[error("the eigenvalues behind a Gauss rule of {nodes} nodes did not converge; please report this")]
pub struct NotConverged {
    /// Nodes of the rule.
    nodes: usize,
}

/// Gauss nodes and weights (summing to 1), nodes increasing, of the law whose orthonormal polynomials obey x
/// p_k = b_k p_{k−1} + a_k p_k + b_{k+1} p_{k+1}: the eigenvalues of their Jacobi matrix, with diagonal a_0,
/// a_1, … and the b_1, b_2, … beside it (Golub & Welsch 1969).
///
/// # Errors
/// Where the eigenvalues do not converge.
pub fn gauss(
    nodes: usize,
    a: impl Fn(usize) -> f64,
    b: impl Fn(usize) -> f64,
) -> Result<Vec<(f64, f64)>, NotConverged> {
    let jacobi = jacobi(nodes, a, b);
    let eigen =
        SymmetricEigen::try_new(jacobi, f64::EPSILON, ITERATIONS * nodes).ok_or(NotConverged { nodes })?;
    let firsts = eigen.eigenvectors.row(0);
    let mut rule: Vec<_> =
        eigen.eigenvalues.iter().zip(firsts.iter()).map(|(x, first)| (*x, first * first)).collect();
    rule.sort_by(|left, right| left.0.total_cmp(&right.0));
    Ok(rule)
}

/// The symmetric matrix with diagonal a_0, a_1, … and b_1, b_2, … on both sides of it.
fn jacobi(nodes: usize, a: impl Fn(usize) -> f64, b: impl Fn(usize) -> f64) -> DMatrix<f64> {
    DMatrix::from_fn(nodes, nodes, |i, j| match i.abs_diff(j) {
        0 => a(i),
        1 => b(i.max(j)),
        _ => 0.0,
    })
}

/// ∫_l^u f φ over equal panels no wider than [`WIDEST`].
fn on_interval(l: f64, u: f64, f: &impl Fn(f64) -> f64) -> f64 {
    let panels = ((u - l) / WIDEST).ceil().max(1.0);
    let width = (u - l) / panels;
    (0..panels as usize).map(|i| on_panel(l + width * i as f64, l + width * (i + 1) as f64, f)).sum()
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use ndarray_linalg::{Eigh, UPLO};

    use super::*;

    /// LAPACK's answer to the same matrix.
    fn by_lapack(matrix: &DMatrix<f64>) -> Vec<(f64, f64)> {
        let dense = Array2::from_shape_fn(matrix.shape(), |place| matrix[place]);
        let (x, vectors) = dense.eigh(UPLO::Upper).expect("symmetric");
        x.iter().zip(vectors.row(0)).map(|(x, first)| (*x, first * first)).collect()
    }

    /// Both are backward stable: nodes differ by roundings of the matrix, some for each row, and the vectors
    /// behind the weights by these over the distance of the nearest node.
    #[track_caller]
    fn agrees_with_lapack(nodes: usize, a: impl Fn(usize) -> f64, b: impl Fn(usize) -> f64) {
        let matrix = jacobi(nodes, &a, &b);
        let rule = gauss(nodes, a, b).expect("converges");
        let exact = by_lapack(&matrix);
        let rounding = 4.0 * nodes as f64 * f64::EPSILON * matrix.amax();
        let apart = exact.windows(2).map(|pair| pair[1].0 - pair[0].0).fold(f64::INFINITY, f64::min);
        for ((x, weight), (other, share)) in rule.into_iter().zip(exact) {
            assert!((x - other).abs() <= rounding, "{nodes} nodes: {x} {other}");
            let allowed = rounding / apart + 4.0 * f64::EPSILON;
            assert!((weight - share).abs() <= allowed, "{nodes} nodes at {x}: {weight} {share}");
        }
    }

    #[test]
    fn gauss_rules_are_those_of_lapack() {
        for nodes in [1, 2, 8, 60, 300] {
            agrees_with_lapack(nodes, |_| 0.0, |k| (k as f64).sqrt()); // Hermite
            for shape in [1.0, 20.0, 5e5] {
                agrees_with_lapack(
                    nodes,
                    |k| 2.0 * k as f64 + shape,
                    |k: usize| (k as f64 * (k as f64 + shape - 1.0)).sqrt(),
                ); // Laguerre
            }
            for d in [2.0, 3.0, 40.0, 1e6] {
                agrees_with_lapack(
                    nodes,
                    |_| 0.0,
                    |k: usize| {
                        let l = k as f64;
                        let up = if k == 1 { 1.0 } else { (l + d - 3.0) / (2.0 * l + d - 4.0) };
                        (up * l / (2.0 * l + d - 2.0)).sqrt()
                    },
                ); // Gegenbauer
            }
        }
    }

    #[test]
    fn moments_of_the_normal_law() {
        assert!((gaussian_expectation(&[], |_| 1.0) - 1.0).abs() < 1e-14);
        assert!((gaussian_expectation(&[0.3], |g| g.powi(8)) - 105.0).abs() < 1e-11);
        let exact = 0.5 * (1.0 / (2.0 * std::f64::consts::PI)).sqrt() * 2.0; // E|G|/… by hand: E G₊ = φ(0)
        assert!((gaussian_expectation(&[0.0], |g| g.max(0.0)) - exact).abs() < 1e-14);
    }
}
