//! Mehler's series of pairs of neurons f_i = a_i σ(z_i), E f_i f_j = Σ_n cⁿ q_n(i) q_n(j) at the correlation
//! c of their inputs, q_n(i) = a_i q_n(b_i, S_i), with as many orders as the pair needs.
//!
//! The remainder after m orders is at most |c|^m ρ_m(i) ρ_m(j), ρ_m² = E f² − Σ_{n<m} q_n². So most pairs
//! of random directions take 16 orders, and only nearly parallel ones many. A pair reads its
//! coefficients front to back.

use ndarray::{Array2, ArrayView1, Axis, aview1, s};
use pulp::{Arch, Simd, WithSimd};

use crate::activation::{Activation, Input};

/// A pair whose series may leave more than this is beyond it.
pub const PAIR_TOLERANCE: f64 = 1e-8;
/// The remainder of a series is known to this share of its terms: rounding of their difference.
const ROUNDING: f64 = 1e-13;
/// Fewest orders; the next step has twice as many.
const FEWEST: usize = 16;
/// Coefficients held for one class, at most.
const MOST_COEFFICIENTS: usize = 1 << 24;

/// Coefficients of the neurons under the inputs of one class.
pub struct Series {
    /// q_n(i), shape (neuron, order).
    q: Array2<f64>,
    /// E f_i².
    squares: Vec<f64>,
    /// ρ_m(i) for m = 16, 32, …, shape (neuron, step).
    rests: Array2<f64>,
    arch: Arch,
}

impl Series {
    /// The series of neurons with these a_i and inputs, with as many orders as pairs up to this correlation
    /// need; the largest possible number, if they need more.
    pub fn for_cosines(activation: &Activation, outer: &[f64], inputs: &[Input], cosine: f64) -> Self {
        let squares: Vec<f64> = outer
            .iter()
            .zip(inputs)
            .map(|(a, input): (&f64, &Input)| a * a * activation.second_moment(input.offset, input.scale))
            .collect();
        let room = (MOST_COEFFICIENTS / inputs.len().max(1)).max(FEWEST);
        let most = activation.most_orders().min(1 << room.ilog2());
        let mut orders = FEWEST;
        loop {
            let mut q = activation.coefficients_of_many(inputs, orders);
            q *= &aview1(outer).insert_axis(Axis(1));
            let series = Self::new(q, squares.clone());
            if orders == most || series.suffices(cosine) {
                return series;
            }
            orders = most.min(4 * orders);
        }
    }

    fn new(q: Array2<f64>, squares: Vec<f64>) -> Self {
        let (neurons, orders) = q.dim();
        let steps = (orders / FEWEST).ilog2() as usize + 1;
        let mut rests = Array2::zeros((neurons, steps));
        for ((mut rests, q), square) in rests.rows_mut().into_iter().zip(q.rows()).zip(&squares) {
            // From the last step back: differences of large sums would lose the small rests.
            let mut rest = (square - q.dot(&q)).max(0.0);
            rests[steps - 1] = rest.sqrt();
            for step in (1..steps).rev() {
                let half = q.slice(s![FEWEST << (step - 1)..FEWEST << step]);
                rest += half.dot(&half);
                rests[step - 1] = rest.sqrt();
            }
        }
        Self { q, squares, rests, arch: Arch::new() }
    }

    /// Whether every pair up to this correlation is within the series.
    fn suffices(&self, cosine: f64) -> bool {
        let power = cosine.powi(self.q.ncols() as i32);
        let rests = self.rests.column(self.rests.ncols() - 1);
        rests.iter().zip(&self.squares).all(|(rest, square)| {
            // Of two neurons, the one that misses its share by more.
            power * rest * rest <= PAIR_TOLERANCE.max(ROUNDING * square)
        })
    }

    /// E f_i = q_0.
    pub fn means(&self) -> impl Iterator<Item = f64> + '_ {
        self.q.column(0).into_iter().copied()
    }

    /// E f_i².
    pub fn squares(&self) -> &[f64] {
        &self.squares
    }

    /// Σ_{j<i} E f_i f_j, of the pairs that are within the series; the others' j are appended to `beyond`.
    pub fn row_of_pairs(&self, i: usize, cosines: ArrayView1<f64>, beyond: &mut Vec<usize>) -> f64 {
        self.arch.dispatch(Row { series: self, i, cosines, beyond })
    }

    /// Orders that leave less than the tolerance at this cosine.
    #[inline(always)]
    fn orders(&self, i: usize, j: usize, cosine: f64) -> Option<usize> {
        let rounding = ROUNDING * (self.squares[i] * self.squares[j]).sqrt();
        let tolerance = PAIR_TOLERANCE.max(rounding);
        let first = self.rests.row(i);
        let second = self.rests.row(j);
        let mut orders = FEWEST;
        let mut power = cosine.powi(FEWEST as i32);
        for (rest, other) in first.iter().zip(second) {
            if power * rest * other <= tolerance {
                return Some(orders);
            }
            (orders, power) = (2 * orders, power * power);
        }
        None
    }
}

struct Row<'a> {
    series: &'a Series,
    i: usize,
    cosines: ArrayView1<'a, f64>,
    beyond: &'a mut Vec<usize>,
}

impl WithSimd for Row<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let Self { series, i, cosines, beyond } = self;
        let orders = series.q.ncols();
        let q = series.q.as_slice().unwrap_or_default();
        let first = &q[i * orders..(i + 1) * orders];
        let mut total = 0.0;
        for (j, cosine) in cosines.iter().enumerate() {
            match series.orders(i, j, *cosine) {
                Some(count) => {
                    let second = &q[j * orders..(j + 1) * orders];
                    total += sum(simd, *cosine, &first[..count], &second[..count]);
                }
                None => beyond.push(j),
            }
        }
        total
    }
}

/// Σ_n cⁿ a_n b_n for a multiple of 16 orders.
#[inline(always)]
fn sum<S: Simd>(simd: S, cosine: f64, a: &[f64], b: &[f64]) -> f64 {
    let (a, _) = S::as_simd_f64s(a);
    let (b, _) = S::as_simd_f64s(b);
    let mut powers = [1.0; FEWEST];
    let lanes = S::F64_LANES;
    (1..=lanes).for_each(|n| powers[n] = powers[n - 1] * cosine);
    let stride = powers[lanes];
    let (first, _) = S::as_simd_f64s(&powers);
    let mut power = [first[0], simd.mul_f64s(first[0], simd.splat_f64s(stride))];
    let stride = simd.splat_f64s(stride * stride);
    let mut sums = [simd.splat_f64s(0.0); 2];
    for (a, b) in a.chunks_exact(2).zip(b.chunks_exact(2)) {
        for k in 0..2 {
            sums[k] = simd.mul_add_f64s(simd.mul_f64s(a[k], b[k]), power[k], sums[k]);
            power[k] = simd.mul_f64s(power[k], stride);
        }
    }
    simd.reduce_sum_f64s(simd.add_f64s(sums[0], sums[1]))
}
