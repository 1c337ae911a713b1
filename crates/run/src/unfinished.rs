//! Records of runs that stopped before their end: brought to the shape of a whole one, with NaN where nothing
//! was observed. It decides nothing about why a run stopped.

use ndarray::{ArrayD, Axis as Dimension, Slice};

use crate::plan::Plan;
use crate::record::{Fact, Record, RunFailure};

/// The record of a single run that stopped early, as long as the plan. Its laws keep the form of the last
/// one; a run that saw no law has no snapshots.
pub(crate) fn padded(mut record: Record, plan: &Plan, reason: String) -> Record {
    let times = plan.times.len();
    record.curves.iter_mut().for_each(|curve| curve.values = longer(&curve.values, times));
    record.quantiles.iter_mut().for_each(|quantiles| quantiles.values = longer(&quantiles.values, times));
    if let Some(steps) = &mut record.step {
        steps.resize(times, 0);
    }
    record.timetable.planned = extended(record.planned_time().to_vec(), &plan.times);
    record.time = extended(record.time, &plan.times);
    if record.has_laws() {
        let snapshots = &plan.snapshots;
        for law in &mut record.laws {
            if let Some(unknown) = law.measures.last().map(|last| last.unknown()) {
                law.measures.resize(snapshots.len(), unknown);
            }
        }
        record.timetable.planned_snapshots = extended(record.planned_snapshot_time().to_vec(), snapshots);
        record.snapshot_time = extended(record.snapshot_time, snapshots);
    }
    record.failures = vec![RunFailure { run: Vec::new(), reason }];
    record
}

/// A record of the same shape as that of another run, in which nothing is known but its own facts; its times
/// are the planned ones.
pub(crate) fn undefined(sibling: &Record, facts: &[Fact], reason: String) -> Record {
    let mut record = sibling.clone();
    for fact in &mut record.facts {
        let own = facts.iter().find(|own| own.name == fact.name);
        fact.values = own.map_or(vec![f64::NAN], |own| own.values.clone());
    }
    record.time = sibling.planned_time().to_vec();
    record.snapshot_time = sibling.planned_snapshot_time().to_vec();
    record.step.iter_mut().flatten().for_each(|step| *step = 0);
    record.curves.iter_mut().for_each(|curve| curve.values.fill(f64::NAN));
    record.quantiles.iter_mut().for_each(|quantiles| quantiles.values.fill(f64::NAN));
    let measures = record.laws.iter_mut().flat_map(|law| &mut law.measures);
    measures.for_each(|measure| *measure = measure.unknown());
    record.failures = vec![RunFailure { run: Vec::new(), reason }];
    record
}

/// Planned times after those that were reached.
fn extended(mut times: Vec<f64>, planned: &[f64]) -> Vec<f64> {
    times.extend(planned.iter().skip(times.len()));
    times
}

/// `values` along the first axis, NaN behind its end.
fn longer(values: &ArrayD<f64>, length: usize) -> ArrayD<f64> {
    let mut shape = values.shape().to_vec();
    let own = shape[0].min(length);
    shape[0] = length;
    let mut padded = ArrayD::from_elem(shape, f64::NAN);
    let first = Slice::from(0..own);
    padded.slice_axis_mut(Dimension(0), first).assign(&values.slice_axis(Dimension(0), first));
    padded
}
