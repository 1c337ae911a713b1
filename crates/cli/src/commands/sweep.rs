//! `meanfield sweep`: very many runs of a scenario over some of its keys, of which the end is kept: one record, one figure.

use std::collections::HashMap;
use std::time::Instant;

use meanfield_run::side_by_side::Outcome;
use meanfield_run::sweep::{self, Row, SweepError};
use meanfield_scenario::Scenario;
use meanfield_scenario::build::build_point_of_sweep;

use super::run;
use crate::Verdict;
use crate::arguments::SweepOptions;
use crate::failure::Failure;
use crate::input;
use crate::interrupt;
use crate::journal::{Found, Journal};
use crate::partial::Partial;
use crate::print;
use crate::watch::Counter;

/// Ends the name of the folder of a sweep.
const SWEEP: &str = "-sweep";

/// The verb.
pub fn sweep(options: &SweepOptions) -> Result<Verdict, Failure> {
    let (started, own) = (Instant::now(), &options.run);
    interrupt::listen()?;
    run::check(own)?;
    let scenario = input::sweep(&own.source, &options.vary)?;
    run::in_folder(own, &scenario, SWEEP, started, |partial| compute(options, &scenario, partial))
}

/// The records. Points that are there already are not computed again, unless a run there stopped.
fn compute(options: &SweepOptions, scenario: &Scenario, partial: &Partial) -> Result<Outcome, Failure> {
    let owner = partial.owner(&scenario.resolved, "rows");
    let (journal, Found { rows: mut known, lost }) = Journal::open(partial.path(), owner)?;
    let points = scenario.points.len();
    known.retain(|point, row| *point < points && row.is_whole() && row.fits());
    if lost > 0 {
        print::note(format!(
            "{lost} bytes of the journal are no whole row: what was there is computed again"
        ));
    }
    if options.run.resume {
        print::note(format!("{} of {points} points are there already", known.len()));
    }
    let counter = Counter::new(known.len(), points);
    let build = |point: usize| {
        build_point_of_sweep(&scenario.points[point]).map_err(|error| Failure::run(error.to_string()))
    };
    let keep = |row: &Row| {
        counter.count();
        journal.keep(row)
    };
    let stop = || {
        counter.look();
        interrupt::asked()
    };
    let rows = sweep::sweep(points, &known, build, &scenario.plan, options.run.threads, keep, stop);
    interrupt::check()?;
    let rows = rows.map_err(|error| match error {
        SweepError::Caller(failure) => failure,
        SweepError::Job(error) => run::failed(error),
    })?;
    let rows: Vec<Row> = rows.into_iter().chain(HashMap::into_values(known)).collect();
    sweep::together(rows).map_err(run::failed)
}
