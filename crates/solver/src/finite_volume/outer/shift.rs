//! Neighbours along a row, from the vectors beside: so that a row is read once, and nothing beyond its ends.

use pulp::Simd;

/// Moves the numbers of vectors by one cell.
#[derive(Clone, Copy)]
pub struct Shift<S: Simd> {
    simd: S,
    first: S::m64s,
    last: S::m64s,
}

impl<S: Simd> Shift<S> {
    #[inline(always)]
    pub fn new(simd: S) -> Self {
        let lanes = S::F64_LANES as u64;
        let (first, last) = (simd.mask_between_m64s(0, 1), simd.mask_between_m64s(lanes - 1, lanes));
        Self { simd, first: first.mask(), last: last.mask() }
    }

    /// What lies one cell below each of `here`.
    #[inline(always)]
    pub fn below(self, before: S::f64s, here: S::f64s) -> S::f64s {
        let Self { simd, first, .. } = self;
        simd.select_f64s(first, simd.rotate_right_f64s(before, 1), simd.rotate_right_f64s(here, 1))
    }

    /// What lies one cell above each of `here`.
    #[inline(always)]
    pub fn above(self, here: S::f64s, after: S::f64s) -> S::f64s {
        let Self { simd, last, .. } = self;
        simd.select_f64s(last, simd.rotate_left_f64s(after, 1), simd.rotate_left_f64s(here, 1))
    }
}
