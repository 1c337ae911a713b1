//! Alignment of two records: the mean over the runs of an ensemble, a curve at another record's times, laws
//! at the same snapshots. It judges nothing.

use meanfield_model::boxes::Boxes;
use meanfield_model::marginal::Marginal;
use meanfield_run::facts::STEP_SIZE;
use meanfield_run::record::{Curve, Record};

/// Times differ by rounding of the last digits.
const ROUNDING: f64 = 1e-9;
/// Snapshots differ by rounding of t/ε to whole steps.
const STEP_ROUNDING: f64 = 1e-3;

/// A curve of each run that counts: one row of values over time.
pub fn runs(record: &Record, curve: &Curve) -> Vec<Vec<f64>> {
    let values: Vec<f64> = curve.values.iter().copied().collect();
    let rows = values.chunks_exact(record.time.len().max(1)).map(<[f64]>::to_vec);
    rows.zip(counted(record)).filter(|(_, counts)| *counts).map(|(row, _)| row).collect()
}

/// Which runs count: those that reached their end, all if none did.
fn counted(record: &Record) -> Vec<bool> {
    let finished = record.finished();
    if finished.contains(&true) { finished } else { vec![true; finished.len()] }
}

/// Mean over the runs at each time.
pub fn mean(rows: &[Vec<f64>]) -> Vec<f64> {
    columns(rows).map(|column| column.iter().sum::<f64>() / column.len() as f64).collect()
}

/// Standard deviation over the runs at each time (n − 1 in the denominator). None below two runs.
pub fn standard_deviation(rows: &[Vec<f64>]) -> Option<Vec<f64>> {
    (rows.len() >= 2).then(|| {
        columns(rows)
            .map(|column: Vec<f64>| {
                let mean = column.iter().sum::<f64>() / column.len() as f64;
                let squares: f64 = column.iter().map(|value| (value - mean).powi(2)).sum();
                (squares / (column.len() - 1) as f64).sqrt()
            })
            .collect()
    })
}

/// Values of all runs at one time after the other.
pub fn columns(rows: &[Vec<f64>]) -> impl Iterator<Item = Vec<f64>> {
    let times = rows.first().map_or(0, Vec::len);
    (0..times).map(move |i| rows.iter().map(|row| row[i]).collect())
}

/// Largest difference between a record's times and the planned ones: half a step, for systems that step.
pub fn step_rounding(record: &Record) -> f64 {
    0.5 * record.facts_named(STEP_SIZE).iter().copied().fold(0.0, f64::max)
}

/// The value at `time`, linear between observations; None outside their range by more than `slack`.
pub fn interpolate(times: &[f64], values: &[f64], time: f64, slack: f64) -> Option<f64> {
    let first = *times.first()?;
    let last = *times.last()?;
    if !(is_between(first, time, last, |end| slack + ROUNDING * end.abs().max(time.abs()))
        && values.len() == times.len())
    {
        return None;
    }
    let time = time.clamp(first, last);
    let after = times.partition_point(|&observed| observed <= time);
    let (Some(&right), Some(before)) = (times.get(after), after.checked_sub(1)) else {
        return values.get(after.saturating_sub(1)).copied();
    };
    let fraction = (time - times[before]) / (right - times[before]);
    // At an observation its neighbour does not count, not even if it is NaN.
    let neighbour = if fraction > 0.0 { fraction * (values[after] - values[before]) } else { 0.0 };
    Some(values[before] + neighbour)
}

/// Whether `from ≤ time ≤ until`, up to rounding and `slack`.
pub fn in_span(from: f64, time: f64, until: f64, slack: f64) -> bool {
    is_between(from, time, until, |end| slack + ROUNDING * end.abs())
}

/// Whether `from ≤ time ≤ until` for the time of a snapshot, which is rounded to whole steps.
pub fn snapshot_in_span(from: f64, time: f64, until: f64, slack: f64) -> bool {
    is_between(from, time, until, |end| slack + snapshot_slack(end))
}

