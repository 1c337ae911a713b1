//! Curves over time as the page holds them: for each quantity one chart, in it a line for each system at each
//! point, with the spread of its runs and the predicted band. The page's script draws them.

use std::collections::BTreeSet;

use meanfield_compare::align;
use meanfield_compare::comparison::{Basis, Compared, Comparison, Series};
use meanfield_run::quantities::{self, RISK, RISK_BIAS, RISK_GAP, RISK_SPREAD, RISK_STANDARD_ERROR};
use meanfield_run::record::{Curve, Record};
use meanfield_run::refinement;
use serde::Serialize;

use crate::content::Content;
use crate::digits::{Digits, digits};
use crate::look::Look;
use crate::points::{Point, evenly_chosen};

/// Most quantities that have a chart.
const MOST_CHARTS: usize = 40;
/// Most times of a line: of more, these are chosen evenly.
const MOST_TIMES: usize = 400;
/// Most numbers of all charts: a page must stay small enough to be sent.
const MOST_NUMBERS: usize = 250_000;
/// Least number of runs whose spread is their standard deviation; of fewer it is the extremes.
const MANY_RUNS: usize = 5;
/// Predicted bands are so many standard deviations wide on either side.
const SPREADS: f64 = 2.0;

/// A quantity over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chart {
    /// Its name in the record.
    pub name: String,
    /// Its meaning in words.
    pub meaning: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// One line of a chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Number of the point among those shown.
    point: usize,
    /// Its entry in the legend.
    label: String,
    /// Its look.
    #[serde(flatten)]
    look: Look,
    /// Times.
    t: Vec<Digits>,
    /// Values; of several runs their mean.
    y: Vec<Digits>,
    /// Lower and upper edge of a band around it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    band: Option<[Vec<Digits>; 2]>,
}

/// All charts, the risk first, then the gap to the reference.
pub fn charts(content: &Content, points: &[Point], looks: &[Look]) -> Vec<Chart> {
    let mut charts = vec![curves(RISK.name, points, looks)];
    if let Some(comparison) = content.comparison {
        for (n, point) in points.iter().enumerate() {
            charts[0].lines.extend(predictions(comparison, point, n, looks));
        }
        charts.push(gaps(comparison, points, looks));
    }
    let others = names(content.records).into_iter().filter(|name| name != RISK.name);
    charts.extend(others.map(|name| curves(&name, points, looks)));
    charts.retain(|chart| !chart.lines.is_empty());
    charts.truncate(MOST_CHARTS);
    within_size(charts)
}

/// The first charts, as many as have no more numbers than a page may hold; the first one always.
fn within_size(charts: Vec<Chart>) -> Vec<Chart> {
    let mut numbers = 0;
    let fits = charts.iter().position(|chart| {
        numbers += chart.lines.iter().map(Line::numbers).sum::<usize>();
        numbers > MOST_NUMBERS
    });
    let count = fits.map_or(charts.len(), |first| first.max(1));
    charts.into_iter().take(count).collect()
}

/// The names of all curves, each once; errors belong to their curves.
fn names(records: &[Record]) -> Vec<String> {
    let mut known = BTreeSet::new();
    let curves = records.iter().flat_map(|record| &record.curves);
    let own = curves.filter(|curve| !curve.name.ends_with(refinement::SUFFIX));
    own.map(|curve| curve.name.clone()).filter(|name| known.insert(name.clone())).collect()
}

/// The chart of a curve.
fn curves(name: &str, points: &[Point], looks: &[Look]) -> Chart {
    let mut lines = Vec::new();
    let mut meaning = String::new();
    for (n, point) in points.iter().enumerate() {
        for (system, record) in &point.records {
            let Some(curve) = record.curve(name) else { continue };
            meaning.clone_from(&curve.meaning);
            lines.extend(Line::of_curve(record, curve, n, looks[*system]));
        }
    }
    if let Some(quantity) = quantities::known(name).filter(|quantity| !quantity.per_coordinate) {
        quantity.meaning.clone_into(&mut meaning);
    }
    Chart { name: name.to_owned(), meaning, lines }
}

impl Line {
    /// A line through points (time, value, edges of the band), those without a value left out.
    fn through(
        label: String,
        point: usize,
        look: Look,
        course: &[(f64, f64)],
        band: Option<&[(f64, f64)]>,
    ) -> Option<Self> {
        let shown: Vec<usize> = evenly_chosen(course.len(), MOST_TIMES).collect();
        if !course.iter().any(|(time, value)| time.is_finite() && value.is_finite()) {
            return None;
        }
        let band = band
            .filter(|band| band.len() == course.len())
            .map(|band| [digits(shown.iter().map(|i| band[*i].0)), digits(shown.iter().map(|i| band[*i].1))]);
        let t = digits(shown.iter().map(|i| course[*i].0));
        let y = digits(shown.iter().map(|i| course[*i].1));
        Some(Self { point, label, look, t, y, band })
    }

    /// The mean of a curve over the runs, with their spread or its error.
    fn of_curve(record: &Record, curve: &Curve, point: usize, look: Look) -> Option<Self> {
        let rows = align::runs(record, curve);
        let course: Vec<_> = record.time.iter().copied().zip(align::mean(&rows)).collect();
        let error = record.curve(refinement::name(&curve.name)).map(|error| align::runs(record, error));
        let (band, words) = match (spread(&rows), error.and_then(|rows| rows.into_iter().next())) {
            (Some(band), _) if rows.len() < MANY_RUNS => {
                (Some(band), format!(": mean and min–max of {} runs", rows.len()))
            }
            (Some(band), _) => {
                (Some(band), format!(": mean and ±1 standard deviation of {} runs", rows.len()))
            }
            (None, Some(error)) => (Some(around(&course, &error)), " ± refinement error".to_owned()),
            (None, None) => (None, String::new()),
        };
        let label = format!("{} ({}){words}", record.system, record.kind);
        Self::through(label, point, look, &course, band.as_deref())
    }

