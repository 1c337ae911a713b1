//! One coordinate ζ of a uniform point of the sphere S^{d−1}: its polynomials and its quadrature; and the
//! length of a normal vector, which is independent of its direction.
//!
//! P_ℓ are the Gegenbauer polynomials with P_ℓ(1) = 1, orthogonal under the law of ζ, density
//! ∝ (1 − ζ²)^{(d−3)/2}. Averaged over rotations about an axis, a degree-ℓ function of the angle between two
//! points factorises: P_ℓ(cos∠) → P_ℓ(ζ) P_ℓ(ζ').

use crate::quadrature::{self, NotConverged};

/// P_0 … P_{n−1} at ζ, and their derivatives, by
/// (ℓ+d−2) P_{ℓ+1} = (2ℓ+d−2) ζ P_ℓ − ℓ P_{ℓ−1}.
pub fn gegenbauer(dimension: usize, zeta: f64, values: &mut [f64], slopes: &mut [f64]) {
    let d = dimension as f64;
    let mut before = (0.0, 0.0);
    let mut now = (1.0, 0.0); // (P, P') of degrees ℓ − 1 and ℓ
    for (l, (value, slope)) in values.iter_mut().zip(slopes).enumerate() {
        (*value, *slope) = now;
        let l = l as f64;
        let up = 2.0 * l + d - 2.0;
        let down = l;
        let scale = l + d - 2.0;
        let next = (up * zeta * now.0 - down * before.0, up * (now.0 + zeta * now.1) - down * before.1);
        // d = 2, ℓ = 0: 0/0; P_1 = ζ there as everywhere.
        let next = if scale > 0.0 { (next.0 / scale, next.1 / scale) } else { (zeta, 1.0) };
        (before, now) = (now, next);
    }
}

/// μ_0, μ_2, μ_4, …, `count` of them: μ_{2k} = E ζ^{2k} = Π_{m=1..k} (2m−1)/(d+2m−2), ζ one coordinate of a
/// uniform point of S^{d−1}.
pub fn even_moments(dimension: usize, count: usize) -> Vec<f64> {
    let mut moments = vec![1.0];
    for k in 1..count {
        let ratio = (2 * k - 1) as f64 / (dimension + 2 * k - 2) as f64;
        moments.push(moments[k - 1] * ratio);
    }
    moments
}

/// Gauss nodes and weights (summing to 1) for the law of ζ, exact for polynomials of degree below 2 ×
/// `nodes`.
///
/// # Errors
/// Where the nodes are not found.
pub fn quadrature(dimension: usize, nodes: usize) -> Result<Vec<(f64, f64)>, NotConverged> {
    let d = dimension as f64;
    // b_k² = (share of P_{k−1} going up) × (share of P_k going down).
    quadrature::gauss(
        nodes,
        |_| 0.0,
        |k: usize| {
            let l = k as f64;
            let up = if k == 1 { 1.0 } else { (l + d - 3.0) / (2.0 * l + d - 4.0) };
            (up * l / (2.0 * l + d - 2.0)).sqrt()
        },
    )
}

/// Gauss nodes and weights (summing to 1) for the length of a standard normal vector in R^d: generalised
/// Laguerre in half its square, exact for polynomials in the square of degree below 2 × `nodes`.
///
/// # Errors
/// Where the nodes are not found.
pub fn lengths(dimension: usize, nodes: usize) -> Result<Vec<(f64, f64)>, NotConverged> {
    let shape = 0.5 * dimension as f64; // of the Gamma law of s²/2
    let rule = quadrature::gauss(
        nodes,
        |k| 2.0 * k as f64 + shape,
        |k| (k as f64 * (k as f64 + shape - 1.0)).sqrt(),
    )?;
    Ok(rule.into_iter().map(|(half_square, weight)| ((2.0 * half_square.max(0.0)).sqrt(), weight)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quadrature_has_the_moments_of_the_sphere() {
        for dimension in [2, 3, 40, 2000] {
            let rule = quadrature(dimension, 8).expect("symmetric");
            let mut exact = 1.0;
            for k in 0..8 {
                // E ζ^{2k} = Π (2m−1)/(d+2m−2)
                let moment: f64 = rule.iter().map(|(zeta, weight)| weight * zeta.powi(2 * k)).sum();
                assert!(
                    (moment - exact).abs() < 1e-13 * exact.max(1e-3),
                    "d={dimension} k={k}: {moment} {exact}"
                );
                exact *= f64::from(2 * k + 1) / (dimension as f64 + f64::from(2 * k));
            }
        }
    }

    #[test]
    fn lengths_have_the_moments_of_the_chi_law() {
        for dimension in [2, 3, 40, 1280] {
            let rule = lengths(dimension, 8).expect("symmetric");
            let mut exact = 1.0;
            for k in 0..8 {
                // E s^{2k} = Π (d + 2m)
                let moment: f64 = rule.iter().map(|(s, weight)| weight * s.powi(2 * k)).sum();
                assert!((moment / exact - 1.0).abs() < 1e-12, "d={dimension} k={k}: {moment} {exact}");
                exact *= dimension as f64 + f64::from(2 * k);
            }
        }
    }
}
