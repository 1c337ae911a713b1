//! Static systems: limits without dynamics, observed once, as a Gibbs state is. Beside systems that evolve
//! they are constant in time and drawn as such. This file draws nothing, and `judge` does not use it: a gap
//! exists only where both systems were observed.

use meanfield_run::record::{Nature, Record};

use meanfield_compare::align;

/// Whether a record is of a static system.
pub fn is_static(record: &Record) -> bool {
    record.nature == Nature::Static
}

/// Whether a record is static while others evolve, and so is drawn as a constant in time.
pub fn is_constant(record: &Record, records: &[Record]) -> bool {
    is_static(record) && records.iter().any(is_evolving)
}

/// Whether a record has more than one time.
pub fn is_evolving(record: &Record) -> bool {
    record.time.len() > 1
}

/// The first and the last time of the systems that evolve.
pub fn evolving_span(records: &[Record]) -> Option<(f64, f64)> {
    let times = records.iter().filter(|record| is_evolving(record)).flat_map(|record| &record.time);
    let drawn = times.copied().filter(|time| *time >= 0.0 && time.is_finite());
    drawn.fold(None, |span: Option<(f64, f64)>, time| {
        let (first, last) = span.unwrap_or((time, time));
        Some((first.min(time), last.max(time)))
    })
}

/// Times of all snapshots, each once; constant systems are drawn at those of the others.
pub fn snapshot_times(records: &[Record]) -> Vec<f64> {
    let mut times: Vec<f64> = Vec::new();
    let evolving = all_snapshot_times(records.iter().filter(|record| !is_constant(record, records)));
    let all = match evolving.is_empty() {
        true => all_snapshot_times(records.iter().filter(|record| is_constant(record, records))),
        false => evolving,
    };
    for time in all.into_iter().filter(|time| time.is_finite()) {
        if !times.iter().any(|known| (known - time).abs() <= 1e-3 * known.abs() + 1e-9) {
            times.push(time);
        }
    }
    times.sort_by(f64::total_cmp);
    times
}

/// The snapshot times of some records, one record after the other.
fn all_snapshot_times<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<f64> {
    records.flat_map(|record| record.snapshot_time.clone()).collect()
}

/// The snapshot that is drawn at a time: the one at that time, or the only one of a constant system.
pub fn snapshot_of(record: &Record, is_constant: bool, time: f64) -> Option<usize> {
    let own = if is_constant { *record.snapshot_time.first()? } else { time };
    align::snapshot_at(record, own, align::step_rounding(record))
}

/// A system with its kind, marked as static if it is drawn as a constant, and remarks: "least (landscape,
/// static, 3 atoms)"; its name alone where it has neither kind nor remarks.
pub fn name_in_words(record: &Record, is_constant: bool, remarks: &[String]) -> String {
    let is_constant = is_constant.then(|| "static".to_owned());
    let all = [record.kind.clone()].into_iter().chain(is_constant).chain(remarks.iter().cloned());
    let all: Vec<String> = all.filter(|remark| !remark.is_empty()).collect();
    if all.is_empty() { record.system.clone() } else { format!("{} ({})", record.system, all.join(", ")) }
}
