//! Sums and extremes over all cells in vectors of running values. Called inside a dispatch on the instruction set.

use pulp::bytemuck::cast_slice;
use pulp::{Simd, WithSimd};

/// Joins all vectors of `a` (and `b`, element by element) into one, four running vectors side by side: as many as hide
/// the latency of an addition.
#[inline(always)]
fn reduce<T: Copy>(first: T, a: &[T], b: &[T], update: impl Fn(T, T, T) -> T, join: impl Fn(T, T) -> T) -> T {
    let (mut s0, mut s1, mut s2, mut s3) = (first, first, first, first);
    let (fours_a, fours_b) = (a.chunks_exact(4), b.chunks_exact(4));
    for (a, b) in fours_a.remainder().iter().zip(fours_b.remainder()) {
        s0 = update(s0, *a, *b);
    }
    for (a, b) in fours_a.zip(fours_b) {
        s0 = update(s0, a[0], b[0]);
        s1 = update(s1, a[1], b[1]);
        s2 = update(s2, a[2], b[2]);
        s3 = update(s3, a[3], b[3]);
    }
    join(join(s0, s1), join(s2, s3))
}

/// Σ a_i b_i.
#[inline(always)]
pub fn dot<S: Simd>(simd: S, a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (S::as_simd_f64s(a), S::as_simd_f64s(b));
    let zero = simd.splat_f64s(0.0);
    let sums = reduce(
        zero,
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
    let lanes = [reduce(
        simd.splat_f64s(first),
        a,
        a,
        #[inline(always)]
        |extreme, a, _| of_vectors(a, extreme),
        of_vectors,
    )];
    cast_slice(&lanes).iter().chain(rest).copied().fold(first, of_two)
}

/// The largest of numbers ≥ 0, 0 for none.
pub struct Largest<'a>(pub &'a [f64]);

impl WithSimd for Largest<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        largest(simd, self.0)
    }
}

/// Σ |v|² mass and the smallest density.
pub struct Summary<'a> {
    /// Mass of each cell.
    pub mass: &'a [f64],
    /// |v|² there.
    pub square: &'a [f64],
    /// One over its volume.
    pub inverse_volume: &'a [f64],
    /// Buffer.
    pub density: &'a mut [f64],
}

impl WithSimd for Summary<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (f64, f64) {
        let Self { mass, square, inverse_volume, density } = self;
        for (density, (mass, inverse)) in density.iter_mut().zip(mass.iter().zip(inverse_volume)) {
            *density = mass * inverse;
        }
        (dot(simd, mass, square), smallest(simd, density))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::Arch;

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
