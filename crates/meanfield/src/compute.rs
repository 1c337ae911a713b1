//! Computing: the runs of a scenario side by side, each with a checkpoint now and then; the points of a
//! sweep, each a row of its journal. Nothing is judged or written here but these.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use meanfield_mpi::Ranks;
use meanfield_run::drive::{Checkpoint, Plan, Seam, Watch};
use meanfield_run::side_by_side::{self, Ended, Job, JobError, Outcome};
use meanfield_run::sweep::{self, Row, SweepError};
use meanfield_run::system::RunError;
use meanfield_scenario::Scenario;
use serde::{Deserialize, Serialize};

use crate::checkpoint;
use crate::dealt;
use crate::error::Error;
use crate::journal::{Journal, Recovered};
use crate::kept::Kept;
use crate::observer::{Observer, RunInfo, RunObserver};
use crate::options::Options;
use crate::partial::Partial;
use crate::publish::PARTS;
use crate::sealed::Owner;
use crate::share::Part;

/// What one part of a scenario computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Share {
    /// Its runs, or points of a sweep.
    pub own: usize,
    /// Those of all parts.
    pub all: usize,
    /// Of its own those that stopped before their end.
    pub stopped: usize,
}

/// Ends the session where its observer cancelled it.
pub(crate) fn check_cancelled(observer: &dyn Observer) -> Result<(), Error> {
    if observer.is_cancelled() { Err(Error::Interrupted) } else { Ok(()) }
}

/// Runs every system, from the checkpoints that are there.
pub(crate) fn runs(
    scenario: &Scenario,
    options: &Options,
    partial: &Partial,
    observer: &dyn Observer,
) -> Result<Outcome, Error> {
    let jobs = build(scenario, observer)?;
    side_by_side::gather(run_jobs(jobs, scenario, options, partial, observer)?).map_err(failed)
}

/// Of these runs, which are all of the scenario, those of one part; what they leave is in their checkpoints.
/// Ranks compute together what is longer than a share, of which the checkpoints are the first one's.
pub(crate) fn part_of_runs(
    part: Part,
    jobs: Vec<Job>,
    scenario: &Scenario,
    options: &Options,
    partial: &Partial,
    observer: &dyn Observer,
    ranks: Option<&dyn Ranks>,
) -> Result<Share, Error> {
    let all = jobs.len();
    let (mut ended, jobs) = match ranks {
        None => (Vec::new(), jobs),
        Some(ranks) => dealt::longest(jobs, ranks, options.threads, |jobs| {
            run_jobs(jobs, scenario, options, partial, observer)
        })?,
    };
    let seconds: Vec<f64> = jobs.iter().map(|job| job.seconds).collect();
    let own = part.share(&seconds);
    let jobs = jobs.into_iter().enumerate().filter(|(index, _)| own.binary_search(index).is_ok());
    let jobs: Vec<Job> = jobs.map(|(_, job)| job).collect();
    ended.extend(run_jobs(jobs, scenario, options, partial, observer)?);
    let stopped = ended.iter().filter(|run| matches!(run, Ended::Failed(_))).count();
    Ok(Share { own: ended.len(), all, stopped })
}

/// Runs these jobs, each from its checkpoint where there is one.
fn run_jobs(
    jobs: Vec<Job>,
    scenario: &Scenario,
    options: &Options,
    partial: &Partial,
    observer: &dyn Observer,
) -> Result<Vec<Ended>, Error> {
    let mut checkpoints: HashMap<PathBuf, Checkpoint> = HashMap::new();
    for job in &jobs {
        let path = partial.checkpoint_path(job);
        let found = checkpoint::read(&path, &owner_of(job, scenario, partial))?;
        checkpoints.extend(found.map(|checkpoint| (path, checkpoint)));
    }
    if options.resume && checkpoints.is_empty() {
        observer.note("there is no checkpoint of this run: it begins at t = 0");
    }
    // A run that an earlier process began from there has a checkpoint of its own.
    if options.extend && checkpoints.len() < jobs.len() {
        let missing = jobs.iter().filter(|job| !checkpoints.contains_key(&partial.checkpoint_path(job)));
        checkpoints.extend(finished_before(&missing.collect::<Vec<_>>(), scenario, partial, observer));
    }
    let kept = partial.kept();
    let _ = kept.make(); // without it nothing is kept
    begin_runs(&jobs, observer);
    let end = scenario.plan.end();
    let ended = side_by_side::run_each(jobs, &scenario.plan, options.threads, |job: &Job| {
        let path = partial.checkpoint_path(job);
        let checkpoint = checkpoints.get(&path).cloned();
        let info = RunInfo::new(job, end, checkpoint.as_ref().map(|checkpoint| checkpoint.time));
        let saved = Saved {
            path,
            owner: owner_of(job, scenario, partial),
            every: options.checkpoint_pause(),
            at: Instant::now(),
            kept: kept.clone(),
            address: job.address.clone(),
        };
        let watch = Watched { own: observer.begin_run(&info), observer, saved: Some(saved) };
        Ok((watch, checkpoint))
    });
    check_cancelled(observer)?;
    ended.map_err(failed)
}

