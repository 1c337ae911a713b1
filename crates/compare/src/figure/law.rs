//! The law of one coordinate at the snapshots, a panel each: atoms of finite networks as histograms,
//! under them the densities of the limits (cells: lines through the cell densities; atoms: kernel
//! estimates). After Fig. 1 of Mei, Montanari & Nguyen (2018).

use ab_glyph::InvalidFont;
use meanfield_model::marginal::Marginal;
use meanfield_run::record::Record;

use super::legend::{self, Entry, Sample};
use super::panel::Panel;
use super::picture::{Anchor, Picture};
use super::scale::{Kind, Scale, short_number};
use super::shape::{Drawn, density, finite, heights, histogram};
use super::style::{self, INK, LABEL_SIZE, Look, PAGE_WIDTH};
use super::text::Typeface;
use super::{TITLE_ROW, draw_title, title_lines};
use crate::density::Support;
use crate::judge::align;

/// Most panels on a page.
const MOST_PANELS: usize = 9;
/// Space left of each panel, for its labels.
const LEFT: f64 = 46.0;
/// Space right of the last panel.
const RIGHT: f64 = 8.0;
/// Space above each panel, for its time.
const ABOVE: f64 = 20.0;
/// Space below each panel, for its numbers.
const BELOW: f64 = 19.0;
/// Space below the last row, for the name of the axis as well.
const BELOW_LAST: f64 = 36.0;
/// The coordinates of the records, in order of appearance.
pub fn coordinates(records: &[Record]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in records.iter().flat_map(|record| &record.coordinates) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// The figure of one coordinate; None if no record has a law of it that can be drawn.
pub fn picture(title: &str, records: &[Record], coordinate: &str) -> Result<Option<Picture>, InvalidFont> {
    let times = some_of(snapshot_times(records), MOST_PANELS);
    let looks = style::looks(records);
    let moments: Vec<Moment> =
        times.into_iter().map(|time| Moment::of(records, &looks, coordinate, time)).collect();
    let moments: Vec<Moment> = moments.into_iter().filter(|moment| !moment.laws.is_empty()).collect();
    if moments.is_empty() {
        return Ok(None);
    }
    let typeface = Typeface::bundled()?;
    let inner = PAGE_WIDTH - LEFT - RIGHT;
    let (lines, entries) = (title_lines(title, &typeface, inner), entries(records, &looks, &moments));
    let head = TITLE_ROW * lines.len() as f64 + 6.0;
    let grid = Grid::of(moments.len(), head + legend::height(&entries, &typeface, inner));
    let mut page = Picture::new(PAGE_WIDTH, grid.page_height(), typeface);
    draw_title(&mut page, &lines, LEFT, 4.0);
    legend::draw(&mut page, &entries, (LEFT, head), inner);
    let x = common_scale(&moments, support(coordinate));
    for (i, moment) in moments.iter().enumerate() {
        moment.draw(&mut page, &grid, i, x, coordinate);
    }
    Ok(Some(page))
}

/// Times of all snapshots, each once.
fn snapshot_times(records: &[Record]) -> Vec<f64> {
    let mut times: Vec<f64> = Vec::new();
    let all = records.iter().flat_map(|record| record.snapshot_time.iter().copied());
    for time in all.filter(|time| time.is_finite()) {
        if !times.iter().any(|seen| (seen - time).abs() <= 1e-3 * seen.abs() + 1e-9) {
            times.push(time);
        }
    }
    times.sort_by(f64::total_cmp);
    times
}

/// At most `count` of them, evenly chosen, the first and the last among them.
fn some_of(times: Vec<f64>, count: usize) -> Vec<f64> {
    if times.len() <= count {
        return times;
    }
    (0..count).map(|i| times[(i * (times.len() - 1) + (count - 1) / 2) / (count - 1)]).collect()
}

/// A radius cannot be negative; its kernel estimates are reflected at 0.
fn support(coordinate: &str) -> Support {
    if coordinate.starts_with("radius") { Support::HalfLine } else { Support::Line }
}

/// One system's law at one time.
struct Law {
    record: usize,
    look: Look,
    network: bool,
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
            let index = record.coordinates.iter().position(|name| name == coordinate)?;
            let snapshot = align::snapshot_at(record, time, align::step_rounding(record))?;
            let marginal = finite(&align::pooled_law(record, index, snapshot)?)?;
            Some(Law { record: i, look: looks[i], network: style::is_network(record), marginal })
        };
        let laws = records.iter().enumerate().filter_map(law).collect();
        Self { time, laws, support: support(coordinate) }
    }

    /// Histograms under curves, whatever the order of the records.
    fn drawn(&self, x: &Scale) -> Vec<(Look, Drawn)> {
        let (networks, limits): (Vec<&Law>, Vec<&Law>) = self.laws.iter().partition(|law| law.network);
        let bars =
            networks.into_iter().map(|l| (l.look, Drawn::Bars(histogram(&l.marginal, x, self.support))));
        bars.chain(limits.into_iter().map(|l| (l.look, density(&l.marginal, self.support)))).collect()
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
                Drawn::Spike(at) => panel.system_curve(page, &[(*at, 0.0), (*at, top)], look),
            }
        }
        let x_name = grid.is_last_in_column(place).then(|| axis_name(coordinate));
        panel.axes(page, x_name.as_deref().or(Some("")), grid.is_first_in_row(place).then_some("density"));
        let when = format!("t = {}", short_number(self.time));
        let middle = (panel.left + 0.5 * panel.width, panel.top - 8.0);
        page.text(&when, middle, LABEL_SIZE, INK, Anchor::Middle);
        if highest > top {
            panel.remark(page, &format!("peak {} ↑", short_number(highest)));
        }
    }
}

