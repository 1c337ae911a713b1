//! The lengths of normal inputs: their orthonormal polynomials in each harmonic degree, and nodes.

use crate::quadrature::NotConverged;
use crate::sphere;

/// The lengths |g₁| and |g₂| of an input.
#[derive(Clone, Copy, Debug)]
pub struct LengthNode {
    /// Both.
    pub lengths: [f64; 2],
    /// Probability.
    pub weight: f64,
}

impl LengthNode {
    /// Gauss nodes in both lengths, so many along each.
    ///
    /// # Errors
    /// Where the nodes are not found.
    pub fn rule(dimensions: [usize; 2], along: usize) -> Result<Vec<Self>, NotConverged> {
        let first = lengths(dimensions[0], along)?;
        let second = lengths(dimensions[1], along)?;
        let pairs = first.iter().flat_map(|one| second.iter().map(move |other| (*one, *other)));
        let node = |((x, w), (y, v)): ((f64, f64), (f64, f64))| Self { lengths: [x, y], weight: w * v };
        Ok(pairs.map(node).collect())
    }
}

/// Nodes of the length of a standard normal vector; 0 in no dimension.
fn lengths(dimension: usize, nodes: usize) -> Result<Vec<(f64, f64)>, NotConverged> {
    if dimension == 0 { Ok(vec![(0.0, 1.0)]) } else { sphere::lengths(dimension, nodes) }
}

/// R_{lp}, p = 0 … `count` − 1, of a standard normal vector of length s: s^l L_p^{(l+d/2−1)}(s²/2) with the
/// norm 1 under the law of s, the highest coefficient positive; in no dimension the constant alone.
pub fn radial_functions(dimension: usize, degree: usize, length: f64, count: usize) -> Vec<f64> {
    if dimension == 0 {
        return (0..count).map(|p| f64::from(degree == 0 && p == 0)).collect();
    }
    let half = 0.5 * dimension as f64;
    let alpha = degree as f64 + half - 1.0;
    let x = 0.5 * length * length;
    let rising: f64 = (0..degree).map(|k| half + k as f64).product();
    // 2^{−l} p! Γ(d/2)/Γ(d/2+l+p), p = 0.
    let mut norm = 0.5f64.powi(degree as i32) / rising;
    let mut before = 0.0;
    let mut now = 1.0;
    let mut values = Vec::with_capacity(count);
    for p in 0..count {
        let sign = if p % 2 == 0 { 1.0 } else { -1.0 };
        values.push(sign * norm.sqrt() * length.powi(degree as i32) * now);
        let k = p as f64;
        let next = ((2.0 * k + 1.0 + alpha - x) * now - (k + alpha) * before) / (k + 1.0);
        before = now;
        now = next;
        norm *= (k + 1.0) / (half + degree as f64 + k);
    }
    values
}