/// The ends of the runs that a finished result has in common with these, by the paths of their checkpoints
/// here.
fn finished_before(
    jobs: &[&Job],
    scenario: &Scenario,
    partial: &Partial,
    observer: &dyn Observer,
) -> HashMap<PathBuf, Checkpoint> {
    let kept = partial.kept_before();
    let found = |job: &Job| Some((partial.checkpoint_path(job), kept.find(job, &scenario.plan)?));
    let found: HashMap<PathBuf, Checkpoint> = jobs.iter().copied().filter_map(found).collect();
    let end = scenario.plan.end();
    let whole = found.values().filter(|checkpoint| checkpoint.time >= end).count();
    let anew = jobs.iter().copied().filter(|job| !found.contains_key(&partial.checkpoint_path(job)));
    let why = if found.is_empty() { why_none(partial, &kept) } else { None };
    let why = why.unwrap_or_else(|| why_anew(anew, &kept, found.is_empty()));
    observer.note(&format!(
        "of {} runs {whole} are taken from the result that is there, {} go on from its end, and {} begin at \
         t = 0{why}",
        jobs.len(),
        found.len() - whole,
        jobs.len() - found.len(),
    ));
    found
}

/// Why nothing can be taken from a finished result, if there is nothing.
fn why_none(partial: &Partial, kept: &Kept) -> Option<String> {
    let result = partial.result_before();
    if !result.join(PARTS[0]).exists() {
        return Some(format!("; there is no finished result in {}", result.display()));
    }
    kept.is_empty().then(|| "; it has kept no runs".to_owned())
}

/// Why these runs, all or some, are not taken from a finished result.
fn why_anew<'a>(jobs: impl Iterator<Item = &'a Job>, kept: &Kept, are_all: bool) -> String {
    let seams: Vec<Option<Seam>> = jobs.map(|job| kept.seam(job)).collect();
    let cut = seams.iter().filter(|seam| **seam == Some(Seam::CutEnd)).count();
    let observed = seams.iter().flatten().count() - cut;
    let mut why = String::new();
    if observed > 0 {
        why += &format!(
            "; {observed} of these because observations until their end are not those of before: let those \
             stay, and add later ones, e.g. times = [\"log(1e-3..10:61)\", 12.0]"
        );
    }
    if cut > 0 {
        why += &format!(
            "; {cut} of these because their end cut a step, as that of a limit does where it is no snapshot \
             or steps are longer than the observations before it are apart"
        );
    }
    if why.is_empty() && are_all {
        why += "; its runs are of another build of this program, or of another model, dynamics, systems or \
                seeds";
    }
    why
}

/// Runs jobs without a file.
pub(crate) fn jobs_in_memory(
    jobs: Vec<Job>,
    plan: &Plan,
    threads: usize,
    observer: &dyn Observer,
) -> Result<Outcome, Error> {
    begin_runs(&jobs, observer);
    let end = plan.end();
    let outcome = side_by_side::run(jobs, plan, threads, |job: &Job| {
        let own = observer.begin_run(&RunInfo::new(job, end, None));
        Ok((Watched { own, observer, saved: None }, None))
    });
    check_cancelled(observer)?;
    outcome.map_err(failed)
}

/// Tells the observer how much is about to begin.
fn begin_runs(jobs: &[Job], observer: &dyn Observer) {
    observer.begin_runs(jobs.len(), jobs.iter().map(|job| job.seconds).sum());
}

fn owner_of(job: &Job, scenario: &Scenario, partial: &Partial) -> Owner {
    partial.owner(&scenario.resolved, &checkpoint::name(job))
}

