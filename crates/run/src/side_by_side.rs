//! Several runs side by side on all cores, and their records gathered: one record a system, its runs (varied
//! keys, then seeds) along leading axes. Which thread does what never shows in the result.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::crew;
use crate::drive::{Checkpoint, Identity, Plan, Stopped, Watch, drive};
use crate::record::{Fact, Place, Record, RunAxis};
use crate::refinement;
use crate::stack::StackError;
use crate::system::{RunError, System};
use crate::unfinished;

/// One run.
pub struct Job {
    /// System, kind and facts for the record.
    pub identity: Identity,
    /// Its places on the leading axes, the outermost first, e.g. scale 0.1, seed 1.
    pub run: Vec<Place>,
    /// Whether it is the companion at half the resolution, from which the error of the stated run is
    /// estimated.
    pub coarse: bool,
    /// The system at its start.
    pub system: Box<dyn System>,
    /// Expected CPU seconds.
    pub seconds: f64,
    /// A digest of all that its result depends on, but for when it is observed: two runs of which this is the
    /// same are the same, as far as both go. Empty where nobody asks.
    pub address: String,
}

impl Job {
    /// Name for messages and files: `pde`, `pde-coarse`, `sgd-scale-0.1-seed-1`.
    pub fn name(&self) -> String {
        let coarse = self.coarse.then(|| "coarse".to_owned());
        let words = [self.identity.system.clone()].into_iter().chain(coarse);
        words.chain(self.run.iter().map(Place::tag)).collect::<Vec<_>>().join("-")
    }
}

/// Why a set of runs failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// A run stopped in a way that concerns all.
    #[error("{name}: {error}")]
    Run {
        /// The run.
        name: String,
        /// The reason why it stopped.
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
    /// Its record.
    pub record: Record,
    /// The units of work that this process did for it.
    pub work: u64,
}

/// A run that stopped before its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// Name for messages.
    pub name: String,
    /// Its system.
    pub system: String,
    /// Its places on the leading axes.
    pub run: Vec<Place>,
    /// Whether it is the companion at half the resolution.
    pub coarse: bool,
    /// The reason why it stopped.
    pub error: String,
    /// The observations until then.
    pub so_far: Option<Box<Record>>,
    /// Facts about the run.
    pub facts: Vec<Fact>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ended {
    /// It reached the end of the plan.
    Finished(Box<Finished>),
    /// It did not.
    Failed(Gap),
}

/// The records, and the work of this process for each system (samples or rate evaluations).
pub struct Outcome {
    /// One record a system, in the order of the jobs.
    pub records: Vec<Record>,
    /// Work done by this process for each record.
    pub work: Vec<u64>,
    /// Runs that stopped before their end. Of a system none of whose runs observed anything there is no
    /// record.
    pub gaps: Vec<Gap>,
}

/// The watch of one run among others: it ends when all are to end.
struct Together<'a, W> {
    own: W,
    ended: &'a AtomicBool,
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
        self.own.cancelled() || self.ended.load(Ordering::Relaxed)
    }
}

/// Runs all jobs on `threads` threads (0: one a core). `prepare` gives each its watch and, where there is
/// one, the checkpoint to start from. A run that fails leaves a gap, and the others go on. All end, and the
/// error is returned, where the user cancelled or a checkpoint is of another run.
///
/// # Errors
/// [`JobError`], where a run stopped in a way that concerns all, runs do not fit together, or there are no
/// threads.
pub fn run<W: Watch>(
    jobs: Vec<Job>,
    plan: &Plan,
    threads: usize,
    prepare: impl Fn(&Job) -> Result<(W, Option<Checkpoint>), RunError> + Sync,
) -> Result<Outcome, JobError> {
    gather(run_each(jobs, plan, threads, prepare)?)
}

/// The same without gathering their records, in the order of the jobs: they need not be all runs of a system.
///
/// # Errors
/// As [`run`].
pub fn run_each<W: Watch>(
    jobs: Vec<Job>,
    plan: &Plan,
    threads: usize,
    prepare: impl Fn(&Job) -> Result<(W, Option<Checkpoint>), RunError> + Sync,
) -> Result<Vec<Ended>, JobError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| JobError::Threads(error.to_string()))?;
    let mut order: Vec<(usize, Job)> = jobs.into_iter().enumerate().collect();
    // The longest first, so that cores end together.
    order.sort_by(|a, b| b.1.seconds.total_cmp(&a.1.seconds));
    // Runs come first; what cores they leave idle goes to those that can use several.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let spare = (pool.current_num_threads().min(cores) / order.len().max(1)).max(1);
    order.iter_mut().for_each(|(_, job)| job.system.use_threads(spare));
    let ended = AtomicBool::new(false);
    let (crews, alone): (Vec<_>, Vec<_>) =
        order.into_iter().partition(|(_, job)| job.system.crew().is_some());
    let run_job = |(index, job): (usize, Job)| (index, run_one(job, plan, &prepare, &ended));
    let mut results = match crews.is_empty() {
        true => pool.install(|| alone.into_iter().par_bridge().map(&run_job).collect()),
        false => beside_crews(&pool, alone, crews, &run_job)?,
    };
    results.sort_by_key(|(index, _)| *index);
    let mut results: Vec<_> = results.into_iter().map(|(_, result)| result).collect();
    if let Some(culprit) = results.iter().position(is_own_failure) {
        results.swap(0, culprit);
    }
    results.into_iter().collect()
}

