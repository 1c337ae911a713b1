//! The potential Ψ = Σ c_k φ_k of given coefficients at a place, with its first and second derivatives.

use meanfield_kernel::dot::dot;
use meanfield_model::landscape::Landscape;
use nalgebra::DMatrix;

/// Half the distance by which second derivatives are differences of first ones, relative to 1 + |z|.
const DIFFERENCE: f64 = 1e-3;

/// Ψ = Σ c_k φ_k and its gradient.
pub fn potential<const D: usize>(
    landscape: &impl Landscape<D>,
    coefficients: &[f64],
    z: [f64; D],
) -> (f64, [f64; D]) {
    let rank = landscape.rank();
    let mut values = vec![0.0; rank];
    let mut gradients = vec![[0.0; D]; rank];
    landscape.features(z, &mut values, &mut gradients);
    let slopes = std::array::from_fn(|c| {
        coefficients.iter().zip(&gradients).map(|(k, gradient)| k * gradient[c]).sum()
    });
    (dot(coefficients, &values), slopes)
}
/// ∇²Ψ by differences of fourth order, symmetric; along coordinates that are held, rows and columns of the
/// identity.
pub fn hessian<const D: usize>(
    landscape: &impl Landscape<D>,
    coefficients: &[f64],
    z: [f64; D],
    is_free: [bool; D],
) -> DMatrix<f64> {
    DMatrix::from_fn(D, D, |c, k| match is_free[c] && is_free[k] {
        true => {
            let entry = second_difference(landscape, coefficients, z, [c, k]);
            0.5 * (entry + second_difference(landscape, coefficients, z, [k, c]))
        }
        false if c == k => 1.0,
        false => 0.0,
    })
}

/// ∂²Ψ/∂z_c∂z_k by differences of ∂Ψ/∂z_k along z_c.
fn second_difference<const D: usize>(
    landscape: &impl Landscape<D>,
    coefficients: &[f64],
    z: [f64; D],
    [c, k]: [usize; 2],
) -> f64 {
    // No coordinate that ends at 0 is asked for beyond it.
    let end = if z[c] > 0.0 { 0.25 * z[c] } else { f64::INFINITY };
    let size = (DIFFERENCE * (1.0 + z[c].abs())).min(end);
    let near = difference(landscape, coefficients, z, [c, k], size);
    let far = difference(landscape, coefficients, z, [c, k], 2.0 * size);
    (4.0 * near - far) / 3.0
}

/// The central difference of ∂Ψ/∂z_k over ± `size` along z_c.
fn difference<const D: usize>(
    landscape: &impl Landscape<D>,
    coefficients: &[f64],
    z: [f64; D],
    [c, k]: [usize; 2],
    size: f64,
) -> f64 {
    let [above, below] = [size, -size].map(|step| {
        let mut moved = z;
        moved[c] += step;
        potential(landscape, coefficients, moved).1[k]
    });
    (above - below) / (2.0 * size)
}
