//! What does not move: a limit observed at one time only, as a Gibbs state is. Beside systems that are
//! followed over time it is the same at all of theirs, and is drawn so. It draws nothing, and judging knows
//! nothing of it: a gap exists only where both were observed.

use meanfield_run::record::{Nature, Record};

use meanfield_compare::align;

/// Whether nothing in a record depends on time.
pub fn is_static(record: &Record) -> bool {
    record.nature == Nature::Static
}

/// Whether a record stands still among others that are followed over time.
pub fn stands(record: &Record, among: &[Record]) -> bool {
    is_static(record) && among.iter().any(is_followed)
}

/// Whether a record has more than one time.
pub fn is_followed(record: &Record) -> bool {
    record.time.len() > 1
}

/// The first and the last time of the systems that are followed.
pub fn span(records: &[Record]) -> Option<(f64, f64)> {
    let times = records.iter().filter(|record| is_followed(record)).flat_map(|record| &record.time);
    let drawn = times.copied().filter(|time| *time >= 0.0 && time.is_finite());
    drawn.fold(None, |span: Option<(f64, f64)>, time| {
        let (first, last) = span.unwrap_or((time, time));
        Some((first.min(time), last.max(time)))
    })
}

/// Times of all snapshots, each once; what stands still is seen beside the others, at theirs.
pub fn snapshot_times(records: &[Record]) -> Vec<f64> {
    let mut times: Vec<f64> = Vec::new();
    let (still, moving): (Vec<&Record>, Vec<&Record>) = records.iter().partition(|r| stands(r, records));
    let taken = |records: &[&Record]| {
        records.iter().flat_map(|record| record.snapshot_time.clone()).collect::<Vec<_>>()
    };
    let all = Some(taken(&moving)).filter(|times| !times.is_empty()).unwrap_or_else(|| taken(&still));
    for time in all.into_iter().filter(|time| time.is_finite()) {
        if !times.iter().any(|seen| (seen - time).abs() <= 1e-3 * seen.abs() + 1e-9) {
            times.push(time);
        }
    }
    times.sort_by(f64::total_cmp);
    times
}

/// The snapshot that is drawn at a time: the one of then, or the only one of what stands still.
pub fn snapshot_of(record: &Record, stands: bool, time: f64) -> Option<usize> {
    let own = if stands { *record.snapshot_time.first()? } else { time };
    align::snapshot_at(record, own, align::step_rounding(record))
}

/// A system's kind, and that it is static where nothing else shows it: "landscape, static".
pub fn kind_in_words(record: &Record, stands: bool) -> String {
    format!("{}{}", record.kind, if stands { ", static" } else { "" })
}
