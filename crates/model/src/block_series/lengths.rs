//! A quadrature over the lengths of an input's blocks: any loss of outputs averaged over the rotations of all
//! blocks. These are polynomials of the lengths, whose coefficients are the features φ of the series:
//!
//! ```text
//!   E[σ_* | |g₁|, |g₂|, …] = Σ_i √weight_i Π_B R_{i_B/2}(|g_B|) φ_i
//! ```
//! for the class's x = (τ₁ g₁, τ₂ g₂, …), R orthonormal polynomials of a length; φ and weights as in the
//! series. So outputs at nodes are a linear image of its features. How many nodes there are is decided
//! elsewhere.

use super::series::BlockSeries;
use crate::block_modes::radial_functions;
use crate::data_loss::{DataLoss, LabelledNode};
use crate::features::Features;
use crate::loss::Loss;
use crate::quadrature::NotConverged;
use crate::sphere;

/// A series whose terms are polynomials of the lengths of an input's blocks, in D coordinates of neurons.
pub trait LengthSeries<const D: usize>: Features<D> + Clone {
    /// What it is in the blocks alone.
    fn of_blocks(&self) -> &dyn OfBlocks;

    /// The terms of σ_*², as the features are those of σ_*.
    fn squares(&self, z: [f64; D], squares: &mut [f64]);
}

/// A series by its blocks, whatever the coordinates of neurons are.
pub trait OfBlocks {
    /// The quadrature over these lengths, with so many nodes of each block's.
    ///
    /// # Errors
    /// Where the nodes are not found.
    fn length_rule(&self, loss: Loss, nodes: &[usize]) -> Result<LengthRule, NotConverged>;

    /// Terms of one class.
    fn terms_of_class(&self) -> usize;

    /// A bound on what the series leaves out of U, for all neurons that it was made for.
    fn bound(&self) -> f64;

    /// Whether any term depends on the length of each block.
    fn blocks_that_vary(&self) -> Vec<bool>;

    /// Number of classes.
    fn classes(&self) -> usize;
}

impl<const B: usize> OfBlocks for BlockSeries<B> {
    fn length_rule(&self, loss: Loss, nodes: &[usize]) -> Result<LengthRule, NotConverged> {
        LengthRule::new(self, loss, nodes)
    }

    fn terms_of_class(&self) -> usize {
        self.terms.halves.len()
    }

    fn bound(&self) -> f64 {
        self.truncation
    }

    fn blocks_that_vary(&self) -> Vec<bool> {
        self.terms.blocks_that_vary().to_vec()
    }

    fn classes(&self) -> usize {
        self.classes.len()
    }
}

/// Nodes of the lengths, the same for all classes.
#[derive(Clone, Debug)]
pub struct LengthRule {
    /// The loss over the nodes, class by class.
    pub loss: DataLoss,
    /// Terms of the series.
    terms: usize,
    /// √weight_i Π_B R_{i_B/2}: a row of terms for each node.
    mixing: Vec<f64>,
}

impl LengthRule {
    /// The product of Gauss rules of every block's length, of so many nodes each.
    ///
    /// # Errors
    /// Where the nodes are not found.
    pub fn new<const B: usize>(
        series: &BlockSeries<B>,
        loss: Loss,
        counts: &[usize],
    ) -> Result<Self, NotConverged> {
        let nodes = nodes(series, counts)?;
        let mut mixing = Vec::new();
        for node in &nodes {
            mixing.extend(factors(series, node));
        }
        let labelled = series.loss.targets.iter().flat_map(|target| {
            nodes.iter().map(|node| LabelledNode { label: target.label, share: target.weight * node.weight })
        });
        let loss = DataLoss { loss, nodes: labelled.collect() };
        Ok(Self { loss, terms: series.terms.halves.len(), mixing })
    }

    /// Outputs: nodes of all classes.
    pub fn rank(&self) -> usize {
        self.loss.nodes.len()
    }

    /// Terms of the series, of all classes.
    pub fn terms(&self) -> usize {
        self.terms * self.classes()
    }

    fn classes(&self) -> usize {
        self.rank() * self.terms / self.mixing.len()
    }

    /// Outputs from the terms, or slopes of the outputs from those of the terms: `added` adds a factor times
    /// one of them to a sum.
    pub fn mix<T: Copy>(&self, terms: &[T], outputs: &mut [T], zero: T, added: impl Fn(T, f64, T) -> T) {
        let nodes = self.mixing.len() / self.terms;
        for (terms, outputs) in terms.chunks_exact(self.terms).zip(outputs.chunks_exact_mut(nodes)) {
            for (output, factors) in outputs.iter_mut().zip(self.mixing.chunks_exact(self.terms)) {
                *output =
                    factors.iter().zip(terms).fold(zero, |sum, (factor, term)| added(sum, *factor, *term));
            }
        }
    }
}

/// One node of all lengths.
struct LengthsNode<const B: usize> {
    /// |g_B|.
    lengths: [f64; B],
    /// Probability.
    weight: f64,
}

fn nodes<const B: usize>(
    series: &BlockSeries<B>,
    counts: &[usize],
) -> Result<Vec<LengthsNode<B>>, NotConverged> {
    let mut all = vec![LengthsNode { lengths: [0.0; B], weight: 1.0 }];
    for (block, count) in counts.iter().enumerate().take(B) {
        let rule = sphere::lengths(series.dimensions[block], *count)?;
        let mut longer = Vec::with_capacity(all.len() * count);
        for node in &all {
            for (length, share) in &rule {
                let mut lengths = node.lengths;
                lengths[block] = *length;
                longer.push(LengthsNode { lengths, weight: node.weight * share });
            }
        }
        all = longer;
    }
    Ok(all)
}

/// √weight_i Π_B R_{i_B/2} of every term.
fn factors<'a, const B: usize>(
    series: &'a BlockSeries<B>,
    node: &LengthsNode<B>,
) -> impl Iterator<Item = f64> + 'a {
    let count = series.terms.orders();
    let polynomials: [Vec<f64>; B] = std::array::from_fn(|block| {
        radial_functions(series.dimensions[block], 0, node.lengths[block], count)
    });
    series.terms.halves.iter().zip(&series.terms.weights).map(move |(halves, weight)| {
        let product: f64 = polynomials.iter().zip(halves).map(|(values, half)| values[*half]).product();
        weight.sqrt() * product
    })
}
