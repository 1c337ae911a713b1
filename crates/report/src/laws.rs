//! Laws over time as the page holds them: for each coordinate the densities of all systems at each snapshot,
//! in bins between common ends, with mean, spread, median and the distance from the reference. Densities are
//! masses of bins by their width, exact for atoms and cells alike; nothing is smoothed.

use meanfield_compare::align;
use meanfield_compare::comparison::Comparison;
use meanfield_model::coordinates;
use meanfield_model::marginal::Marginal;
use meanfield_model::measure::Measure;
use meanfield_run::quantities::WASSERSTEIN_1;
use meanfield_run::record::{FORCES, NEURONS, NamedLaw, Place, Record, WEIGHTS};
use serde::Serialize;

use crate::content::Content;
use crate::digits::{Digits, digits};
use crate::look::Look;
use crate::points::Point;

/// Bins of a law whose density is known, and of one that is known by its atoms.
const FINE: usize = 240;
const COARSE: usize = 60;
/// The share of each law that may lie beyond either end.
const BEYOND: f64 = 1e-3;
/// Most bins of all laws on a page.
const MOST_NUMBERS: usize = 200_000;

/// One coordinate over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LawChart {
    /// `radius`, or of the law of a layer `layer: coordinate`.
    pub name: String,
    /// Its words on an axis.
    pub words: String,
    /// Times of the snapshots.
    pub t: Vec<Digits>,
    /// Ends of the bins.
    pub ends: [Digits; 2],
    /// One for each system at each point.
    pub systems: Vec<SystemLaw>,
}

/// The law of one system at one point, over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SystemLaw {
    point: usize,
    system: String,
    label: String,
    #[serde(flatten)]
    look: Look,
    /// At each snapshot of the chart; nothing where the system has none then.
    moments: Vec<Option<Moment>>,
}

/// A law at one time.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Moment {
    density: Vec<Digits>,
    mean: Digits,
    std: Digits,
    median: Digits,
    /// W₁ from the reference, where that was computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<Digits>,
}

/// A coordinate of a law, by their names.
#[derive(Clone, Debug, PartialEq)]
struct Named {
    law: String,
    coordinate: String,
}

impl Named {
    /// Its name on the page: the neurons' law needs none.
    fn name(&self) -> String {
        if self.law == NEURONS {
            self.coordinate.clone()
        } else {
            format!("{}: {}", self.law, self.coordinate)
        }
    }

    fn words(&self) -> String {
        coordinates::known(&self.coordinate).map_or_else(|| self.name(), |known| known.words.to_owned())
    }

    /// The law of a record, with the number of the coordinate.
    fn find<'a>(&self, record: &'a Record) -> Option<(&'a NamedLaw, usize)> {
        let law = record.named_law(&self.law)?;
        Some((law, law.place(&self.coordinate)?))
    }
}

/// All coordinates of all laws.
pub fn laws(content: &Content, points: &[Point], looks: &[Look]) -> Vec<LawChart> {
    let mut numbers = 0;
    let mut charts: Vec<LawChart> = Vec::new();
    for named in coordinates_of(content.records) {
        let Some(chart) = chart(content, points, looks, &named) else { continue };
        numbers += chart.numbers();
        if numbers > MOST_NUMBERS && !charts.is_empty() {
            break;
        }
        charts.push(chart);
    }
    charts
}

/// The coordinates of all laws, in order of appearance.
fn coordinates_of(records: &[Record]) -> Vec<Named> {
    let mut all: Vec<Named> = Vec::new();
    let laws = records.iter().flat_map(|record| &record.laws);
    // All weights together are kept for runs to begin from, forces for a figure of their own.
    for law in laws.filter(|law| !law.measures.is_empty() && ![WEIGHTS, FORCES].contains(&law.name.as_str()))
    {
        for coordinate in &law.coordinates {
            let named = Named { law: law.name.clone(), coordinate: coordinate.clone() };
            if !all.contains(&named) {
                all.push(named);
            }
        }
    }
    all
}

/// One coordinate of all systems at all points; None where no law can be shown.
fn chart(content: &Content, points: &[Point], looks: &[Look], named: &Named) -> Option<LawChart> {
    let times = times(points);
    let all: Vec<Found> = points
        .iter()
        .enumerate()
        .flat_map(|(n, point)| point.records.iter().map(move |(system, record)| (n, *system, record)))
        .filter_map(|(point, system, record)| Found::new(record, point, system, named, &times))
        .collect();
    let ends = ends(named, all.iter().flat_map(|found| found.laws.iter().flatten()))?;
    let systems = all.iter().map(|found| {
        let place = &points[found.point].place;
        found.in_bins(ends, looks[found.system], |time| {
            distance(content.comparison?, &found.record.system, place, &named.coordinate, time)
        })
    });
    Some(LawChart {
        name: named.name(),
        words: named.words(),
        t: digits(times.iter().copied()),
        ends: ends.map(Digits),
        systems: systems.collect(),
    })
}

impl LawChart {
    fn numbers(&self) -> usize {
        let moments = self.systems.iter().flat_map(|system| system.moments.iter().flatten());
        moments.map(|moment| moment.density.len()).sum()
    }
}

/// The laws of one coordinate of a record at the times of the chart.
struct Found<'a> {
    record: &'a Record,
    point: usize,
    system: usize,
    times: Vec<f64>,
    laws: Vec<Option<Marginal>>,
    bins: usize,
}

