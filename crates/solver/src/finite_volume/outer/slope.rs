//! The limiters in vectors: half the difference of the density across a cell. What they must give is written in
//! [`super::super::limiter`] and [`super::super::line::Line::slopes`].

use pulp::Simd;

/// A limiter.
pub trait Slope: Copy + Send + Sync {
    /// Whether it has no slope: neighbours need not be looked at.
    const FLAT: bool = false;

    /// Half the difference across the cell, from what either one-sided slope would give; of any sign where these two differ in
    /// sign.
    fn half<S: Simd>(simd: S, behind: S::f64s, ahead: S::f64s) -> S::f64s;
}

#[derive(Clone, Copy)]
pub struct Flat;

#[derive(Clone, Copy)]
pub struct Minmod;

#[derive(Clone, Copy)]
pub struct VanLeer;

#[derive(Clone, Copy)]
pub struct Central;

impl Slope for Flat {
    const FLAT: bool = true;

    #[inline(always)]
    fn half<S: Simd>(simd: S, _: S::f64s, _: S::f64s) -> S::f64s {
        simd.splat_f64s(0.0)
    }
}

impl Slope for Minmod {
    #[inline(always)]
    fn half<S: Simd>(simd: S, behind: S::f64s, ahead: S::f64s) -> S::f64s {
        smallest_of_one_sign(simd, simd.min_f64s(behind, ahead), simd.max_f64s(behind, ahead))
    }
}

impl Slope for VanLeer {
    #[inline(always)]
    fn half<S: Simd>(simd: S, behind: S::f64s, ahead: S::f64s) -> S::f64s {
        let (zero, product) = (simd.splat_f64s(0.0), simd.mul_f64s(behind, ahead));
        let mean = simd.div_f64s(simd.add_f64s(product, product), simd.add_f64s(behind, ahead));
        simd.select_f64s(simd.greater_than_f64s(product, zero), mean, zero)
    }
}

impl Slope for Central {
    #[inline(always)]
    fn half<S: Simd>(simd: S, behind: S::f64s, ahead: S::f64s) -> S::f64s {
        simd.mul_f64s(simd.splat_f64s(0.5), simd.add_f64s(behind, ahead))
    }
}

/// Half the difference across the cell, cut so that neither face value passes a neighbour's mean. `to_behind` and `to_ahead`
/// are half the cell's width over the distance of the positions.
#[inline(always)]
pub fn limited<S: Simd, L: Slope>(
    simd: S,
    [behind, here, ahead]: [S::f64s; 3],
    [to_behind, to_ahead]: [S::f64s; 2],
) -> S::f64s {
    let (left, right) = (simd.sub_f64s(here, behind), simd.sub_f64s(ahead, here));
    let half = L::half(simd, simd.mul_f64s(left, to_behind), simd.mul_f64s(right, to_ahead));
    let smallest = simd.min_f64s(half, simd.min_f64s(left, right));
    let largest = simd.max_f64s(half, simd.max_f64s(left, right));
    smallest_of_one_sign(simd, smallest, largest)
}

/// Of numbers of which these are the smallest and the largest: the one nearest to 0 if all have one sign, 0 if not.
#[inline(always)]
fn smallest_of_one_sign<S: Simd>(simd: S, smallest: S::f64s, largest: S::f64s) -> S::f64s {
    let zero = simd.splat_f64s(0.0);
    simd.add_f64s(simd.max_f64s(smallest, zero), simd.min_f64s(largest, zero))
}
