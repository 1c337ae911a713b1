//! The risk over time: every system above; below, by how much each differs from the reference, with
//! the bias that a finite network must show and what the claims allow.

use ab_glyph::InvalidFont;
use meanfield_run::record::Record;

use super::legend::{self, Entry, Sample};
use super::panel::Panel;
use super::picture::Picture;
use super::scale::{Kind, Scale, short_number};
use super::style::{self, Look, PAGE_WIDTH};
use super::text::Typeface;
use super::{TITLE_ROW, draw_title, title_lines};
use crate::comparison::{Compared, Comparison};
use crate::judge::align;

const LEFT: f64 = 56.0;
/// Width of the panels.
const WIDTH: f64 = PAGE_WIDTH - LEFT - 12.0;
const UPPER_HEIGHT: f64 = 190.0;
const LOWER_HEIGHT: f64 = 110.0;
/// Below a panel with labels.
const BELOW: f64 = 36.0;
/// Between legend and panel.
const ABOVE: f64 = 6.0;
/// Runs from which the spread is told by the standard deviation instead of the extremes.
const MANY_RUNS: usize = 5;
/// What a claim allows is shown whole if it is not more than this many times the gaps.
const MOST_ALLOWED: f64 = 3.0;

/// The figure; None if no risk at a positive time can be drawn.
pub fn picture(
    title: &str,
    records: &[Record],
    comparison: Option<&Comparison>,
) -> Result<Option<Picture>, InvalidFont> {
    let looks = style::looks(records);
    let risks: Vec<Risk> = records.iter().zip(&looks).filter_map(|(r, look)| Risk::of(r, *look)).collect();
    if risks.is_empty() {
        return Ok(None);
    }
    let gaps = comparison.map_or(Vec::new(), |c| gaps(c, records, &looks));
    let typeface = Typeface::bundled()?;
    let lines = title_lines(title, &typeface, WIDTH);
    let (upper, lower) = (risks.iter().map(Risk::entry).collect::<Vec<_>>(), lower_entries(&gaps));
    let rows = Rows::below(TITLE_ROW * lines.len() as f64 + 6.0, &typeface, &upper, &lower, gaps.is_empty());
    let mut page = Picture::new(PAGE_WIDTH, rows.page_height, typeface);
    draw_title(&mut page, &lines, LEFT, 4.0);
    legend::draw(&mut page, &upper, (LEFT, rows.upper_legend), WIDTH);
    legend::draw(&mut page, &lower, (LEFT, rows.lower_legend), WIDTH);
    let times = risks.iter().flat_map(|risk| risk.mean.iter().map(|p| p.0));
    let x = Scale::covering(Kind::Logarithmic, times, 0.02);
    let panel = |top, height, y| Panel { left: LEFT, top, width: WIDTH, height, x, y };
    draw_risks(&mut page, &risks, panel(rows.upper, UPPER_HEIGHT, risk_scale(&risks)), gaps.is_empty());
    if let Some(comparison) = comparison.filter(|_| !gaps.is_empty()) {
        draw_gaps(&mut page, &gaps, panel(rows.lower, LOWER_HEIGHT, gap_scale(&gaps)), &comparison.reference);
    }
    Ok(Some(page))
}

/// Upper ends of legends and panels, from the top of the page.
struct Rows {
    upper_legend: f64,
    upper: f64,
    lower_legend: f64,
    lower: f64,
    page_height: f64,
}

impl Rows {
    /// Below a title that ends at `title`; `alone` if there is no lower panel.
    fn below(title: f64, typeface: &Typeface, upper: &[Entry], lower: &[Entry], alone: bool) -> Self {
        let height = |entries: &[Entry]| legend::height(entries, typeface, WIDTH);
        let upper_top = title + height(upper) + ABOVE;
        let lower_legend = upper_top + UPPER_HEIGHT + if alone { BELOW } else { 10.0 };
        let lower_top = lower_legend + height(lower) + ABOVE;
        let page_height = if alone { lower_legend } else { lower_top + LOWER_HEIGHT + BELOW };
        Self { upper_legend: title, upper: upper_top, lower_legend, lower: lower_top, page_height }
    }
}

const TIME: &str = "time t = kε";

/// The risk of one system.
struct Risk {
    look: Look,
    label: String,
    mean: Vec<(f64, f64)>,
    spread: Vec<(f64, f64, f64)>,
}

