//! The figure of the risk over time: every system at every point above, with the error that refinement
//! estimates and other curves as an inset; below, the gap of each to the reference (`gap`).

use ab_glyph::InvalidFont;

use super::apart::Apart;
use super::content::{Content, Over};
use super::curve::draw_curve;
use super::gap::{BAND_DASHES, Gaps, SPREADS, draw_edges, predicted_band};
use super::inset::Inset;
use super::legend::{self, Entry, Sample};
use super::names;
use super::over_key;
use super::panel::Panel;
use super::picture::Picture;
use super::scale::{Kind, Scale, short_number};
use super::static_system::{is_constant, name_in_words};
use super::style::{self, Look};
use super::systems::{SystemAtPoint, Systems};
use super::text::Typeface;
use super::time_axis;
use super::title::{TITLE_ROW, draw_title, title_lines};
use meanfield_compare::align;
use meanfield_compare::comparison::Compared;
use meanfield_run::facts::STEP_SIZE;
use meanfield_run::quantities::{RISK, RISK_GAP};
use meanfield_run::record::{Place, Record};
use meanfield_run::refinement;

const LEFT: f64 = 50.0;
const RIGHT: f64 = 8.0;
const UPPER_HEIGHT: f64 = 190.0;
const LOWER_HEIGHT: f64 = 110.0;
/// Heights of both on a narrow page.
const HEIGHTS_ON_NARROW: [f64; 2] = [130.0, 90.0];
/// Below a panel with labels.
const BELOW: f64 = 36.0;
/// Between legend and panel, for its letter.
const ABOVE: f64 = 15.0;
/// Error bands that are thinner on the page, in points, cannot be seen.
const THINNEST_BAND: f64 = 0.6;
/// Most points at which static systems are drawn, as level lines.
const MOST_LEVELS: usize = 4;
/// Least number of runs whose spread is the standard deviation instead of the extremes.
const MANY_RUNS: usize = 5;

/// What the label of a limit says of its band.
const REFINEMENT: &str = " ± refinement error";

/// The figure; None if no risk can be drawn.
///
/// # Errors
/// [`InvalidFont`], if the bundled font cannot be read.
pub fn picture(content: &Content) -> Result<Option<Picture>, InvalidFont> {
    let systems = Systems::of(content.records);
    let left_out = static_systems_left_out(content, &systems);
    let drawn = systems.items.iter().filter(|item| !left_out.contains(&item.record.system));
    let mut risks: Vec<Risk> = drawn.filter_map(Risk::of).collect();
    risks.iter_mut().for_each(|risk| risk.predict(content));
    if risks.is_empty() {
        return Ok(None);
    }
    let gaps = content.comparison.and_then(|comparison| Gaps::of(comparison, content.records, &systems));
    let typeface = Typeface::bundled()?;
    let y = risk_scale(&risks);
    let size = PanelSize::on(content);
    risks.iter_mut().for_each(|risk| risk.say_if_the_band_is_thin(&y, size.upper));
    let lines = title_lines(&content.heading(""), &typeface, size.width);
    let mut upper = entries(&systems, &risks);
    if let Some(key) = over_key::key(content.records).filter(|_| !left_out.is_empty()) {
        let key = names::key_letter(&key.name);
        upper.push(Entry::remark(format!("{} (static): in the figure over {key}", left_out.join(", "))));
    }
    let lower = gaps.as_ref().map_or(Vec::new(), Gaps::entries);
    let title_end = TITLE_ROW * lines.len() as f64 + 6.0;
    let times = risks.iter().flat_map(|risk| risk.mean.iter().map(|p| p.0));
    let clock = clock(content);
    let x = time_axis::scale(content.records, times).counting(clock.unit);
    let rows = PageLayout::below_title(title_end, &typeface, [&upper, &lower], gaps.is_none(), size);
    let inset = Inset::of(&systems, content.inset);
    let shown: Vec<_> = risks.iter().flat_map(Risk::outlines).collect();
    let upper_panel = size.panel(rows.upper, size.upper, x, y);
    let corner = inset.as_ref().and_then(|inset| inset.spot(&upper_panel, &shown));
    let below = inset.as_ref().filter(|_| corner.is_none());
    let apart = below.map(|inset| inset.apart(size.width, content.sheet.is_narrow(), gaps.is_none()));
    let rows = rows.with_room_for_an_inset(apart.as_ref().map_or(0.0, Apart::height));
    let mut page = Picture::new(&content.sheet, rows.page_height, typeface);
    draw_title(&mut page, &lines, LEFT, 4.0);
    legend::draw(&mut page, &upper, (LEFT, rows.upper_legend), size.width);
    legend::draw(&mut page, &lower, (LEFT, rows.lower_legend), size.width);
    let insets = inset.as_ref().filter(|_| apart.is_some()).map_or(0, Inset::panels);
    let panels = 1 + insets + usize::from(gaps.is_some());
    let last = (gaps.is_none() && apart.is_none()).then_some(clock.name);
    draw_risks(&mut page, &risks, &upper_panel, last);
    upper_panel.letter(&mut page, 0, panels);
    if let Some(inset) = &inset {
        match (corner, &apart) {
            (Some(corner), _) => inset.draw_within(&mut page, corner, x),
            (None, Some(apart)) => {
                inset.draw_apart(&mut page, (LEFT, rows.inset), apart, (x, clock.name), panels);
            }
            (None, None) => {}
        }
    }
    if let Some(gaps) = &gaps {
        let panel = size.panel(rows.lower, size.lower, x, gaps.scale());
        gaps.draw(&mut page, panel, clock.name);
        panel.letter(&mut page, panels - 1, panels);
    }
    Ok(Some(page))
}

