//! `meanfield run`: solve, train, compare, store, draw. `meanfield landscape`: the same of what has no dynamics, in a folder of
//! its own.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use meanfield_compare::comparison::Comparison;
use meanfield_figure as figure;
use meanfield_files::digest;
use meanfield_run::cpu::process_seconds;
use meanfield_run::drive::Checkpoint;
use meanfield_run::machine;
use meanfield_run::side_by_side::{self, Job, JobError, Outcome};
use meanfield_run::system::RunError;
use meanfield_scenario::Scenario;
use meanfield_scenario::build::build_point;
use meanfield_store as store;
use meanfield_store::Header;

use crate::Verdict;
use crate::addresses;
use crate::arguments::RunOptions;
use crate::checkpoint;
use crate::clock;
use crate::disk::write_aside;
use crate::failure::Failure;
use crate::folder::{Folder, Found};
use crate::input;
use crate::interrupt;
use crate::partial::{Partial, Unfinished};
use crate::print;
use crate::publish::{FIGURES, SUMMARY};
use crate::summary::Summary;
use crate::version::{self, COMMIT, VERSION};
use crate::watch::Watchers;

/// Most threads: far more than any machine has cores.
const MOST_THREADS: usize = 4096;

/// The folder below which scenarios lie in families.
const SCENARIOS: &str = "scenarios";
/// Bytes of the longest name of a file of a result: a figure's, over keys of long names.
const LONGEST_NAME: usize = 110;
/// Ends the name of the folder of what has no dynamics.
const LANDSCAPE: &str = "-landscape";

/// The verb.
pub fn run(options: &RunOptions) -> Result<Verdict, Failure> {
    run_part(options, false)
}

/// The verb that solves static problems only.
pub fn landscape(options: &RunOptions) -> Result<Verdict, Failure> {
    run_part(options, true)
}

fn run_part(options: &RunOptions, landscape_only: bool) -> Result<Verdict, Failure> {
    let started = Instant::now();
    interrupt::listen()?;
    check(options)?;
    let scenario = input::scenario(&options.source, landscape_only)?;
    let end = if landscape_only { LANDSCAPE } else { "" };
    in_folder(options, &scenario, end, started, |partial| compute(options, &scenario, partial))
}

/// Computes a scenario in the folder of its result, with this at the end of its name, and puts the result into place; says
/// what was found before, if the very scenario is there.
pub(super) fn in_folder(
    options: &RunOptions,
    scenario: &Scenario,
    end: &str,
    started: Instant,
    compute: impl FnOnce(&Partial) -> Result<Outcome, Failure>,
) -> Result<Verdict, Failure> {
    let folder = folder(options, end, &scenario.resolved)?;
    spare_the_scenario(&options.source.scenario, &folder)?;
    clock::now()?;
    if let Some(summary) = finished(options, &folder, &scenario.resolved)? {
        return finished_before(options, &folder, &summary);
    }
    addresses::check(scenario.costs().altogether().bytes)?;
    let partial = folder.take()?;
    partial.settle()?;
    partial.try_out(&"x".repeat(LONGEST_NAME))?;
    // Another process may have finished since the first look.
    if let Some(summary) = finished(options, &folder, &scenario.resolved)? {
        return finished_before(options, &folder, &summary);
    }
    partial.begin(&scenario.resolved, unfinished(options))?;
    let outcome = compute(&partial)?;
    let summary = write(scenario, &outcome, started, &partial)?;
    interrupt::check()?;
    partial.publish(outcome.gaps.is_empty())?;
    folder.link();
    print(options, &summary)?;
    print::note(format!("written: {}", folder.path().display()));
    Ok(Verdict::of(summary.holds))
}

/// A result holds a scenario.toml: not in the place of the one that was typed.
fn spare_the_scenario(scenario: &Path, folder: &Folder) -> Result<(), Failure> {
    let whole = |path: &Path| path.canonicalize().ok();
    match whole(scenario).is_some() && whole(scenario) == whole(&folder.path().join("scenario.toml")) {
        false => Ok(()),
        true => Err(Failure::input(
            format!("the result would take the place of the scenario {} itself", scenario.display()),
            "choose another folder: --output DIR",
        )),
    }
}

/// What the types of the options cannot say.
pub(super) fn check(options: &RunOptions) -> Result<(), Failure> {
    let (every, threads) = (options.checkpoint_every, options.threads);
    if !(0.0..=1e9).contains(&every) {
        let text = format!("--checkpoint-every {every} is no number of seconds");
        return Err(Failure::input(text, "write e.g. --checkpoint-every 10"));
    }
    if threads > MOST_THREADS {
        let text = format!("--threads {threads} is more than {MOST_THREADS}");
        return Err(Failure::input(text, "leave it out for one thread a core"));
    }
    Ok(())
}

