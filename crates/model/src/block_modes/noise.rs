//! Second moments of the gradient ∇σ_*(x; θ) of one neuron, weighted with a function of the input's lengths
//! such as the squared residual: the noise of a sample along each reduced coordinate and across the radii,
//! all harmonic degrees together.
//!
//! A product of σ and σ' is expanded as σ is. What turns with the input is a polynomial of ζ₁ and ζ₂ of
//! degree two at most, so that a few pairs of degrees are all there is.

use super::lengths::{LengthNode, radial_functions};
use super::{BlockModes, BlockNeuron, DegreePair};
use crate::zonal::harmonics;

/// Pairs of degrees that the gradient's products have.
const PAIRS: [DegreePair; 6] = [
    DegreePair([0, 0]),
    DegreePair([1, 0]),
    DegreePair([0, 1]),
    DegreePair([2, 0]),
    DegreePair([1, 1]),
    DegreePair([0, 2]),
];

/// Powers of |g₁| and |g₂| that the pairs come with; of (0, 0) more than one.
const POWERS: [(usize, [i32; 2]); 8] =
    [(0, [0, 0]), (0, [2, 0]), (0, [0, 2]), (1, [1, 0]), (2, [0, 1]), (3, [2, 0]), (4, [1, 1]), (5, [0, 2])];

/// E [h |g₁|^u |g₂|^v R_Lpq] times the factors A, for a weight h(|g₁|, |g₂|) of one class.
#[derive(Clone, Debug)]
pub struct NoiseContractions {
    /// By (p, q), for each of [`POWERS`].
    sums: Vec<[f64; POWERS.len()]>,
}

/// Second moments of ∇σ_* with a weight.
#[derive(Clone, Copy, Debug)]
pub struct SampleNoise {
    /// Along a, b, r₁, r₂.
    pub along: [[f64; 4]; 4],
    /// Across each radius, all directions together.
    pub across: [f64; 2],
}

impl NoiseContractions {
    /// Of weights at these nodes.
    pub fn new(modes: &BlockModes, nodes: &[LengthNode], weights: &[f64]) -> Self {
        let orders = modes.length_orders();
        let mut sums = vec![[0.0; POWERS.len()]; orders.len()];
        let dimensions = modes.data().dimensions;
        for (node, h) in nodes.iter().zip(weights) {
            for (k, (pair, powers)) in POWERS.iter().enumerate() {
                let DegreePair(degrees) = PAIRS[*pair];
                let [first, second] = [0, 1].map(|block| {
                    radial_functions(dimensions[block], degrees[block], node.lengths[block], modes.levels)
                });
                let power = node.lengths[0].powi(powers[0]) * node.lengths[1].powi(powers[1]);
                for (sum, [p, q]) in sums.iter_mut().zip(&orders) {
                    sum[k] += node.weight * h * power * first[*p] * second[*q];
                }
            }
        }
        for (sum, order) in sums.iter_mut().zip(&orders) {
            POWERS.iter().enumerate().for_each(|(k, (pair, _))| sum[k] *= modes.factor(PAIRS[*pair], *order));
        }
        Self { sums }
    }

    /// E [h f |g₁|^u |g₂|^v P̂_L] of a product f of the neuron's output and slope.
    fn moment(&self, modes: &BlockModes, neuron: &BlockNeuron, means: &[f64], k: usize) -> f64 {
        let pair = PAIRS[POWERS[k].0];
        let orders = modes.length_orders();
        self.sums.iter().zip(orders).map(|(sum, order)| sum[k] * neuron.product(means, pair, order)).sum()
    }
}

impl SampleNoise {
    /// Of one neuron and one class.
    pub fn new(modes: &BlockModes, neuron: &BlockNeuron, weight: &NoiseContractions) -> Self {
        let means = &neuron.means;
        let of_square = |k: usize| weight.moment(modes, neuron, &means.slope_square, k);
        let of_product = |k: usize| weight.moment(modes, neuron, &means.product, k);
        let dimensions = modes.data().dimensions;
        let roots = dimensions.map(|dimension| (dimension as f64).sqrt());
        let [outer, scales] = [neuron.outer; 2].map(|a| neuron.scales.map(|scale| a * scale));
        let outer_weight = neuron.outer;
        let mut along = [[0.0; 4]; 4];
        along[0][0] = weight.moment(modes, neuron, &means.square, 0);
        along[0][1] = outer_weight * of_product(0);
        along[1][1] = outer_weight * outer_weight * of_square(0);
        let mut across = [0.0; 2];
        for block in 0..modes.data().blocks() {
            along[0][2 + block] = outer[block] * of_product(3 + block) / roots[block];
            along[1][2 + block] = outer_weight * scales[block] * of_square(3 + block) / roots[block];
            let all = of_square(1 + block);
            // ζ² = (1 + (d − 1) P̂_2/√D_2)/d.
            let d = dimensions[block] as f64;
            let second = harmonics(dimensions[block], 2);
            let bent = if second > 0.0 { (d - 1.0) / second.sqrt() * of_square([5, 7][block]) } else { 0.0 };
            let radial = (all + bent) / d;
            along[2 + block][2 + block] = scales[block] * scales[block] * radial;
            across[block] = scales[block] * scales[block] * (all - radial);
        }
        if modes.data().blocks() == 2 {
            along[2][3] = scales[0] * scales[1] * of_square(6) / (roots[0] * roots[1]);
        }
        // The upper half is set.
        let along = std::array::from_fn(|k| std::array::from_fn(|l| along[k.min(l)][k.max(l)]));
        Self { along, across }
    }
}
