//! The terms (i, j) of a truncated series, their weights, and a bound on the terms left out.
//!
//! weight_ij = C(i+j, i) μ_i(s₀) μ_j(d−s₀), i and j even. At order n = i + j two neurons share Σ C(n,i) μ_i
//! μ_j u₁ⁱ u₂ʲ u₁'ⁱ u₂'ʲ q_n q_n', and Σ C(n,i) u₁²ⁱ u₂²ʲ = (u₁² + u₂²)ⁿ = 1: by Cauchy–Schwarz terms that
//! are left out carry at most the largest of their μ_i μ_j times q_n². log μ is convex, so that is at an end
//! of a full order: max(μ_n(s₀), μ_n(d−s₀)), which falls with n.

use crate::spectrum::Spectrum;
use crate::sphere::even_moments;

/// Half the largest order n tried before giving up on the tolerance.
pub const MOST_HALVES: usize = 64;
/// Number of even orders whose spectrum is computed at first; doubled when needed.
const FEWEST_ORDERS: usize = 9;
/// Share of the tolerance that the cut at an order may use (at the largest order: all); what it spares is for
/// weak terms below.
const SHARE_OF_CUT: f64 = 0.5;

/// The terms of a truncated series, and a bound on the others.
#[derive(Clone, Debug)]
pub struct Terms {
    /// (i/2, j/2) of every term; the first is (0, 0).
    pub halves: Vec<[usize; 2]>,
    /// Their weights.
    pub weights: Vec<f64>,
    /// For n = 0, 2, … up to the cut: the largest μ_i μ_j that is left out, 0 if none is.
    left: Vec<f64>,
    /// The largest μ_i μ_j beyond the cut; 0 at d = ∞.
    next: f64,
}

/// The series does not reach its tolerance.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "the kernel's series at dimensions {} + {} leaves {truncation:.1e} after order {order}; \
     {tolerance:.1e} was asked for",
    dimensions[0], dimensions[1]
)]
pub struct BlockSeriesError {
    dimensions: [usize; 2],
    order: usize,
    truncation: f64,
    tolerance: f64,
}

impl BlockSeriesError {
    /// A tolerance that can be reached.
    pub fn reachable(&self) -> f64 {
        1.1 * self.truncation
    }
}

impl Terms {
    /// (0, 0) only, which is all as both dimensions grow.
    pub fn mean() -> Self {
        Self { halves: vec![[0, 0]], weights: vec![1.0], left: vec![0.0], next: 0.0 }
    }

    /// As few terms as leave less than `tolerance` in U between neurons of a range, whose `spectrum` has as
    /// many even orders as its argument says.
    ///
    /// # Errors
    /// Where the largest order leaves more.
    pub fn strongest(
        tolerance: f64,
        dimensions: [usize; 2],
        spectrum: impl Fn(usize) -> Spectrum,
    ) -> Result<Self, BlockSeriesError> {
        let moments = dimensions.map(|dimension| even_moments(dimension, MOST_HALVES + 2));
        let mut known = spectrum(FEWEST_ORDERS);
        let mut cut = 0;
        loop {
            if cut == known.tails.len() {
                known = spectrum((2 * cut).min(MOST_HALVES + 1));
            }
            let next = moments[0][cut + 1].max(moments[1][cut + 1]);
            let truncation = next * known.tails[cut];
            let share = if cut == MOST_HALVES { 1.0 } else { SHARE_OF_CUT };
            if truncation <= share * tolerance {
                return Ok(Self::strong(&moments, cut, next, tolerance - truncation, &known));
            }
            if cut == MOST_HALVES {
                return Err(BlockSeriesError { dimensions, order: 2 * cut, truncation, tolerance });
            }
            cut += 1;
        }
    }

    /// The terms up to the order 2 `cut` without the weak ones, which together carry less than `spare`.
    fn strong(moments: &[Vec<f64>; 2], cut: usize, next: f64, spare: f64, spectrum: &Spectrum) -> Self {
        let allowance = spare / cut.max(1) as f64;
        let mut terms = Self { left: vec![0.0; cut + 1], next, ..Self::mean() };
        for half in 1..=cut {
            for k in 0..=half {
                let moment = moments[0][half - k] * moments[1][k];
                if moment * spectrum.squares[half] > allowance {
                    terms.halves.push([half - k, k]);
                    terms.weights.push(binomial(2 * half, 2 * k) * moment);
                } else {
                    terms.left[half] = terms.left[half].max(moment);
                }
            }
        }
        terms
    }

    /// Number of even orders n up to the cut, n = 0 included.
    pub fn orders(&self) -> usize {
        self.left.len()
    }

    /// A bound on what is left out of U between neurons of this spectrum, which has [`orders`](Self::orders)
    /// entries at least.
    pub fn left_out(&self, spectrum: &Spectrum) -> f64 {
        let weak: f64 = self.left.iter().zip(&spectrum.squares).map(|(left, square)| left * square).sum();
        weak + self.next * spectrum.tails[self.orders() - 1]
    }
}

/// C(n, k).
fn binomial(n: usize, k: usize) -> f64 {
    (0..k).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64)
}