impl Risk {
    /// None if it has no finite risk at a positive time.
    fn of(record: &Record, look: Look) -> Option<Self> {
        let rows = align::runs(record, record.curve("risk")?);
        let mean = positive_times(&record.time, &align::mean(&rows));
        if !mean.iter().any(|p| p.1.is_finite()) {
            return None;
        }
        let name = format!("{} ({})", record.system, record.kind);
        let (spread, words) = match rows.len() {
            0 | 1 => (Vec::new(), ""),
            n if n < MANY_RUNS => (extremes(&rows), "min–max"),
            _ => (deviations(&rows), "±1 standard deviation"),
        };
        let label = match words {
            "" => name,
            words => format!("{name}: mean and {words} of {} runs", rows.len()),
        };
        let spread = record.time.iter().zip(spread).filter(|(t, _)| **t > 0.0);
        Some(Self { look, label, mean, spread: spread.map(|(t, (low, high))| (*t, low, high)).collect() })
    }

    fn entry(&self) -> Entry {
        let sample = match self.spread.is_empty() {
            true => Sample::Line(self.look),
            false => Sample::LineOnArea(self.look, self.look.veil()),
        };
        Entry { sample, label: self.label.clone() }
    }
}

/// (time, value) at positive times, which alone have a place on a logarithmic axis.
fn positive_times(times: &[f64], values: &[f64]) -> Vec<(f64, f64)> {
    times.iter().copied().zip(values.iter().copied()).filter(|(time, _)| *time > 0.0).collect()
}

fn extremes(rows: &[Vec<f64>]) -> Vec<(f64, f64)> {
    let ends = |column: Vec<f64>| {
        let lowest = column.iter().copied().fold(f64::INFINITY, f64::min);
        (lowest, column.into_iter().fold(f64::NEG_INFINITY, f64::max))
    };
    align::columns(rows).map(ends).collect()
}

fn deviations(rows: &[Vec<f64>]) -> Vec<(f64, f64)> {
    let deviation = align::standard_deviation(rows).unwrap_or_default();
    align::mean(rows).into_iter().zip(deviation).map(|(mean, d)| (mean - d, mean + d)).collect()
}

fn risk_scale(risks: &[Risk]) -> Scale {
    let means = risks.iter().flat_map(|risk| risk.mean.iter().map(|p| p.1));
    let spreads = risks.iter().flat_map(|risk| risk.spread.iter().flat_map(|p| [p.1, p.2]));
    Scale::covering(Kind::Linear, means.chain(spreads), 0.05)
}

/// Bands below, then marks, then the lines of the limits, so that all stay visible.
fn draw_risks(page: &mut Picture, risks: &[Risk], panel: Panel, alone: bool) {
    for risk in risks {
        panel.band(page, &risk.spread, risk.look.veil());
    }
    for risk in risks {
        draw_curve(page, &panel, &risk.mean, &risk.look);
    }
    panel.axes(page, alone.then_some(TIME), Some("risk R"));
}

/// A sampled system is drawn as marks on a thin line, another as its line.
fn draw_curve(page: &mut Picture, panel: &Panel, points: &[(f64, f64)], look: &Look) {
    if look.mark.is_some() {
        panel.curve(page, points, look.colour, look.dashes, 0.7);
        panel.marks(page, points, look);
    } else if points.len() == 1 {
        panel.marks(page, points, &Look { mark: Some(style::Mark::Diamond), ..*look });
    } else {
        panel.system_curve(page, points, look);
    }
}

/// What the lower panel shows of one system.
struct Gap {
    system: String,
    look: Look,
    gap: Vec<(f64, f64)>,
    error: Vec<(f64, f64, f64)>,
    bias: Vec<(f64, f64)>,
    allowed: Vec<Allowed>,
}

/// A claim on the risk.
struct Allowed {
    from: f64,
    until: f64,
    within: f64,
    holds: bool,
}

fn gaps(comparison: &Comparison, records: &[Record], looks: &[Look]) -> Vec<Gap> {
    let gap = |compared: &Compared| {
        let place = records.iter().position(|record| record.system == compared.system)?;
        Some(Gap::of(compared, looks[place]))
    };
    let all = comparison.systems.iter().filter_map(gap);
    all.filter(|gap| gap.gap.iter().any(|p| p.1.is_finite())).collect()
}

