//! The axis of time: linear for times in equal steps, logarithmic for others, with a place for t = 0 where
//! anything was observed then. All observations are on the axis, or a claim could fail at a point that no
//! figure shows. This file draws nothing.

use meanfield_run::record::Record;

use super::scale::{Kind, Scale};
use super::static_system::is_evolving;
use meanfield_compare::align;

/// Steps that differ by less, relative to the longest, are equal; for systems that step by samples half a
/// step more.
const EQUAL: f64 = 1e-6;

/// The scale that covers these times, observed by these systems.
pub fn scale(records: &[Record], times: impl Iterator<Item = f64>) -> Scale {
    let times: Vec<f64> = times.collect();
    let mut lists = records.iter().filter(|record| is_evolving(record) && record.time.len() > 2).peekable();
    if lists.peek().is_some() && lists.all(in_equal_steps) {
        return Scale::covering(Kind::Linear, times, 0.02);
    }
    let scale = Scale::covering(Kind::Logarithmic, times.iter().copied(), 0.02);
    if times.contains(&0.0) { scale.with_zero() } else { scale }
}

/// Whether a record was observed at times in equal steps.
fn in_equal_steps(record: &Record) -> bool {
    let steps: Vec<f64> = record.time.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let least = steps.iter().copied().fold(f64::INFINITY, f64::min);
    let most = steps.iter().copied().fold(0.0, f64::max);
    // Both ends of a step may be rounded, in either direction.
    most - least <= EQUAL * most + 4.0 * align::step_rounding(record)
}

/// Points (time, value) of a curve from t = 0 on.
pub fn points<T: Copy>(times: &[f64], values: &[T]) -> Vec<(f64, T)> {
    times.iter().copied().zip(values.iter().copied()).filter(|(time, _)| *time >= 0.0).collect()
}
