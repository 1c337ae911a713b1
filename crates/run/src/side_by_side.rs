//! Several runs side by side on all cores, and their records gathered: one record a system, its runs (varied
//! keys, then seeds) along leading axes. Which thread does what never shows in the result.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::drive::{Checkpoint, Identity, Plan, Watch, drive};
use crate::record::{Place, Record, RunAxis};
use crate::refinement;
use crate::stack::StackError;
use crate::system::{RunError, System};

/// One run.
pub struct Job {
    /// What it is.
    pub identity: Identity,
    /// Its places on the leading axes, the outermost first, e.g. scale 0.1, seed 1.
    pub run: Vec<Place>,
    /// Whether it is the companion at half the resolution, from which the error of the stated run is estimated.
    pub coarse: bool,
    /// The system at its start.
    pub system: Box<dyn System>,
    /// Expected CPU seconds.
    pub seconds: f64,
}

impl Job {
    /// What people call it: `pde`, `pde-coarse`, `sgd-scale-0.1-seed-1`.
    pub fn name(&self) -> String {
        let coarse = self.coarse.then(|| "coarse".to_owned());
        let words = [self.identity.system.clone()].into_iter().chain(coarse);
        words.chain(self.run.iter().map(Place::tag)).collect::<Vec<_>>().join("-")
    }
}

/// Why a set of runs failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum JobError {
    /// A run stopped.
    #[error("{name}: {error}")]
    Run {
        /// The run.
        name: String,
        /// Why.
        error: RunError,
    },
    /// The runs of a system do not fit together.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// No threads.
    #[error("the threads could not be started: {0}")]
    Threads(String),
}

/// A finished run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// Its places on the leading axes.
    pub run: Vec<Place>,
    /// Whether it is the companion at half the resolution.
    pub coarse: bool,
    /// What it left.
    pub record: Record,
    /// The units of work that this process did for it.
    pub work: u64,
}

/// The records, and what was done for each system by this process (samples or rate evaluations).
pub struct Outcome {
    /// One record a system, in the order of the jobs.
    pub records: Vec<Record>,
    /// Work done by this process for each record.
    pub work: Vec<u64>,
}

/// The watch of one run among others: it ends when another has failed.
struct Together<'a, W> {
    own: W,
    failed: &'a AtomicBool,
}

impl<W: Watch> Watch for Together<'_, W> {
    fn progress(&mut self, time: f64, done: f64) {
        self.own.progress(time, done);
    }

    fn wants_checkpoint(&mut self) -> bool {
        self.own.wants_checkpoint()
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), RunError> {
        self.own.checkpoint(checkpoint)
    }

    fn cancelled(&self) -> bool {
        self.own.cancelled() || self.failed.load(Ordering::Relaxed)
    }
}

/// Runs all jobs on `threads` threads (0: one a core). `prepare` gives each its watch and, where there is one,
/// the checkpoint to start from. When one run fails the others end too, and its error is the one returned.
pub fn run<W: Watch>(
    jobs: Vec<Job>,
    plan: &Plan,
    threads: usize,
    prepare: impl Fn(&Job) -> Result<(W, Option<Checkpoint>), RunError> + Sync,
) -> Result<Outcome, JobError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| JobError::Threads(error.to_string()))?;
    let mut order: Vec<(usize, Job)> = jobs.into_iter().enumerate().collect();
    order.sort_by(|a, b| b.1.seconds.total_cmp(&a.1.seconds)); // the longest first, so that cores end together
    // Runs come first; what cores they leave idle goes to those that can use several.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let spare = (pool.current_num_threads().min(cores) / order.len().max(1)).max(1);
    order.iter_mut().for_each(|(_, job)| job.system.use_threads(spare));
    let failed = AtomicBool::new(false);
    let one = |(index, job): (usize, Job)| (index, run_one(job, plan, &prepare, &failed));
    let mut finished: Vec<_> = pool.install(|| order.into_iter().par_bridge().map(one).collect());
    finished.sort_by_key(|(index, _)| *index);
    let mut results: Vec<_> = finished.into_iter().map(|(_, result)| result).collect();
    if let Some(culprit) = results.iter().position(is_own_failure) {
        results.swap(0, culprit);
    }
    gather(results.into_iter().collect::<Result<Vec<_>, _>>()?)
}

/// Whether a run failed by itself, not because another one did.
fn is_own_failure(result: &Result<Finished, JobError>) -> bool {
    matches!(result, Err(error) if !matches!(error, JobError::Run { error: RunError::Cancelled(_), .. }))
}

fn run_one<W: Watch>(
    mut job: Job,
    plan: &Plan,
    prepare: &(impl Fn(&Job) -> Result<(W, Option<Checkpoint>), RunError> + Sync),
    failed: &AtomicBool,
) -> Result<Finished, JobError> {
    let name = job.name();
    let stop = |error| {
        failed.store(true, Ordering::Relaxed);
        JobError::Run { name: name.clone(), error }
    };
    if failed.load(Ordering::Relaxed) {
        return Err(stop(RunError::Cancelled(0.0)));
    }
    let (own, from) = prepare(&job).map_err(stop)?;
    let mut watch = Together { own, failed };
    let record = drive(&mut *job.system, job.identity, plan, from, &mut watch).map_err(stop)?;
    Ok(Finished { run: job.run, coarse: job.coarse, record, work: job.system.work() })
}

/// Puts the runs of each system side by side, and estimates errors from the companions.
pub fn gather(finished: Vec<Finished>) -> Result<Outcome, JobError> {
    let (coarse, stated): (Vec<_>, Vec<_>) = finished.into_iter().partition(|one| one.coarse);
    let mut outcome = Outcome { records: Vec::new(), work: Vec::new() };
    for group in by_system(stated) {
        outcome.work.push(group.iter().map(|one| one.work).sum());
        outcome.records.push(nested(group, 0)?);
    }
    for group in by_system(coarse) {
        let work: u64 = group.iter().map(|one| one.work).sum();
        let coarse = nested(group, 0)?;
        if let Some(place) = outcome.records.iter().position(|record| record.system == coarse.system) {
            refinement::estimate(&mut outcome.records[place], &coarse)?;
            outcome.work[place] += work;
        }
    }
    Ok(outcome)
}

/// The runs of each system, in the order in which the systems first appear.
fn by_system(finished: Vec<Finished>) -> Vec<Vec<Finished>> {
    let mut groups: Vec<Vec<Finished>> = Vec::new();
    for one in finished {
        match groups.iter_mut().find(|group| group[0].record.system == one.record.system) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

/// The runs of one system as one record: those that agree on the axis number `depth` first, then along it.
fn nested(mut group: Vec<Finished>, depth: usize) -> Result<Record, StackError> {
    let Some(first) = group[0].run.get(depth).cloned() else { return Ok(group.swap_remove(0).record) };
    let mut groups: Vec<(f64, Vec<Finished>)> = Vec::new();
    for one in group {
        let value = one.run.get(depth).map_or(f64::NAN, |place| place.value);
        match groups.iter_mut().find(|(other, _)| *other == value) {
            Some((_, group)) => group.push(one),
            None => groups.push((value, vec![one])),
        }
    }
    let values = groups.iter().map(|(value, _)| *value).collect();
    let records = groups.into_iter().map(|(_, group)| nested(group, depth + 1)).collect::<Result<_, _>>()?;
    Record::stack(RunAxis { name: first.axis, key: first.key, values }, records)
}