/// The folder of the result of a scenario, with this at the end of its name.
fn folder(options: &RunOptions, end: &str, resolved: &str) -> Result<Folder, Failure> {
    let path = &options.source.scenario;
    match path.file_stem() {
        Some(stem) if !stem.to_string_lossy().starts_with('.') => {
            let name = format!("{}{end}", stem.to_string_lossy());
            let (family, taken) = family(path, &name);
            let folder = Folder::of(&options.output, &family, &name, resolved);
            // Another family of this name has its folder where the link would be.
            Ok(if taken { folder.without_link() } else { folder })
        }
        _ => Err(Failure::input(
            "the scenario's file name gives no name to the folder of its result",
            "rename it: a letter first, e.g. figure-1.toml",
        )),
    }
}

fn unfinished(options: &RunOptions) -> Unfinished {
    match (options.resume, options.overwrite) {
        (true, _) => Unfinished::Resume,
        (false, true) => Unfinished::Discard,
        (false, false) => Unfinished::Refuse,
    }
}

/// The folders between `scenarios` and a scenario's file: `noisy` of scenarios/noisy/two-radii.toml; none where
/// nothing on the path has this name. And whether a family is called `name`.
fn family(scenario: &Path, name: &str) -> (PathBuf, bool) {
    let whole = scenario.canonicalize().unwrap_or_else(|_| scenario.to_owned());
    let above: Vec<_> = whole.parent().into_iter().flat_map(Path::components).collect();
    let Some(root) = above.iter().rposition(|part| part.as_os_str() == SCENARIOS) else {
        return (PathBuf::new(), false);
    };
    let (scenarios, family) = above.split_at(root + 1);
    let is_family = scenarios.iter().collect::<PathBuf>().join(name).is_dir();
    // A scenario beside the family of its name goes into that, or their results would share a folder.
    let of_its_name = family.is_empty() && is_family;
    (if of_its_name { name.into() } else { family.iter().collect() }, is_family)
}

/// The summary of the very scenario, if it is there, finished, and nothing is to be computed. Who resumes a result in which a
/// run stopped wants that run tried again. Refuses to
/// replace another result unasked; who resumes a run has been asked when it began.
fn finished(options: &RunOptions, folder: &Folder, resolved: &str) -> Result<Option<String>, Failure> {
    let place = folder.path().display();
    let allowed = options.overwrite || (options.resume && folder.began(resolved));
    let again = "write --overwrite to run the scenario again";
    let found = folder.look(resolved).map_err(|error| {
        Failure::input(format!("{place} cannot be read: {error}"), "choose another folder: --output DIR")
    })?;
    match found {
        Found::Same(summary) if options.resume && has_gaps(&summary) => Ok(None),
        Found::Same(summary) if !options.overwrite => Ok(Some(summary)),
        Found::OfAnotherVersion(version) if !allowed => {
            let (own, help) = (version::computing(), format!("{again}, or --output DIR to keep that result"));
            let text = format!(
                "{place} holds the result of this scenario as meanfield {version} computed it; this is {own}"
            );
            Err(Failure::input(text, help))
        }
        Found::Incomplete(part) if !allowed => {
            let text =
                format!("{place} holds a result of this scenario whose {part} is missing or was changed");
            Err(Failure::input(text, again))
        }
        Found::Other if !allowed => {
            let text =
                format!("{place} holds the result of another scenario, or files with the names of one");
            let help = "write --overwrite to replace it once the new one is complete, or --output DIR for \
                        another folder";
            Err(Failure::input(text, help))
        }
        _ => Ok(None),
    }
}

/// Whether a run of a result stopped before its end.
fn has_gaps(summary: &str) -> bool {
    serde_json::from_str::<Summary>(summary).is_ok_and(|summary| !summary.failed.is_empty())
}

/// The very scenario is there, finished: its summary is printed, nothing is computed.
fn finished_before(options: &RunOptions, folder: &Folder, summary: &str) -> Result<Verdict, Failure> {
    let place = folder.path().display();
    let summary: Summary = serde_json::from_str(summary).map_err(|error| {
        let text = format!("{place}/summary.json cannot be read: {error}");
        Failure::input(text, "write --overwrite to run the scenario again")
    })?;
    folder.clear();
    print(options, &summary)?;
    print::note(format!("{place} held this result already: nothing was computed"));
    Ok(Verdict::of(summary.holds))
}

