//! `meanfield sweep`: very many runs of a scenario over some of its keys, of which the end is kept: one record, one figure.

use std::collections::HashMap;
use std::time::Instant;

use meanfield_run::record::Record;
use meanfield_run::side_by_side::Outcome;
use meanfield_run::sweep::{self, Gap, Row};
use meanfield_scenario::Scenario;
use meanfield_scenario::build::build_point;

use super::run;
use crate::Verdict;
use crate::arguments::SweepOptions;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::input;
use crate::interrupt;
use crate::journal::Journal;
use crate::partial::Partial;
use crate::print;
use crate::watch::Counter;

/// Ends the name of the folder of a sweep.
const SWEEP: &str = "-sweep";
/// Most failed runs that are told one by one.
const MOST_TOLD: usize = 5;

/// The verb.
pub fn sweep(options: &SweepOptions) -> Result<Verdict, Failure> {
    let (started, own) = (Instant::now(), &options.run);
    interrupt::listen()?;
    run::check(own)?;
    let scenario = input::sweep(&own.source, &options.vary)?;
    let folder = run::folder(own, SWEEP)?;
    if let Some(summary) = run::finished(own, &folder, &scenario.resolved)? {
        return finished_before(options, &folder, &summary);
    }
    let partial = folder.take()?;
    partial.settle()?;
    if let Some(summary) = run::finished(own, &folder, &scenario.resolved)? {
        return finished_before(options, &folder, &summary);
    }
    partial.begin(&scenario.resolved, run::unfinished(own))?;
    let (outcome, gaps) = compute(options, &scenario, &partial)?;
    // A claim that fails is a result here; a run that fails is not.
    let summary = run::write(&scenario, &outcome, started, &partial, Some(gaps.is_empty()))?;
    interrupt::check()?;
    partial.publish()?;
    run::print(own, &summary)?;
    tell(&gaps, outcome.records.iter().map(Record::runs).sum());
    print::note(format!("written: {}", folder.path().display()));
    Ok(Verdict::of(gaps.is_empty()))
}

/// The very sweep is there; runs that failed are told again.
fn finished_before(options: &SweepOptions, folder: &Folder, summary: &str) -> Result<Verdict, Failure> {
    let verdict = run::finished_before(&options.run, folder, summary)?;
    if verdict == Verdict::Fails {
        print::note("some of its runs had failed; write --overwrite to run it again");
    }
    Ok(verdict)
}

/// The records, and the runs that failed.
fn compute(
    options: &SweepOptions,
    scenario: &Scenario,
    partial: &Partial,
) -> Result<(Outcome, Vec<Gap>), Failure> {
    let (journal, known) = Journal::open(partial.path())?;
    let points = scenario.points.len();
    if options.run.resume {
        print::note(format!("{} of {points} points are there already", known.len()));
    }
    let counter = Counter::new(known.len(), points);
    let build =
        |point: usize| build_point(&scenario.points[point]).map_err(|error| Failure::run(error.to_string()));
    let keep = |row: &Row| {
        counter.count();
        journal.keep(row)
    };
    let rows =
        sweep::sweep(points, &known, build, &scenario.plan, options.run.threads, keep, interrupt::asked);
    interrupt::check()?;
    let rows: Vec<Row> = rows.map_err(run::failed)??;
    let rows: Vec<Row> = rows.into_iter().chain(HashMap::into_values(known)).collect();
    let gaps: Vec<Gap> = rows.iter().flat_map(|row| row.failed.clone()).collect();
    let outcome = sweep::together(rows).map_err(run::failed)?;
    match (outcome.records.is_empty(), gaps.first()) {
        (true, Some(gap)) => Err(Failure::run(format!("every run failed; {}: {}", gap.name, gap.error))),
        _ => Ok((outcome, gaps)),
    }
}

/// Says which runs failed.
fn tell(gaps: &[Gap], runs: usize) {
    if gaps.is_empty() {
        return;
    }
    print::note(format!("{} of {runs} runs failed; they are gaps in the record:", gaps.len()));
    gaps.iter().take(MOST_TOLD).for_each(|gap| print::note(format!("  {}: {}", gap.name, gap.error)));
    if gaps.len() > MOST_TOLD {
        print::note(format!("  and {} more", gaps.len() - MOST_TOLD));
    }
}