impl<'a> Found<'a> {
    fn new(record: &'a Record, point: usize, system: usize, named: &Named, times: &[f64]) -> Option<Self> {
        let (law, coordinate) = named.find(record)?;
        let laws = times.iter().map(|time| pooled(record, law, coordinate, *time)).collect();
        let bins = if law.measures.iter().all(has_density) { FINE } else { COARSE };
        let found = Self { record, point, system, times: times.to_vec(), laws, bins };
        found.laws.iter().any(Option::is_some).then_some(found)
    }

    fn in_bins(&self, ends: [f64; 2], look: Look, distance: impl Fn(f64) -> Option<f64>) -> SystemLaw {
        let moments = self.laws.iter().zip(&self.times).map(|(law, time)| {
            let law = law.as_ref()?;
            Some(Moment {
                density: digits(densities(law, ends, self.bins)),
                mean: Digits(law.mean()),
                std: Digits(law.standard_deviation()),
                median: Digits(law.quantile(0.5)),
                distance: distance(*time).map(Digits),
            })
        });
        let runs = self.record.finished_runs();
        let pooled = if runs > 1 { format!(", {runs} runs pooled") } else { String::new() };
        SystemLaw {
            point: self.point,
            system: self.record.system.clone(),
            label: format!("{} ({}{pooled})", self.record.system, self.record.kind),
            look,
            moments: moments.collect(),
        }
    }
}

/// Whether a law has a density that bins of any width resolve: cells, and a map along one direction.
fn has_density(law: &Measure) -> bool {
    match law {
        Measure::Cells { .. } | Measure::Marginals { .. } => true,
        Measure::Pushforward(map) => map.directions() == 1,
        Measure::Atoms { .. } => false,
    }
}

/// Times of all snapshots, each once, in their order.
fn times(points: &[Point]) -> Vec<f64> {
    let records = points.iter().flat_map(|point| &point.records);
    let all = records.flat_map(|(_, record)| record.planned_snapshot_time().iter().copied());
    let mut times: Vec<f64> = Vec::new();
    for time in all.filter(|time| time.is_finite()) {
        if !times.iter().any(|known| (known - time).abs() <= 1e-3 * known.abs() + 1e-9) {
            times.push(time);
        }
    }
    times.sort_by(f64::total_cmp);
    times
}

/// The law of a coordinate at a time, all runs that reached their end pooled; None where it was not recorded
/// or is not known.
fn pooled(record: &Record, law: &NamedLaw, coordinate: usize, time: f64) -> Option<Marginal> {
    let snapshot = align::snapshot_at(record, time, align::step_rounding(record))?;
    let snapshots = record.snapshot_time.len();
    let finished = record.finished();
    let runs = (0..record.runs()).filter(|run| finished[*run] || !finished.contains(&true));
    let laws = runs.filter_map(|run| {
        let measure = law.measures.get(run * snapshots + snapshot)?;
        (coordinate < measure.dimension()).then(|| measure.marginal(coordinate)).filter(is_finite)
    });
    align::pooled(&laws.collect::<Vec<_>>())
}

/// Whether all of a law is known.
fn is_finite(law: &Marginal) -> bool {
    let mut pieces = law.pieces().iter();
    !law.pieces().is_empty()
        && pieces.all(|piece| piece.mass.is_finite() && piece.from.is_finite() && piece.to.is_finite())
}

/// The common ends of the bins of all laws: from 0 where a coordinate begins there.
fn ends<'a>(named: &Named, laws: impl Iterator<Item = &'a Marginal>) -> Option<[f64; 2]> {
    let mut ends = [f64::INFINITY, f64::NEG_INFINITY];
    for law in laws {
        ends = [ends[0].min(law.quantile(BEYOND)), ends[1].max(law.quantile(1.0 - BEYOND))];
    }
    let lower_end = coordinates::known(&named.coordinate).and_then(|known| known.lower_end);
    ends[0] = lower_end.unwrap_or(ends[0]);
    let width = ends[1] - ends[0];
    let margin = if width > 0.0 { 0.05 * width } else { 0.5 * ends[1].abs().max(1e-3) };
    ends = [lower_end.unwrap_or(ends[0] - margin), ends[1] + margin];
    ends.iter().all(|end| end.is_finite()).then_some(ends).filter(|ends| ends[0] < ends[1])
}

/// The mass in each of so many bins between two ends, by its width.
fn densities(law: &Marginal, ends: [f64; 2], bins: usize) -> Vec<f64> {
    let width = (ends[1] - ends[0]) / bins as f64;
    let mut below = law.distribution_from_left(ends[0]);
    (1..=bins)
        .map(|i| {
            let until = law.distribution_from_left(ends[0] + width * i as f64);
            let density = ((until - below) / width).max(0.0);
            below = until;
            density
        })
        .collect()
}

/// W₁ of a system from the reference at a time, where it was computed.
fn distance(
    comparison: &Comparison,
    system: &str,
    place: &[Place],
    coordinate: &str,
    time: f64,
) -> Option<f64> {
    let compared = comparison.systems.iter().find(|compared| compared.system == system)?;
    let points = compared.points();
    let n = points.iter().position(|point| place.iter().all(|own| point.contains(own)));
    let here = compared.at(n.or((points.len() == 1).then_some(0))?);
    let at = here.snapshot_time.iter().position(|own| (own - time).abs() <= 1e-3 * time.abs() + 1e-9)?;
    let name = WASSERSTEIN_1.name_for(coordinate);
    here.distances.iter().find(|series| series.name == name)?.values.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mass_between_the_ends_is_in_bins() {
        let law = Marginal::atoms(vec![0.0, 0.5, 0.5, 0.99], vec![0.25; 4]);
        let densities = densities(&law, [0.0, 1.0], 4);
        assert_eq!(densities, [1.0, 0.0, 2.0, 1.0]);
    }
}
