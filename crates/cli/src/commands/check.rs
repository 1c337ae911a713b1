//! `meanfield check`: parse and check only; say what would run and what it would cost.

use meanfield_run::record::in_words as in_words_of;
use meanfield_scenario::Scenario;

use crate::Verdict;
use crate::arguments::CheckOptions;
use crate::failure::Failure;
use crate::input;
use crate::print;

/// Most points that are printed.
const MOST_POINTS: usize = 20;

/// The verb.
pub fn check(options: &CheckOptions) -> Result<Verdict, Failure> {
    print::result(in_words(&input::scenario(&options.source, false)?))?;
    Ok(Verdict::Holds)
}

fn in_words(scenario: &Scenario) -> String {
    let mut lines = vec![scenario.file.title.clone(), String::new()];
    let costs = scenario.costs();
    for (name, kind, cost) in &costs {
        let (time, memory) = (duration(cost.seconds), memory(cost.bytes));
        lines.push(format!("  {name:<10} {kind:<18} {time:>14} {memory:>10}"));
    }
    let total = duration(costs.iter().map(|(.., cost)| cost.seconds).sum());
    lines.push(format!("  {:<10} {:<18} {total:>14}", "altogether", "estimated"));
    let (times, snapshots) = (scenario.plan.times.len(), scenario.plan.snapshots.len());
    let end = scenario.file.dynamics.end_time;
    lines.push(format!("\n  {}, {}, until t = {end}", number(times, "time"), number(snapshots, "snapshot")));
    lines.extend(points(scenario));
    lines.extend(scenario.claims.iter().map(|claim| format!("  claim      {claim}")));
    lines.join("\n")
}

/// The points of `[vary]`, each in a line; of many, the first ones.
fn points(scenario: &Scenario) -> Vec<String> {
    let points: Vec<_> = scenario.points.iter().filter(|point| !point.place.is_empty()).collect();
    if points.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![format!("  {}:", number(points.len(), "point"))];
    lines.extend(points.iter().take(MOST_POINTS).map(|point| format!("    {}", in_words_of(&point.place))));
    if points.len() > MOST_POINTS {
        lines.push(format!("    and {} more", points.len() - MOST_POINTS));
    }
    lines
}

/// "1 time", "61 times".
fn number(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// "3 CPU s", "4 CPU min".
fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => "under 1 CPU s".into(),
        s if s < 90.0 => format!("{s:.0} CPU s"),
        s if s < 5400.0 => format!("{:.0} CPU min", s / 60.0),
        s if s < 1e7 => format!("{:.1} CPU hours", s / 3600.0),
        s => format!("{:.1e} CPU years", s / 3.15e7),
    }
}

fn memory(bytes: f64) -> String {
    match bytes {
        b if b < 1e6 => "under 1 MB".into(),
        b if b < 1e9 => format!("{:.0} MB", b * 1e-6),
        b => format!("{:.1} GB", b * 1e-9),
    }
}
