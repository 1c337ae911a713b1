//! The law of one coordinate at the snapshots, a panel each: atoms of finite networks as histograms, under
//! them the densities of the limits (cells and maps on panels: lines through the densities of bins that a
//! page can show; other atoms: kernel estimates). After Fig. 1 of Mei, Montanari & Nguyen (2018). Laws of
//! several coordinates together: `joint`.

mod labels;

use ab_glyph::InvalidFont;
use meanfield_model::marginal::Marginal;
use meanfield_model::measure::Measure;
use meanfield_run::record::{Place, Record, RunAxis, places};

use super::content::Content;
use super::extent::{self, Extent};
use super::legend::Entry;
use super::names::{self, axis_name, has_lower_end};
use super::page;
use super::panel::Panel;
use super::picture::{Anchor, Picture};
use super::scale::{Scale, short_number};
use super::shape::{Detail, LawShape, density, finite_part, histogram, upper_end};
use super::static_system::{is_constant, is_static, snapshot_of, snapshot_times};
use super::style::{self, INK, LABEL_SIZE, Look};
use super::systems::{Systems, evenly_chosen};
use crate::density::Support;
use meanfield_compare::align;

use super::panel_grid::{ABOVE, HEADING, LEFT, PanelGrid, columns_within};

/// Most panels on a page, and on a narrow one.
const MOST_PANELS: usize = 9;
const MOST_ON_NARROW: usize = 6;
/// Most panels in a row, and rows, where each point has a row.
const MOST_IN_A_ROW: usize = 4;
const MOST_ROWS: usize = 4;

