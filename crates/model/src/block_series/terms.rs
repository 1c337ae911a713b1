//! The terms i = (i₁, i₂, …) of a truncated series, one number for each block, their weights, and a bound on
//! the terms left out.
//!
//! weight_i = n!/(i₁! i₂! …) Π_B μ_{i_B}(d_B), all i_B even, n = Σ_B i_B. At order n two neurons share Σ_i
//! weight_i Π_B (u_B u_B')^{i_B} q_n q_n', and Σ_i n!/(i₁! i₂! …) Π_B u_B^{2 i_B} = (Σ_B u_B²)ⁿ = 1: by
//! Cauchy–Schwarz terms that are left out carry at most the largest of their Π_B μ times q_n². log μ is
//! convex, so that is at an end of a full order: max_B μ_n(d_B), which falls with n.

use crate::spectrum::Spectrum;
use crate::sphere::even_moments;

/// Half the largest order n tried before giving up on the tolerance.
pub const MOST_HALVES: usize = 64;
/// Number of even orders whose spectrum is computed at first; doubled when needed.
const FEWEST_ORDERS: usize = 9;
/// Share of the tolerance that the cut at an order may use (at the largest order: all); what it spares is for
/// weak terms below.
const SHARE_OF_CUT: f64 = 0.5;

/// The terms of a truncated series of B blocks, and a bound on the others.
#[derive(Clone, Debug)]
pub struct Terms<const B: usize> {
    /// i/2 of every term; the first is 0.
    pub halves: Vec<[usize; B]>,
    /// Their weights.
    pub weights: Vec<f64>,
    /// For n = 0, 2, … up to the cut: the largest Π μ that is left out, 0 if none is.
    left: Vec<f64>,
    /// The largest Π μ beyond the cut; 0 at d = ∞.
    next: f64,
}

/// The series does not reach its tolerance.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "the kernel's series at dimensions {} leaves {truncation:.1e} after order {order}; \
     {tolerance:.1e} was asked for",
    added(dimensions)
)]
pub struct BlockSeriesError {
    dimensions: Vec<usize>,
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

/// `2 + 4`.
fn added(dimensions: &[usize]) -> String {
    dimensions.iter().map(usize::to_string).collect::<Vec<_>>().join(" + ")
}

impl<const B: usize> Terms<B> {
    /// The mean only, which is all as all dimensions grow.
    pub fn mean() -> Self {
        Self { halves: vec![[0; B]], weights: vec![1.0], left: vec![0.0], next: 0.0 }
    }

    /// The terms of so many even orders with a Π μ of at least this.
    pub fn of_orders(orders: usize, dimensions: [usize; B], least: f64) -> Self {
        let moments = dimensions.map(|dimension| even_moments(dimension, orders + 1));
        let next = moments.iter().map(|moments| moments[orders]).fold(0.0, f64::max);
        let mut terms = Self { left: vec![0.0; orders], next, ..Self::mean() };
        for halves in (1..orders).flat_map(shared_out) {
            let moment = product_of_moments(&moments, halves);
            if moment >= least {
                terms.push(halves, moment);
            }
        }
        terms
    }

    /// As few terms as leave less than `tolerance` in U between neurons of a range, whose `spectrum` has as
    /// many even orders as its argument says.
    ///
    /// # Errors
    /// Where the largest order leaves more.
    pub fn strongest(
        tolerance: f64,
        dimensions: [usize; B],
        spectrum: impl Fn(usize) -> Spectrum,
    ) -> Result<Self, BlockSeriesError> {
        let moments = dimensions.map(|dimension| even_moments(dimension, MOST_HALVES + 2));
        let mut known = spectrum(FEWEST_ORDERS);
        let mut cut = 0;
        loop {
            if cut == known.tails.len() {
                known = spectrum((2 * cut).min(MOST_HALVES + 1));
            }
            let next = moments.iter().map(|moments| moments[cut + 1]).fold(0.0, f64::max);
            let truncation = next * known.tails[cut];
            let share = if cut == MOST_HALVES { 1.0 } else { SHARE_OF_CUT };
            if truncation <= share * tolerance {
                return Ok(Self::strong(&moments, cut, next, tolerance - truncation, &known));
            }
            if cut == MOST_HALVES {
                let dimensions = dimensions.to_vec();
                return Err(BlockSeriesError { dimensions, order: 2 * cut, truncation, tolerance });
            }
            cut += 1;
        }
    }

    /// The terms up to the order 2 `cut` without the weak ones, which together carry less than `spare`.
    fn strong(moments: &[Vec<f64>; B], cut: usize, next: f64, spare: f64, spectrum: &Spectrum) -> Self {
        let allowance = spare / cut.max(1) as f64;
        let mut terms = Self { left: vec![0.0; cut + 1], next, ..Self::mean() };
        for half in 1..=cut {
            for halves in shared_out::<B>(half) {
                let moment = product_of_moments(moments, halves);
                if moment * spectrum.squares[half] > allowance {
                    terms.push(halves, moment);
                } else {
                    terms.left[half] = terms.left[half].max(moment);
                }
            }
        }
        terms
    }

    /// Adds a term with this product of moments.
    fn push(&mut self, halves: [usize; B], moment: f64) {
        self.halves.push(halves);
        self.weights.push(multinomial(halves.map(|half| 2 * half)) * moment);
    }

    /// Number of even orders n up to the cut, n = 0 included.
    pub fn orders(&self) -> usize {
        self.left.len()
    }

    /// Whether any term depends on the length of each block.
    pub fn blocks_that_vary(&self) -> [bool; B] {
        std::array::from_fn(|block| self.halves.iter().any(|halves| halves[block] > 0))
    }

    /// A bound on what is left out of U between neurons of this spectrum, which has [`orders`](Self::orders)
    /// entries at least.
    pub fn left_out(&self, spectrum: &Spectrum) -> f64 {
        let weak: f64 = self.left.iter().zip(&spectrum.squares).map(|(left, square)| left * square).sum();
        weak + self.next * spectrum.tails[self.orders() - 1]
    }
}

/// Π_B μ_{i_B}.
fn product_of_moments<const B: usize>(moments: &[Vec<f64>; B], halves: [usize; B]) -> f64 {
    moments.iter().zip(halves).map(|(moments, half)| moments[half]).product()
}

/// All ways to share out a number among the blocks, the first of them with the most first.
fn shared_out<const B: usize>(total: usize) -> Vec<[usize; B]> {
    let mut ways = vec![([0; B], total)];
    for block in 0..B - 1 {
        let given = |(shares, rest): ([usize; B], usize)| {
            (0..=rest).rev().map(move |share| {
                let mut shares = shares;
                shares[block] = share;
                (shares, rest - share)
            })
        };
        ways = ways.into_iter().flat_map(given).collect();
    }
    let last = |(mut shares, rest): ([usize; B], usize)| {
        shares[B - 1] = rest;
        shares
    };
    ways.into_iter().map(last).collect()
}

/// (Σ k)!/Π k!.
fn multinomial<const B: usize>(counts: [usize; B]) -> f64 {
    let mut rest: usize = counts.iter().sum();
    let mut product = 1.0;
    for count in counts {
        rest -= count;
        product *= binomial(rest + count, count.min(rest));
    }
    product
}

/// C(n, k).
fn binomial(n: usize, k: usize) -> f64 {
    (0..k).fold(1.0, |c, i| c * (n - i) as f64 / (i + 1) as f64)
}
