//! Slices as the vectors of an instruction set: whole ones, and a rest that is shorter than one.

use std::ops::Range;

use pulp::Simd;

use crate::prefetch::will_read;

/// Longest vector of any instruction set in numbers of 64 bits: tables that are filled up to a multiple of it
/// consist of whole vectors.
pub const LONGEST: usize = 8;

/// The vectors that hold the first `count` of these numbers, which are filled up to whole ones.
#[inline(always)]
pub fn vectors<S: Simd>(numbers: &[f64], count: usize) -> &[S::f64s] {
    &S::as_simd_f64s(numbers).0[..count.div_ceil(S::F64_LANES)]
}

/// A slice that is read.
#[derive(Clone, Copy)]
pub struct Part<'a, S: Simd> {
    whole: &'a [S::f64s],
    rest: &'a [f64],
}

impl<'a, S: Simd> Part<'a, S> {
    /// These numbers.
    #[inline(always)]
    pub fn new(numbers: &'a [f64]) -> Self {
        let (whole, rest) = S::as_simd_f64s(numbers);
        Self { whole, rest }
    }

    /// Says that what follows vector `j`, if there is one, will be read.
    #[inline(always)]
    pub fn expect(&self, j: usize) {
        self.whole.get(j).into_iter().for_each(will_read);
    }

    /// Number of whole vectors.
    #[inline(always)]
    pub fn whole_vectors(&self) -> usize {
        self.whole.len()
    }

    /// These of its whole vectors, with the same rest.
    #[inline(always)]
    pub fn slice(&self, range: &Range<usize>) -> Self {
        Self { whole: &self.whole[range.start..range.end], rest: self.rest }
    }

    /// Whole vector `j`; or where not `WHOLE` the rest, filled up with zeros.
    #[inline(always)]
    pub fn load<const WHOLE: bool>(&self, simd: S, j: usize) -> S::f64s {
        if WHOLE { self.whole[j] } else { simd.partial_load_f64s(self.rest) }
    }

    /// Vector `j`: a whole one, or after these the rest.
    #[inline(always)]
    pub fn load_any(&self, simd: S, j: usize) -> S::f64s {
        if j < self.whole.len() { self.whole[j] } else { simd.partial_load_f64s(self.rest) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::{Arch, WithSimd};

    /// The sum by vectors.
    struct Sum<'a>(&'a [f64]);

    impl WithSimd for Sum<'_> {
        type Output = f64;

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> f64 {
            let part = Part::<S>::new(self.0);
            let mut whole = 0.0;
            for j in 0..part.whole_vectors() {
                let vectors = [
                    part.load::<true>(simd, j),
                    part.load_any(simd, j),
                    part.slice(&(j..j + 1)).load::<true>(simd, 0),
                ];
                let [sum, others @ ..] = vectors.map(|vector| simd.reduce_sum_f64s(vector));
                assert_eq!(others, [sum; 2]);
                whole += sum;
            }
            let rest = simd.reduce_sum_f64s(part.load::<false>(simd, 0));
            assert_eq!(simd.reduce_sum_f64s(part.load_any(simd, part.whole_vectors())), rest);
            whole + rest
        }
    }

    #[test]
    fn vectors_and_the_rest_have_every_number_once() {
        for length in [0_u32, 1, 5, 8, 19, 32] {
            let numbers: Vec<f64> = (0..length).map(f64::from).collect();
            assert_eq!(Arch::new().dispatch(Sum(&numbers)), numbers.iter().sum::<f64>(), "length {length}");
        }
    }
}
