//! Very many runs of which only the end is kept: point by point, each built when its turn comes. What is finished is handed out at
//! once, so that nothing is done twice after a kill; a run that fails leaves a gap and a message, and the others go on.

use std::collections::HashMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::drive::{Plan, Watch, drive};
use crate::record::{Place, Record};
use crate::side_by_side::{Finished, Job, JobError, Outcome, gather};
use crate::system::RunError;

/// What the runs at one point came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The point's number.
    pub point: usize,
    /// Runs that finished.
    pub finished: Vec<Finished>,
    /// Runs that did not.
    pub failed: Vec<Gap>,
}

/// A run that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// What people call it.
    pub name: String,
    /// Its system.
    pub system: String,
    /// Its places on the leading axes.
    pub run: Vec<Place>,
    /// Whether it is the companion at half the resolution.
    pub coarse: bool,
    /// Why.
    pub error: String,
}

/// Watches a run of a sweep for nothing but a wish to stop.
struct Stop<'a>(&'a (dyn Fn() -> bool + Sync));

impl Watch for Stop<'_> {
    fn progress(&mut self, _: f64, _: f64) {}

    fn cancelled(&self) -> bool {
        (self.0)()
    }
}

/// The rows of all points that are not known yet, on `threads` threads (0: one a core), in no order. `build` makes
/// the runs of a point, `keep` is given each row as it is finished. Once `stop` says so no point is begun, and those
/// that are being computed are left out.
pub fn sweep<E: Send>(
    points: usize,
    known: &HashMap<usize, Row>,
    build: impl Fn(usize) -> Result<Vec<Job>, E> + Sync,
    plan: &Plan,
    threads: usize,
    keep: impl Fn(&Row) -> Result<(), E> + Sync,
    stop: impl Fn() -> bool + Sync,
) -> Result<Result<Vec<Row>, E>, JobError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| JobError::Threads(error.to_string()))?;
    let missing: Vec<usize> = (0..points).filter(|point| !known.contains_key(point)).collect();
    let one = |point: usize| {
        if stop() {
            return Ok(None);
        }
        let row = row(point, build(point)?, plan, &stop);
        row.as_ref().map_or(Ok(()), &keep)?;
        Ok(row)
    };
    // One at a time: neighbours differ in cost.
    let rows =
        pool.install(|| missing.into_par_iter().with_max_len(1).map(one).collect::<Result<Vec<_>, E>>());
    Ok(rows.map(|rows| rows.into_iter().flatten().collect()))
}

/// None if it was stopped.
fn row(point: usize, jobs: Vec<Job>, plan: &Plan, stop: &(dyn Fn() -> bool + Sync)) -> Option<Row> {
    let mut row = Row { point, finished: Vec::new(), failed: Vec::new() };
    for mut job in jobs {
        let (name, system) = (job.name(), job.identity.system.clone());
        match drive(&mut *job.system, job.identity, plan, None, &mut Stop(stop)) {
            Ok(record) => {
                let (run, coarse, work) = (job.run, job.coarse, job.system.work());
                row.finished.push(Finished { run, coarse, record, work });
            }
            Err(RunError::Cancelled(_)) => return None,
            Err(error) => {
                let (run, coarse, error) = (job.run, job.coarse, message(&error));
                row.failed.push(Gap { name, system, run, coarse, error });
            }
        }
    }
    Some(row)
}

fn message(error: &RunError) -> String {
    error.to_string()
}

/// One record a system, as runs side by side leave them; a run that failed is undefined in all its numbers. Systems of which no run
/// finished are left out.
pub fn together(mut rows: Vec<Row>) -> Result<Outcome, JobError> {
    rows.sort_by_key(|row| row.point);
    let mut patterns: HashMap<(String, bool), Record> = HashMap::new();
    for one in rows.iter().flat_map(|row| &row.finished) {
        patterns.entry((one.record.system.clone(), one.coarse)).or_insert_with(|| undefined(&one.record));
    }
    let mut all = Vec::new();
    for row in rows {
        all.extend(row.finished);
        for Gap { system, run, coarse, .. } in row.failed {
            if let Some(record) = patterns.get(&(system, coarse)) {
                all.push(Finished { run, coarse, record: record.clone(), work: 0 });
            }
        }
    }
    gather(all)
}

/// A record of the same shape in which nothing is known.
fn undefined(record: &Record) -> Record {
    let mut record = record.clone();
    record.curves.iter_mut().for_each(|curve| curve.values.fill(f64::NAN));
    record.quantiles.iter_mut().for_each(|quantiles| quantiles.values.fill(f64::NAN));
    record
}
