//! The session: everything that a run of a scenario is, from its folder to the published result.
//!
//! ```text
//!   open ─▶ finished already? ─▶ take the folder ─▶ compute ─▶ judge, write, draw ─▶ publish
//! ```
//! It prints nothing, and shows progress to an [`Observer`] only. How a result is computed is
//! in `compute`, what of it is written in `result`, how files come into place in `folder`,
//! `partial` and `publish`.

use std::path::{Path, PathBuf};

use meanfield_compare::comparison::Comparison;
use meanfield_mpi::Ranks;
use meanfield_run::record::Record;
use meanfield_run::side_by_side::{Job, Outcome};
use meanfield_scenario::Scenario;

use crate::addresses;
use crate::clock::{self, Stopwatch};
use crate::compute;
use crate::error::Error;
use crate::folder::{Folder, FolderState};
use crate::merge::Gathered;
use crate::observer::Observer;
use crate::options::Options;
use crate::partial::{Partial, Unfinished};
use crate::parts::{Parts, Plan};
use crate::place;
use crate::result;
use crate::share::Part;
use crate::source::Source;
use crate::summary::Summary;
use crate::task::Task;
use crate::version;

/// Bytes of the longest name of a file of a result: a figure's, over keys of long names.
const LONGEST_NAME: usize = 110;

/// A checked scenario, about to run into its folder.
pub struct Session {
    scenario: Scenario,
    task: Task,
    options: Options,
    /// Whether the scenario was reduced by its `[quick]`.
    quick: bool,
    folder: Folder,
}

/// Outcome of a session.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finished {
    /// The headline numbers: `summary.json`.
    pub summary: Summary,
    /// The folder of the result.
    pub folder: PathBuf,
    /// The records and their comparison; none where the folder held this very result already.
    pub computed: Option<Computed>,
}

/// A part that is about to be computed.
pub(crate) struct BegunPart {
    part: Part,
    parts: Parts,
    partial: Partial,
    /// All runs of the scenario; of a sweep none.
    jobs: Vec<Job>,
}

/// What a session finds when it begins.
pub(crate) enum Begun {
    /// Its very result.
    Before(Box<Finished>),
    /// A folder that is now its own.
    Now(Partial),
}

/// Outcome of one part of a session.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FinishedPart {
    /// The folder of the whole result, which [`Session::merge`] takes.
    pub folder: PathBuf,
    /// Runs, or points of a sweep, in this part.
    pub own: usize,
    /// Those of all parts.
    pub all: usize,
    /// Of its own those that stopped before their end.
    pub stopped: usize,
}

/// The computed records.
#[derive(Debug)]
#[non_exhaustive]
pub struct Computed {
    /// One record a system.
    pub records: Vec<Record>,
    /// Every system against the reference, where the scenario names one.
    pub comparison: Option<Comparison>,
}

impl Session {
    /// Opens a scenario file with default options, its result going below `output`.
    ///
    /// # Errors
    /// If the scenario cannot be read or has mistakes.
    pub fn open(scenario: impl Into<PathBuf>, output: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::new(&Source::file(scenario), Task::Run, Options::default().output(output))
    }

    /// Reads and checks the scenario of a source.
    ///
    /// # Errors
    /// If the scenario cannot be read or has mistakes, or the options mean nothing.
    pub fn new(source: &Source, task: Task, options: Options) -> Result<Self, Error> {
        options.check()?;
        options.check_task(task)?;
        let scenario = source.read_task(task)?;
        let folder = place::folder(&options.output, &source.path, task.suffix(), &scenario.resolved)?;
        place::refuse_to_replace_scenario(&source.path, folder.path())?;
        Ok(Self { scenario, task, options, quick: source.quick, folder })
    }

    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The folder of its result.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Computes the scenario in the folder of its result and puts the result into place. If the very scenario
    /// is there, finished, its summary is returned and nothing is computed.
    ///
    /// # Errors
    /// If the folder holds something else, cannot be written or is another process's; if nothing could be
    /// computed; if the observer cancelled the session.
    pub fn run(&self, observer: &dyn Observer) -> Result<Finished, Error> {
        let stopwatch = Stopwatch::start();
        match self.begin(observer)? {
            Begun::Before(finished) => Ok(*finished),
            Begun::Now(partial) => {
                let outcome = self.compute(&partial, &self.options, observer)?;
                self.publish(partial, outcome, stopwatch, observer)
            }
        }
    }