/// Runs every system.
fn compute(options: &RunOptions, scenario: &Scenario, partial: &Partial) -> Result<Outcome, Failure> {
    let jobs = build(scenario)?;
    let mut checkpoints: HashMap<PathBuf, Checkpoint> = HashMap::new();
    let owner = |job: &Job| partial.owner(&scenario.resolved, &checkpoint::name(job));
    for job in &jobs {
        let path = partial.checkpoint_path(job);
        checkpoints.extend(checkpoint::read(&path, &owner(job))?.map(|checkpoint| (path, checkpoint)));
    }
    if options.resume && checkpoints.is_empty() {
        print::note("there is no checkpoint of this run: it begins at t = 0");
    }
    let watchers = Watchers::new(scenario.plan.end(), Duration::from_secs_f64(options.checkpoint_every));
    let prepare = |job: &Job| {
        let path = partial.checkpoint_path(job);
        let checkpoint = checkpoints.get(&path).cloned();
        Ok((watchers.watch(job, checkpoint.as_ref(), path, owner(job)), checkpoint))
    };
    let outcome = side_by_side::run(jobs, &scenario.plan, options.threads, prepare);
    interrupt::check()?;
    outcome.map_err(failed)
}

/// The runs of all points; tables of a landscape take a moment each.
fn build(scenario: &Scenario) -> Result<Vec<Job>, Failure> {
    let help = "please report this scenario: it should have been refused earlier";
    let mut jobs = Vec::new();
    for point in &scenario.points {
        interrupt::check()?;
        jobs.extend(build_point(point).map_err(|error| Failure::input(error.to_string(), help))?);
    }
    Ok(jobs)
}

/// A run that failed; a checkpoint of something else is bad input.
pub(super) fn failed(error: JobError) -> Failure {
    match error {
        JobError::Run { name, error: error @ RunError::Checkpoint(_) } => {
            Failure::input(format!("{name}: {error}"), "write --overwrite to start again")
        }
        error => Failure::run(error.to_string()),
    }
}

/// Compares, and writes the whole result aside.
fn write(
    scenario: &Scenario,
    outcome: &Outcome,
    started: Instant,
    partial: &Partial,
) -> Result<Summary, Failure> {
    let wrong = |error: &dyn std::error::Error| Failure::run(error.to_string());
    if let (true, Some(gap)) = (outcome.records.is_empty(), outcome.gaps.first()) {
        return Err(Failure::run(format!("nothing was observed; {}: {}", gap.name, gap.error)));
    }
    let comparison = input::compare(scenario.reference.as_deref(), &scenario.claims, &outcome.records)?;
    let header = header(scenario)?;
    let folder = partial.result()?;
    let record = store::write(&folder.join("record.h5"), &header, &outcome.records, comparison.as_ref());
    let mut files = BTreeMap::from([("record.h5".to_owned(), record.map_err(|error| wrong(&error))?)]);
    let stated = scenario.file.figure.as_ref();
    let content = input::content(&header.title, &outcome.records, comparison.as_ref(), stated);
    let figures = figure::draw(&content).map_err(|error| wrong(&error))?;
    let figures = figures.into_iter().map(|drawn| (format!("{FIGURES}/{}", drawn.name), drawn.bytes));
    let scenario = ("scenario.toml".to_owned(), scenario.resolved.clone().into_bytes());
    for (name, bytes) in figures.chain([scenario]) {
        put(&folder.join(&name), &bytes)?;
        files.insert(name, digest::of(&bytes));
    }
    let summary = summarise(header, outcome, comparison.as_ref(), started, files);
    let json = serde_json::to_vec_pretty(&summary).map_err(|error| wrong(&error))?;
    put(&folder.join(SUMMARY), &json)?;
    Ok(summary)
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_aside(path, bytes).map_err(|error| {
        let text =
            format!("cannot write {}: {error}; what was computed is kept: --resume goes on", path.display());
        Failure::run(text)
    })
}

/// What the record says of itself.
fn header(scenario: &Scenario) -> Result<Header, Failure> {
    let command: Vec<_> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    Ok(Header {
        title: scenario.file.title.clone(),
        scenario: scenario.resolved.clone(),
        program: "meanfield".into(),
        version: VERSION.into(),
        created: clock::now()?,
        command: command.join(" "),
        commit: COMMIT.into(),
        machine: machine::in_words(),
    })
}

fn summarise(
    header: Header,
    outcome: &Outcome,
    comparison: Option<&Comparison>,
    started: Instant,
    files: BTreeMap<String, String>,
) -> Summary {
    let seconds = (started.elapsed().as_secs_f64(), process_seconds());
    Summary::new(header, outcome, comparison, seconds).sealed(files)
}

/// Prints the summary in words, or as JSON.
fn print(options: &RunOptions, summary: &Summary) -> Result<(), Failure> {
    if options.json { print::json(summary) } else { print::result(summary.in_words()) }
}
