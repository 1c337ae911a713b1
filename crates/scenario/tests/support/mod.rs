//! What the tests of scenarios share: running one unwatched, and the curves of its records.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeMap;

use meanfield_run::record::Record;
use meanfield_run::side_by_side;
use meanfield_scenario::Scenario;

/// Runs a scenario on all cores; the record of each system by its name.
pub fn records(scenario: &Scenario) -> BTreeMap<String, Record> {
    let jobs = scenario.build().expect("checked");
    let outcome = side_by_side::run(jobs, &scenario.plan, 0, |_| Ok(((), None))).expect("runs");
    outcome.records.into_iter().map(|record| (record.system.clone(), record)).collect()
}

/// The values of a curve, row by row.
pub fn curve(record: &Record, name: &str) -> Vec<f64> {
    let curve = record.curve(name).unwrap_or_else(|| panic!("{} reports {name}", record.system));
    curve.values.iter().copied().collect()
}
