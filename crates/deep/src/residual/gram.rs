//! Gram matrices K_ℓ = E h₁(β_ℓ) h₁(β_ℓ)ᵀ of the start of Algorithm 2 in the limit (A.1), by Hermite series:
//! β_ℓ(n) = s_1(n) g_1 + Σ_{k≤ℓ} h₂(s_k(n) g_k), with normal g that points n, n' correlate by ρ_k, so
//!
//! ```text
//!  K_ℓ(n, n') = Σ_{i_1 … i_ℓ} ρ_1^{i_1} ⋯ ρ_ℓ^{i_ℓ} A_n(i) A_{n'}(i), A_n(i) = E h₁(β_ℓ(n)) Π_k h_{i_k}(g_k)
//! ```
//! (Mehler), h_i orthonormal Hermite polynomials; s_1² = σ₁² |x|²/d and s_k² = σ₁² K_{k−1}(n, n).
//! Expectations are trapezoid rules in ℓ variables. Empirical Gram matrices are in `spectral`; no law of
//! weights other than Algorithm 2's is known here.

use ndarray::{Array2, ArrayView2};

use super::architecture::ResidualArchitecture;
use crate::spectral::spectrum;

/// Normal deviates beyond this do not count.
const REACH: f64 = 9.0;
/// Nodes of the rule in all variables together, at most.
const NODES: f64 = 2e6;
/// Nodes in one variable.
const MOST_NODES: usize = 97;
/// Terms of the series in one variable with 1, 2, 3, … variables.
const TERMS: [usize; 5] = [48, 40, 28, 14, 8];

/// K_0 = X Xᵀ/d and K_1 … K_L of the limit of Algorithm 2.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitGrams {
    /// X Xᵀ/d, then K_1 … K_L, shape (points, points).
    matrices: Vec<Array2<f64>>,
    /// σ₁.
    deviation: f64,
}

/// A function of a path at one point, of which products over pairs of points are averaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathFunction {
    /// h₁(β_ℓ), ℓ the number of variables.
    Value,
    /// h₁'(β_L).
    Slope,
    /// h₁'(β_L) h₂'(α_ℓ).
    SlopeThrough {
        /// ℓ, from 2.
        layer: usize,
    },
}

impl LimitGrams {
    /// The Gram matrices up to K_`layers`, for inputs of shape (points, d) and σ₁.
    pub fn new(
        architecture: &ResidualArchitecture,
        inputs: ArrayView2<f64>,
        deviation: f64,
        layers: usize,
    ) -> Self {
        let first = inputs.dot(&inputs.t()) / inputs.ncols() as f64;
        let mut matrices = vec![first];
        for layer in 1..=layers {
            let next = mean_products(architecture, &matrices[..layer], deviation, PathFunction::Value);
            matrices.push(next);
        }
        Self { matrices, deviation }
    }

    /// E D^α_ℓ D^α_ℓᵀ for ℓ = 2 … L and before them E D^β_L D^β_Lᵀ, but for factors, where h₁ and h₂ are odd:
    /// what the kernel ∂_t f at t = 0 is made of beside K. None where K_{L−1} was not asked for.
    pub(crate) fn slopes(&self, architecture: &ResidualArchitecture) -> Vec<(PathFunction, Array2<f64>)> {
        let depth = architecture.depth();
        let through = (2..=depth).map(|layer| PathFunction::SlopeThrough { layer });
        let all = [PathFunction::Slope].into_iter().chain(through);
        let below = self.matrices.get(..depth).unwrap_or_default();
        let known = all.filter(|_| !below.is_empty());
        known
            .map(|function| (function, mean_products(architecture, below, self.deviation, function)))
            .collect()
    }

    /// K_ℓ, where K_0 = X Xᵀ/d: σ₁² K_{ℓ−1} is the covariance of β_1 (ℓ = 1) or α_ℓ.
    ///
    /// # Panics
    /// Where it was not asked for.
    pub fn matrix(&self, layer: usize) -> &Array2<f64> {
        &self.matrices[layer]
    }

    /// λ_min of K_1, K_2, …: Assumption 2 asks that none be 0, and regressions are as good as it is large.
    pub fn smallest_eigenvalues(&self) -> Vec<f64> {
        self.matrices.iter().skip(1).map(|matrix| spectrum(matrix)[0]).collect()
    }

    /// K_0, K_1, ….
    pub fn matrices(&self) -> &[Array2<f64>] {
        &self.matrices
    }
}

/// E F(n) F(n') of a function of paths up to layer ℓ, from K_0 … K_{ℓ−1}: K_ℓ of their values.
fn mean_products(
    architecture: &ResidualArchitecture,
    below: &[Array2<f64>],
    deviation: f64,
    function: PathFunction,
) -> Array2<f64> {
    let points = below[0].nrows();
    let rule = NormalRule::new(below.len());
    let mut coefficients = Vec::with_capacity(points);
    let mut squares = Vec::with_capacity(points);
    for point in 0..points {
        let deviations: Vec<f64> =
            below.iter().map(|matrix| deviation * matrix[[point, point]].max(0.0).sqrt()).collect();
        let values = rule.values(architecture, &deviations, function);
        squares.push(rule.mean_square(&values));
        coefficients.push(rule.coefficients(values));
    }
    Array2::from_shape_fn((points, points), |(n, other)| match n == other {
        true => squares[n],
        false => {
            let correlations: Vec<f64> = below.iter().map(|matrix| correlation(matrix, n, other)).collect();
            rule.pair(&coefficients[n], &coefficients[other], &correlations)
        }
    })
}

