//! The figure of what moves a few neurons in the plane: at some times their places, with an arrow each for
//! the field of the data, the repulsion of all neurons and the sum of both, and how they came there. Arrows
//! of a panel have one scale, which it states, and so have both axes.
//!
//! It computes no force: the record has them, of one network, the first that reached its end.

use ab_glyph::InvalidFont;
use meanfield_run::record::{FORCES, NamedLaw, Record};
use plotters::style::{Color, RGBColor};

use super::content::Content;
use super::law::chosen_in_words;
use super::legend::{Entry, Sample};
use super::names;
use super::page;
use super::panel::Panel;
use super::panel_grid::{PanelGrid, columns_within};
use super::picture::{Anchor, Picture, Place};
use super::scale::{Scale, short_number};
use super::style::{FAINT, FRAME_WIDTH, INK, Look, TICK_SIZE, arrow_looks};
use super::systems::evenly_chosen;

/// Most panels, and most side by side.
const MOST_PANELS: usize = 6;
const MOST_COLUMNS: usize = 3;
/// The longest arrow of a panel, and the room beyond places, as shares of its smaller side.
const LONGEST: f64 = 0.3;
const ROOM: f64 = 0.12;
/// Length and half the width of an arrow's head; shorter arrows have none.
const HEAD: (f64, f64) = (4.6, 2.0);
/// Radius of a neuron.
const RADIUS: f64 = 2.6;
/// Height of the scale of arrows above the lower side, and its distance from the left one.
const SCALE_BAR: (f64, f64) = (7.0, 7.0);

/// A neuron with what moves it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Driven {
    /// Its place.
    place: [f64; 2],
    /// Field, repulsion and their sum.
    forces: [[f64; 2]; 3],
}

/// The neurons of one network at the snapshots.
struct Course {
    times: Vec<f64>,
    neurons: Vec<Vec<Driven>>,
    seed: Option<f64>,
}

/// A figure for each network that says what moves its neurons, with its name.
///
/// # Errors
/// [`InvalidFont`], if the bundled font cannot be read.
pub fn pictures(content: &Content) -> Result<Vec<(String, Picture)>, InvalidFont> {
    let courses: Vec<(&Record, Course)> =
        content.records.iter().filter_map(|record| Some((record, Course::of_record(record)?))).collect();
    let is_only = courses.len() == 1;
    let mut pictures = Vec::new();
    for (record, course) in courses {
        let name = if is_only { "forces".to_owned() } else { format!("forces_{}", record.system) };
        pictures.push((name, picture(content, record, &course)?));
    }
    Ok(pictures)
}

impl Course {
    /// The first run of a record that reached its end; None where no forces were kept, or keys are varied.
    fn of_record(record: &Record) -> Option<Self> {
        let law = record.named_law(FORCES).filter(|_| record.varied().next().is_none())?;
        let run = record.finished().iter().position(|finished| *finished)?;
        let count = record.snapshot_time.len();
        let neurons: Option<Vec<Vec<Driven>>> = (0..count).map(|i| driven(law, run * count + i)).collect();
        let seed = record.axes.first().and_then(|axis| axis.values.get(run)).copied();
        let times = record.snapshot_time.clone();
        neurons.filter(|_| count > 0).map(|neurons| Self { times, neurons, seed })
    }

    /// The longest arrow at a snapshot.
    fn longest(&self, snapshot: usize) -> f64 {
        let forces = self.neurons[snapshot].iter().flat_map(|neuron| &neuron.forces);
        forces.map(|[x, y]| x.hypot(*y)).fold(0.0, f64::max)
    }

    /// Where the neurons of all snapshots are, along a coordinate.
    fn range(&self, coordinate: usize) -> [f64; 2] {
        let all = self.neurons.iter().flatten().map(|neuron| neuron.place[coordinate]);
        all.fold([f64::INFINITY, f64::NEG_INFINITY], |[least, most], z| [least.min(z), most.max(z)])
    }
}

/// The neurons of a measure of a law of forces; None where it is none in the plane.
fn driven(law: &NamedLaw, measure: usize) -> Option<Vec<Driven>> {
    let (points, _) = law.measures.get(measure)?.atoms().filter(|(points, _)| points.ncols() == 6)?;
    let rows = points.rows().into_iter().map(|row| {
        let [field, repulsion] = [[row[2], row[3]], [row[4], row[5]]];
        let sum = [field[0] + repulsion[0], field[1] + repulsion[1]];
        Driven { place: [row[0], row[1]], forces: [field, repulsion, sum] }
    });
    Some(rows.collect())
}

/// The figure of one network.
fn picture(content: &Content, record: &Record, course: &Course) -> Result<Picture, InvalidFont> {
    let all = course.times.len();
    let shown = evenly_chosen((0..all).collect(), MOST_PANELS);
    let columns = columns_within(content.sheet.layout_width(), MOST_COLUMNS.min(shown.len()));
    let rows = shown.len().div_ceil(columns);
    let entries = entries(record, course, shown.len());
    let width = content.sheet.layout_width();
    let (mut page, grid) =
        page::begin(content, "", &entries, |top| PanelGrid::of_rows(width, rows, columns, top))?;
    let coordinates: Vec<&str> = record.coordinates().iter().map(String::as_str).collect();
    for (place, snapshot) in shown.iter().enumerate() {
        let panel =
            with_equal_units(grid.panel(place, Scale::linear(0.0, 1.0), Scale::linear(0.0, 1.0)), course);
        draw_panel(&mut page, &panel, course, *snapshot);
        let is_last = place + columns >= shown.len();
        let x_name = is_last.then(|| names::axis_name(coordinates[0]));
        let y_name = grid.is_first_in_row(place).then(|| names::axis_name(coordinates[1]));
        panel.axes(&mut page, x_name.as_deref().or(Some("")), y_name.as_deref().or(Some("")));
        panel.letter(&mut page, place, shown.len());
        let time = format!("t = {}", short_number(course.times[*snapshot]));
        panel.title(&mut page, &time, shown.len());
    }
    Ok(page)
}

