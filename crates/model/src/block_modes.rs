//! The output of a neuron a σ(⟨w, x⟩ + b) on data of at most two blocks by pairs of harmonic degrees L = (l₁,
//! l₂) of the blocks' rotations, and in each pair by polynomials of the input's lengths. For one class, with
//! x = (τ₁ g₁, τ₂ g₂), g standard normal, ζ_k the cosine of the angle between w_k and x_k,
//!
//! ```text
//!   σ_*(x; θ) = Σ_L Σ_pq F_Lpq(θ) R_{l₁p}(|g₁|) R_{l₂q}(|g₂|) P̂_{l₁}(ζ₁) P̂_{l₂}(ζ₂)
//!   F_Lpq = a A_{l₁p} A_{l₂q} ρ₁^i ρ₂^j ∂_b^{i+j} E σ(b + S G),  i = l₁ + 2p, j = l₂ + 2q,
//!   ρ_k = τ_k r_k,  S² = ρ₁² + ρ₂²,  A_{lp}² = D_l 2^{−l−2p} / (p! (d/2)(d/2 + 1)…(d/2 + l + p − 1))
//! ```
//! with R_{lp} orthonormal (Laguerre) and P̂ as in `zonal`: Hermite's expansion of σ, sorted by rotations.
//! Its squares add up to E σ_*². All F are closed forms in the means of σ and its derivatives, with as many
//! derivatives as one asks for: ∂Q/∂ρ = ρ ∂²Q/∂b². In many dimensions lengths hardly vary, and a few p and
//! q are enough. Of a block that there is not, dimension 0, degree and polynomial are 0. No law here.

mod classes;
mod lengths;
mod means;
pub mod noise;
#[cfg(test)]
mod tests;

pub use classes::{InputClass, InputClasses};
pub use lengths::{LengthNode, radial_functions};
pub use means::{GaussianMeans, square_by_order};

use crate::activation::Activation;
use crate::zonal::{eigenvalue, harmonics};

/// Derivatives by a radius that are ever asked for: three of the output, each of which raises the order of
/// the mean's by two, and one of a gradient.
const MOST_DERIVATIVES: usize = 3;
/// Degrees of a product of two gradients are below this.
const NOISE_DEGREES: usize = 3;

/// How often an output is differentiated by a, b, r₁ and r₂.
pub type DerivativeOrder = [usize; 4];

/// A pair of degrees (l₁, l₂).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DegreePair(pub [usize; 2]);

impl DegreePair {
    /// All with l₁ + l₂ < `degrees` that harmonics of these dimensions have.
    pub fn below(degrees: usize, dimensions: [usize; 2]) -> Vec<Self> {
        let all = (0..degrees).flat_map(|sum| (0..=sum).map(move |second| Self([sum - second, second])));
        all.filter(|pair| pair.harmonics(dimensions) > 0.0).collect()
    }

    /// The number of its harmonics.
    pub fn harmonics(self, dimensions: [usize; 2]) -> f64 {
        (0..2).map(|block| harmonics(dimensions[block], self.0[block])).product()
    }

    /// √Λ of each block: the root of minus the Laplacian's eigenvalue.
    pub fn gradients(self, dimensions: [usize; 2]) -> [f64; 2] {
        [0, 1].map(|block| eigenvalue(dimensions[block], self.0[block]).sqrt())
    }
}

/// A polynomial of the lengths: (p, q).
pub type LengthOrder = [usize; 2];

/// All (p, q) with p + q < `levels` that blocks of these dimensions have.
fn length_orders(levels: usize, dimensions: [usize; 2]) -> Vec<LengthOrder> {
    let all = (0..levels).flat_map(|sum| (0..=sum).map(move |q| [sum - q, q]));
    all.filter(|order| (0..2).all(|block| dimensions[block] > 0 || order[block] == 0)).collect()
}

/// The functions F of one problem.
#[derive(Clone, Debug)]
pub struct BlockModes {
    activation: Activation,
    data: InputClasses,
    levels: usize,
    /// Derivatives of E σ by b, and of the means of products, that are needed.
    orders: [usize; 2],
}

/// One neuron as one class of the data sees it.
#[derive(Clone, Debug)]
pub struct BlockNeuron {
    /// a.
    pub outer: f64,
    /// τ_k.
    scales: [f64; 2],
    /// Powers of ρ_k.
    powers: [Vec<f64>; 2],
    /// Of σ and of its products.
    pub means: GaussianMeans,
}

impl BlockModes {
    /// Pairs of degrees with l₁ + l₂ < `degrees`, polynomials with p + q < `levels`.
    pub fn new(activation: &Activation, data: InputClasses, degrees: usize, levels: usize) -> Self {
        let highest = 2 * levels.saturating_sub(1) + degrees.max(NOISE_DEGREES);
        let orders = [highest + 2 * MOST_DERIVATIVES, highest + 1];
        Self { activation: activation.clone(), data, levels, orders }
    }

    /// The data.
    pub fn data(&self) -> &InputClasses {
        &self.data
    }

