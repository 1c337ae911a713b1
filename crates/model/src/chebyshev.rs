//! Polynomials of one degree through Chebyshev points, in powers of u = −1 … 1: what tables of one and of two
//! variables are made of. Where their panels lie is the tables' matter.

use std::f64::consts::PI;
use std::sync::LazyLock;

/// Degree of the polynomials. Higher ones need fewer panels, lower ones less time for each value.
pub const DEGREE: usize = 11;
/// Points.
pub const NODES: usize = DEGREE + 1;

/// Chebyshev points, and T_k at them and in powers of u.
struct ChebyshevRule {
    nodes: [f64; NODES],
    /// T_k at the points, with the weights of the discrete transform: `[k][point]`.
    transform: [[f64; NODES]; NODES],
    /// T_k = Σ powers[k][j] u^(DEGREE − j), whole numbers.
    powers: [[f64; NODES]; NODES],
}

static RULE: LazyLock<ChebyshevRule> = LazyLock::new(|| ChebyshevRule {
    nodes: std::array::from_fn(|i| angle(i).cos()),
    transform: std::array::from_fn(|k| std::array::from_fn(|i| transform_weight(k, i))),
    powers: powers_of_chebyshev(),
});

/// The angle of a Chebyshev point.
fn angle(i: usize) -> f64 {
    PI * (i as f64 + 0.5) / NODES as f64
}

/// T_k at a point, with the weight of the discrete transform.
fn transform_weight(k: usize, i: usize) -> f64 {
    let norm = if k == 0 { 1.0 } else { 2.0 } / NODES as f64;
    norm * (k as f64 * angle(i)).cos()
}

/// The coefficients of T_k in powers of u, highest first: T_{k+1} = 2u T_k − T_{k−1}.
fn powers_of_chebyshev() -> [[f64; NODES]; NODES] {
    let mut powers = [[0.0; NODES]; NODES];
    powers[0][DEGREE] = 1.0;
    powers[1][DEGREE - 1] = 1.0;
    for k in 2..NODES {
        for j in 0..NODES {
            let raised = powers[k - 1].get(j + 1).map_or(0.0, |c| 2.0 * c);
            powers[k][j] = raised - powers[k - 2][j];
        }
    }
    powers
}

/// The Chebyshev points of −1 … 1, falling.
pub fn nodes() -> &'static [f64; NODES] {
    &RULE.nodes
}

/// An extremum of T_{DEGREE+1}, the leading error of an interpolation, i = 0 … `NODES`.
pub fn extremum(i: usize) -> f64 {
    (PI * i as f64 / NODES as f64).cos()
}

/// The coefficients of T_0, T_1, … of the polynomial with these values at the points.
pub fn transformed(values: &[f64; NODES]) -> [f64; NODES] {
    RULE.transform.map(|row| row.iter().zip(values).map(|(t, v)| t * v).sum())
}

/// The coefficients in powers of u, highest first, from those of T_0, T_1, ….
pub fn in_powers(chebyshev: &[f64; NODES]) -> [f64; NODES] {
    std::array::from_fn(|j| chebyshev.iter().zip(&RULE.powers).map(|(c, powers)| c * powers[j]).sum())
}

/// What rounding leaves of the coefficients of values up to this size.
pub fn rounding(largest: f64) -> f64 {
    2.0 * f64::EPSILON * largest
}

/// The coefficients in powers of u of the polynomial with these values at the points. Through Chebyshev's
/// coefficients, of which those that are rounding are left out: powers directly would lose three digits.
pub fn coefficients(values: &[f64; NODES]) -> [f64; NODES] {
    let rounding = rounding(values.iter().fold(0.0, |largest: f64, v| largest.max(v.abs())));
    let significant = transformed(values).map(|c| if c.abs() > rounding { c } else { 0.0 });
    in_powers(&significant)
}