/// The outcomes of runs on the pool's threads, while crews have threads of their own.
fn beside_crews<R: Send>(
    pool: &rayon::ThreadPool,
    alone: Vec<(usize, Job)>,
    crews: Vec<(usize, Job)>,
    run: &(impl Fn((usize, Job)) -> R + Sync),
) -> Result<Vec<R>, JobError> {
    std::thread::scope(|scope| {
        let together = std::thread::Builder::new()
            .spawn_scoped(scope, || crew::each_together(crews, |(_, job)| job.system.crew(), run))
            .map_err(|error| JobError::Threads(error.to_string()))?;
        let mut results: Vec<_> = pool.install(|| alone.into_iter().par_bridge().map(run).collect());
        let of_crews = together.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        results.extend(of_crews.map_err(|error| JobError::Threads(error.to_string()))?);
        Ok(results)
    })
}

/// Whether a run failed by itself, not because another one did.
fn is_own_failure(result: &Result<Ended, JobError>) -> bool {
    matches!(result, Err(error) if !matches!(error, JobError::Run { error: RunError::Cancelled(_), .. }))
}

fn run_one<W: Watch>(
    job: Job,
    plan: &Plan,
    prepare: &(impl Fn(&Job) -> Result<(W, Option<Checkpoint>), RunError> + Sync),
    ended: &AtomicBool,
) -> Result<Ended, JobError> {
    let name = job.name();
    let stop = |error| {
        ended.store(true, Ordering::Relaxed);
        JobError::Run { name: name.clone(), error }
    };
    if ended.load(Ordering::Relaxed) {
        return Err(stop(RunError::Cancelled(0.0)));
    }
    let (own, from) = prepare(&job).map_err(stop)?;
    let mut watch = Together { own, ended };
    job.drive(plan, from, &mut watch).map_err(stop)
}

impl Job {
    /// Runs it; a failure of its own is a gap.
    ///
    /// # Errors
    /// Errors that concern all runs, such as a request to stop.
    pub(crate) fn drive(
        mut self,
        plan: &Plan,
        from: Option<Checkpoint>,
        watch: &mut dyn Watch,
    ) -> Result<Ended, RunError> {
        let name = self.name();
        let system = self.identity.system.clone();
        let driven = drive(&mut *self.system, self.identity, plan, from, watch);
        let run = self.run;
        let coarse = self.coarse;
        let work = self.system.work();
        match driven {
            Ok(record) => Ok(Ended::Finished(Box::new(Finished { run, coarse, record, work }))),
            Err(Stopped { error, so_far, facts }) => {
                // An error that is no fault of the run itself leaves no gap: it ends all runs, and their
                // checkpoints stay.
                if let RunError::Cancelled(_) | RunError::Checkpoint(_) | RunError::Write(_) = error {
                    return Err(error);
                }
                let error = error.to_string();
                Ok(Ended::Failed(Gap { name, system, run, coarse, error, so_far, facts }))
            }
        }
    }
}

/// Puts the runs of each system side by side, and estimates errors from the companions. A run that failed is
/// undefined from there on.
///
/// # Errors
/// [`JobError::Stack`], where the runs of a system do not fit together.
pub fn gather(ended: Vec<Ended>) -> Result<Outcome, JobError> {
    let patterns = patterns(&ended);
    let mut finished = Vec::new();
    let mut gaps = Vec::new();
    for one in ended {
        match one {
            Ended::Finished(one) => finished.push(*one),
            Ended::Failed(gap) => {
                finished.extend(partial_record(&gap, &patterns));
                gaps.push(gap);
            }
        }
    }
    let (coarse, stated): (Vec<_>, Vec<_>) = finished.into_iter().partition(|one| one.coarse);
    let mut outcome = Outcome { records: Vec::new(), work: Vec::new(), gaps };
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

/// A record of each (system, whether coarse): a pattern for its other runs.
fn patterns(ended: &[Ended]) -> HashMap<(String, bool), Record> {
    let mut patterns = HashMap::new();
    for one in ended {
        if let Ended::Finished(one) = one {
            let pattern = patterns.entry((one.record.system.clone(), one.coarse));
            pattern.or_insert_with(|| one.record.clone());
        }
    }
    patterns
}

/// The record of a failed run: its observations, or as much NaN as its siblings have numbers. None if it
/// observed nothing and has no siblings.
fn partial_record(gap: &Gap, patterns: &HashMap<(String, bool), Record>) -> Option<Finished> {
    let keys = [gap.coarse, !gap.coarse].map(|coarse| (gap.system.clone(), coarse));
    let sibling = keys.iter().find_map(|key| patterns.get(key));
    let so_far = gap
        .so_far
        .as_deref()
        .filter(|record| sibling.is_none_or(|sibling| has_as_much(record, sibling)))
        .cloned();
    let record = match (so_far, sibling) {
        (Some(record), _) => record,
        (None, sibling) => unfinished::undefined(sibling?, &gap.facts, gap.error.clone()),
    };
    Some(Finished { run: gap.run.clone(), coarse: gap.coarse, record, work: 0 })
}

/// Whether a record has as many laws and curves as that of another run.
fn has_as_much(record: &Record, other: &Record) -> bool {
    record.measures().len() == other.measures().len() && record.curves.len() == other.curves.len()
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
