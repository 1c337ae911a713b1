//! Very many runs of which only the end is recorded: point by point, each built when its turn comes. A
//! finished point is handed out at once, so that nothing is computed twice after a kill; a run that fails
//! leaves a gap and a message, and the others go on.

use rayon::ThreadPool;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::crew;
use crate::drive::{Plan, Watch};
use crate::side_by_side::{Ended, Gap, Job, JobError, Outcome, gather};
use crate::system::RunError;

/// Outcome of the runs at one point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The point's number.
    pub point: usize,
    /// Its runs, in their order.
    pub runs: Vec<Ended>,
}

impl Row {
    /// Whether the parts of its records are consistent: a file may hold anything.
    pub fn fits(&self) -> bool {
        self.runs.iter().all(|run| match run {
            Ended::Finished(finished) => finished.record.fits() && finished.record.axes.is_empty(),
            Ended::Failed(gap) => {
                gap.so_far.as_ref().is_none_or(|record| record.fits() && record.axes.is_empty())
            }
        })
    }

    /// Whether every run reached its end.
    pub fn is_whole(&self) -> bool {
        self.runs.iter().all(|run| matches!(run, Ended::Finished(_)))
    }
}

/// Reason why a sweep ended early.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError<E> {
    /// The runs could not be made side by side.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The caller could not build a point or save a row.
    #[error("{0}")]
    Caller(E),
}

/// Watch of a run in a sweep: it only passes on the request to stop.
struct Stop<'a>(&'a (dyn Fn() -> bool + Sync));

impl Watch for Stop<'_> {
    fn progress(&mut self, _: f64, _: f64) {}

    fn cancelled(&self) -> bool {
        (self.0)()
    }
}

/// The rows of these points, on `threads` threads (0: one a core), in no order. `build` makes the runs of a
/// point, `save` is given each row as it is finished. Once `stop` returns true no point is begun, and those
/// that are being computed are skipped.
///
/// # Errors
/// [`SweepError`]: there are no threads, or the first error of `build` and `save`.
pub fn sweep<E: Send>(
    points: Vec<usize>,
    build: impl Fn(usize) -> Result<Vec<Job>, E> + Sync,
    plan: &Plan,
    threads: usize,
    save: impl Fn(&Row) -> Result<(), E> + Sync,
    stop: impl Fn() -> bool + Sync,
) -> Result<Vec<Row>, SweepError<E>> {
    let cores = pool_of(threads)?;
    // Points whose runs are in crews wait for them: there are more of these at the same time.
    let in_crew = points.first().and_then(|point| build(*point).ok()).map_or(0, |jobs| crew_runs(&jobs));
    let lanes = if in_crew > 0 { Some(pool_of(crew::at_once(in_crew))?) } else { None };
    // One at a time: neighbours differ in cost.
    let rows = lanes.as_ref().unwrap_or(&cores).install(|| {
        points
            .into_par_iter()
            .with_max_len(1)
            .map(|point: usize| {
                if stop() {
                    return Ok(None);
                }
                let jobs = build(point).map_err(SweepError::Caller)?;
                let row = row(point, jobs, &cores, plan, &stop)?;
                row.as_ref().map_or(Ok(()), &save).map_err(SweepError::Caller)?;
                Ok(row)
            })
            .collect::<Result<Vec<_>, SweepError<E>>>()
    });
    Ok(rows?.into_iter().flatten().collect())
}

fn pool_of(threads: usize) -> Result<ThreadPool, JobError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| JobError::Threads(error.to_string()))
}

/// How many of these runs are in a crew.
fn crew_runs(jobs: &[Job]) -> usize {
    jobs.iter().filter(|job| job.system.crew().is_some()).count()
}

/// The finished runs of a point; None if it was stopped. Where some are in a crew the others take their turn
/// on the cores.
fn row(
    point: usize,
    jobs: Vec<Job>,
    cores: &ThreadPool,
    plan: &Plan,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Option<Row>, JobError> {
    let run = |job: Job| run_job(job, plan, stop);
    let runs: Option<Vec<Ended>> = match crew_runs(&jobs) {
        0 => jobs.into_iter().map(run).collect(),
        _ => crew::side_by_side(jobs, &|job: Job| match job.system.crew() {
            Some(_) => run(job),
            None => cores.install(|| run(job)),
        })
        .map_err(|error| JobError::Threads(error.to_string()))?
        .into_iter()
        .collect(),
    };
    Ok(runs.map(|runs| Row { point, runs }))
}

/// Runs a job to its end; None if it was stopped.
fn run_job(job: Job, plan: &Plan, stop: &(dyn Fn() -> bool + Sync)) -> Option<Ended> {
    let name = job.name();
    let system = job.identity.system.clone();
    let run = job.run.clone();
    let coarse = job.coarse;
    match job.drive(plan, None, &mut Stop(stop)) {
        Ok(ended) => Some(ended),
        Err(RunError::Cancelled(_)) => None,
        Err(error) => {
            let error = error.to_string();
            Some(Ended::Failed(Gap { name, system, run, coarse, error, so_far: None, facts: Vec::new() }))
        }
    }
}

/// One record a system, as runs side by side leave them; a run that failed is undefined in all its numbers.
/// Systems of which no run finished are left out.
///
/// # Errors
/// [`JobError::Stack`], where the runs of a system do not fit together.
pub fn merge_rows(mut rows: Vec<Row>) -> Result<Outcome, JobError> {
    rows.sort_by_key(|row| row.point);
    gather(rows.into_iter().flat_map(|row| row.runs).collect())
}