/// The runs of all points; tables of a landscape take a moment each.
pub(crate) fn build(scenario: &Scenario, observer: &dyn Observer) -> Result<Vec<Job>, Error> {
    let help = "please report this scenario: it should have been refused earlier";
    let mut jobs = Vec::new();
    for point in &scenario.points {
        check_cancelled(observer)?;
        jobs.extend(point.jobs().map_err(|error| Error::input(error.to_string(), help))?);
    }
    Ok(jobs)
}

/// A run that failed; a checkpoint of something else is bad input.
fn failed(error: JobError) -> Error {
    match error {
        JobError::Run { name, error: error @ RunError::Checkpoint(_) } => {
            Error::input(format!("{name}: {error}"), "use {overwrite} to start again")
        }
        error => Error::run(error.to_string()),
    }
}

/// Runs the points of a sweep. Those that are there already are not computed again, unless a run there
/// stopped.
pub(crate) fn points(
    scenario: &Scenario,
    options: &Options,
    partial: &Partial,
    observer: &dyn Observer,
) -> Result<Outcome, Error> {
    let all: Vec<usize> = (0..scenario.points.len()).collect();
    sweep::merge_rows(rows(&all, scenario, options, partial, observer)?).map_err(failed)
}

/// Of the points of a sweep those of one part; their rows are in its journal.
pub(crate) fn part_of_points(
    part: Part,
    scenario: &Scenario,
    options: &Options,
    partial: &Partial,
    observer: &dyn Observer,
) -> Result<Share, Error> {
    let own = part.share(&scenario.seconds_of_points());
    let rows = rows(&own, scenario, options, partial, observer)?;
    let stopped = rows.iter().filter(|row| !row.is_whole()).count();
    Ok(Share { own: own.len(), all: scenario.points.len(), stopped })
}

/// The rows of these points: from the journal where they are there, else computed.
fn rows(
    points: &[usize],
    scenario: &Scenario,
    options: &Options,
    partial: &Partial,
    observer: &dyn Observer,
) -> Result<Vec<Row>, Error> {
    let owner = partial.owner(&scenario.resolved, "rows");
    let (journal, Recovered { rows: mut known, lost }) = Journal::open(partial.path(), owner)?;
    known.retain(|point, row| points.binary_search(point).is_ok() && row.is_whole() && row.fits());
    if lost > 0 {
        let what = format!("{lost} bytes of the journal are no whole row");
        observer.note(&format!("{what}: what was there is computed again"));
    }
    if options.resume {
        observer.note(&format!("{} of {} points are there already", known.len(), points.len()));
    }
    observer.begin_sweep(known.len(), points.len());
    let missing = points.iter().copied().filter(|point| !known.contains_key(point)).collect();
    let rows = sweep::sweep(
        missing,
        |point: usize| Ok(scenario.points[point].jobs_of_sweep()),
        &scenario.plan,
        options.threads,
        |row: &Row| {
            observer.point_finished();
            journal.append(row)
        },
        || {
            observer.waiting();
            observer.is_cancelled()
        },
    );
    check_cancelled(observer)?;
    let mut rows = rows.map_err(|error| match error {
        SweepError::Caller(error) => error,
        SweepError::Job(error) => failed(error),
        error => Error::run(error.to_string()),
    })?;
    rows.extend(known.into_values());
    Ok(rows)
}

/// Watch of one run: passes progress to the observer, saves checkpoints, passes on requests to stop.
struct Watched<'a> {
    own: Box<dyn RunObserver>,
    observer: &'a dyn Observer,
    /// Where checkpoints are saved, if they are.
    saved: Option<Saved>,
}

/// Where a run saves its checkpoints, and when it did so last.
struct Saved {
    path: PathBuf,
    owner: Owner,
    every: Duration,
    at: Instant,
    /// Where it is kept once it has ended, and under which address.
    kept: Kept,
    address: String,
}

impl Watch for Watched<'_> {
    fn progress(&mut self, time: f64, done: f64) {
        self.own.progress(time, done);
    }

    fn wants_checkpoint(&mut self) -> bool {
        self.saved.as_ref().is_some_and(|saved| saved.at.elapsed() >= saved.every)
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), RunError> {
        let Some(saved) = &mut self.saved else { return Ok(()) };
        saved.at = Instant::now();
        saved.kept.keep(&saved.address, checkpoint);
        checkpoint::write(&saved.path, &saved.owner, checkpoint).map_err(RunError::Write)
    }

    fn cancelled(&self) -> bool {
        self.observer.is_cancelled()
    }
}