/// Names of the static systems that are not drawn over time: at many points they would be a level line each,
/// and the figure over the key has them.
fn static_systems_left_out(content: &Content, systems: &Systems) -> Vec<String> {
    if systems.points.len() <= MOST_LEVELS || over_key::key(content.records).is_none() {
        return Vec::new();
    }
    let is_level = |record: &&Record| is_constant(record, content.records);
    content.records.iter().filter(is_level).map(|record| record.system.clone()).collect()
}

/// Sizes of the panels on a page.
#[derive(Clone, Copy)]
struct PanelSize {
    width: f64,
    /// Heights of the upper and of the lower panel.
    upper: f64,
    lower: f64,
}

impl PanelSize {
    fn on(content: &Content) -> Self {
        let width = content.sheet.layout_width() - LEFT - RIGHT;
        let heights =
            if content.sheet.is_narrow() { HEIGHTS_ON_NARROW } else { [UPPER_HEIGHT, LOWER_HEIGHT] };
        let [upper, lower] = heights;
        Self { width, upper, lower }
    }

    /// A panel of the figure.
    fn panel(&self, top: f64, height: f64, x: Scale, y: Scale) -> Panel {
        Panel { left: LEFT, top, width: self.width, height, x, y }
    }
}

/// Legend entries of colours, then of dashes and marks.
fn entries(systems: &Systems, risks: &[Risk]) -> Vec<Entry> {
    let mut entries = systems.point_entries();
    for (system, look) in systems.looks.iter().enumerate() {
        let of_system: Vec<&Risk> = risks.iter().filter(|risk| risk.system == system).collect();
        entries.extend(of_system.first().map(|risk| risk.entry(look, systems.is_one_point())));
        entries.extend(of_system.iter().find_map(|risk| risk.predicted_entry(look)));
    }
    entries
}

/// Upper ends of legends and panels, from the top of the page.
struct PageLayout {
    upper_legend: f64,
    upper: f64,
    lower_legend: f64,
    lower: f64,
    inset: f64,
    page_height: f64,
}

impl PageLayout {
    /// Adds room between the two panels.
    fn with_room_for_an_inset(self, more: f64) -> Self {
        Self {
            lower_legend: self.lower_legend + more,
            lower: self.lower + more,
            page_height: self.page_height + more,
            ..self
        }
    }

    /// The layout below a title that ends at `title`; `alone` without a lower panel.
    fn below_title(
        title: f64,
        typeface: &Typeface,
        [upper, lower]: [&[Entry]; 2],
        alone: bool,
        size: PanelSize,
    ) -> Self {
        let upper_top = title + legend::height(upper, typeface, size.width) + ABOVE;
        let lower_legend = upper_top + size.upper + if alone { BELOW } else { 10.0 };
        let lower_top = lower_legend + legend::height(lower, typeface, size.width) + ABOVE;
        let page_height = if alone { lower_legend } else { lower_top + size.lower + BELOW };
        let inset = upper_top + size.upper;
        Self { upper_legend: title, upper: upper_top, lower_legend, lower: lower_top, inset, page_height }
    }
}