fn correlation(matrix: &Array2<f64>, n: usize, other: usize) -> f64 {
    let size = (matrix[[n, n]] * matrix[[other, other]]).sqrt();
    if size > 0.0 { (matrix[[n, other]] / size).clamp(-1.0, 1.0) } else { 0.0 }
}

/// A trapezoid rule for independent normal deviates, and the Hermite polynomials at its nodes.
struct NormalRule {
    variables: usize,
    nodes: Vec<f64>,
    weights: Vec<f64>,
    /// Weight times polynomial, shape (terms, nodes).
    transform: Array2<f64>,
}

impl NormalRule {
    fn new(variables: usize) -> Self {
        let count = (NODES.powf((variables as f64).recip()) as usize).min(MOST_NODES);
        let spacing = 2.0 * REACH / (count - 1) as f64;
        let nodes: Vec<f64> = (0..count).map(|k| spacing * k as f64 - REACH).collect();
        let weights: Vec<f64> = nodes.iter().map(|g| (-0.5 * g * g).exp()).collect();
        let sum: f64 = weights.iter().sum();
        let weights: Vec<f64> = weights.iter().map(|weight| weight / sum).collect();
        let terms = TERMS[variables - 1];
        let mut transform = Array2::zeros((terms, count));
        for node in 0..count {
            let mut pair = [0.0, 1.0];
            for term in 0..terms {
                transform[[term, node]] = weights[node] * pair[1];
                let next = nodes[node] * pair[1] - (term as f64).sqrt() * pair[0];
                pair = [pair[1], next / (term as f64 + 1.0).sqrt()];
            }
        }
        Self { variables, nodes, weights, transform }
    }

    /// The function of β_ℓ = s_1 g_1 + Σ h₂(s_k g_k) at all nodes, the last variable running fastest.
    fn values(
        &self,
        architecture: &ResidualArchitecture,
        deviations: &[f64],
        function: PathFunction,
    ) -> Vec<f64> {
        let mut sums = vec![0.0];
        let mut factors = vec![1.0];
        for (variable, deviation) in deviations.iter().enumerate() {
            let is_through = function == PathFunction::SlopeThrough { layer: variable + 1 };
            let skip = architecture.residual_activation();
            let arguments = self.nodes.iter().map(|g| deviation * g);
            let terms: Vec<f64> =
                arguments.clone().map(|a| if variable == 0 { a } else { skip.value(a) }).collect();
            let slopes: Vec<f64> = arguments.map(|a| if is_through { skip.slope(a) } else { 1.0 }).collect();
            sums = sums.iter().flat_map(|sum| terms.iter().map(move |term| sum + term)).collect();
            factors =
                factors.iter().flat_map(|factor| slopes.iter().map(move |slope| factor * slope)).collect();
        }
        let mut values = vec![0.0; sums.len()];
        let mut slopes = vec![0.0; sums.len()];
        architecture.activation().evaluate(&sums, &mut values, &mut slopes);
        match function {
            PathFunction::Value => values,
            _ => slopes.iter().zip(&factors).map(|(slope, factor)| slope * factor).collect(),
        }
    }

    /// The mean of the squares of values at the nodes.
    fn mean_square(&self, values: &[f64]) -> f64 {
        let mut means: Vec<f64> = values.iter().map(|value| value * value).collect();
        for _ in 0..self.variables {
            let rows = means.chunks_exact(self.nodes.len());
            means = rows.map(|row| row.iter().zip(&self.weights).map(|(m, w)| m * w).sum()).collect();
        }
        means[0]
    }

    /// A_n(i_1, …, i_ℓ), flat.
    fn coefficients(&self, values: Vec<f64>) -> Vec<f64> {
        let count = self.nodes.len();
        let mut array = values;
        // Each turn transforms the last variable and makes it the first: after all they are in order again.
        for _ in 0..self.variables {
            let rows = array.len() / count;
            let matrix = Array2::from_shape_vec((rows, count), array).expect("as many numbers");
            array = self.transform.dot(&matrix.t()).iter().copied().collect();
        }
        array
    }

    /// Σ_i ρ^i A(i) B(i).
    fn pair(&self, own: &[f64], other: &[f64], correlations: &[f64]) -> f64 {
        let terms = self.transform.nrows();
        let mut sums: Vec<f64> = own.iter().zip(other).map(|(a, b)| a * b).collect();
        for correlation in correlations.iter().rev() {
            let rows = sums.chunks_exact(terms);
            sums = rows.map(|row| row.iter().rev().fold(0.0, |sum, a| sum * correlation + a)).collect();
        }
        sums[0]
    }
}

#[cfg(test)]
mod tests;