/// Index of the snapshot at `time`, up to rounding to whole steps: the nearest one.
pub fn snapshot_at(record: &Record, time: f64, slack: f64) -> Option<usize> {
    let distances = record.snapshot_time.iter().map(|own| (own - time).abs()).enumerate();
    let (nearest, distance) = distances.min_by(|a, b| a.1.total_cmp(&b.1))?;
    (distance <= slack + snapshot_slack(time)).then_some(nearest)
}

/// The laws of one coordinate at a snapshot, one for each run that counts. None where the record lacks any.
pub fn laws(record: &Record, coordinate: usize, snapshot: usize) -> Option<Vec<Marginal>> {
    let counted = counted(record);
    (0..record.runs())
        .filter(|run| counted[*run])
        .map(|run: usize| {
            let measure = record.law(run, snapshot)?;
            (coordinate < measure.dimension()).then(|| measure.marginal(coordinate))
        })
        .collect()
}

/// The law of one coordinate at a snapshot, all runs that count pooled. None where the record lacks it.
pub fn pooled_law(record: &Record, coordinate: usize, snapshot: usize) -> Option<Marginal> {
    pooled(&laws(record, coordinate, snapshot)?)
}

/// The laws of all coordinates together at a snapshot, one for each run that counts. None where the record
/// lacks any, or has those of pairs alone.
pub fn joint_laws(record: &Record, snapshot: usize) -> Option<Vec<Boxes>> {
    let counted = counted(record);
    let runs = (0..record.runs()).filter(|run| counted[*run]);
    runs.map(|run| Boxes::of_measure(record.law(run, snapshot)?)).collect()
}

/// The law of all runs together, with equal weights; None without runs.
pub fn pooled(laws: &[Marginal]) -> Option<Marginal> {
    match laws {
        [] => None,
        [law] => Some(law.clone()),
        laws => Some(Marginal::pooled(laws)),
    }
}

/// Rounding of a snapshot's time to whole steps.
fn snapshot_slack(time: f64) -> f64 {
    STEP_ROUNDING * time.abs() + 1e-9
}

/// Whether `from ≤ time ≤ until`, up to a slack at either end.
fn is_between(from: f64, time: f64, until: f64, slack: impl Fn(f64) -> f64) -> bool {
    time >= from - slack(from) && (time <= until || time <= until + slack(until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_read_between_its_observations_and_not_beyond() {
        let times = [1.0, 2.0, 4.0];
        let values = [10.0, 20.0, 0.0];
        for (time, value) in [(1.5, 15.0), (3.0, 10.0), (1.0, 10.0), (4.0, 0.0)] {
            assert_eq!(interpolate(&times, &values, time, 0.0), Some(value));
        }
        for time in [0.99, 4.01, f64::NAN] {
            assert_eq!(interpolate(&times, &values, time, 0.0), None);
        }
        for (time, value) in [(1.0 - 1e-12, 10.0), (4.0 + 1e-12, 0.0)] {
            assert_eq!(interpolate(&times, &values, time, 0.0), Some(value));
        }
        assert_eq!(interpolate(&[], &[], 1.0, 0.0), None);
        // a step of 0.2: the time asked for may have been 1 and 4
        assert_eq!(interpolate(&times, &values, 0.9, 0.1), Some(10.0));
        assert_eq!(interpolate(&times, &values, 0.89, 0.1), None);
    }

    #[test]
    fn a_neighbour_that_is_no_number_counts_only_between() {
        let times = [1.0, 2.0];
        let values = [10.0, f64::NAN];
        assert_eq!(interpolate(&times, &values, 1.0, 0.0), Some(10.0));
        assert!(interpolate(&times, &values, 1.1, 0.0).is_some_and(f64::is_nan));
    }

    #[test]
    fn spans_allow_for_rounding_only() {
        assert!(in_span(0.1, 0.1 - 1e-12, 1.0, 0.0) && in_span(0.1, 1.0 + 1e-12, 1.0, 0.0));
        assert!(
            !in_span(0.1, 0.0999, 1.0, 0.0)
                && !in_span(0.1, 1.001, 1.0, 0.0)
                && in_span(0.1, 1e9, f64::INFINITY, 0.0)
        );
        assert!(snapshot_in_span(0.1, 0.09995, 1.0, 0.0) && !snapshot_in_span(0.1, 0.0995, 1.0, 0.0));
    }
}
