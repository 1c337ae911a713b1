//! How fast the dynamics comes back to a law of masses that is a fixed point, linearised: dz/dt = −2 ∇Ψ(z; ρ).
//!
//! ```text
//!   parts of mass i, each by itself:   eigenvalues of 2 ∇²Ψ(z_i)                             (MMN 2018, Theorem 6: all positive)
//!   the masses as wholes:              eigenvalues of 2 (∇²Ψ(z_i) δ_ij + p_j Σ_k κ_k ∇φ_k(z_i) ∇φ_k(z_j)ᵀ)
//! ```
//! with κ_k = ½ ∂²E/∂m_k². Both are per unit of ∫ξ dt. Masses at the ends of the box are held there, and left out.

use meanfield_model::landscape::Landscape;
use nalgebra::DMatrix;

use super::exchange::Points;
use super::lowest::potential;

/// Half the distance by which second derivatives are differences of first ones, relative to 1 + |z|.
const DIFFERENCE: f64 = 1e-3;

/// The slowest rates; negative ones are instabilities. NaN where all masses are held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Of parts of masses.
    pub inner: f64,
    /// Of masses as wholes.
    pub joint: f64,
}

/// The rates at masses within a box, of which the law's moments are given.
pub fn rates<const D: usize>(
    landscape: &impl Landscape<D>,
    law: &Points<D>,
    moments: &[f64],
    ends: [[f64; D]; 2],
) -> Rates {
    let Stiffness { own, joint, .. } = Stiffness::of(landscape, law, moments, ends);
    let least =
        |matrix: &DMatrix<f64>| matrix.symmetric_eigenvalues().iter().copied().fold(f64::NAN, f64::min);
    let inner = own.iter().map(least).fold(f64::NAN, f64::min);
    let joint = if own.is_empty() { f64::NAN } else { least(&joint) };
    Rates { inner: 2.0 * inner, joint: 2.0 * joint }
}

/// Second derivatives of ½E in the places of masses.
pub struct Stiffness<const D: usize> {
    /// Which masses are inside the box.
    pub inside: Vec<usize>,
    /// ∇²Ψ at each of these.
    pub own: Vec<DMatrix<f64>>,
    /// The joint matrix above without the factor 2, similar and symmetric: rows times √p_i, columns over √p_j.
    pub joint: DMatrix<f64>,
}

impl<const D: usize> Stiffness<D> {
    /// Of masses within a box.
    pub fn of(
        landscape: &impl Landscape<D>,
        law: &Points<D>,
        moments: &[f64],
        [lower, upper]: [[f64; D]; 2],
    ) -> Self {
        let is_inside =
            |i: &usize| (0..D).all(|c| law.places[*i][c] > lower[c] && law.places[*i][c] < upper[c]);
        let inside: Vec<usize> = (0..law.places.len()).filter(is_inside).collect();
        let rank = landscape.rank();
        let (mut coefficients, mut curvatures) = (vec![0.0; rank], vec![0.0; rank]);
        landscape.potential_coefficients(moments, &mut coefficients);
        landscape.curvatures(moments, &mut curvatures);
        let own: Vec<_> =
            inside.iter().map(|i| hessian(landscape, &coefficients, law.places[*i], [true; D])).collect();
        let gradients: Vec<_> = inside.iter().map(|i| gradients(landscape, law.places[*i])).collect();
        let coupling = |i: usize, c: usize, j: usize, k: usize| -> f64 {
            let pairs = gradients[i].iter().zip(&gradients[j]);
            curvatures.iter().zip(pairs).map(|(curvature, (a, b))| curvature * a[c] * b[k]).sum()
        };
        let entry = |row: usize, column: usize| {
            let ((i, c), (j, k)) = ((row / D, row % D), (column / D, column % D));
            let alone = if i == j { own[i][(c, k)] } else { 0.0 };
            let weights = (law.weights[inside[i]] * law.weights[inside[j]]).sqrt();
            alone + weights * coupling(i, c, j, k)
        };
        let joint = DMatrix::from_fn(inside.len() * D, inside.len() * D, entry);
        Self { inside, own, joint }
    }
}

fn gradients<const D: usize>(landscape: &impl Landscape<D>, z: [f64; D]) -> Vec<[f64; D]> {
    let (mut values, mut gradients) = (vec![0.0; landscape.rank()], vec![[0.0; D]; landscape.rank()]);
    landscape.features(z, &mut values, &mut gradients);
    gradients
}

/// ∇²Ψ by differences of fourth order, symmetric; along coordinates that are held, rows and columns of the identity.
pub fn hessian<const D: usize>(
    landscape: &impl Landscape<D>,
    coefficients: &[f64],
    z: [f64; D],
    is_free: [bool; D],
) -> DMatrix<f64> {
    let difference = |c: usize, k: usize, size: f64| {
        let gradient = |step: f64| {
            let mut z = z;
            z[c] += step;
            potential(landscape, coefficients, z).1[k]
        };
        (gradient(size) - gradient(-size)) / (2.0 * size)
    };
    let entry = |c: usize, k: usize| {
        // No coordinate that ends at 0 is asked for beyond it.
        let end = if z[c] > 0.0 { 0.25 * z[c] } else { f64::INFINITY };
        let size = (DIFFERENCE * (1.0 + z[c].abs())).min(end);
        (4.0 * difference(c, k, size) - difference(c, k, 2.0 * size)) / 3.0
    };
    DMatrix::from_fn(D, D, |c, k| match is_free[c] && is_free[k] {
        true => 0.5 * (entry(c, k) + entry(k, c)),
        false if c == k => 1.0,
        false => 0.0,
    })
}
