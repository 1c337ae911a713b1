//! Neighbours along a slice, from the vectors beside: so that it is read once, and nothing beyond its ends.

use pulp::Simd;

/// Moves the numbers of vectors by one place.
#[derive(Clone, Copy)]
pub struct Shift<S: Simd> {
    simd: S,
    first: S::m64s,
    last: S::m64s,
}

impl<S: Simd> Shift<S> {
    /// With the vectors of an instruction set.
    #[inline(always)]
    pub fn new(simd: S) -> Self {
        let lanes = S::F64_LANES as u64;
        let first = simd.mask_between_m64s(0, 1);
        let last = simd.mask_between_m64s(lanes - 1, lanes);
        Self { simd, first: first.mask(), last: last.mask() }
    }

    /// The vector's numbers one place further upwards or downwards, the last of them at the other end.
    #[inline(always)]
    pub fn turned<const UPWARDS: bool>(self, here: S::f64s) -> S::f64s {
        if UPWARDS { self.simd.rotate_right_f64s(here, 1) } else { self.simd.rotate_left_f64s(here, 1) }
    }

    /// A turned vector with the number that the one before it, turned too, has at the end.
    #[inline(always)]
    pub fn joined<const UPWARDS: bool>(self, before: S::f64s, here: S::f64s) -> S::f64s {
        self.simd.select_f64s(if UPWARDS { self.first } else { self.last }, before, here)
    }

    /// The numbers one place below each of `here`.
    #[inline(always)]
    pub fn below(self, before: S::f64s, here: S::f64s) -> S::f64s {
        self.joined::<true>(self.turned::<true>(before), self.turned::<true>(here))
    }

    /// The numbers one place above each of `here`.
    #[inline(always)]
    pub fn above(self, here: S::f64s, after: S::f64s) -> S::f64s {
        self.joined::<false>(self.turned::<false>(after), self.turned::<false>(here))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::part::vectors;
    use pulp::bytemuck::cast_slice;
    use pulp::{Arch, WithSimd};

    /// What lies below and above the second of three vectors.
    struct Beside<'a>(&'a [f64]);

    impl WithSimd for Beside<'_> {
        type Output = [Vec<f64>; 2];

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> [Vec<f64>; 2] {
            let shift = Shift::new(simd);
            let all = vectors::<S>(self.0, 3 * S::F64_LANES);
            let beside = [shift.below(all[0], all[1]), shift.above(all[1], all[2])];
            beside.map(|vector| cast_slice::<S::f64s, f64>(&[vector]).to_vec())
        }
    }

    #[test]
    fn neighbours_are_one_place_away() {
        let numbers: Vec<f64> = (0..24).map(f64::from).collect();
        let [below, above] = Arch::new().dispatch(Beside(&numbers));
        let lanes = below.len();
        assert_eq!(below, numbers[lanes - 1..2 * lanes - 1]);
        assert_eq!(above, numbers[lanes + 1..2 * lanes + 1]);
    }
}
