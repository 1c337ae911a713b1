//! Verifies that records that were read back equal, bit for bit, those that were written; NaN equals itself
//! here. It reads and writes nothing.

use meanfield_model::measure::Measure;
use meanfield_run::record::Record;

use super::error::{Checked, Fault, WHOLE_FILE};
use super::law::as_stored;

/// Compares the records; the fault names the first part that differs.
pub(super) fn check(written: &[Record], read: &[Record]) -> Checked<()> {
    let Some((name, what)) = difference(written, read) else { return Ok(()) };
    let reason = format!("its {what} were read back otherwise than they were written");
    Err(Fault::refused(&name, reason))
}

/// The first difference: system and part of the record.
fn difference(written: &[Record], read: &[Record]) -> Option<(String, &'static str)> {
    if written.len() != read.len() {
        return Some((WHOLE_FILE.to_owned(), "systems"));
    }
    let both = written.iter().zip(read);
    both.filter_map(|(own, found)| Some((own.system.clone(), differing_part(own, found)?))).next()
}

/// The first part in which two records differ.
fn differing_part(own: &Record, found: &Record) -> Option<&'static str> {
    let parts = [
        ("names", names(own) == names(found)),
        ("times", times(own) == times(found)),
        ("curves", curves(own) == curves(found)),
        ("facts", facts(own) == facts(found)),
        ("laws", laws(own) == laws(found)),
    ];
    parts.iter().find(|(_, same)| !same).map(|(part, _)| *part)
}

/// All names and other texts.
fn names(record: &Record) -> Vec<String> {
    let of_laws = record.laws.iter().flat_map(|law| [&law.name].into_iter().chain(&law.coordinates));
    let own = [&record.system, &record.kind].into_iter().chain(of_laws);
    let curves = record.curves.iter().flat_map(|curve| [&curve.name, &curve.meaning]);
    let others = record.quantiles.iter().map(|quantiles| &quantiles.coordinate);
    let reasons = record.failures.iter().map(|failure| &failure.reason);
    let facts = record.facts.iter().map(|fact| &fact.name);
    let axes = record.axes.iter().flat_map(|axis| [Some(&axis.name), axis.key.as_ref()]).flatten();
    let all = own.chain(curves).chain(others).chain(reasons).chain(facts).chain(axes);
    all.map(|name| super::attribute::printable(name)).chain([format!("{:?}", record.nature)]).collect()
}

fn bits<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> Vec<u64> {
    numbers.into_iter().map(|number| number.to_bits()).collect()
}

fn times(record: &Record) -> Vec<Vec<u64>> {
    let table = &record.timetable;
    let planned = [record.planned_time(), record.planned_snapshot_time()];
    let own = [&record.time[..], &record.levels, &record.snapshot_time].into_iter().chain(planned);
    let runs = [&table.of_runs, &table.snapshots_of_runs].into_iter().flatten().map(Vec::as_slice);
    let all = own.chain(runs).chain(record.axes.iter().map(|axis| &axis.values[..]));
    all.map(bits).chain([record.step.clone().unwrap_or_default()]).collect()
}

fn curves(record: &Record) -> Vec<Vec<u64>> {
    let curves = record.curves.iter().map(|curve| &curve.values);
    curves.chain(record.quantiles.iter().map(|quantiles| &quantiles.values)).map(bits).collect()
}

fn facts(record: &Record) -> Vec<Vec<u64>> {
    record.facts.iter().map(|fact| bits(&fact.values)).collect()
}

fn laws(record: &Record) -> Vec<Vec<u64>> {
    record.laws.iter().flat_map(|law| as_stored(law).iter().map(numbers).collect::<Vec<_>>()).collect()
}

/// Every number of a law.
fn numbers(law: &Measure) -> Vec<u64> {
    match law {
        Measure::Cells { axes, mass } => bits(axes.iter().flat_map(|axis| axis.faces()).chain(mass)),
        Measure::Marginals { axes, pairs } => {
            bits(axes.iter().flat_map(|axis| axis.faces()).chain(pairs.iter().flatten()))
        }
        Measure::Atoms { points, weights } => bits(points.iter().chain(weights)),
        Measure::Pushforward(law) => {
            bits(law.points().iter().chain(law.weights()).chain(law.ends()).chain(law.lower()))
        }
    }
}