impl Gap {
    fn of(compared: &Compared, look: Look) -> Self {
        let series = |name: &str| compared.gaps.iter().find(|series| series.name == name);
        let points =
            |name: &str| series(name).map_or(Vec::new(), |s| positive_times(&compared.time, &s.values));
        let (gap, error) = (points("risk_gap"), points("risk_standard_error"));
        let band = |(&(t, g), &(_, e)): (&(f64, f64), &(f64, f64))| (t, g - e, g + e);
        let risk = compared.verdicts.iter().filter(|verdict| verdict.claim.quantity == "risk");
        let allowed = risk.map(|verdict| Allowed {
            from: verdict.claim.from,
            until: verdict.claim.until,
            within: verdict.claim.within,
            holds: verdict.holds,
        });
        Self {
            system: compared.system.clone(),
            look,
            error: gap.iter().zip(&error).map(band).collect(),
            gap,
            bias: points("risk_bias"),
            allowed: allowed.collect(),
        }
    }
}

/// Dashes of the expected bias.
const BIAS_DASHES: &[f64] = &[4.0, 2.0];

/// Dots along the limits of what a claim allows.
const CLAIM_DASHES: &[f64] = &[1.2, 2.4];

/// Only what the upper legend does not explain.
fn lower_entries(gaps: &[Gap]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for gap in gaps {
        let system = &gap.system;
        if !gap.bias.is_empty() {
            let look = Look { dashes: BIAS_DASHES, mark: None, ..gap.look };
            entries.push(Entry {
                sample: Sample::Line(look),
                label: format!("bias b(t)/N expected of {system}"),
            });
        }
        if !gap.error.is_empty() {
            let label = format!("{system} ± standard error");
            entries.push(Entry { sample: Sample::Area(gap.look.veil()), label });
        }
        for allowed in &gap.allowed {
            let outcome = if allowed.holds { "holds" } else { "does not hold" };
            let label = format!("claim on {system}: within ±{}, {outcome}", short_number(allowed.within));
            let look = Look { dashes: CLAIM_DASHES, mark: None, ..gap.look };
            entries.push(Entry { sample: Sample::Line(look), label });
        }
    }
    entries
}

/// Symmetric enough to show zero; what claims allow is shown whole if that leaves the gaps visible.
fn gap_scale(gaps: &[Gap]) -> Scale {
    let curves = gaps.iter().flat_map(|gap| gap.gap.iter().chain(&gap.bias).map(|p| p.1));
    let errors = gaps.iter().flat_map(|gap| gap.error.iter().flat_map(|p| [p.1, p.2]));
    let values: Vec<f64> = curves.chain(errors).filter(|v| v.is_finite()).collect();
    let largest = values.iter().fold(0.0, |largest: f64, v| largest.max(v.abs()));
    let claims = gaps.iter().flat_map(|gap| &gap.allowed).map(|allowed| allowed.within);
    let shown = claims.filter(|within| largest == 0.0 || *within <= MOST_ALLOWED * largest);
    let ends = shown.flat_map(|within| [-within, within]).chain([0.0]);
    Scale::covering(Kind::Linear, values.iter().copied().chain(ends), 0.06)
}

fn draw_gaps(page: &mut Picture, gaps: &[Gap], panel: Panel, reference: &str) {
    let (first, last) = panel.x.ends();
    gaps.iter().for_each(|gap| panel.band(page, &gap.error, gap.look.veil()));
    panel.zero_line(page);
    for gap in gaps {
        panel.curve(page, &gap.bias, gap.look.colour, BIAS_DASHES, style::LINE_WIDTH);
        for allowed in gap.allowed.iter().filter(|allowed| allowed.within.is_finite()) {
            let (from, until) = (allowed.from.max(first), allowed.until.min(last));
            for limit in [-allowed.within, allowed.within].into_iter().filter(|_| from < until) {
                let line = [(from, limit), (until, limit)];
                panel.curve(page, &line, gap.look.colour, CLAIM_DASHES, style::LINE_WIDTH);
            }
        }
        draw_curve(page, &panel, &gap.gap, &gap.look);
    }
    panel.axes(page, Some(TIME), Some(&format!("risk gap to {reference}")));
}