/// Where the panels stand.
struct Grid {
    count: usize,
    columns: usize,
    top: f64,
}

impl Grid {
    fn of(count: usize, top: f64) -> Self {
        let columns = if count == 4 { 2 } else { count.min(3) };
        Self { count, columns, top }
    }

    fn panel_height(&self) -> f64 {
        [190.0, 150.0, 118.0][self.columns.clamp(1, 3) - 1]
    }

    fn rows(&self) -> usize {
        self.count.div_ceil(self.columns)
    }

    fn page_height(&self) -> f64 {
        self.top + self.rows() as f64 * (ABOVE + self.panel_height() + BELOW) - BELOW + BELOW_LAST
    }

    fn panel(&self, place: usize, x: Scale, y: Scale) -> Panel {
        let (row, column) = (place / self.columns, place % self.columns);
        let pitch = (PAGE_WIDTH - RIGHT) / self.columns as f64;
        Panel {
            left: LEFT + column as f64 * pitch,
            top: self.top + row as f64 * (ABOVE + self.panel_height() + BELOW) + ABOVE,
            width: pitch - LEFT,
            height: self.panel_height(),
            x,
            y,
        }
    }

    fn is_last_in_column(&self, place: usize) -> bool {
        place + self.columns >= self.count
    }

    fn is_first_in_row(&self, place: usize) -> bool {
        place.is_multiple_of(self.columns)
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
fn entries(records: &[Record], looks: &[Look], moments: &[Moment]) -> Vec<Entry> {
    let seen = |i: usize| moments.iter().any(|moment| moment.laws.iter().any(|law| law.record == i));
    let mut filled = false;
    let mut entry = |i: usize| {
        let record = &records[i];
        let network = style::is_network(record);
        let sample = match network && !filled {
            true => Sample::Area(looks[i].tint()),
            false => Sample::Line(Look { mark: None, ..looks[i] }),
        };
        filled |= network;
        Entry { sample, label: label(record) }
    };
    (0..records.len()).filter(|i| seen(*i)).map(&mut entry).collect()
}

fn label(record: &Record) -> String {
    let neurons = record.fact("neurons").map(|n| format!(", {} neurons", short_number(n)));
    let runs = (record.runs() > 1).then(|| format!(", {} runs pooled", record.runs()));
    let atoms = record.fact("atoms").map(|n| format!(", kernel estimate of {} atoms", short_number(n)));
    let more = [neurons, runs, atoms].map(Option::unwrap_or_default).concat();
    format!("{} ({}{more})", record.system, record.kind)
}

/// What a coordinate is called on an axis.
fn axis_name(coordinate: &str) -> String {
    match coordinate {
        "radius" => "radius r = |w|".to_owned(),
        "radius_1" => "radius r₁ = |w₁|".to_owned(),
        "radius_2" => "radius r₂ = |w₂|".to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_of_many_times_are_chosen_evenly() {
        let chosen = some_of((0..23).map(f64::from).collect(), 9);
        assert_eq!(chosen, [0.0, 3.0, 6.0, 8.0, 11.0, 14.0, 17.0, 19.0, 22.0]);
        assert_eq!(some_of(vec![1.0, 2.0], 9), [1.0, 2.0]);
    }
}
