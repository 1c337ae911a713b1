//! What ran: the systems with their risks at the end, and the risk as numbers for those who cannot see a
//! curve.

use meanfield_compare::align;
use meanfield_run::facts::{CPU_SECONDS, NEURONS, STEP_SIZE};
use meanfield_run::number::short;
use meanfield_run::quantities::RISK;
use meanfield_run::record::Record;

use crate::points::{Point, evenly_chosen};
use crate::table::{Cell, Table};

/// Most rows of a table of numbers.
const MOST_ROWS: usize = 200;

/// The section.
pub fn section(records: &[Record], points: &[Point], count: usize) -> String {
    let several = points.len() > 1;
    let head: &[&str] = &["system", "kind", "runs", "last time", "risk there", "N", "ε", "CPU seconds"];
    let mut table = Table::new("Systems", head);
    for record in records {
        let fact = |name: &str| record.fact(name).map_or(String::new(), short);
        let risk = record.curve(RISK).filter(|_| !several).map(|curve| record.at_end(curve));
        let runs = match record.failures.len() {
            0 => record.runs().to_string(),
            failed => format!("{} of {}", record.runs() - failed.min(record.runs()), record.runs()),
        };
        table.row(
            &record.system,
            &[
                Cell::text(format!("{} ({})", record.kind, record.nature.name())),
                Cell::Number(runs),
                Cell::Number(record.time.last().map_or(String::new(), |time| short(*time))),
                Cell::Number(risk.map_or_else(|| "see the curves".to_owned(), |risk| format!("{risk:.6}"))),
                Cell::Number(fact(NEURONS.name)),
                Cell::Number(fact(STEP_SIZE.name)),
                Cell::Number(
                    record.facts_named(CPU_SECONDS).first().map_or(String::new(), |s| format!("{s:.1}")),
                ),
            ],
        );
    }
    let shown = match several {
        true => format!("<p>{} of {count} points of the varied keys are on this page.</p>\n", points.len()),
        false => String::new(),
    };
    let numbers = points.first().map_or(String::new(), |point| numbers(point, several));
    format!("<section id=\"systems\"><h2>Systems</h2>\n{}{shown}{numbers}</section>\n", table.finish())
}

/// The risk of each system at a point over time.
fn numbers(point: &Point, several: bool) -> String {
    let place = if several { format!(" at {}", point.in_words()) } else { String::new() };
    let mut table = Table::new(&format!("Risk, the mean over runs{place}"), &["time t", "system", "risk"]);
    let mut any = false;
    for (_, record) in &point.records {
        let Some(curve) = record.curve(RISK) else { continue };
        let mean = align::mean(&align::runs(record, curve));
        for i in evenly_chosen(record.time.len().min(mean.len()), MOST_ROWS) {
            any = true;
            let risk = Cell::Number(format!("{:.6}", mean[i]));
            table.row(&short(record.time[i]), &[Cell::text(record.system.clone()), risk]);
        }
    }
    if !any {
        return String::new();
    }
    format!("<details><summary>The risk as numbers</summary>\n{}</details>\n", table.finish())
}