/// The horizontal axis: its unit, in that of time, and its name.
struct Clock {
    unit: f64,
    name: &'static str,
}

/// Time, or the number of SGD steps if that is asked for and all networks share a step size.
fn clock(content: &Content) -> Clock {
    let sizes = content.records.iter().flat_map(|record| record.facts_named(STEP_SIZE));
    let shared = sizes.copied().map(Some).reduce(|a, b| a.filter(|a| Some(*a) == b)).flatten();
    match (content.over, shared) {
        (Over::Step, Some(size)) if size > 0.0 => Clock { unit: size, name: "SGD step k = t/ε" },
        _ => Clock { unit: 1.0, name: "time t = kε" },
    }
}

/// The risk of one system at one point.
struct Risk {
    system: usize,
    look: Look,
    label: String,
    mean: Vec<(f64, f64)>,
    spread: Vec<(f64, f64, f64)>,
    /// Where single networks are predicted to lie: mean ± 2 standard deviations.
    predicted: Vec<(f64, f64, f64)>,
    name: String,
    place: Vec<Place>,
}

impl Risk {
    /// The risk of a system with its spread over runs; None if no value is finite.
    fn of(item: &SystemAtPoint) -> Option<Self> {
        let record = &item.record;
        let rows = align::runs(record, record.curve(RISK)?);
        let mean = item.over_time(&align::mean(&rows));
        if !mean.iter().any(|p| p.1.is_finite()) {
            return None;
        }
        let name = name_in_words(record, item.static_span.is_some(), &[]);
        let refined = refinement_error(item);
        let label = match rows.len() {
            0 | 1 if refined.is_empty() => name,
            0 | 1 => format!("{name}{REFINEMENT}{}", known_from(&refined)),
            n if n < MANY_RUNS => format!("{name}: mean and min–max of {n} runs"),
            n => format!("{name}: mean and ±1 standard deviation of {n} runs"),
        };
        let spread = item.over_time(&spread_over_runs(&rows)).into_iter();
        let spread: Vec<_> = spread.map(|(t, (low, high))| (t, low, high)).collect();
        let around =
            mean.iter().zip(&refined).map(|((t, risk), (_, error))| (*t, risk - error, risk + error));
        let spread = if spread.is_empty() { around.collect() } else { spread };
        Some(Self {
            system: item.system,
            look: item.look,
            label,
            mean,
            spread,
            predicted: Vec::new(),
            name: record.system.clone(),
            place: item.place.clone(),
        })
    }

    /// Says of an error that is too small to be seen that it is.
    fn say_if_the_band_is_thin(&mut self, y: &Scale, height: f64) {
        let place = |value: f64| y.place(value).unwrap_or(0.0) * height;
        let thickness = self.spread.iter().map(|(_, low, high)| place(*high) - place(*low));
        if self.label.contains(REFINEMENT) && thickness.fold(0.0, f64::max) < THINNEST_BAND {
            self.label.push_str(", too small to be seen beside the risk");
        }
    }

    /// Takes the prediction of single runs from the comparison, where there is one.
    fn predict(&mut self, content: &Content) {
        let systems = content.comparison.iter().flat_map(|comparison| &comparison.systems);
        for compared in systems.filter(|compared| compared.system == self.name) {
            let points = compared.points();
            let Some(n) = points.iter().position(|point| self.place.iter().all(|own| point.contains(own)))
            else {
                continue;
            };
            let here = compared.at(n);
            let limit: Vec<f64> = self.limit(&here);
            let band = predicted_band(&here, 1.0).into_iter().zip(limit);
            self.predicted = band.map(|((t, low, high), limit)| (t, limit + low, limit + high)).collect();
        }
    }

    /// The reference's risk at the times of a comparison: this mean less the gap.
    fn limit(&self, compared: &Compared) -> Vec<f64> {
        let gap = compared.gaps.iter().find(|series| series.name == RISK_GAP.name);
        let gaps = gap.map_or(&[][..], |series| &series.values[..]);
        let mean = |time: &f64| self.mean.iter().find(|(t, _)| t == time).map_or(f64::NAN, |(_, risk)| *risk);
        compared.time.iter().zip(gaps).map(|(time, gap)| mean(time) - gap).collect()
    }

