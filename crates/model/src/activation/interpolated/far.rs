//! How a function goes on far out: as a straight line, or by itself. Lines are told from values at growing
//! places, not proved.

use super::function::{FASTEST, InterpolationError, REACH, ScalarFunction};

/// Nearest and farthest place from which a function may be straight.
const NEAREST: i32 = 3;
const FARTHEST: i32 = 20;
/// How far the value and the slope may be from the line, relative to their size, or to the size of the
/// function near 0 where that is more: tails like e^z never are straight in their own size.
const STRAIGHT: f64 = 1e-13;
/// |z| up to which a function is near 0.
const NEAR: i32 = 8;
/// Shares of the way out at which lines are compared.
const PLACES: [f64; 8] = [1.0, 1.07, 1.3, 1.7, 2.0, 3.1, 4.0, 7.3];
/// How much of an exponent is rounding and corrections.
const SLACK: f64 = 0.5;

/// One side of a function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Far {
    /// From |z| = `from` on it is value + slope · (z − ±from).
    Straight {
        /// |z|.
        from: f64,
        /// Where: ±from.
        place: f64,
        value: f64,
        slope: f64,
    },
    /// It bends for ever.
    Curved,
}

impl Far {
    /// |z| from which on it is straight.
    pub fn from(&self) -> Option<f64> {
        match self {
            Self::Straight { from, .. } => Some(*from),
            Self::Curved => None,
        }
    }

    /// Value and slope on its line.
    pub fn line_at(&self, z: f64) -> Option<(f64, f64)> {
        match self {
            Self::Straight { from, place, value, slope } if z.abs() >= *from => {
                Some((value + slope * (z - place), *slope))
            }
            Self::Straight { .. } | Self::Curved => None,
        }
    }
}

/// Whether value and slope are numbers.
fn is_finite(function: &dyn ScalarFunction, z: f64) -> bool {
    let (value, slope) = function.value_and_slope(z);
    value.is_finite() && slope.is_finite()
}

/// The left side and the right one.
///
/// # Errors
/// Where the function is not finite before it is straight, or grows too fast.
pub(super) fn both_sides(function: &dyn ScalarFunction) -> Result<[Far; 2], InterpolationError> {
    Ok([side(function, -1.0)?, side(function, 1.0)?])
}

fn side(function: &dyn ScalarFunction, sign: f64) -> Result<Far, InterpolationError> {
    let octaves = (NEAREST..=FARTHEST).map(|k| 2f64.powi(k));
    let last = octaves.take_while(|z| is_finite(function, sign * z)).last();
    let Some(last) = last else { return Err(InterpolationError::NotFinite(sign * 2f64.powi(NEAREST))) };
    let mut places = (NEAREST..).map(|k| 2f64.powi(k)).take_while(|from| 4.0 * from <= last);
    let near = size_near_zero(function);
    let from = places.find(|from| is_straight(function, sign, *from, last, near));
    if let Some(from) = from {
        let place = sign * from;
        let (value, slope) = function.value_and_slope(place);
        return Ok(Far::Straight { from, place, value, slope });
    }
    if last < 4.0 * REACH {
        // Exponentials overflow.
        return Err(InterpolationError::Growth);
    }
    let [near, far] = [REACH, 4.0 * REACH].map(|z| function.value_and_slope(sign * z).0.abs());
    if far > near * 4f64.powf(FASTEST + SLACK) {
        return Err(InterpolationError::Growth);
    }
    Ok(Far::Curved)
}

/// The largest |value| near 0.
fn size_near_zero(function: &dyn ScalarFunction) -> f64 {
    (-NEAR..=NEAR).map(|z| function.value_and_slope(f64::from(z)).0.abs()).fold(f64::MIN_POSITIVE, f64::max)
}

/// Whether it is the line of its value and slope at `from`, up to `last`, for a function of this size near 0.
fn is_straight(function: &dyn ScalarFunction, sign: f64, from: f64, last: f64, near: f64) -> bool {
    let place = sign * from;
    let (value, slope) = function.value_and_slope(place);
    let doubled = (0..).map(|k| from * 2f64.powi(k)).take_while(|z| *z <= last);
    let mut places = doubled.flat_map(|z| PLACES.map(|share| sign * (z * share).min(last)));
    places.all(|z| {
        let (found, tangent) = function.value_and_slope(z);
        let expected = value + slope * (z - place);
        let size = value.abs() + (slope * z).abs() + found.abs();
        (found - expected).abs() <= STRAIGHT * size.max(near)
            && (tangent - slope).abs() <= STRAIGHT * slope.abs().max(1e-3)
    })
}

/// Whether it stays between two numbers.
pub(super) fn is_bounded(function: &dyn ScalarFunction, far: &[Far; 2]) -> bool {
    let sides = far.iter().zip([-1.0, 1.0]);
    sides.into_iter().all(|(far, sign): (&Far, f64)| match far {
        Far::Straight { slope, .. } => *slope == 0.0,
        Far::Curved => {
            let [near, middle, out] =
                [1.0, 32.0, 1024.0].map(|z| function.value_and_slope(sign * REACH * z).0.abs());
            out <= 1.5 * near.max(middle)
        }
    })
}

/// Whether |f| grows faster than |z|.
pub(super) fn outgrows_lines(function: &dyn ScalarFunction, far: &[Far; 2]) -> bool {
    let mut sides = far.iter().zip([-1.0, 1.0]);
    sides.any(|(far, sign): (&Far, f64)| {
        let [near, out] = [1.0, 4.0].map(|z| function.value_and_slope(sign * REACH * z).0.abs());
        *far == Far::Curved && out > near * 4f64.powf(1.0 + 0.5 * SLACK)
    })
}
