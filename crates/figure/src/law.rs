//! The law of one coordinate at the snapshots, a panel each: atoms of finite networks as histograms, under
//! them the densities of the limits (cells and maps on panels: lines through the densities of bins that a
//! page can show; other atoms: kernel estimates). After Fig. 1 of Mei, Montanari & Nguyen (2018). Laws of
//! several coordinates together: `joint`.

use ab_glyph::InvalidFont;
use meanfield_model::marginal::Marginal;
use meanfield_model::measure::Measure;
use meanfield_run::facts::NEURONS;
use meanfield_run::record::{Place, Record, RunAxis, in_words, places};

use super::cast::{Cast, some_of};
use super::legend::{self, Entry, Sample};
use super::names::{axis_name, has_lower_end};
use super::picture::{Anchor, Picture};
use super::scale::{Kind, Scale, short_number};
use super::shape::{Detail, Drawn, density, finite, heights, histogram};
use super::standing::{kind_in_words, snapshot_of, snapshot_times, stands};
use super::style::{self, INK, LABEL_SIZE, Look, PAGE_WIDTH};
use super::text::Typeface;
use super::title::{TITLE_ROW, draw_title, title_lines};
use crate::density::Support;
use meanfield_compare::align;

mod grid;

use grid::{ABOVE, Grid, HEADING, LEFT, RIGHT};

/// Most panels on a page.
const MOST_PANELS: usize = 9;
/// Most panels in a row, and rows, where each point has a row.
const MOST_IN_A_ROW: usize = 4;
const MOST_ROWS: usize = 5;

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
/// coordinate, with a row for each point.
pub fn pictures(title: &str, records: &[Record]) -> Result<Vec<(String, Picture)>, InvalidFont> {
    let coordinates = coordinates(records);
    let points = Cast::points_of(records);
    let mut pictures = Vec::new();
    if points.len() == 1 && coordinates.len() > 1 {
        let times = some_of(snapshot_times(records), MOST_IN_A_ROW);
        let rows = coordinates.iter().map(|coordinate| Row::of(records, &points[0], coordinate, &times));
        pictures
            .extend(picture(title, records, rows, Grid::of_coordinates)?.map(|own| ("law".to_owned(), own)));
        return Ok(pictures);
    }
    let several = points.len() > 1;
    let times = some_of(snapshot_times(records), if several { MOST_IN_A_ROW } else { MOST_PANELS });
    let shown = some_of((0..points.len()).collect(), MOST_ROWS);
    for coordinate in &coordinates {
        let rows = shown.iter().map(|&i| Row::of(records, &points[i], coordinate, &times));
        let picture = picture(title, records, rows, if several { Grid::of_points } else { Grid::of_one })?;
        pictures.extend(picture.map(|own| (format!("law_{coordinate}"), own)));
    }
    Ok(pictures)
}

/// A figure of some rows; None if nothing can be drawn in any.
fn picture(
    title: &str,
    records: &[Record],
    rows: impl Iterator<Item = Row>,
    grid: fn(&[usize], f64) -> Grid,
) -> Result<Option<Picture>, InvalidFont> {
    let rows: Vec<Row> = rows.filter(|row| !row.moments.is_empty()).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let typeface = Typeface::bundled()?;
    let inner = PAGE_WIDTH - LEFT - RIGHT;
    let lines = title_lines(title, &typeface, inner);
    let entries = entries(records, &rows);
    let head = TITLE_ROW * lines.len() as f64 + 6.0;
    let panels: Vec<usize> = rows.iter().map(|row| row.moments.len()).collect();
    let grid = grid(&panels, head + legend::height(&entries, &typeface, inner));
    let mut page = Picture::new(PAGE_WIDTH, grid.page_height(), typeface);
    draw_title(&mut page, &lines, LEFT, 4.0);
    legend::draw(&mut page, &entries, (LEFT, head), inner);
    for (i, row) in rows.iter().enumerate() {
        row.draw(&mut page, &grid, i);
    }
    Ok(Some(page))
}

