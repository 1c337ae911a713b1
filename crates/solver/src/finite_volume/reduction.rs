//! Sums and extremes over all cells in vectors of running values. Called inside a dispatch on the instruction set.

use pulp::Simd;

/// Vectors of running values side by side: as many as hide the latency of an addition.
const LANES: usize = 4;

/// Σ a_i b_i.
#[inline(always)]
pub fn dot<S: Simd>(simd: S, a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (S::as_simd_f64s(a), S::as_simd_f64s(b));
    let mut sums = [simd.splat_f64s(0.0); LANES];
    let (a, b) = (a.chunks(LANES), b.chunks(LANES));
    for (a, b) in a.zip(b) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum = simd.mul_add_f64s(*a, *b, *sum);
        }
    }
    let mut rest = 0.0;
    for (a, b) in a_rest.iter().zip(b_rest) {
        rest += a * b;
    }
    let pairs = (simd.add_f64s(sums[0], sums[1]), simd.add_f64s(sums[2], sums[3]));
    simd.reduce_sum_f64s(simd.add_f64s(pairs.0, pairs.1)) + rest
}

/// The largest of numbers ≥ 0, 0 for none; whether one that is not a number counts is left open.
#[inline(always)]
pub fn largest<S: Simd>(simd: S, a: &[f64]) -> f64 {
    let (a, rest) = S::as_simd_f64s(a);
    let mut lanes = [simd.splat_f64s(0.0); LANES];
    for a in a.chunks(LANES) {
        for (lane, a) in lanes.iter_mut().zip(a) {
            *lane = simd.max_f64s(*a, *lane);
        }
    }
    let pairs = (simd.max_f64s(lanes[0], lanes[1]), simd.max_f64s(lanes[2], lanes[3]));
    let mut largest = simd.reduce_max_f64s(simd.max_f64s(pairs.0, pairs.1));
    for a in rest {
        largest = largest.max(*a);
    }
    largest
}

/// The smallest of numbers, infinity for none; whether one that is not a number counts is left open.
#[inline(always)]
pub fn smallest<S: Simd>(simd: S, a: &[f64]) -> f64 {
    let (a, rest) = S::as_simd_f64s(a);
    let mut lanes = [simd.splat_f64s(f64::INFINITY); LANES];
    for a in a.chunks(LANES) {
        for (lane, a) in lanes.iter_mut().zip(a) {
            *lane = simd.min_f64s(*a, *lane);
        }
    }
    let pairs = (simd.min_f64s(lanes[0], lanes[1]), simd.min_f64s(lanes[2], lanes[3]));
    let mut smallest = simd.reduce_min_f64s(simd.min_f64s(pairs.0, pairs.1));
    for a in rest {
        smallest = smallest.min(*a);
    }
    smallest
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::{Arch, WithSimd};

    struct All<'a>(&'a [f64], &'a [f64]);

    impl WithSimd for All<'_> {
        type Output = [f64; 3];

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
            [dot(simd, self.0, self.1), largest(simd, self.0), smallest(simd, self.0)]
        }
    }

    #[test]
    fn every_number_counts_once_for_any_length() {
        for length in [0, 1, 7, 15, 16, 17, 50, 131] {
            let a: Vec<f64> = (1..=length).map(f64::from).collect();
            let n = f64::from(length);
            let smallest = if length == 0 { f64::INFINITY } else { 1.0 };
            let exact = [n * (n + 1.0) * (2.0 * n + 1.0) / 6.0, n, smallest];
            assert_eq!(Arch::new().dispatch(All(&a, &a)), exact, "length {length}");
            let falling: Vec<f64> = a.iter().rev().copied().collect();
            assert_eq!(Arch::new().dispatch(All(&falling, &falling)), exact, "length {length}");
        }
    }
}
