//! The comparison at every point of the varied keys, and what the points have in common: a claim holds if it holds at
//! all of them.

use meanfield_run::claim::Claim;
use meanfield_run::record::{Place, Record, RunAxis, in_words};
use meanfield_run::stack::places;

use super::{CompareError, Pair, align, worse};
use crate::comparison::{Compared, Series, Verdict};

/// A system against the reference, point by point. A key that only one of the two depends on counts for both.
pub(super) fn compared(
    system: &Record,
    reference: &Record,
    claims: &[Claim],
) -> Result<Compared, CompareError> {
    let slack = align::step_rounding(system).max(align::step_rounding(reference));
    let axes = axes_of_both(system, reference);
    if axes.is_empty() {
        return Pair { system, reference, slack }.compared(claims);
    }
    let at = |place: Vec<Place>| {
        let (own, base) = (record_at(system, &place)?, record_at(reference, &place)?);
        Ok((Pair { system: &own, reference: &base, slack }.compared(claims)?, place))
    };
    let points = places(&axes).into_iter().map(at).collect::<Result<Vec<_>, CompareError>>()?;
    Ok(together(points, axes, &system.system))
}

fn axes_of_both(system: &Record, reference: &Record) -> Vec<RunAxis> {
    let own: Vec<RunAxis> = system.varied().cloned().collect();
    let new = |axis: &&RunAxis| own.iter().all(|other| other.name != axis.name);
    let others: Vec<RunAxis> = reference.varied().filter(new).cloned().collect();
    [own, others].concat()
}

fn record_at(record: &Record, place: &[Place]) -> Result<Record, CompareError> {
    let not_there = || CompareError::NotThere { system: record.system.clone(), place: in_words(place) };
    record.at(place).ok_or_else(not_there)
}

/// All points as one: series side by side, of each claim the worst verdict.
fn together(points: Vec<(Compared, Vec<Place>)>, axes: Vec<RunAxis>, system: &str) -> Compared {
    let mut points = points.into_iter().map(|(compared, place)| Compared {
        verdicts: compared.verdicts.into_iter().map(|v| Verdict { point: place.clone(), ..v }).collect(),
        ..compared
    });
    let nothing = || Compared {
        system: system.to_owned(),
        axes: Vec::new(),
        time: Vec::new(),
        gaps: Vec::new(),
        snapshot_time: Vec::new(),
        distances: Vec::new(),
        verdicts: Vec::new(),
    };
    let mut all = points.next().unwrap_or_else(nothing);
    for point in points {
        append(&mut all.gaps, point.gaps);
        append(&mut all.distances, point.distances);
        let verdicts = all.verdicts.into_iter().zip(point.verdicts);
        all.verdicts = verdicts.map(|(a, b)| worse_verdict(a, b)).collect();
    }
    Compared { axes, ..all }
}

fn append(all: &mut [Series], more: Vec<Series>) {
    for (series, more) in all.iter_mut().zip(more) {
        // A caveat may belong to some points only: the longer text has it.
        if more.meaning.len() > series.meaning.len() {
            series.meaning = more.meaning;
        }
        series.values.extend(more.values);
    }
}

fn worse_verdict(a: Verdict, b: Verdict) -> Verdict {
    if worse((0.0, a.worst), (1.0, b.worst)).0 == 0.0 { a } else { b }
}