    /// The entry of the prediction, if there is one.
    fn predicted_entry(&self, look: &Look) -> Option<Entry> {
        let line = Look { dashes: BAND_DASHES, mark: None, width: style::THIN_LINE, point: None, ..*look };
        let label = format!("predicted of a run of {}: mean ± {SPREADS} standard deviations", self.name);
        (!self.predicted.is_empty()).then_some(Entry { sample: Sample::Line(line), label })
    }

    /// The entry of its system, in the look that it has at all points: where marks say which point it is at,
    /// a network's are open, whatever their shape.
    fn entry(&self, look: &Look, is_one_point: bool) -> Entry {
        let has_open_marks = look.mark.is_some() && !is_one_point;
        let look = Look { mark: look.mark.filter(|_| is_one_point), ..*look };
        let sample = match self.spread.is_empty() {
            true => Sample::Line(look),
            false => Sample::LineOnArea(look, look.veil()),
        };
        let words = if has_open_marks { ", open marks" } else { "" };
        Entry { sample, label: format!("{}{words}", self.label) }
    }

    /// The lines that an inset must not cover.
    fn outlines(&self) -> [Vec<(f64, f64)>; 3] {
        let low = self.spread.iter().map(|&(t, low, _)| (t, low)).collect();
        let high = self.spread.iter().map(|&(t, _, high)| (t, high)).collect();
        [self.mean.clone(), low, high]
    }
}

/// " from t = 0.06 on", where an error is not known before.
fn known_from(refined: &[(f64, f64)]) -> String {
    let first = refined.iter().position(|(_, error)| error.is_finite());
    match first.filter(|first| *first > 0) {
        Some(first) => format!(" from t = {} on", short_number(refined[first].0)),
        None => String::new(),
    }
}

/// The error that refinement estimates, over time; empty where no companion was run.
fn refinement_error(item: &SystemAtPoint) -> Vec<(f64, f64)> {
    let error = item.record.curve(refinement::name(RISK));
    error.map_or(Vec::new(), |e| item.over_time(&e.values.iter().copied().collect::<Vec<_>>()))
}

/// The spread at each time: extremes of a few runs, standard deviations around the mean of many.
fn spread_over_runs(rows: &[Vec<f64>]) -> Vec<(f64, f64)> {
    match rows.len() {
        0 | 1 => Vec::new(),
        n if n < MANY_RUNS => extremes(rows),
        _ => deviations(rows),
    }
}

fn extremes(rows: &[Vec<f64>]) -> Vec<(f64, f64)> {
    align::columns(rows)
        .map(|column: Vec<f64>| {
            let lowest = column.iter().copied().fold(f64::INFINITY, f64::min);
            (lowest, column.into_iter().fold(f64::NEG_INFINITY, f64::max))
        })
        .collect()
}

fn deviations(rows: &[Vec<f64>]) -> Vec<(f64, f64)> {
    let deviation = align::standard_deviation(rows).unwrap_or_default();
    align::mean(rows).into_iter().zip(deviation).map(|(mean, d)| (mean - d, mean + d)).collect()
}

fn risk_scale(risks: &[Risk]) -> Scale {
    let means = risks.iter().flat_map(|risk| risk.mean.iter().map(|p| p.1));
    let spreads = risks.iter().flat_map(|risk| risk.spread.iter().flat_map(|p| [p.1, p.2]));
    let predicted = risks.iter().flat_map(|risk| risk.predicted.iter().flat_map(|p| [p.1, p.2]));
    Scale::covering(Kind::Linear, means.chain(spreads).chain(predicted), 0.05)
}

/// Draws bands, then marks, then the lines of the limits, so that all stay visible.
fn draw_risks(page: &mut Picture, risks: &[Risk], panel: &Panel, x_name: Option<&str>) {
    for risk in risks {
        panel.band(page, &risk.spread, risk.look.veil());
    }
    for risk in risks {
        draw_curve(page, panel, &risk.mean, &risk.look);
        draw_edges(page, panel, &risk.predicted, risk.look.colour);
    }
    panel.axes(page, x_name, Some("risk R"));
}
