//! Ranges of numbers that every section of a scenario respects.

/// Largest number, and inverse of the smallest scale, that the model takes: squares and their ratios then
/// stay far inside double precision.
pub(crate) const LARGEST: f64 = 1e6;
/// Smallest scale.
pub(crate) const SMALLEST_SCALE: f64 = 1.0 / LARGEST;
/// Least temperature and ridge that are not 0: the inverse of a smaller one is infinite.
pub(crate) const LEAST: f64 = 1e-300;
/// Largest dimension: the same reason.
pub(crate) const LARGEST_DIMENSION: usize = 1_000_000;

/// Whether a scale is neither absurdly small nor absurdly large.
pub(crate) fn is_scale(value: f64) -> bool {
    (SMALLEST_SCALE..=LARGEST).contains(&value)
}
