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

    /// The vector's numbers one cell further upwards or downwards, the last of them at the other end.
    #[inline(always)]
    pub fn turned<const UPWARDS: bool>(self, here: S::f64s) -> S::f64s {
        if UPWARDS { self.simd.rotate_right_f64s(here, 1) } else { self.simd.rotate_left_f64s(here, 1) }
    }

    /// A turned vector with the number that the one before it, turned too, has at the end.
    #[inline(always)]
    pub fn joined<const UPWARDS: bool>(self, before: S::f64s, here: S::f64s) -> S::f64s {
        self.simd.select_f64s(if UPWARDS { self.first } else { self.last }, before, here)
    }

    /// What lies one cell below each of `here`.
    #[inline(always)]
    pub fn below(self, before: S::f64s, here: S::f64s) -> S::f64s {
        self.joined::<true>(self.turned::<true>(before), self.turned::<true>(here))
    }

    /// What lies one cell above each of `here`.
    #[inline(always)]
    pub fn above(self, here: S::f64s, after: S::f64s) -> S::f64s {
        self.joined::<false>(self.turned::<false>(after), self.turned::<false>(here))
    }
}