    /// Takes the folder of the result for a run, unless that very result is there.
    pub(crate) fn begin(&self, observer: &dyn Observer) -> Result<Begun, Error> {
        clock::now()?;
        if let Some(finished) = self.finished_before(observer)? {
            return Ok(Begun::Before(Box::new(finished)));
        }
        addresses::check(self.scenario.memory())?;
        let partial = Partial::take(&self.folder, observer)?;
        partial.recover()?;
        partial.check_writable(&"x".repeat(LONGEST_NAME))?;
        // Another process may have finished since the first look.
        if let Some(finished) = self.finished_before(observer)? {
            return Ok(Begun::Before(Box::new(finished)));
        }
        partial.begin(&self.scenario.resolved, self.unfinished())?;
        Ok(Begun::Now(partial))
    }

    /// Computes one part of the scenario's runs, on its own: other processes compute the others, on this
    /// machine or elsewhere. It goes on from what an earlier process left of it, and publishes nothing.
    ///
    /// # Errors
    /// As [`Self::run`]; and if the parts that are there are of another scenario.
    pub fn run_part(&self, part: Part, observer: &dyn Observer) -> Result<FinishedPart, Error> {
        let begun = self.begin_part(part, observer)?;
        self.finish_part(begun, observer, None)
    }

    /// Takes the folder of a part, and builds what is to be run.
    pub(crate) fn begin_part(&self, part: Part, observer: &dyn Observer) -> Result<BegunPart, Error> {
        clock::now()?;
        let parts = self.state_parts(part.count())?;
        let partial = Partial::take(&parts.folder(part), observer)?;
        let unfinished = if self.options.overwrite { Unfinished::Discard } else { Unfinished::Resume };
        partial.begin(&self.scenario.resolved, unfinished)?;
        parts.begin(part)?;
        let jobs = match self.task {
            Task::Run | Task::Landscape => compute::build(&self.scenario, observer)?,
            Task::Sweep => Vec::new(),
        };
        Ok(BegunPart { part, parts, partial, jobs })
    }

    /// Computes a part, beside others where there are ranks.
    pub(crate) fn finish_part(
        &self,
        begun: BegunPart,
        observer: &dyn Observer,
        ranks: Option<&dyn Ranks>,
    ) -> Result<FinishedPart, Error> {
        let BegunPart { part, parts, partial, jobs } = begun;
        let Self { scenario, options, .. } = self;
        let share = match self.task {
            Task::Run | Task::Landscape => {
                compute::part_of_runs(part, jobs, scenario, options, &partial, observer, ranks)?
            }
            Task::Sweep => compute::part_of_points(part, scenario, options, &partial, observer)?,
        };
        parts.finish(part, share)?;
        let compute::Share { own, all, stopped } = share;
        Ok(FinishedPart { folder: self.folder().to_owned(), own, all, stopped })
    }

    /// States into how many parts this session is divided, unless that was stated before.
    pub(crate) fn state_parts(&self, count: usize) -> Result<Parts, Error> {
        let parts = Parts::of_result(self.folder());
        let plan = Plan { task: self.task, parts: count, quick: self.quick };
        parts.state(plan, &self.scenario.resolved)?;
        Ok(parts)
    }

    /// The session whose finished parts are in the folder of a result; it is to be [merged](Self::merge).
    ///
    /// # Errors
    /// If there are no parts, or some are missing or not finished: each is named.
    pub fn of_parts(folder: &Path, options: Options) -> Result<Self, Error> {
        options.check()?;
        let gathered = Gathered::find(folder)?;
        let source = Source::file(gathered.parts.scenario_path());
        let Plan { task, quick, .. } = gathered.plan;
        let scenario = source.read_finished(task)?;
        Ok(Self { scenario, task, options, quick, folder: Folder::at(folder) })
    }

    /// Puts the parts together and publishes the result, as [`Self::run`] does.
    ///
    /// # Errors
    /// As [`Self::run`] and [`Self::of_parts`].
    pub fn merge(&self, observer: &dyn Observer) -> Result<Finished, Error> {
        let stopwatch = Stopwatch::start();
        if let Some(finished) = self.finished_before(observer)? {
            return Ok(finished);
        }
        let gathered = Gathered::find(self.folder())?;
        let partial = Partial::take(&self.folder, observer)?;
        partial.recover()?;
        partial.check_writable(&"x".repeat(LONGEST_NAME))?;
        partial.begin(&self.scenario.resolved, self.unfinished())?;
        self.put_together(&gathered, partial, stopwatch, observer)
    }

    /// Publishes the result of parts that are finished.
    pub(crate) fn put_together(
        &self,
        gathered: &Gathered,
        partial: Partial,
        stopwatch: Stopwatch,
        observer: &dyn Observer,
    ) -> Result<Finished, Error> {
        gathered.put_into(&partial)?;
        let outcome = self.compute(&partial, &self.going_on(), observer)?;
        let finished = self.publish(partial, outcome, stopwatch, observer)?;
        if finished.summary.failed.is_empty() {
            // The result is in place: what cannot be removed now only takes space.
            let _ = gathered.parts.remove();
        }
        Ok(finished)
    }

