//! The flux through the faces between two rows, vector by vector.
//!
//! The velocity of such a face is a · speed − motion. On a fixed grid it has one sign on either side of a =
//! 0, so that the rows from which the flux comes are known beforehand ([`OneSided`], the flux over a); else
//! it is looked up face by face ([`EitherSide`], the flux itself).

use meanfield_kernel::part::Part;
use pulp::Simd;

use super::geometry::Weights;
use super::pass::{Pass, Sign, Stretch};
use crate::finite_volume::limiter::{Slope, half_difference};

/// The faces between a row and the next along an axis.
#[derive(Clone, Copy, Debug)]
pub struct Face<'a> {
    /// Factor of a in the velocity, times the step.
    pub speed: f64,
    /// Velocity of the faces themselves, times the step.
    pub motion: f64,
    /// The rows: the one behind, the two beside the faces, the one beyond.
    pub rows: [usize; 4],
    /// Weights of the cells below the faces upwards, and of the cells above them downwards.
    pub weights: [&'a Weights; 2],
}

/// Fluxes through the faces of one stretch.
pub trait Flux<'a, S: Simd>: Copy {
    /// Whether the flux has to be multiplied by a.
    const PER_POSITION: bool;

    fn new(pass: &Pass<'a, S>, face: &Face<'a>, stretch: &Stretch<S>) -> Self;

    /// The flux through the faces of vector `j`, whose cells are at `a`.
    fn flux<L: Slope, const WHOLE: bool>(&self, simd: S, a: S::f64s, j: usize) -> S::f64s;
}

/// Fluxes from one side.
#[derive(Clone, Copy)]
pub struct OneSided<'a, S: Simd>(UpwindSide<'a, S>);

impl<'a, S: Simd> Flux<'a, S> for OneSided<'a, S> {
    const PER_POSITION: bool = true;

    #[inline(always)]
    fn new(pass: &Pass<'a, S>, face: &Face<'a>, stretch: &Stretch<S>) -> Self {
        let is_downward = (face.speed < 0.0) != (stretch.sign == Some(Sign::Negative));
        // Densities times the speed: limited slopes are then too, for they are in proportion to them.
        Self(UpwindSide::new(pass, face, is_downward, face.speed, stretch))
    }

    #[inline(always)]
    fn flux<L: Slope, const WHOLE: bool>(&self, simd: S, _: S::f64s, j: usize) -> S::f64s {
        let side = &self.0;
        value::<S, L>(simd, side.densities::<L, WHOLE>(simd, j), side.reach, side.limit)
    }
}

/// Fluxes from the side that the sign of the velocity selects.
#[derive(Clone, Copy)]
pub struct EitherSide<'a, S: Simd> {
    upward: UpwindSide<'a, S>,
    downward: UpwindSide<'a, S>,
    speed: S::f64s,
    motion: S::f64s,
}

impl<'a, S: Simd> Flux<'a, S> for EitherSide<'a, S> {
    const PER_POSITION: bool = false;

    #[inline(always)]
    fn new(pass: &Pass<'a, S>, face: &Face<'a>, stretch: &Stretch<S>) -> Self {
        Self {
            upward: UpwindSide::new(pass, face, false, 1.0, stretch),
            downward: UpwindSide::new(pass, face, true, 1.0, stretch),
            speed: pass.simd.splat_f64s(face.speed),
            motion: pass.simd.splat_f64s(-face.motion),
        }
    }

    #[inline(always)]
    fn flux<L: Slope, const WHOLE: bool>(&self, simd: S, a: S::f64s, j: usize) -> S::f64s {
        let Self { upward, downward, speed, motion } = self;
        let velocity = simd.mul_add_f64s(*speed, a, *motion);
        let is_upward = simd.greater_than_f64s(velocity, simd.splat_f64s(0.0));
        let up = upward.densities::<L, WHOLE>(simd, j);
        let down = downward.densities::<L, WHOLE>(simd, j);
        let upwind = |up, down| simd.select_f64s(is_upward, up, down);
        let densities = [upwind(up[0], down[0]), upwind(up[1], down[1]), upwind(up[2], down[2])];
        let reach = [upwind(upward.reach[0], downward.reach[0]), upwind(upward.reach[1], downward.reach[1])];
        let limit = upwind(upward.limit, downward.limit);
        simd.mul_f64s(velocity, value::<S, L>(simd, densities, reach, limit))
    }
}

/// The data of one side from which the density at a face follows.
#[derive(Clone, Copy)]
struct UpwindSide<'a, S: Simd> {
    /// Masses behind, here, ahead.
    rows: [Part<'a, S>; 3],
    inverse_width: [S::f64s; 3],
    reach: [S::f64s; 2],
    limit: S::f64s,
}

impl<'a, S: Simd> UpwindSide<'a, S> {
    /// For the flow upwards or downwards; densities times a factor.
    #[inline(always)]
    fn new(
        pass: &Pass<'a, S>,
        face: &Face<'a>,
        is_downward: bool,
        factor: f64,
        stretch: &Stretch<S>,
    ) -> Self {
        let simd = pass.simd;
        let state = pass.inputs.state;
        let [behind, below, above, beyond] = face.rows;
        let rows = if is_downward { [beyond, above, below] } else { [behind, below, above] };
        let weights = face.weights[usize::from(is_downward)];
        // Closures given to `map` would not be inlined.
        let part = |row: usize| pass.part(state, row, stretch);
        let inverse = |i: usize| simd.splat_f64s(factor * weights.inverse_width[i]);
        Self {
            rows: [part(rows[0]), part(rows[1]), part(rows[2])],
            inverse_width: [inverse(0), inverse(1), inverse(2)],
            reach: [simd.splat_f64s(weights.reach[0]), simd.splat_f64s(weights.reach[1])],
            limit: simd.splat_f64s(weights.limit),
        }
    }

    /// The density here, less that behind, and that ahead less this; only the first where no slope is wanted.
    #[inline(always)]
    fn densities<L: Slope, const WHOLE: bool>(&self, simd: S, j: usize) -> [S::f64s; 3] {
        let [behind, inside, ahead] = self.inverse_width;
        let here = simd.mul_f64s(inside, self.rows[1].load::<WHOLE>(simd, j));
        if L::FLAT {
            return [here; 3];
        }
        let left = simd.negate_mul_add_f64s(behind, self.rows[0].load::<WHOLE>(simd, j), here);
        let right = simd.mul_add_f64s(ahead, self.rows[2].load::<WHOLE>(simd, j), simd.neg_f64s(here));
        [here, left, right]
    }
}

/// The density at the face ahead, from what [`UpwindSide::densities`] finds.
#[inline(always)]
fn value<S: Simd, L: Slope>(
    simd: S,
    [here, left, right]: [S::f64s; 3],
    reach: [S::f64s; 2],
    limit: S::f64s,
) -> S::f64s {
    if L::FLAT {
        here
    } else {
        simd.mul_add_f64s(limit, half_difference::<S, L>(simd, [left, right], reach), here)
    }
}