/// What the arrows are, and of which network.
fn entries(record: &Record, course: &Course, shown: usize) -> Vec<Entry> {
    let words = [
        "field of the data, −∇V(w)",
        "repulsion of all, −(1/N) Σ ∇U(w, w')",
        "their sum −∇Ψ, along the net step",
    ];
    let arrows = arrow_looks().into_iter().zip(words);
    let mut entries: Vec<Entry> =
        arrows.map(|(look, words)| Entry { sample: Sample::Line(look), label: words.to_owned() }).collect();
    entries.push(Entry { sample: Sample::Dot(INK), label: "neuron, and its way so far".to_owned() });
    let seed = course.seed.map_or(String::new(), |seed| format!(", seed {seed}"));
    entries
        .push(Entry::remark(format!("{} ({}){seed}; bars: a length of arrows", record.system, record.kind)));
    let chosen = chosen_in_words(shown, course.times.len(), "snapshots");
    entries.extend(Some(chosen).filter(|chosen| !chosen.is_empty()).map(Entry::remark));
    entries
}

/// The panel with one unit of length for both axes, which hold all neurons of all times and arrows.
fn with_equal_units(panel: Panel, course: &Course) -> Panel {
    let [x, y] = [course.range(0), course.range(1)];
    let needed = |[least, most]: [f64; 2], side: f64| (most - least) / (side * (1.0 - 2.0 * ROOM - LONGEST));
    let unit = needed(x, panel.width).max(needed(y, panel.height)).max(1e-9);
    let scale = |[least, most]: [f64; 2], side: f64| {
        let middle = 0.5 * (least + most);
        Scale::linear(middle - 0.5 * unit * side, middle + 0.5 * unit * side)
    };
    Panel { x: scale(x, panel.width), y: scale(y, panel.height), ..panel }
}

/// The neurons at a snapshot, their ways until then and their arrows.
fn draw_panel(page: &mut Picture, panel: &Panel, course: &Course, snapshot: usize) {
    let neurons = &course.neurons[snapshot];
    for i in 0..neurons.len() {
        let way: Vec<(f64, f64)> =
            course.neurons[..=snapshot].iter().map(|now| (now[i].place[0], now[i].place[1])).collect();
        panel.curve(page, &way, FAINT, &[], FRAME_WIDTH);
    }
    let longest = course.longest(snapshot);
    let length = LONGEST * panel.width.min(panel.height);
    for (part, look) in arrow_looks().iter().enumerate() {
        for neuron in neurons {
            let Some(from) = panel.place((neuron.place[0], neuron.place[1])) else { continue };
            let [x, y] = neuron.forces[part].map(|z| if longest > 0.0 { z / longest * length } else { 0.0 });
            arrow(page, from, (from.0 + x, from.1 - y), look);
        }
    }
    for neuron in neurons {
        panel.dot(page, (neuron.place[0], neuron.place[1]), RADIUS, INK);
    }
    if longest > 0.0 {
        scale_bar(page, panel, longest, length);
    }
}

/// An arrow in the look of a line.
fn arrow(page: &mut Picture, from: Place, to: Place, look: &Look) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let size = dx.hypot(dy);
    if size < HEAD.0 {
        return page.line(&[from, to], look.width, look.colour);
    }
    let (ux, uy) = (dx / size, dy / size);
    let neck = (to.0 - HEAD.0 * ux, to.1 - HEAD.0 * uy);
    page.dashed(&[from, neck], look.width, look.colour, look.dashes);
    let half = HEAD.1 + 0.3 * look.width;
    let sides = [(neck.0 - half * uy, neck.1 + half * ux), (neck.0 + half * uy, neck.1 - half * ux)];
    page.area(vec![to, sides[0], sides[1]], look.colour.to_rgba());
}

/// The length of a round number of arrows, in the lower left corner.
fn scale_bar(page: &mut Picture, panel: &Panel, longest: f64, length: f64) {
    let value = round_below(longest);
    let y = panel.top + panel.height - SCALE_BAR.0;
    let x = panel.left + SCALE_BAR.1;
    let until = x + value / longest * length;
    bar(page, [(x, y), (until, y)], INK);
    page.text(&short_number(value), (until + 3.0, y), TICK_SIZE, INK, Anchor::Start);
}

/// A line with a stroke at both ends.
fn bar(page: &mut Picture, [from, to]: [Place; 2], colour: RGBColor) {
    page.line(&[from, to], FRAME_WIDTH, colour);
    for (x, y) in [from, to] {
        page.line(&[(x, y - 2.0), (x, y + 2.0)], FRAME_WIDTH, colour);
    }
}

/// The largest of 1, 2 and 5 times a power of ten that is no larger.
fn round_below(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|step| step * power).find(|round| *round <= value).unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round() {
        for (value, round) in [(7.0, 5.0), (0.034, 0.02), (1.0, 1.0), (0.5, 0.5), (19.0, 10.0)] {
            assert!((round_below(value) / round - 1.0).abs() < 1e-12, "{value}: {}", round_below(value));
        }
    }
}
