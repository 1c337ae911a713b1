//! The limiters in vectors: half the difference of the density across a cell. What they must give is written in
//! [`super::super::limiter`] and [`super::super::line::Line::slopes`].

use pulp::Simd;

/// A limiter.
pub trait Slope: Copy + Send + Sync {
    /// Whether it has no slope: neighbours need not be looked at.
    const FLAT: bool = false;

    /// Half the difference across the cell, from half of what either one-sided slope would give; of any sign where these two differ
    /// in sign.
    fn half<S: Simd>(simd: S, differences: [S::f64s; 2], reach: [S::f64s; 2]) -> S::f64s;
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
    fn half<S: Simd>(simd: S, _: [S::f64s; 2], _: [S::f64s; 2]) -> S::f64s {
        simd.splat_f64s(0.0)
    }
}

impl Slope for Minmod {
    #[inline(always)]
    fn half<S: Simd>(simd: S, differences: [S::f64s; 2], reach: [S::f64s; 2]) -> S::f64s {
        let (behind, ahead) = one_sided(simd, differences, reach);
        let nearest = between(simd, behind, behind, ahead);
        simd.add_f64s(nearest, nearest)
    }
}

impl Slope for VanLeer {
    #[inline(always)]
    fn half<S: Simd>(simd: S, differences: [S::f64s; 2], reach: [S::f64s; 2]) -> S::f64s {
        let (behind, ahead) = one_sided(simd, differences, reach);
        let (zero, product) = (simd.splat_f64s(0.0), simd.mul_f64s(behind, ahead));
        let mean = simd.div_f64s(simd.mul_f64s(simd.splat_f64s(4.0), product), simd.add_f64s(behind, ahead));
        simd.select_f64s(simd.greater_than_f64s(product, zero), mean, zero)
    }
}

impl Slope for Central {
    #[inline(always)]
    fn half<S: Simd>(simd: S, [left, right]: [S::f64s; 2], [behind, ahead]: [S::f64s; 2]) -> S::f64s {
        simd.mul_add_f64s(left, behind, simd.mul_f64s(right, ahead))
    }
}

/// A quarter of the difference across the cell, as either one-sided slope has it.
#[inline(always)]
fn one_sided<S: Simd>(simd: S, differences: [S::f64s; 2], reach: [S::f64s; 2]) -> (S::f64s, S::f64s) {
    (simd.mul_f64s(differences[0], reach[0]), simd.mul_f64s(differences[1], reach[1]))
}

/// Half the difference across the cell, cut so that neither face value passes a neighbour's mean. `reach` is a quarter of the
/// cell's width over the distance of the positions behind and ahead, `differences` are those of the densities there.
#[inline(always)]
pub fn limited<S: Simd, L: Slope>(simd: S, differences: [S::f64s; 2], reach: [S::f64s; 2]) -> S::f64s {
    between(simd, L::half(simd, differences, reach), differences[0], differences[1])
}

/// A number that has the sign of two others, but not beyond the one nearer to 0; 0 if these two differ in sign.
#[inline(always)]
fn between<S: Simd>(simd: S, number: S::f64s, a: S::f64s, b: S::f64s) -> S::f64s {
    let zero = simd.splat_f64s(0.0);
    let most = simd.max_f64s(simd.min_f64s(a, b), zero);
    let least = simd.min_f64s(simd.max_f64s(a, b), zero);
    simd.max_f64s(simd.min_f64s(number, most), least)
}
