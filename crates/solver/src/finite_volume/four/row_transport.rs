//! Transport along a row: what its cells hold after the fluxes along the first coordinate.

use meanfield_kernel::part::{Part, vectors};
use meanfield_kernel::shift::Shift;
use pulp::Simd;

use super::pass::Pass;
use crate::finite_volume::limiter::{Slope, half_difference};

/// The tables of [`super::geometry::RowGeometry`] in vectors.
pub struct RowTables<'a, S: Simd> {
    inverse_width: &'a [S::f64s],
    beside: [&'a [S::f64s]; 2],
    reach: [&'a [S::f64s]; 2],
    limit: &'a [S::f64s],
    open: [&'a [S::f64s]; 2],
    motion: &'a [S::f64s],
}

impl<'a, S: Simd> RowTables<'a, S> {
    #[inline(always)]
    pub fn new(pass: &Pass<'a, S>) -> Self {
        let along = pass.inputs.along;
        let table = |table: &'a [f64]| vectors::<S>(table, pass.cells);
        Self {
            inverse_width: table(&along.inverse_width),
            beside: [table(&along.enters[0]), table(&along.enters[1])],
            reach: [table(&along.reach[0]), table(&along.reach[1])],
            limit: table(&along.limit),
            open: [table(&along.open[0]), table(&along.open[1])],
            motion: table(&along.motion),
        }
    }
}

/// Writes what the cells of a row keep, and what enters less what leaves them. `edges` are the first row of
/// the grid moved upwards by a cell and the last one moved downwards.
#[inline(always)]
pub fn transport<S: Simd, L: Slope>(
    pass: &Pass<S>,
    tables: &RowTables<S>,
    edges: &[Vec<f64>; 2],
    row: usize,
    moved: &mut [f64],
) {
    if pass.inputs.moves {
        return either_way::<S, L>(pass, tables, row, moved);
    }
    let velocity = pass.factor * pass.inputs.potential[row];
    match velocity < 0.0 {
        true => OneWay::<S, false>::new(pass, tables, edges, row, velocity).transport::<L>(moved),
        false => OneWay::<S, true>::new(pass, tables, edges, row, velocity).transport::<L>(moved),
    }
}

/// A row along which all fluxes have one direction: in this it is gone through, and each flux comes from the
/// cell behind.
struct OneWay<'a, S: Simd, const UPWARDS: bool> {
    simd: S,
    tables: &'a RowTables<'a, S>,
    /// The row itself, and moved upwards by a cell and downwards.
    here: Part<'a, S>,
    beside: [Part<'a, S>; 2],
    speed: S::f64s,
    keep: S::f64s,
}

impl<'a, S: Simd, const UPWARDS: bool> OneWay<'a, S, UPWARDS> {
    #[inline(always)]
    fn new(
        pass: &Pass<'a, S>,
        tables: &'a RowTables<'a, S>,
        [first, last]: &'a [Vec<f64>; 2],
        row: usize,
        velocity: f64,
    ) -> Self {
        let start = row * pass.cells;
        let cells = pass.cells;
        let state = pass.inputs.state;
        let up = if row > 0 { &state[start - 1..] } else { first };
        let down = if start + cells < state.len() { &state[start + 1..] } else { last };
        Self {
            simd: pass.simd,
            tables,
            here: pass.row(state, row),
            beside: [pass.row(up, 0), pass.row(down, 0)],
            speed: pass.simd.splat_f64s(velocity.abs()),
            keep: pass.simd.splat_f64s(pass.keep),
        }
    }

    #[inline(always)]
    fn transport<L: Slope>(&self, moved: &mut [f64]) {
        let mut flux = self.simd.splat_f64s(0.0);
        let count = self.tables.limit.len();
        let moved = &mut S::as_mut_simd_f64s(moved).0[..count];
        let whole = self.here.whole_vectors();
        if !UPWARDS && whole < count {
            moved[whole] = self.cells::<L, false>(whole, &mut flux);
        }
        for step in 0..whole {
            let j = if UPWARDS { step } else { whole - 1 - step };
            moved[j] = self.cells::<L, true>(j, &mut flux);
        }
        if UPWARDS && whole < count {
            moved[whole] = self.cells::<L, false>(whole, &mut flux);
        }
    }

    /// Vector `j`, given the fluxes out of the one before, in the end out of it.
    #[inline(always)]
    fn cells<L: Slope, const WHOLE: bool>(&self, j: usize, before: &mut S::f64s) -> S::f64s {
        let (simd, shift, tables) = (self.simd, Shift::new(self.simd), self.tables);
        let mass = self.here.load::<WHOLE>(simd, j);
        let here = simd.mul_f64s(tables.inverse_width[j], mass);
        let mut value = here;
        if !L::FLAT {
            let [below, above] =
                [self.beside[0].load::<WHOLE>(simd, j), self.beside[1].load::<WHOLE>(simd, j)];
            let left = simd.negate_mul_add_f64s(tables.beside[0][j], below, here);
            let right = simd.mul_add_f64s(tables.beside[1][j], above, simd.neg_f64s(here));
            let half = half_difference::<S, L>(simd, [left, right], [tables.reach[0][j], tables.reach[1][j]]);
            value = if UPWARDS {
                simd.mul_add_f64s(half, tables.limit[j], here)
            } else {
                simd.negate_mul_add_f64s(half, tables.limit[j], here)
            };
        }
        let speed = simd.mul_f64s(self.speed, tables.open[usize::from(!UPWARDS)][j]);
        let leaves = simd.mul_f64s(speed, value);
        let turned = shift.turned::<UPWARDS>(leaves);
        let enters = shift.joined::<UPWARDS>(*before, turned);
        *before = turned;
        simd.mul_add_f64s(self.keep, mass, simd.sub_f64s(enters, leaves))
    }
}

/// [`transport`] where faces move and fluxes may have any direction.
#[inline(always)]
fn either_way<S: Simd, L: Slope>(pass: &Pass<S>, tables: &RowTables<S>, row: usize, moved: &mut [f64]) {
    let simd = pass.simd;
    let potential = pass.inputs.potential[row];
    let row = pass.row(pass.inputs.state, row);
    let shift = Shift::new(simd);
    let zero = simd.splat_f64s(0.0);
    let speed = simd.splat_f64s(pass.factor * potential);
    let keep = simd.splat_f64s(pass.keep);
    let scale = simd.splat_f64s(-pass.scale);
    let moved = &mut S::as_mut_simd_f64s(moved).0[..tables.limit.len()];
    let density = |j: usize| match tables.inverse_width.get(j) {
        Some(inverse) => simd.mul_f64s(*inverse, row.load_any(simd, j)),
        None => zero,
    };
    let mut here = density(0);
    let mut after = density(1);
    let mut values = face_values::<S, L>(simd, tables, 0, shift, [zero, here, after]);
    let mut flux_before = zero;
    for (j, moved) in moved.iter_mut().enumerate() {
        let beyond = density(j + 2);
        let next = face_values::<S, L>(simd, tables, j + 1, shift, [here, after, beyond]);
        let velocity = simd.mul_add_f64s(speed, tables.open[0][j], simd.mul_f64s(scale, tables.motion[j]));
        let upward = simd.mul_f64s(simd.max_f64s(velocity, zero), values.upper);
        let from_above = shift.above(values.lower, next.lower);
        let flux = simd.mul_add_f64s(simd.min_f64s(velocity, zero), from_above, upward);
        let gain = simd.sub_f64s(shift.below(flux_before, flux), flux);
        *moved = simd.mul_add_f64s(keep, row.load_any(simd, j), gain);
        (here, after, values, flux_before) = (after, beyond, next, flux);
    }
}

/// Densities at the two faces of cells, from their inner side.
struct FaceValues<S: Simd> {
    lower: S::f64s,
    upper: S::f64s,
}

/// Those of vector `j`, from its densities and those of the vectors beside it.
#[inline(always)]
fn face_values<S: Simd, L: Slope>(
    simd: S,
    tables: &RowTables<S>,
    j: usize,
    shift: Shift<S>,
    [before, here, after]: [S::f64s; 3],
) -> FaceValues<S> {
    if L::FLAT || j >= tables.limit.len() {
        return FaceValues { lower: here, upper: here };
    }
    let differences =
        [simd.sub_f64s(here, shift.below(before, here)), simd.sub_f64s(shift.above(here, after), here)];
    let half = half_difference::<S, L>(simd, differences, [tables.reach[0][j], tables.reach[1][j]]);
    FaceValues {
        lower: simd.negate_mul_add_f64s(half, tables.limit[j], here),
        upper: simd.mul_add_f64s(half, tables.limit[j], here),
    }
}