/// The coordinates of the records, in order of appearance.
fn coordinates(records: &[Record]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in records.iter().flat_map(Record::coordinates) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// The figures with their names: one of all coordinates, a row each; where keys are varied one for each
/// coordinate, with a row for each point, or a panel for each where there is one snapshot.
///
/// # Errors
/// [`InvalidFont`], if the bundled font cannot be read.
pub fn pictures(content: &Content) -> Result<Vec<(String, Picture)>, InvalidFont> {
    let records = content.records;
    let coordinates = coordinates(records);
    let points = Systems::points_of(records);
    let all_times = snapshot_times(records);
    let in_a_row = columns_within(content.sheet.layout_width(), MOST_IN_A_ROW);
    let mut pictures = Vec::new();
    if points.len() == 1 && coordinates.len() > 1 {
        let times = evenly_chosen(all_times.clone(), in_a_row);
        let rows = coordinates.iter().map(|coordinate| LawRow::of(records, &points[0], coordinate, &times));
        let remarks = [chosen_in_words(times.len(), all_times.len(), "snapshots")];
        let picture = picture(content, &remarks, rows, PanelGrid::of_coordinates)?;
        pictures.extend(picture.map(|own| ("law".to_owned(), own)));
        return Ok(pictures);
    }
    let several = points.len() > 1;
    let panels = if content.sheet.is_narrow() { MOST_ON_NARROW } else { MOST_PANELS };
    let times = evenly_chosen(all_times.clone(), if several { in_a_row } else { panels });
    let is_single = several && times.len() == 1;
    let shown = evenly_chosen((0..points.len()).collect(), if is_single { panels } else { MOST_ROWS });
    let snapshots = match is_single {
        true => time_in_words(records.iter(), times[0]),
        false => chosen_in_words(times.len(), all_times.len(), "snapshots"),
    };
    let remarks = [snapshots, chosen_in_words(shown.len(), points.len(), "points")];
    for coordinate in &coordinates {
        let rows = shown.iter().map(|&i| LawRow::of(records, &points[i], coordinate, &times));
        let rows: Vec<LawRow> = if is_single { vec![LawRow::joined(rows.collect())] } else { rows.collect() };
        let grid = if several && !is_single { PanelGrid::of_points } else { PanelGrid::of_one };
        let picture = picture(content, &remarks, rows.into_iter(), grid)?;
        pictures.extend(picture.map(|own| (format!("law_{coordinate}"), own)));
    }
    Ok(pictures)
}

/// "5 of 9 points shown"; empty where all are.
pub fn chosen_in_words(shown: usize, all: usize, what: &str) -> String {
    if shown < all { format!("{shown} of {all} {what} shown") } else { String::new() }
}

/// Places of panels on a page of a width, from numbers of panels in rows and the place where they begin.
type GridOfRows = fn(f64, &[usize], f64) -> PanelGrid;

/// A figure of some rows; None if nothing can be drawn in any.
fn picture(
    content: &Content,
    remarks: &[String],
    rows: impl Iterator<Item = LawRow>,
    grid: GridOfRows,
) -> Result<Option<Picture>, InvalidFont> {
    let rows: Vec<LawRow> = rows.filter(|row| !row.moments.is_empty()).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let panels: Vec<usize> = rows.iter().map(|row| row.moments.len()).collect();
    let laws = rows.iter().flat_map(|row| &row.moments).flat_map(|moment| &moment.laws);
    let mut entries = labels::entries(content.records, laws.map(|law| law.record).collect());
    entries.extend(remarks.iter().filter(|remark| !remark.is_empty()).cloned().map(Entry::remark));
    let width = content.sheet.layout_width();
    let (mut page, grid) = page::begin(content, "", &entries, |top| grid(width, &panels, top))?;
    let are_single = panels.iter().all(|count| *count == 1);
    for (i, (row, scales)) in rows.iter().zip(scales_of_rows(&rows, grid.columns)).enumerate() {
        let first = if are_single { i } else { i * grid.columns };
        row.draw(&mut page, &grid, first, &scales);
    }
    Ok(Some(page))
}

/// The laws of one coordinate of all systems at one point, over time.
struct LawRow {
    coordinate: String,
    /// The point in words; empty where there is one point.
    heading: String,
    moments: Vec<Moment>,
    /// Whether all panels have one horizontal scale.
    shares_scale: bool,
}

impl LawRow {
    fn of(records: &[Record], point: &[Place], coordinate: &str, times: &[f64]) -> Self {
        let here: Vec<Record> = records.iter().filter_map(|record| at_point(record, point)).collect();
        let looks = style::looks(&here);
        let moments = times.iter().map(|time| Moment::of(&here, &looks, coordinate, *time));
        let moments = moments.filter(|moment| !moment.laws.is_empty()).collect();
        Self { coordinate: coordinate.to_owned(), heading: names::point(point), moments, shares_scale: true }
    }

    /// Rows of one panel each as one row, in which each panel names its own point.
    fn joined(rows: Vec<Self>) -> Self {
        let coordinate = rows.first().map_or_else(String::new, |row| row.coordinate.clone());
        let mut moments = Vec::new();
        for row in rows {
            let heading = row.heading;
            moments.extend(row.moments.into_iter().map(|moment| moment.at_point(&heading)));
        }
        Self { coordinate, heading: String::new(), moments, shares_scale: false }
    }

    /// How far the laws at all times reach.
    fn extent(&self) -> Extent {
        let laws = self.moments.iter().flat_map(|moment| &moment.laws);
        Extent::of(laws.map(|law| (&law.marginal, law.network)), support(&self.coordinate))
    }

    /// Draws its panels, the first of them in the place `first` of the grid, on a scale each.
    fn draw(&self, page: &mut Picture, grid: &PanelGrid, first: usize, scales: &[Scale]) {
        for (i, (moment, x)) in self.moments.iter().zip(scales).enumerate() {
            moment.draw(page, grid, first + i, *x, &self.coordinate);
        }
        if !self.heading.is_empty() {
            let first = grid.panel(first, scales[0], scales[0]);
            let place = (LEFT, first.top - ABOVE - 0.5 * HEADING + 3.0);
            page.text(&self.heading, place, LABEL_SIZE + 0.5, INK, Anchor::Start);
        }
    }
}

/// A record at a point of the keys that have several values, and at the only value of the others.
pub fn at_point(record: &Record, point: &[Place]) -> Option<Record> {
    let single: Vec<RunAxis> = record.varied().filter(|axis| axis.values.len() == 1).cloned().collect();
    record.at(&[point, &places(&single)[0]].concat())
}

/// The line, or the half line for a radius: kernel estimates are reflected at 0.
fn support(coordinate: &str) -> Support {
    if has_lower_end(coordinate) { Support::HalfLine } else { Support::Line }
}

/// One system's law at one time.
struct SystemLaw {
    record: usize,
    look: Look,
    network: bool,
    is_constant: bool,
    detail: Detail,
    marginal: Marginal,
}

impl SystemLaw {
    /// The law of record number `i`; None if it has none at this time.
    fn of(records: &[Record], i: usize, look: Look, coordinate: &str, time: f64) -> Option<Self> {
        let record = &records[i];
        let index = record.neurons()?.place(coordinate)?;
        let is_constant = is_constant(record, records);
        let snapshot = snapshot_of(record, is_constant, time)?;
        let marginal = finite_part(&align::pooled_law(record, index, snapshot)?)?;
        let network = style::is_network(record);
        let detail = detail(record.law(0, snapshot)?);
        Some(Self { record: i, look, network, is_constant, detail, marginal })
    }
}

/// The laws of all systems at one time.
struct Moment {
    /// "t = 4", or its point where all panels have one time; empty for static systems alone.
    title: String,
    laws: Vec<SystemLaw>,
    support: Support,
}

impl Moment {
    fn of(records: &[Record], looks: &[Look], coordinate: &str, time: f64) -> Self {
        let mut laws: Vec<SystemLaw> = (0..records.len())
            .filter_map(|i| SystemLaw::of(records, i, looks[i], coordinate, time))
            .collect();
        laws.sort_by_key(|law| law.is_constant);
        let title = time_in_words(laws.iter().map(|law| &records[law.record]), time);
        Self { title, laws, support: support(coordinate) }
    }

    /// How far its laws reach.
    fn extent(&self) -> Extent {
        Extent::of(self.laws.iter().map(|law| (&law.marginal, law.network)), self.support)
    }

    /// The same, named by its point instead of its time.
    fn at_point(self, point: &str) -> Self {
        Self { title: point.to_owned(), ..self }
    }

    /// The shapes in the order of drawing: histograms, curves, constant systems.
    fn drawn(&self, x: &Scale) -> Vec<(Look, LawShape)> {
        let networks = self.laws.iter().filter(|law| law.network);
        let bars = networks.map(|l| (l.look, LawShape::Bars(histogram(&l.marginal, x, self.support))));
        let limits = self.laws.iter().filter(|law| !law.network);
        bars.chain(limits.flat_map(|l: &SystemLaw| {
            density(&l.marginal, x, l.detail, self.support)
                .into_iter()
                .map(|d| (l.look, d))
                .collect::<Vec<_>>()
        }))
        .collect()
    }

    fn draw(&self, page: &mut Picture, grid: &PanelGrid, place: usize, x: Scale, coordinate: &str) {
        let drawn = self.drawn(&x);
        let top = upper_end(drawn.iter().map(|(_, drawn)| drawn));
        let beyond = masses_beyond(&drawn, &x);
        let panel = grid.panel(place, x, Scale::linear(0.0, top)).with_remarks_above(beyond.len());
        let mut filled = false;
        for (look, drawn) in &drawn {
            match drawn {
                LawShape::Bars(bars) => {
                    let fill = (!filled).then(|| look.tint());
                    panel.steps(page, bars, fill, look.colour);
                    filled = true;
                }
                LawShape::Curve(points) => {
                    for part in visible_parts(points, LEAST_HEIGHT * top) {
                        panel.system_curve(page, part, look);
                    }
                }
                LawShape::Spikes(masses) => {
                    for (x, share) in masses {
                        panel.system_curve(page, &[(*x, 0.0), (*x, share * top)], look);
                    }
                }
            }
        }
        draw_peaks(page, &panel, &drawn, top);
        for (row, (look, x, share)) in beyond.into_iter().enumerate() {
            panel.mass_beyond(page, (x, &format!("{:.0} %", 100.0 * share)), look.colour, row);
        }
        let x_name = (grid.named || grid.is_last_in_column(place)).then(|| axis_name(coordinate));
        panel.axes(page, x_name.as_deref().or(Some("")), grid.is_first_in_row(place).then_some("density"));
        panel.letter(page, place, grid.count());
        panel.title(page, &self.title, grid.count());
    }
}

/// Densities below this share of a panel's height are not drawn: a line along the axis would say that there
/// is mass.
const LEAST_HEIGHT: f64 = 0.004;

/// The parts of a curve that rise above the axis, each with the points before and after.
fn visible_parts(points: &[(f64, f64)], least: f64) -> Vec<&[(f64, f64)]> {
    let is_high: Vec<bool> = points.iter().map(|point| point.1 > least).collect();
    let mut parts = Vec::new();
    let mut from = 0;
    for run in is_high.chunk_by(|a, b| a == b) {
        let until = from + run.len();
        if run[0] {
            parts.push(&points[from.saturating_sub(1)..(until + 1).min(points.len())]);
        }
        from = until;
    }
    parts
}

/// The heights of peaks that are cut, each in the colour of its system; equal ones once.
fn draw_peaks(page: &mut Picture, panel: &Panel, drawn: &[(Look, LawShape)], top: f64) {
    let mut said: Vec<String> = Vec::new();
    for (look, shape) in drawn {
        let LawShape::Curve(points) = shape else { continue };
        let highest = points.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((x, height)) = highest.filter(|peak| peak.1 > top) else { continue };
        let words = short_number(height);
        if !said.contains(&words) {
            panel.peak(page, (x, &words), look.colour, said.len());
            said.push(words);
        }
    }
}

/// Point masses beyond the ends of the axis: look, place and share of the law of each.
fn masses_beyond(drawn: &[(Look, LawShape)], x: &Scale) -> Vec<(Look, f64, f64)> {
    let [from, until] = x.ends();
    let mut beyond = Vec::new();
    for (look, shape) in drawn {
        let LawShape::Spikes(masses) = shape else { continue };
        let outside = masses.iter().filter(|(x, _)| !(from..=until).contains(x));
        beyond.extend(outside.map(|(x, share)| (*look, *x, *share)));
    }
    beyond
}

/// "t = 4"; empty where all records are static, of which there is one state.
pub fn time_in_words<'a>(mut records: impl Iterator<Item = &'a Record>, time: f64) -> String {
    if records.all(is_static) { String::new() } else { format!("t = {}", short_number(time)) }
}

