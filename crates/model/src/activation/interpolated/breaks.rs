//! Points where a function's derivatives jump: panels that will not fit, or neighbours that do not join.

use super::far::Far;
use super::function::{InterpolationError, REACH, ScalarFunction};
use super::mesh::{Fit, INTEGRALS, first_ends, fits};

/// Panels narrower than this are about a point that is no polynomial's.
const SUSPICIOUS: f64 = 1e-4;
/// Jumps of slope and curvature between neighbours that count, relative to the slope's size.
const SLOPE_JUMP: f64 = 1e-8;
const CURVATURE_JUMP: f64 = 1e-3;
/// Shares by which a value and a slope move across a panel so narrow only where they jump.
const VALUE_JUMP: f64 = 1e-4;
const SLOPE_CHANGE: f64 = 1e-3;
/// Halvings that locate a kink.
const HALVINGS: usize = 80;

/// A point where a derivative jumps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Break {
    /// z.
    pub place: f64,
    /// Whether the slope itself does.
    pub slope_jumps: bool,
}

/// All of them up to [`REACH`].
///
/// # Errors
/// Where the value jumps, or there is no end of panels.
pub(super) fn find(function: &dyn ScalarFunction, far: &[Far; 2]) -> Result<Vec<Break>, InterpolationError> {
    let fits = fits::<INTEGRALS>(function, &first_ends(far, REACH, &[]))?;
    let size = fits
        .iter()
        .filter(|fit| fit.ends[0].abs() <= 8.0)
        .fold([0.0_f64; 2], |size, fit| [size[0].max(fit.size[0]), size[1].max(fit.size[1])]);
    let mut found = Vec::new();
    let mut at = 0;
    while at < fits.len() {
        let narrow = fits[at..].iter().take_while(|fit| fit.width() < SUSPICIOUS).count();
        if narrow > 0 {
            found.push(in_cluster(function, &fits[at..at + narrow], size)?);
        }
        at += narrow.max(1);
    }
    if let Some(pair) = fits.windows(2).find(|pair| jumps_at_joint(&pair[0], &pair[1], size[0])) {
        return Err(InterpolationError::Jump(pair[0].ends[1]));
    }
    found.extend(fits.windows(2).filter_map(|pair| at_joint(&pair[0], &pair[1], size[1])));
    found.sort_by(|a, b| a.place.total_cmp(&b.place));
    found.dedup_by(|a, b| {
        let is_same = a.place - b.place < SUSPICIOUS;
        b.slope_jumps |= is_same && a.slope_jumps;
        is_same
    });
    let ends = far.map(|far| far.from().unwrap_or(REACH));
    found.retain(|b| -ends[0] < b.place && b.place < ends[1]);
    Ok(found)
}

/// The break about which panels are narrow.
fn in_cluster(
    function: &dyn ScalarFunction,
    cluster: &[Fit<INTEGRALS>],
    size: [f64; 2],
) -> Result<Break, InterpolationError> {
    let narrowest = cluster.iter().min_by(|a, b| a.width().total_cmp(&b.width()));
    let narrowest = narrowest.unwrap_or(&cluster[0]);
    let width = narrowest.width();
    let mut lower = narrowest.ends[0] - width;
    let mut upper = narrowest.ends[1] + width;
    let centre = 0.5 * (lower + upper);
    let below = function.value_and_slope(lower);
    let above = function.value_and_slope(upper);
    if (above.0 - below.0).abs() > VALUE_JUMP * size[0] {
        return Err(InterpolationError::Jump(centre));
    }
    let slope_jumps = (above.1 - below.1).abs() > SLOPE_CHANGE * size[1].min(below.1.abs() + above.1.abs());
    if !slope_jumps {
        return Ok(Break { place: centre, slope_jumps });
    }
    for _ in 0..HALVINGS {
        let middle = 0.5 * (lower + upper);
        let slope = function.value_and_slope(middle).1;
        match (slope - below.1).abs() < (slope - above.1).abs() {
            true => lower = middle,
            false => upper = middle,
        }
    }
    Ok(Break { place: upper, slope_jumps })
}

/// Whether the value jumps between two panels: at an end of them by chance, so that each is smooth.
fn jumps_at_joint(left: &Fit<INTEGRALS>, right: &Fit<INTEGRALS>, size: f64) -> bool {
    let is_wide = left.width().min(right.width()) >= SUSPICIOUS;
    let size = size.max(left.size[0]).max(right.size[0]);
    is_wide && (left.sums(1.0)[0] - right.sums(-1.0)[0]).abs() > VALUE_JUMP * size
}

/// The break between two panels, where their polynomials do not join.
fn at_joint(left: &Fit<INTEGRALS>, right: &Fit<INTEGRALS>, size: f64) -> Option<Break> {
    let size = size.max(left.size[1]).max(right.size[1]);
    if left.width().min(right.width()) < SUSPICIOUS {
        return None;
    }
    let slope = (left.sums(1.0)[1] - right.sums(-1.0)[1]).abs();
    let curvature = (left.curvature(1.0) - right.curvature(-1.0)).abs();
    let slope_jumps = slope > SLOPE_JUMP * size;
    let jumps = slope_jumps || curvature > CURVATURE_JUMP * size;
    jumps.then_some(Break { place: left.ends[1], slope_jumps })
}
