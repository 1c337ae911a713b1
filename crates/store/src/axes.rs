//! Leading axes and snapshots as dimensions of a group, and the shapes of arrays over them. The arrays
//! themselves are written elsewhere.

use meanfield_run::record::reserved::{SEED, SNAPSHOT, SNAPSHOT_TIME};
use meanfield_run::record::{Record, RunAxis};
use ndarray::ArrayView1;

use super::error::Checked;
use super::reading::Reading;
use super::variables::Variables;

/// Integers up to here are exact in double precision, so an axis of them is stored as integers.
const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;

/// Whether a number is an integer that is exact in double precision.
pub(super) fn is_integer(value: &f64) -> bool {
    value.fract() == 0.0 && value.abs() < EXACT_INTEGERS
}

/// The names of the leading axes, then `rest`.
pub(super) fn dimensions<'a>(record: &'a Record, rest: &[&'a str]) -> Vec<&'a str> {
    record.axes.iter().map(|axis| axis.name.as_str()).chain(rest.iter().copied()).collect()
}

/// The lengths of the leading axes, then `rest`.
pub(super) fn shape(record: &Record, rest: &[usize]) -> Vec<usize> {
    record.axes.iter().map(|axis| axis.values.len()).chain(rest.iter().copied()).collect()
}

/// Writes the axis of the seeds, or of a varied key, with its full name as an attribute.
pub(super) fn write_run_axis(out: &mut Variables, axis: &RunAxis) -> Checked<()> {
    let key = axis.key.as_ref();
    let meaning = key.map_or("seed of the run".to_owned(), |key| format!("varied key {key}"));
    if axis.values.iter().all(is_integer) {
        let integers: Vec<_> = axis.values.iter().map(|&value| value as i64).collect();
        out.dimension(&axis.name, &integers, &meaning)?;
    } else {
        out.dimension(&axis.name, &axis.values, &meaning)?;
    }
    key.map_or(Ok(()), |key| out.set_attribute(&axis.name, "key", key))
}

/// The leading axes of a record.
pub(super) fn read_axes(group: &Reading) -> Checked<Vec<RunAxis>> {
    group
        .names("axis_names")?
        .into_iter()
        .map(|name: String| {
            let values = group.line(&name)?;
            let key = if name == SEED { None } else { Some(group.text_of(&name, "key")?) };
            Ok(RunAxis { name, key, values })
        })
        .collect()
}

/// Writes `snapshot`, which counts from 0, and `snapshot_time`.
pub(super) fn write_snapshots(out: &mut Variables, times: &[f64]) -> Checked<()> {
    out.index(SNAPSHOT, times.len(), "number of the snapshot")?;
    let times = ArrayView1::from(times).into_dyn();
    out.auxiliary(SNAPSHOT_TIME, &[SNAPSHOT], times, "time t of the snapshot")
}
