//! How fast the dynamics comes back to a law of masses that is a fixed point, linearised: dz/dt = −2 ∇Ψ(z;
//! ρ).
//!
//! ```text
//!   parts of mass i, each by itself:   eigenvalues of 2 ∇²Ψ(z_i)    (MMN 2018, Theorem 6: all positive)
//!   the masses as wholes:              eigenvalues of 2 (∇²Ψ(z_i) δ_ij + p_j Σ_k κ_k ∇φ_k(z_i) ∇φ_k(z_j)ᵀ)
//! ```
//! with κ_k = ½ ∂²E/∂m_k². Both are per unit of ∫ξ dt. Masses at the ends of the box are held there, and left
//! out.

use meanfield_model::landscape::Landscape;
use nalgebra::DMatrix;

use super::point_masses::PointMasses;
use super::potential::hessian;

/// The slowest rates; negative ones are instabilities. NaN where all masses are held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DecayRates {
    /// Slowest decay rate of a perturbation that splits a mass.
    pub inner: f64,
    /// Slowest decay rate of a perturbation that moves masses as wholes.
    pub joint: f64,
}

/// The rates at masses within a box, of which the law's moments are given.
pub fn decay_rates<const D: usize>(
    landscape: &impl Landscape<D>,
    law: &PointMasses<D>,
    moments: &[f64],
    ends: [[f64; D]; 2],
) -> DecayRates {
    let Stiffness { own, joint, .. } = Stiffness::new(landscape, law, moments, ends);
    let inner = own.iter().map(least_eigenvalue).fold(f64::NAN, f64::min);
    let joint = if own.is_empty() { f64::NAN } else { least_eigenvalue(&joint) };
    DecayRates { inner: 2.0 * inner, joint: 2.0 * joint }
}

fn least_eigenvalue(matrix: &DMatrix<f64>) -> f64 {
    matrix.symmetric_eigenvalues().iter().copied().fold(f64::NAN, f64::min)
}

/// Second derivatives of ½E in the places of masses.
pub struct Stiffness<const D: usize> {
    /// Indices of the masses inside the box.
    pub inside: Vec<usize>,
    /// ∇²Ψ at each of these.
    pub own: Vec<DMatrix<f64>>,
    /// The joint matrix above without the factor 2, similar and symmetric: rows times √p_i, columns over
    /// √p_j.
    pub joint: DMatrix<f64>,
}

impl<const D: usize> Stiffness<D> {
    /// The stiffness of masses within a box.
    pub fn new(
        landscape: &impl Landscape<D>,
        law: &PointMasses<D>,
        moments: &[f64],
        [lower, upper]: [[f64; D]; 2],
    ) -> Self {
        let mut inside: Vec<usize> = (0..law.places.len()).collect();
        inside.retain(|i| (0..D).all(|c| law.places[*i][c] > lower[c] && law.places[*i][c] < upper[c]));
        let [mut coefficients, mut curvatures] = [0; 2].map(|_| vec![0.0; landscape.rank()]);
        landscape.potential_coefficients(moments, &mut coefficients);
        landscape.curvatures(moments, &mut curvatures);
        let own: Vec<_> =
            inside.iter().map(|i| hessian(landscape, &coefficients, law.places[*i], [true; D])).collect();
        let gradients: Vec<_> = inside.iter().map(|i| gradients(landscape, law.places[*i])).collect();
        let joint = DMatrix::from_fn(inside.len() * D, inside.len() * D, |row, column| {
            let [i, c] = [row / D, row % D];
            let [j, k] = [column / D, column % D];
            let alone = if i == j { own[i][(c, k)] } else { 0.0 };
            let weights = (law.weights[inside[i]] * law.weights[inside[j]]).sqrt();
            let pairs = gradients[i].iter().zip(&gradients[j]);
            let coupling: f64 =
                curvatures.iter().zip(pairs).map(|(curvature, (a, b))| curvature * a[c] * b[k]).sum();
            alone + weights * coupling
        });
        Self { inside, own, joint }
    }
}

fn gradients<const D: usize>(landscape: &impl Landscape<D>, z: [f64; D]) -> Vec<[f64; D]> {
    let mut values = vec![0.0; landscape.rank()];
    let mut gradients = vec![[0.0; D]; landscape.rank()];
    landscape.features(z, &mut values, &mut gradients);
    gradients
}