/// The horizontal scales of all panels, row by row. Panels of one coordinate share theirs where they can.
fn scales_of_rows(rows: &[LawRow], columns: usize) -> Vec<Vec<Scale>> {
    if let [row] = rows
        && !row.shares_scale
    {
        let extents: Vec<Extent> = row.moments.iter().map(Moment::extent).collect();
        return vec![extent::scales(&extents, columns)];
    }
    let are_alike = rows.windows(2).all(|pair| pair[0].coordinate == pair[1].coordinate);
    let extents: Vec<Extent> = rows.iter().map(LawRow::extent).collect();
    let scales = match are_alike {
        true => extent::scales(&extents, 1),
        false => extents.iter().map(Extent::scale).collect(),
    };
    rows.iter().zip(scales).map(|(row, scale)| vec![scale; row.moments.len()]).collect()
}

/// The resolution at which a law is drawn.
fn detail(law: &Measure) -> Detail {
    match law {
        Measure::Pushforward(map) if map.directions() > 1 => Detail::Overlapping,
        _ => Detail::Full,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masses_beyond_the_axis_are_named() {
        let look = style::network_look(0);
        let spikes = LawShape::Spikes(vec![(-1.0, 0.2), (1.0, 0.3), (20.0, 0.5)]);
        let curve = LawShape::Curve(vec![(30.0, 1.0)]);
        let beyond = masses_beyond(&[(look, spikes), (look, curve)], &Scale::linear(0.0, 2.0));
        let places: Vec<(f64, f64)> = beyond.iter().map(|(_, x, share)| (*x, *share)).collect();
        assert_eq!(places, [(-1.0, 0.2), (20.0, 0.5)]);
    }

    #[test]
    fn where_there_is_no_mass_there_is_no_line() {
        let heights = [0.0, 0.0, 0.5, 1.0, 0.0, 0.0, 0.0, 0.2];
        let points: Vec<(f64, f64)> = heights.iter().enumerate().map(|(i, y)| (i as f64, *y)).collect();
        let parts = visible_parts(&points, 0.01);
        assert_eq!(parts, [&points[1..5], &points[6..8]]);
        assert!(visible_parts(&points[..2], 0.01).is_empty() && visible_parts(&[], 0.01).is_empty());
    }
}