    /// All (p, q).
    pub fn length_orders(&self) -> Vec<LengthOrder> {
        length_orders(self.levels, self.data.dimensions)
    }

    /// The neuron (a, b, r₁, r₂), to a class: b with what given coordinates add to it.
    pub fn neuron(&self, class: usize, [outer, offset, r1, r2]: [f64; 4]) -> BlockNeuron {
        let scales = self.data.classes[class].scales;
        let inputs = [scales[0] * r1, scales[1] * r2];
        let scale = inputs[0].hypot(inputs[1]);
        let [of_output, of_products] = self.orders;
        let means = if scale > 0.0 {
            GaussianMeans::new(&self.activation, offset, scale, of_output, of_products)
        } else {
            GaussianMeans::at_point(&self.activation, offset, of_output, of_products)
        };
        let powers = inputs.map(|input| (0..of_output as i32 + 1).map(|power| input.powi(power)).collect());
        BlockNeuron { outer, scales, powers, means }
    }

    /// Multiplications of the means of one neuron, whose input has the deviation 1; on points there are none.
    pub fn multiplications_of_neuron(&self) -> f64 {
        if self.data.blocks() == 0 {
            return 0.0;
        }
        let [of_output, of_products] = self.orders;
        GaussianMeans::count_of_nodes(&self.activation, 0.0, 1.0) as f64
            * (of_output + 3 * of_products) as f64
    }

    /// A_{l₁p} A_{l₂q}.
    pub fn factor(&self, DegreePair(degrees): DegreePair, order: LengthOrder) -> f64 {
        (0..2).map(|block| factor(self.data.dimensions[block], degrees[block], order[block])).product()
    }
}

/// A_{lp}.
fn factor(dimension: usize, degree: usize, order: usize) -> f64 {
    if dimension == 0 {
        return f64::from(degree == 0 && order == 0);
    }
    let half = 0.5 * dimension as f64;
    let rising: f64 = (0..degree + order).map(|k| half + k as f64).product();
    let factorial: f64 = (1..=order).map(|k| k as f64).product();
    let two = 0.5f64.powi((degree + 2 * order) as i32);
    (harmonics(dimension, degree) * two / (factorial * rising)).sqrt()
}

impl BlockNeuron {
    /// A derivative of ρ₁^i ρ₂^j ∂_b^{i+j} E f(b + S G) by b, r₁ and r₂, from the derivatives of E f by b.
    fn derivative_of(&self, means: &[f64], [i, j]: [usize; 2], [by_b, k1, k2]: [usize; 3]) -> f64 {
        let [first, second] = [chain(i, k1), chain(j, k2)];
        let mut sum = 0.0;
        for (a, along) in first.iter().enumerate().take(k1 + 1).filter(|(_, factor)| **factor != 0.0) {
            for (b, across) in second.iter().enumerate().take(k2 + 1).filter(|(_, factor)| **factor != 0.0) {
                let power = self.powers[0][i + 2 * a - k1] * self.powers[1][j + 2 * b - k2];
                sum += along * across * power * means[i + j + 2 * (a + b) + by_b];
            }
        }
        sum * self.scales[0].powi(k1 as i32) * self.scales[1].powi(k2 as i32)
    }

    /// A derivative of F, without its factor A.
    pub fn output(&self, DegreePair([l1, l2]): DegreePair, [p, q]: LengthOrder, by: DerivativeOrder) -> f64 {
        let outer = match by[0] {
            0 => self.outer,
            1 => 1.0,
            _ => return 0.0,
        };
        outer * self.derivative_of(&self.means.output, [l1 + 2 * p, l2 + 2 * q], [by[1], by[2], by[3]])
    }

    /// A mean of a product of σ and σ' in place of that of σ, a = 1.
    fn product(&self, means: &[f64], DegreePair([l1, l2]): DegreePair, [p, q]: LengthOrder) -> f64 {
        self.derivative_of(means, [l1 + 2 * p, l2 + 2 * q], [0; 3])
    }

    /// E σ_*² and half its derivatives by a, b, r₁, r₂.
    pub fn square(&self) -> (f64, [f64; 4]) {
        let squares = &self.means.square;
        let own = 0.5 * self.outer * self.outer;
        let [by_b, by_r1, by_r2] =
            [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map(|by| own * self.derivative_of(squares, [0; 2], by));
        (self.outer * self.outer * squares[0], [self.outer * squares[0], by_b, by_r1, by_r2])
    }
}

/// The k-th derivative of ρ^i Q, where each ρ-derivative of a mean is ρ times its second by b: the factors of
/// ρ^{i−k+2a} ∂_b^{2a} Q.
fn chain(i: usize, k: usize) -> [f64; MOST_DERIVATIVES + 1] {
    let mut factors = [0.0; MOST_DERIVATIVES + 1];
    factors[0] = 1.0;
    for done in 0..k {
        for a in (0..=done + 1).rev() {
            let lowered = factors[a] * (i as f64 - done as f64 + 2.0 * a as f64);
            factors[a] = lowered + if a > 0 { factors[a - 1] } else { 0.0 };
        }
    }
    factors
}
