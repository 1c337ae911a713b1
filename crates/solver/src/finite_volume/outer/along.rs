//! Transport along a row: what its cells hold after the fluxes along the first coordinate.

use pulp::Simd;

use super::shift::Shift;
use super::slope::{Slope, limited};
use super::stage::{Pass, vectors};

/// The tables of [`super::geometry::Along`] in vectors.
struct Tables<'a, S: Simd> {
    inverse_width: &'a [S::f64s],
    reach: [&'a [S::f64s]; 2],
    limit: &'a [S::f64s],
    open: &'a [S::f64s],
    motion: &'a [S::f64s],
}

impl<'a, S: Simd> Tables<'a, S> {
    #[inline(always)]
    fn new(pass: &Pass<'a, S>) -> Self {
        let along = pass.stage.along;
        let table = |table: &'a [f64]| vectors::<S>(table, pass.cells);
        Self {
            inverse_width: table(&along.inverse_width),
            reach: [table(&along.reach[0]), table(&along.reach[1])],
            limit: table(&along.limit),
            open: table(&along.open),
            motion: table(&along.motion),
        }
    }
}

/// Writes what the cells of a row keep, and what enters less what leaves them.
#[inline(always)]
pub fn transport<S: Simd, L: Slope>(pass: &Pass<S>, row: usize, moved: &mut [f64]) {
    let (simd, tables, potential) = (pass.simd, Tables::new(pass), pass.stage.potential[row]);
    let (row, shift, zero) = (pass.row(pass.stage.state, row), Shift::new(simd), simd.splat_f64s(0.0));
    let speed = simd.splat_f64s(pass.factor * potential);
    let (keep, scale) = (simd.splat_f64s(pass.keep), simd.splat_f64s(-pass.scale));
    let moved = &mut S::as_mut_simd_f64s(moved).0[..tables.limit.len()];
    let density = |j: usize| match tables.inverse_width.get(j) {
        Some(inverse) => simd.mul_f64s(*inverse, row.either(simd, j)),
        None => zero,
    };
    let (mut here, mut after) = (density(0), density(1));
    let mut values = face_values::<S, L>(simd, &tables, 0, shift, [zero, here, after]);
    let mut flux_before = zero;
    for (j, moved) in moved.iter_mut().enumerate() {
        let beyond = density(j + 2);
        let next = face_values::<S, L>(simd, &tables, j + 1, shift, [here, after, beyond]);
        let velocity = simd.mul_add_f64s(speed, tables.open[j], simd.mul_f64s(scale, tables.motion[j]));
        let upward = simd.mul_f64s(simd.max_f64s(velocity, zero), values.upper);
        let from_above = shift.above(values.lower, next.lower);
        let flux = simd.mul_add_f64s(simd.min_f64s(velocity, zero), from_above, upward);
        let gain = simd.sub_f64s(shift.below(flux_before, flux), flux);
        *moved = simd.mul_add_f64s(keep, row.either(simd, j), gain);
        (here, after, values, flux_before) = (after, beyond, next, flux);
    }
}

/// Densities at the two faces of cells, seen from inside.
struct FaceValues<S: Simd> {
    lower: S::f64s,
    upper: S::f64s,
}

/// Those of vector `j`, from its densities and those of the vectors beside it.
#[inline(always)]
fn face_values<S: Simd, L: Slope>(
    simd: S,
    tables: &Tables<S>,
    j: usize,
    shift: Shift<S>,
    [before, here, after]: [S::f64s; 3],
) -> FaceValues<S> {
    if L::FLAT || j >= tables.limit.len() {
        return FaceValues { lower: here, upper: here };
    }
    let differences =
        [simd.sub_f64s(here, shift.below(before, here)), simd.sub_f64s(shift.above(here, after), here)];
    let half = limited::<S, L>(simd, differences, [tables.reach[0][j], tables.reach[1][j]]);
    FaceValues {
        lower: simd.negate_mul_add_f64s(half, tables.limit[j], here),
        upper: simd.mul_add_f64s(half, tables.limit[j], here),
    }
}
