//! Very many runs of which only the end is recorded: point by point, each built when its turn comes. A
//! finished point is handed out at once, so that nothing is computed twice after a kill; a run that fails
//! leaves a gap and a message, and the others go on.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::ThreadPool;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::crew::{self, PLACES, Places, places_of};
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

/// The rows of these points, on `threads` threads (0: one a core; runs in crews have threads of their own),
/// in no order. `build` makes the runs of a point, `save` is given each row as it is finished. Once `stop`
/// returns true no point is begun, and those that are being computed are skipped.
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
    let cores = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let cores = cores.map_err(|error| JobError::Threads(error.to_string()))?;
    let Some(first) = points.first() else { return Ok(Vec::new()) };
    let caller = Caller { build: &build, save: &save, stop: &stop, plan, begun: Mutex::new(None) };
    let jobs = caller.begin(*first)?;
    let in_crews = jobs.as_deref().map_or(0, places);
    *lock(&caller.begun) = jobs.map(|jobs| (*first, jobs));
    if in_crews > 0 {
        return caller.sweep_of_crews(&points, in_crews, &cores);
    }
    // One at a time: neighbours differ in cost.
    let rows = cores.install(|| {
        let rows = points.par_iter().with_max_len(1).map(|point: &usize| caller.row(*point, &cores));
        rows.collect::<Result<Vec<_>, SweepError<E>>>()
    });
    Ok(rows?.into_iter().flatten().collect())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a sweep is told.
struct Caller<'a, E> {
    build: &'a (dyn Fn(usize) -> Result<Vec<Job>, E> + Sync),
    save: &'a (dyn Fn(&Row) -> Result<(), E> + Sync),
    stop: &'a (dyn Fn() -> bool + Sync),
    plan: &'a Plan,
    /// The runs of a point that were built to see what they are.
    begun: Mutex<Option<(usize, Vec<Job>)>>,
}

impl<E: Send> Caller<'_, E> {
    /// The runs of a point; None where no point is to be begun.
    fn begin(&self, point: usize) -> Result<Option<Vec<Job>>, SweepError<E>> {
        if (self.stop)() {
            return Ok(None);
        }
        if let Some((_, jobs)) = lock(&self.begun).take_if(|(begun, _)| *begun == point) {
            return Ok(Some(jobs));
        }
        (self.build)(point).map(Some).map_err(SweepError::Caller)
    }

    /// The finished and saved runs of a point; None if it was stopped.
    fn row(&self, point: usize, cores: &ThreadPool) -> Result<Option<Row>, SweepError<E>> {
        match self.begin(point)? {
            Some(jobs) => self.row_of(point, jobs, cores),
            None => Ok(None),
        }
    }

    /// The same of runs that were begun. Those in crews have threads of their own, the others take their turn
    /// on the cores.
    fn row_of(&self, point: usize, jobs: Vec<Job>, cores: &ThreadPool) -> Result<Option<Row>, SweepError<E>> {
        let run = |job: Job| run_job(job, self.plan, self.stop);
        let each = |job: Job| match job.system.crew() {
            Some(_) => run(job),
            None => cores.install(|| run(job)),
        };
        let runs: Option<Vec<Ended>> = match places(&jobs) {
            0 => cores.install(|| jobs.into_iter().map(run).collect()),
            _ => crew::side_by_side(jobs, &each).map_err(of_threads)?.into_iter().collect(),
        };
        let row = runs.map(|runs| Row { point, runs });
        row.as_ref().map_or(Ok(()), self.save).map_err(SweepError::Caller)?;
        Ok(row)
    }

    /// A sweep whose points are on a device: as many at the same time as it has places for, each on a thread
    /// that waits for its runs. The first takes so many places.
    fn sweep_of_crews(
        &self,
        points: &[usize],
        in_crews: usize,
        cores: &ThreadPool,
    ) -> Result<Vec<Row>, SweepError<E>> {
        let lanes = (PLACES / in_crews).clamp(1, points.len());
        let (next, device) = (AtomicUsize::new(0), Places::default());
        let lane = |()| {
            let rows = self.lane(points, &next, &device, cores);
            if rows.is_err() {
                next.store(points.len(), Ordering::Relaxed); // the others begin no more
            }
            rows
        };
        let ended = crew::side_by_side(vec![(); lanes], &lane).map_err(of_threads)?;
        let rows = ended.into_iter().collect::<Result<Vec<Vec<Row>>, SweepError<E>>>()?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// One point after the other, as places are free for them.
    fn lane(
        &self,
        points: &[usize],
        next: &AtomicUsize,
        device: &Places,
        cores: &ThreadPool,
    ) -> Result<Vec<Row>, SweepError<E>> {
        let mut rows = Vec::new();
        while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Some(jobs) = self.begin(*point)? else { break };
            let _held = device.take(places(&jobs));
            rows.extend(self.row_of(*point, jobs, cores)?);
        }
        Ok(rows)
    }
}

/// There are no threads to be had.
fn of_threads<E>(error: std::io::Error) -> SweepError<E> {
    JobError::Threads(error.to_string()).into()
}

/// Places that the crews of these runs take.
fn places(jobs: &[Job]) -> usize {
    places_of(jobs.iter().filter_map(|job| job.system.crew()))
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
