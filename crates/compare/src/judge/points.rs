//! The comparison at every point of the varied keys, and its summary over all points: a claim holds if it
//! holds at all of them. One point is compared by `pair`.

use meanfield_run::claim::Claim;
use meanfield_run::record::{Place, Record, RunAxis, in_words, places};

use super::claims;
use super::error::CompareError;
use super::pair::Pair;
use crate::comparison::{Compared, PointVerdict, Series, Verdict};

/// A system against the reference, point by point. A key that only one of the two depends on counts for both.
pub(super) fn compare_at_points(
    system: &Record,
    reference: &Record,
    claims: &[Claim],
) -> Result<Compared, CompareError> {
    let axes = axes_of_both(system, reference);
    if axes.is_empty() {
        return Pair::new(system, reference, claims).compare(claims);
    }
    let points = places(&axes)
        .into_iter()
        .map(|place: Vec<Place>| {
            let own = record_at(system, &place)?;
            let base = record_at(reference, &place)?;
            Ok((Pair::new(&own, &base, claims).compare(claims)?, place))
        })
        .collect::<Result<Vec<_>, CompareError>>()?;
    Ok(merged(points, axes, system))
}

/// The varied keys of the system, then those of the reference alone.
fn axes_of_both(system: &Record, reference: &Record) -> Vec<RunAxis> {
    let own: Vec<RunAxis> = system.varied().cloned().collect();
    let others: Vec<RunAxis> = reference
        .varied()
        .filter(|axis: &&RunAxis| own.iter().all(|other| other.name != axis.name))
        .cloned()
        .collect();
    [own, others].concat()
}

fn record_at(record: &Record, place: &[Place]) -> Result<Record, CompareError> {
    record
        .at(place)
        .ok_or_else(|| CompareError::NotThere { system: record.system.clone(), place: in_words(place) })
}

/// All points in one comparison: series side by side, of each claim the worst verdict.
fn merged(points: Vec<(Compared, Vec<Place>)>, axes: Vec<RunAxis>, system: &Record) -> Compared {
    let times: Vec<Vec<f64>> = points.iter().map(|(point, _)| point.time.clone()).collect();
    let mut points = points.into_iter().map(|(compared, place)| Compared {
        verdicts: compared.verdicts.into_iter().map(|verdict| at_point(verdict, &place)).collect(),
        ..compared
    });
    let mut all =
        points.next().unwrap_or_else(|| Compared { system: system.system.clone(), ..Compared::default() });
    for point in points {
        append(&mut all.gaps, point.gaps);
        append(&mut all.distances, point.distances);
        let verdicts = all.verdicts.into_iter().zip(point.verdicts);
        all.verdicts = verdicts.map(|(a, b)| merged_verdict(a, b)).collect();
    }
    if times.iter().any(|own| *own != all.time) && times.iter().all(|own| own.len() == system.time.len()) {
        all.time = system.time.clone();
        all.times_of_points = Some(times.concat());
    }
    Compared { axes, ..all }
}

/// Appends the series of one more point.
fn append(all: &mut [Series], more: Vec<Series>) {
    for (series, more) in all.iter_mut().zip(more) {
        // A caveat may belong to some points only; the longer text includes it.
        if more.meaning.len() > series.meaning.len() {
            series.meaning = more.meaning;
        }
        series.values.extend(more.values);
    }
}

/// A verdict with its point, which is listed as failing if the claim does not hold there.
fn at_point(verdict: Verdict, place: &[Place]) -> Verdict {
    let worst = PointVerdict { point: place.to_vec(), ..verdict.worst };
    let failing = if verdict.holds { Vec::new() } else { vec![worst.clone()] };
    Verdict { worst, failing, ..verdict }
}

/// The verdict on two points: the worse one, with all failing points.
fn merged_verdict(a: Verdict, b: Verdict) -> Verdict {
    let failing = [&a.failing[..], &b.failing[..]].concat();
    let new = b.caveats.iter().filter(|caveat| !a.caveats.contains(caveat));
    let caveats = a.caveats.iter().chain(new).cloned().collect();
    let is_first = match (a.worst.missing.is_some(), b.worst.missing.is_some()) {
        (true, false) => true,
        (false, true) => false,
        _ => claims::worse((0.0, a.worst.worst), (1.0, b.worst.worst)).0 == 0.0,
    };
    let holds = a.holds && b.holds;
    Verdict { failing, holds, caveats, ..if is_first { a } else { b } }
}