    fn numbers(&self) -> usize {
        self.t.len() * if self.band.is_some() { 4 } else { 2 }
    }
}

/// The edges of a band of some half width around a course.
fn around(course: &[(f64, f64)], half: &[f64]) -> Vec<(f64, f64)> {
    course.iter().zip(half).map(|((_, value), half)| (value - half, value + half)).collect()
}

/// The spread over several runs: extremes of a few, standard deviations around the mean of many.
fn spread(rows: &[Vec<f64>]) -> Option<Vec<(f64, f64)>> {
    let deviation = align::standard_deviation(rows)?;
    if rows.len() >= MANY_RUNS {
        let mean = align::mean(rows).into_iter();
        return Some(mean.zip(deviation).map(|(mean, d)| (mean - d, mean + d)).collect());
    }
    let extremes = |column: Vec<f64>| {
        let least = column.iter().copied().fold(f64::INFINITY, f64::min);
        (least, column.into_iter().fold(f64::NEG_INFINITY, f64::max))
    };
    Some(align::columns(rows).map(extremes).collect())
}

/// The comparison of each system at a point, with the position of its look.
fn compared_at(comparison: &Comparison, point: &Point) -> Vec<(usize, Compared)> {
    let compared = comparison.systems.iter().filter_map(|compared| {
        let (system, _) = point.records.iter().find(|(_, record)| record.system == compared.system)?;
        let places = compared.points();
        let n = places.iter().position(|place| point.place.iter().all(|own| place.contains(own)));
        Some((*system, compared.at(n.or((places.len() == 1).then_some(0))?)))
    });
    compared.collect()
}

/// A series of a comparison by its name.
fn series<'a>(compared: &'a Compared, name: &str) -> Option<&'a Series> {
    compared.gaps.iter().find(|series| series.name == name)
}

/// Where single networks are predicted to lie: the reference's risk, b/N + c ε above it, ± two standard
/// deviations.
fn predictions(comparison: &Comparison, point: &Point, n: usize, looks: &[Look]) -> Vec<Line> {
    let lines = compared_at(comparison, point).into_iter().filter_map(|(system, compared)| {
        let record = &point.records.iter().find(|(own, _)| *own == system)?.1;
        let mean = align::mean(&align::runs(record, record.curve(RISK)?));
        let gap = series(&compared, RISK_GAP.name)?;
        let bias = series(&compared, RISK_BIAS.name)?;
        let spread = series(&compared, RISK_SPREAD.name)?;
        let risk = |time: f64| record.time.iter().position(|own| *own == time).map_or(f64::NAN, |i| mean[i]);
        let limits = compared.time.iter().zip(&gap.values).map(|(time, gap)| risk(*time) - gap);
        let course: Vec<_> =
            compared.time.iter().zip(limits).zip(&bias.values).map(|((t, r), b)| (*t, r + b)).collect();
        let half: Vec<f64> = spread.values.iter().map(|spread| SPREADS * spread).collect();
        let label =
            format!("predicted of a run of {}: mean ± {SPREADS} standard deviations", compared.system);
        let look = Look { dash: "1 3", marks: false, ..looks[system] };
        Line::through(label, n, look, &course, Some(&around(&course, &half)))
    });
    lines.collect()
}

/// The chart of the gaps to the reference, with the predicted bias and the tolerances of claims.
fn gaps(comparison: &Comparison, points: &[Point], looks: &[Look]) -> Chart {
    let mut lines = Vec::new();
    for (n, point) in points.iter().enumerate() {
        for (system, compared) in compared_at(comparison, point) {
            lines.extend(gap_lines(&compared, n, looks[system]));
        }
    }
    let meaning = format!("risk minus that of {}", comparison.reference);
    Chart { name: RISK_GAP.name.to_owned(), meaning, lines }
}

/// The gap of one system, its predicted bias, the tolerances of the claims on its risk.
fn gap_lines(compared: &Compared, point: usize, look: Look) -> Vec<Line> {
    let Some(gap) = series(compared, RISK_GAP.name) else { return Vec::new() };
    let course: Vec<_> = compared.time.iter().copied().zip(gap.values.iter().copied()).collect();
    let error = series(compared, RISK_STANDARD_ERROR.name).map(|error| around(&course, &error.values));
    let system = &compared.system;
    let words = if error.is_some() { " ± standard error of the mean" } else { "" };
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(Line::through(format!("{system}{words}"), point, look, &course, error.as_deref()));
    if let Some(bias) = series(compared, RISK_BIAS.name) {
        let course: Vec<_> = compared.time.iter().copied().zip(bias.values.iter().copied()).collect();
        let look = Look { dash: "5 3", marks: false, ..look };
        lines.extend(Line::through(format!("{system}: predicted b/N + c ε"), point, look, &course, None));
    }
    for verdict in compared.verdicts.iter().filter(|verdict| verdict.claim.quantity == RISK.name) {
        let Basis::Times { first, last, .. } = verdict.basis else { continue };
        let within = verdict.claim.within;
        let look = Look { dash: "1 4", marks: false, ..look };
        for edge in [-within, within] {
            let label = format!("claim: {system} within ±{within}");
            lines.extend(Line::through(label, point, look, &[(first, edge), (last, edge)], None));
        }
    }
    lines
}