/// The laws of one coordinate of all systems at one point, over time.
struct Row {
    coordinate: String,
    /// The point in words; empty where there is one point.
    heading: String,
    moments: Vec<Moment>,
}

impl Row {
    fn of(records: &[Record], point: &[Place], coordinate: &str, times: &[f64]) -> Self {
        let here: Vec<Record> = records.iter().filter_map(|record| at_point(record, point)).collect();
        let looks = style::looks(&here);
        let moments = times.iter().map(|time| Moment::of(&here, &looks, coordinate, *time));
        let moments = moments.filter(|moment| !moment.laws.is_empty()).collect();
        Self { coordinate: coordinate.to_owned(), heading: in_words(point), moments }
    }

    fn draw(&self, page: &mut Picture, grid: &Grid, row: usize) {
        let x = common_scale(&self.moments, support(&self.coordinate));
        for (i, moment) in self.moments.iter().enumerate() {
            moment.draw(page, grid, row * grid.columns + i, x, &self.coordinate);
        }
        if !self.heading.is_empty() {
            let first = grid.panel(row * grid.columns, x, x);
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

/// A radius cannot be negative; its kernel estimates are reflected at 0.
fn support(coordinate: &str) -> Support {
    if has_lower_end(coordinate) { Support::HalfLine } else { Support::Line }
}

/// One system's law at one time.
struct Law {
    record: usize,
    look: Look,
    network: bool,
    stands: bool,
    detail: Detail,
    marginal: Marginal,
}

/// The laws of all systems at one time.
struct Moment {
    time: f64,
    laws: Vec<Law>,
    support: Support,
}

impl Moment {
    fn of(records: &[Record], looks: &[Look], coordinate: &str, time: f64) -> Self {
        let law = |(i, record): (usize, &Record)| {
            let index = record.neurons()?.place(coordinate)?;
            let stands = stands(record, records);
            let snapshot = snapshot_of(record, stands, time)?;
            let marginal = finite(&align::pooled_law(record, index, snapshot)?)?;
            let network = style::is_network(record);
            let detail = detail(record.law(0, snapshot)?);
            Some(Law { record: i, look: looks[i], network, stands, detail, marginal })
        };
        let mut laws: Vec<Law> = records.iter().enumerate().filter_map(law).collect();
        laws.sort_by_key(|law| law.stands);
        Self { time, laws, support: support(coordinate) }
    }

    /// Histograms under curves, what stands still upon them, whatever the order of the records.
    fn drawn(&self, x: &Scale) -> Vec<(Look, Drawn)> {
        let (networks, limits): (Vec<&Law>, Vec<&Law>) = self.laws.iter().partition(|law| law.network);
        let bars =
            networks.into_iter().map(|l| (l.look, Drawn::Bars(histogram(&l.marginal, x, self.support))));
        bars.chain(limits.into_iter().flat_map(|l: &Law| {
            density(&l.marginal, x, l.detail, self.support)
                .into_iter()
                .map(|d| (l.look, d))
                .collect::<Vec<_>>()
        }))
        .collect()
    }

    fn draw(&self, page: &mut Picture, grid: &Grid, place: usize, x: Scale, coordinate: &str) {
        let drawn = self.drawn(&x);
        let (top, highest) = heights(drawn.iter().map(|(_, drawn)| drawn));
        let panel = grid.panel(place, x, Scale::linear(0.0, top));
        let mut filled = false;
        for (look, drawn) in &drawn {
            match drawn {
                Drawn::Bars(bars) => {
                    let fill = (!filled).then(|| look.tint());
                    panel.steps(page, bars, fill, look.colour);
                    filled = true;
                }
                Drawn::Curve(points) => panel.system_curve(page, points, look),
                Drawn::Spikes(masses) => {
                    for (at, share) in masses {
                        panel.system_curve(page, &[(*at, 0.0), (*at, share * top)], look);
                    }
                }
            }
        }
        let x_name = (grid.named || grid.is_last_in_column(place)).then(|| axis_name(coordinate));
        panel.axes(page, x_name.as_deref().or(Some("")), grid.is_first_in_row(place).then_some("density"));
        let when = format!("t = {}", short_number(self.time));
        // the remark stands to the right, and needs the middle in the narrow panels of a row
        let (share, anchor) =
            if highest > top && grid.narrow { (0.0, Anchor::Start) } else { (0.5, Anchor::Middle) };
        page.text(&when, (panel.left + share * panel.width, panel.top - 8.0), LABEL_SIZE, INK, anchor);
        if highest > top {
            panel.remark(page, &format!("peak {} ↑", short_number(highest)));
        }
    }
}

/// From 0 (a radius) or the lowest 0.1 % to the highest 99.9 % of all laws, and a little more.
fn common_scale(moments: &[Moment], support: Support) -> Scale {
    let laws = || moments.iter().flat_map(|moment| &moment.laws).map(|law| &law.marginal);
    if support == Support::HalfLine {
        let upper = laws().map(|law| law.quantile(0.999)).fold(0.0, f64::max);
        return Scale::linear(0.0, if upper > 0.0 { 1.06 * upper } else { 1.0 });
    }
    Scale::covering(Kind::Linear, laws().flat_map(|law| [law.quantile(0.001), law.quantile(0.999)]), 0.05)
}

/// One entry for each system that is drawn in some panel.
fn entries(records: &[Record], rows: &[Row]) -> Vec<Entry> {
    let looks = style::looks(records);
    let moments = || rows.iter().flat_map(|row| &row.moments);
    let seen = |i: usize| moments().any(|moment| moment.laws.iter().any(|law| law.record == i));
    let mut filled = false;
    (0..records.len())
        .filter(|i| seen(*i))
        .map(&mut |i: usize| {
            let record = &records[i];
            let network = style::is_network(record);
            let sample = match network && !filled {
                true => Sample::Area(looks[i].tint()),
                false => Sample::Line(Look { mark: None, ..looks[i] }),
            };
            filled |= network;
            Entry { sample, label: label(record, stands(record, records)) }
        })
        .collect()
}

fn label(record: &Record, stands: bool) -> String {
    let neurons = record.fact(NEURONS).map(|n| format!(", {} neurons", short_number(n)));
    let seeds: usize =
        record.axes.iter().filter(|axis| axis.key.is_none()).map(|axis| axis.values.len()).product();
    // At one point the runs that stopped are known: they are not pooled.
    let pooled = if record.varied().next().is_none() { record.finished_runs() } else { seeds };
    let runs = (seeds > 1).then(|| format!(", {pooled} runs pooled"));
    let atoms = atoms_in_words(record);
    let more = [neurons, runs, atoms].map(Option::unwrap_or_default).concat();
    format!("{} ({}{more})", record.system, kind_in_words(record, stands))
}

fn detail(law: &Measure) -> Detail {
    match law {
        Measure::Pushforward(map) if map.directions() > 1 => Detail::Overlapping,
        _ => Detail::Full,
    }
}

/// How many atoms stand behind a curve, which may change with time; nothing for networks and grids.
fn atoms_in_words(record: &Record) -> Option<String> {
    if style::is_network(record) {
        return None;
    }
    let counts = || record.measures().iter().filter_map(|law| law.atoms()).map(|(_, weights)| weights.len());
    let least = counts().min()?;
    let most = counts().max()?;
    let number = |n: usize| short_number(n as f64);
    let count = if least == most { number(most) } else { format!("{} to {}", number(least), number(most)) };
    let what = if record.measures().iter().all(|law: &Measure| matches!(law, Measure::Pushforward(_))) {
        "nodes"
    } else {
        "atoms, kernel estimate"
    };
    Some(format!(", {count} {what}"))
}
