//! How far neurons are followed and looked for: ranges of kernels, of quadratures over inputs, and of the
//! search for a Gibbs state. No landscape is made here.

use crate::initial::{Initial, NumberLaw};
use crate::problem::Problem;

/// The least range in which a kernel for the start meets its tolerance; its truncation beyond that is
/// reported. Radii, in scales of the start and absolutely; output weights and offsets, in deviations of the
/// start and absolutely.
const RADII: (f64, f64) = (10.0, 8.0);
const NUMBERS: (f64, f64) = (10.0, 6.0);
/// Neurons of a quadrature over inputs: so many deviations of the start, and at least so far along a
/// direction, and in output weights and offsets. Rules for all that could be reached would be far too large.
pub const LIKELY_DEVIATIONS: f64 = 3.0;
pub const LIKELY_PROJECTION: f64 = 2.0;
const LIKELY_NUMBER: f64 = 1.0;
/// So many deviations of a parameter that does not see the data are looked at in search of a Gibbs state.
pub const FAR: f64 = 8.0;

/// How far an output weight or an offset is likely to come.
pub fn likely_number(start: &NumberLaw) -> f64 {
    start.largest(LIKELY_DEVIATIONS).max(LIKELY_NUMBER)
}

/// How far |w| of a start reaches at least.
pub fn largest_radius(weights: &Initial) -> f64 {
    (RADII.0 * weights.size()).max(RADII.1)
}

/// How far an output weight or an offset of a start reaches at least.
pub fn largest_number(start: &NumberLaw) -> f64 {
    start.largest(NUMBERS.0).max(NUMBERS.1)
}

/// From 0 to the mean of the radius of so many parameters at rest, and [`FAR`] deviations more.
pub fn extent_of_block(problem: &Problem, block: usize) -> f64 {
    deviation(problem) * ((block as f64).sqrt() + FAR)
}

/// √(1/(βλ)), or 1 where nothing holds a neuron.
pub fn deviation(problem: &Problem) -> f64 {
    let deviation = problem.bath().deviation();
    if deviation.is_finite() && deviation > 0.0 { deviation } else { 1.0 }
}
