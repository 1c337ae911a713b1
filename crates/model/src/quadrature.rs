//! Composite Gauss–Legendre: expectations under N(0,1), split where the integrand has kinks or fast changes. (No
//! Gauss–Hermite: across a kink it is good to 1e-3 only.) And Gauss rules of any law with a known recursion.

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use gauss_quad::GaussLegendre;
use ndarray::Array2;
use ndarray_linalg::error::LinalgError;
use ndarray_linalg::{Eigh, UPLO};

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

/// Nodes and weights of one Gauss–Legendre rule on [l, u]: it integrates e^{ikx} to rounding while k (u − l) ≤ 30.
pub fn legendre(l: f64, u: f64) -> impl Iterator<Item = (f64, f64)> {
    let (middle, half) = (0.5 * (l + u), 0.5 * (u - l));
    RULE.iter().map(move |(node, weight)| (middle + half * node, half * weight))
}

/// Gauss nodes and weights (summing to 1) of the law whose orthonormal polynomials obey
/// x p_k = b_k p_{k−1} + a_k p_k + b_{k+1} p_{k+1}: the eigenvalues of their Jacobi matrix, with diagonal a_0, a_1, … and
/// the b_1, b_2, … beside it (Golub & Welsch 1969).
pub fn gauss(
    nodes: usize,
    a: impl Fn(usize) -> f64,
    b: impl Fn(usize) -> f64,
) -> Result<Vec<(f64, f64)>, LinalgError> {
    let mut jacobi = Array2::from_diag_elem(nodes, 0.0);
    for k in 0..nodes {
        jacobi[[k, k]] = a(k);
        if k > 0 {
            (jacobi[[k - 1, k]], jacobi[[k, k - 1]]) = (b(k), b(k));
        }
    }
    let (x, vectors) = jacobi.eigh(UPLO::Upper)?;
    Ok(x.iter().zip(vectors.row(0)).map(|(x, first)| (*x, first * first)).collect())
}

/// ∫_l^u f φ over equal panels no wider than [`WIDEST`].
fn on_interval(l: f64, u: f64, f: &impl Fn(f64) -> f64) -> f64 {
    let panels = ((u - l) / WIDEST).ceil().max(1.0);
    let width = (u - l) / panels;
    (0..panels as usize).map(|i| on_panel(l + width * i as f64, l + width * (i + 1) as f64, f)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_the_normal_law() {
        assert!((gaussian_expectation(&[], |_| 1.0) - 1.0).abs() < 1e-14);
        assert!((gaussian_expectation(&[0.3], |g| g.powi(8)) - 105.0).abs() < 1e-11);
        let exact = 0.5 * (1.0 / (2.0 * std::f64::consts::PI)).sqrt() * 2.0; // E|G|/… by hand: E G₊ = φ(0)
        assert!((gaussian_expectation(&[0.0], |g| g.max(0.0)) - exact).abs() < 1e-14);
    }
}
