//! Sums and extremes of slices in vectors of running values. Called inside a dispatch on the instruction set.

use pulp::Simd;
use pulp::bytemuck::cast_slice;

/// Running vectors side by side: as many as hide the latency of an addition.
const TOGETHER: usize = 4;

/// All vectors of `a` (and `b`, element by element) in one: `SUMS` (a power of two) running ones side by
/// side, those that make no whole group in the first of them, combined in pairs.
#[inline(always)]
fn reduce<T: Copy, const SUMS: usize>(
    first: T,
    a: &[T],
    b: &[T],
    update: impl Fn(T, T, T) -> T,
    join: impl Fn(T, T) -> T,
) -> T {
    let mut running = [first; SUMS];
    let groups_a = a.chunks_exact(SUMS);
    let groups_b = b.chunks_exact(SUMS);
    for (a, b) in groups_a.remainder().iter().zip(groups_b.remainder()) {
        running[0] = update(running[0], *a, *b);
    }
    for (a, b) in groups_a.zip(groups_b) {
        for k in 0..SUMS {
            running[k] = update(running[k], a[k], b[k]);
        }
    }
    let mut left = SUMS;
    while left > 1 {
        left /= 2;
        for k in 0..left {
            running[k] = join(running[2 * k], running[2 * k + 1]);
        }
    }
    running[0]
}

/// Σ a_i b_i in `SUMS` vectors of running sums, a power of two; what makes no whole vector is added last.
#[inline(always)]
pub fn dot<S: Simd, const SUMS: usize>(simd: S, a: &[f64], b: &[f64]) -> f64 {
    let (a, a_rest) = S::as_simd_f64s(a);
    let (b, b_rest) = S::as_simd_f64s(b);
    let sums = reduce::<S::f64s, SUMS>(
        simd.splat_f64s(0.0),
        a,
        b,
        #[inline(always)]
        |sum, a, b| simd.mul_add_f64s(a, b, sum),
        #[inline(always)]
        |a, b| simd.add_f64s(a, b),
    );
    let mut rest = 0.0;
    for (a, b) in a_rest.iter().zip(b_rest) {
        rest += a * b;
    }
    simd.reduce_sum_f64s(sums) + rest
}

/// Σ a_i in one vector of running sums; what makes no whole vector is added last.
#[inline(always)]
pub fn sum<S: Simd>(simd: S, a: &[f64]) -> f64 {
    let (a, rest) = S::as_simd_f64s(a);
    let sums = a.iter().fold(simd.splat_f64s(0.0), |sums, a| simd.add_f64s(sums, *a));
    simd.reduce_sum_f64s(sums) + rest.iter().sum::<f64>()
}

/// The largest of numbers ≥ 0, 0 for none; whether one that is not a number counts is left open.
#[inline(always)]
pub fn largest<S: Simd>(simd: S, a: &[f64]) -> f64 {
    extreme(
        simd,
        0.0,
        a,
        #[inline(always)]
        |a, b| simd.max_f64s(a, b),
        f64::max,
    )
}

/// The smallest of numbers, infinity for none; whether one that is not a number counts is left open.
#[inline(always)]
pub fn smallest<S: Simd>(simd: S, a: &[f64]) -> f64 {
    extreme(
        simd,
        f64::INFINITY,
        a,
        #[inline(always)]
        |a, b| simd.min_f64s(a, b),
        f64::min,
    )
}

/// The extreme of `first` and all of `a`, by the better of two vectors and of two numbers.
#[inline(always)]
fn extreme<S: Simd>(
    simd: S,
    first: f64,
    a: &[f64],
    of_vectors: impl Fn(S::f64s, S::f64s) -> S::f64s + Copy,
    of_two: impl Fn(f64, f64) -> f64,
) -> f64 {
    let (a, rest) = S::as_simd_f64s(a);
    let lanes = [reduce::<S::f64s, TOGETHER>(
        simd.splat_f64s(first),
        a,
        a,
        #[inline(always)]
        |extreme, a, _| of_vectors(a, extreme),
        of_vectors,
    )];
    cast_slice(&lanes).iter().chain(rest).copied().fold(first, of_two)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::{Arch, WithSimd};

    struct All<'a>(&'a [f64], &'a [f64]);

    impl WithSimd for All<'_> {
        type Output = [f64; 5];

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
            [
                dot::<S, 4>(simd, self.0, self.1),
                dot::<S, 2>(simd, self.0, self.1),
                sum(simd, self.0),
                largest(simd, self.0),
                smallest(simd, self.0),
            ]
        }
    }

    #[test]
    fn every_number_counts_once_for_any_length() {
        for length in [0, 1, 7, 15, 16, 17, 50, 131] {
            let a: Vec<f64> = (1..=length).map(f64::from).collect();
            let n = f64::from(length);
            let smallest = if length == 0 { f64::INFINITY } else { 1.0 };
            let squares = n * (n + 1.0) * (2.0 * n + 1.0) / 6.0;
            let exact = [squares, squares, n * (n + 1.0) / 2.0, n, smallest];
            assert_eq!(Arch::new().dispatch(All(&a, &a)), exact, "length {length}");
            let falling: Vec<f64> = a.iter().rev().copied().collect();
            assert_eq!(Arch::new().dispatch(All(&falling, &falling)), exact, "length {length}");
        }
    }
}