    fn compute(
        &self,
        partial: &Partial,
        options: &Options,
        observer: &dyn Observer,
    ) -> Result<Outcome, Error> {
        match self.task {
            Task::Run | Task::Landscape => compute::runs(&self.scenario, options, partial, observer),
            Task::Sweep => compute::points(&self.scenario, options, partial, observer),
        }
    }

    /// The options of a session that goes on from what others computed.
    fn going_on(&self) -> Options {
        Options { resume: true, ..self.options.clone() }
    }

    /// Judges, writes and draws in the folder of work in progress, and puts the whole into place.
    fn publish(
        &self,
        partial: Partial,
        outcome: Outcome,
        stopwatch: Stopwatch,
        observer: &dyn Observer,
    ) -> Result<Finished, Error> {
        let comparison = result::judged(&self.scenario, &outcome)?;
        let header = result::header(&self.scenario, &self.options.command, self.quick)?;
        let folder = partial.result()?;
        let files = result::write(&folder, &self.scenario, &header, &outcome.records, comparison.as_ref())?;
        let used = stopwatch.read();
        let departures = self.scenario.departures();
        let summary = Summary::new(header, departures, &outcome, comparison.as_ref(), used).sealed(files);
        result::write_summary(&folder, &summary)?;
        compute::check_cancelled(observer)?;
        partial.publish(outcome.gaps.is_empty())?;
        self.folder.link();
        let computed = Some(Computed { records: outcome.records, comparison });
        Ok(Finished { summary, folder: self.folder().to_owned(), computed })
    }

    fn unfinished(&self) -> Unfinished {
        match (self.options.resume || self.options.extend, self.options.overwrite) {
            (true, _) => Unfinished::Resume,
            (false, true) => Unfinished::Discard,
            (false, false) => Unfinished::Refuse,
        }
    }

    /// The result of the very scenario, if it is there, finished.
    fn finished_before(&self, observer: &dyn Observer) -> Result<Option<Finished>, Error> {
        let Some(summary) = self.look()? else { return Ok(None) };
        let place = self.folder().display();
        let summary: Summary = serde_json::from_str(&summary).map_err(|error| {
            let text = format!("{place}/summary.json cannot be read: {error}");
            Error::input(text, "use {overwrite} to run the scenario again")
        })?;
        Partial::clear_up(&self.folder, observer);
        Ok(Some(Finished { summary, folder: self.folder().to_owned(), computed: None }))
    }

    /// The summary of the very scenario, if it is there, finished, and nothing is to be computed. Who resumes
    /// a result in which a run stopped wants that run tried again. Refuses to replace another result unasked;
    /// who resumes a run has been asked when it began.
    fn look(&self) -> Result<Option<String>, Error> {
        let resolved = &self.scenario.resolved;
        let place = self.folder().display();
        let resume = self.options.resume;
        let allowed = self.options.overwrite || (resume && self.folder.began(resolved));
        let found = self.folder.look(resolved).map_err(|error| {
            Error::input(format!("{place} cannot be read: {error}"), "choose another folder: {output}")
        })?;
        match found {
            FolderState::Same(summary) if resume && has_gaps(&summary) => Ok(None),
            FolderState::Same(summary) if !self.options.overwrite => Ok(Some(summary)),
            FolderState::OfAnotherVersion(version) if !allowed => Err(self.of_another_version(&version)),
            FolderState::Incomplete(part) if !allowed => Err(Error::input(
                format!("{place} holds a result of this scenario whose {part} is missing or was changed"),
                "use {overwrite} to run the scenario again",
            )),
            FolderState::Other if !allowed && !self.options.extend => Err(Error::input(
                format!("{place} holds the result of another scenario, or files with the names of one"),
                "use {extend} to take from it what is the same here (a later end, more seeds, more points), \
                 {overwrite} to replace it once the new one is complete, or {output} for another folder",
            )),
            _ => Ok(None),
        }
    }

    fn of_another_version(&self, version: &str) -> Error {
        let place = self.folder().display();
        let own = version::computing();
        Error::input(
            format!(
                "{place} holds the result of this scenario as meanfield {version} computed it; this is {own}"
            ),
            "use {overwrite} to run the scenario again, or {output} to keep that result",
        )
    }
}

/// Whether a run of a result stopped before its end.
fn has_gaps(summary: &str) -> bool {
    serde_json::from_str::<Summary>(summary).is_ok_and(|summary| !summary.failed.is_empty())
}
