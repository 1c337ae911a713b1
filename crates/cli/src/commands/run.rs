//! `meanfield run`: solve, train, compare, store, draw.

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime};

use meanfield_compare::comparison::Comparison;
use meanfield_compare::store::Header;
use meanfield_compare::{figure, store};
use meanfield_run::drive::{Checkpoint, process_seconds};
use meanfield_run::side_by_side::{self, Job, Outcome};
use meanfield_run::system::RunError;
use meanfield_scenario::Scenario;

use crate::Verdict;
use crate::arguments::RunOptions;
use crate::failure::Failure;
use crate::folder::{Folder, Found, Partial, Unfinished, write_aside};
use crate::input;
use crate::summary::Summary;
use crate::watch::Watchers;

/// The verb.
pub fn run(options: &RunOptions) -> Result<Verdict, Failure> {
    let started = Instant::now();
    let scenario = input::scenario(&options.source)?;
    let folder = folder(options)?;
    match folder.look(&scenario.resolved) {
        Found::Same(summary) if !options.overwrite => return finished_before(options, &folder, &summary),
        Found::Other if !options.overwrite => {
            let text = format!("{} holds the result of another scenario", folder.path().display());
            return Err(Failure::input(text, "write --overwrite to replace it once the new one is complete, or --output DIR"));
        }
        _ => {}
    }
    let unfinished = match (options.overwrite, options.resume) {
        (_, true) => Unfinished::Resume,
        (true, false) => Unfinished::Discard,
        (false, false) => Unfinished::Refuse,
    };
    let place = folder.path().to_owned();
    let partial = folder.take(&scenario.resolved, unfinished)?;
    let outcome = match compute(options, &scenario, &partial) {
        Ok(outcome) => outcome,
        Err(failure) => {
            partial.abandon();
            return Err(failure);
        }
    };
    let comparison = input::compare(&scenario, &outcome.records)?;
    let seconds = (started.elapsed().as_secs_f64(), process_seconds());
    let created = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let summary = Summary::new(&scenario.file.title, created, &outcome, comparison.as_ref(), seconds);
    write(&scenario, &outcome, comparison.as_ref(), &summary, &partial)?;
    partial.publish()?;
    print(options, &summary)?;
    eprintln!("written: {}", place.display());
    Ok(Verdict::of(summary.holds))
}

/// The folder that the options name.
fn folder(options: &RunOptions) -> Result<Folder, Failure> {
    let stem = options.source.scenario.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let every = options.checkpoint_every;
    if !(every >= 0.0 && every <= 1e9) {
        return Err(Failure::input(format!("--checkpoint-every {every} is no number of seconds"), "write e.g. --checkpoint-every 10"));
    }
    match stem {
        Some(stem) => Ok(Folder::new(&options.output, &stem)),
        None => Err(Failure::input("the scenario has no file name", "write the path of a TOML file")),
    }
}

/// The very scenario is there, finished: its summary is printed, nothing is computed.
fn finished_before(options: &RunOptions, folder: &Folder, summary: &str) -> Result<Verdict, Failure> {
    let place = folder.path().display();
    let summary: Summary = serde_json::from_str(summary).map_err(|error| {
        Failure::input(format!("{place}/summary.json cannot be read: {error}"), "write --overwrite to run the scenario again")
    })?;
    eprintln!("{place} already holds this scenario, finished; nothing was computed");
    print(options, &summary)?;
    Ok(Verdict::of(summary.holds))
}

/// Runs every system.
fn compute(options: &RunOptions, scenario: &Scenario, partial: &Partial) -> Result<Outcome, Failure> {
    let jobs = scenario.build().map_err(|error| Failure::input(error.to_string(), "please report this scenario: it should have been refused earlier"))?;
    let mut checkpoints: HashMap<String, Checkpoint> = HashMap::new();
    for job in &jobs {
        if let Some(checkpoint) = partial.checkpoint(&job.name())? {
            checkpoints.insert(job.name(), checkpoint);
        }
    }
    let watchers = Watchers::new(scenario.plan.end(), Duration::from_secs_f64(options.checkpoint_every));
    let prepare = |job: &Job| -> Result<_, RunError> {
        let checkpoint = checkpoints.get(&job.name()).cloned();
        let from = checkpoint.as_ref().map_or(0.0, |checkpoint| checkpoint.time);
        if checkpoint.is_some() {
            eprintln!("{} goes on from t = {from:.4}", job.name());
        }
        let rate = match job.identity.facts.iter().find(|(name, _)| *name == "step_size") {
            Some((_, step_size)) => (1.0 / step_size, "steps"),
            None => (1.0, "t"),
        };
        Ok((watchers.watch(job.name(), from, rate, partial.checkpoint_path(&job.name())), checkpoint))
    };
    side_by_side::run(jobs, &scenario.plan, options.threads, prepare).map_err(|error| Failure::run(error.to_string()))
}

/// Writes the whole result aside.
fn write(
    scenario: &Scenario,
    outcome: &Outcome,
    comparison: Option<&Comparison>,
    summary: &Summary,
    partial: &Partial,
) -> Result<(), Failure> {
    let folder = partial.result()?;
    let header = Header {
        title: scenario.file.title.clone(),
        scenario: scenario.resolved.clone(),
        program: "meanfield".into(),
        version: summary.version.clone(),
        created: summary.created.clone(),
        command: std::env::args().collect::<Vec<_>>().join(" "),
    };
    let record = folder.join("record.h5");
    store::write(&record, &header, &outcome.records, comparison).map_err(|error| Failure::run(error.to_string()))?;
    figure::draw_all(&folder.join("figures"), &header.title, &outcome.records, comparison)
        .map_err(|error| Failure::run(error.to_string()))?;
    let unwritable = |error: std::io::Error| Failure::run(format!("{}: {error}", folder.display()));
    write_aside(&folder.join("scenario.toml"), scenario.resolved.as_bytes()).map_err(unwritable)?;
    let json = serde_json::to_vec_pretty(summary).map_err(|error| Failure::run(error.to_string()))?;
    write_aside(&folder.join("summary.json"), &json).map_err(unwritable)
}

/// Prints the summary in words, or as JSON.
fn print(options: &RunOptions, summary: &Summary) -> Result<(), Failure> {
    if options.json {
        println!("{}", serde_json::to_string_pretty(summary).map_err(|error| Failure::run(error.to_string()))?);
    } else {
        println!("{}", summary.in_words());
    }
    Ok(())
}
