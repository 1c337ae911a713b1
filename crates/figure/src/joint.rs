//! Figures of joint laws of two coordinates: a panel for each pair and snapshot, the density of one limit as
//! a heat map, atoms of other limits as rings over it, a static one on a grid as contours, neurons as dots.
//!
//! One limit is shown as a map: the reference if it has a grid, else the first that moves. Others would hide
//! it, and distances measure how they differ. Of many atoms a deterministic selection is drawn.

use ab_glyph::InvalidFont;
use meanfield_model::measure::pairs;
use meanfield_run::record::{Place, Record};

use super::content::Content;
use super::law::{at_point, chosen_in_words, time_in_words};
use super::legend::{self, Entry, Sample};
use super::names;
use super::picture::{Anchor, Picture};
use super::ramp::Ramp;
use super::static_system::{is_constant, name_in_words, snapshot_times};
use super::style::{self, INK, LABEL_SIZE, Look, Mark};
use super::systems::{Systems, evenly_chosen};
use super::text::Typeface;
use super::title::{TITLE_ROW, draw_title, title_lines};

mod contour;
mod plotted;
mod scene;

use plotted::{Plotted, Representation};
use scene::{AtomCounts, CONTOURS, PairGrid, Scene};

/// Most snapshots, and most points of varied keys, each of which has a figure.
const MOST_SNAPSHOTS: usize = 5;
const MOST_FIGURES: usize = 5;
/// Outlines around the atoms of systems, in turn: of one shape they would hide each other.
const RING_MARKS: [Mark; 4] = [Mark::Circle, Mark::Square, Mark::Diamond, Mark::Triangle];
/// Space above the panels, for their times, and below each row, for numbers and names.
const ABOVE: f64 = 17.0;
/// Least width of a panel.
const NARROWEST: f64 = 78.0;
/// Space left of the first panel, and right of the last.
const LEFT: f64 = 46.0;
const RIGHT: f64 = 8.0;

/// The figures with their names: one, or one for each of some points where keys are varied.
///
/// # Errors
/// [`InvalidFont`], if the bundled font cannot be read.
pub fn pictures(content: &Content) -> Result<Vec<(String, Picture)>, InvalidFont> {
    let records = content.records;
    let points = Systems::points_of(records);
    let shown = evenly_chosen((0..points.len()).collect(), MOST_FIGURES);
    let remark = chosen_in_words(shown.len(), points.len(), "points");
    let mut pictures = Vec::new();
    for i in shown {
        let here: Vec<Record> = records.iter().filter_map(|record| at_point(record, &points[i])).collect();
        let tags: String = points[i].iter().map(|place| format!("_{}", place.tag())).collect();
        let picture = picture(&Content { records: &here, ..*content }, &points[i], &remark)?;
        pictures.extend(picture.map(|picture| (format!("joint_law{tags}"), picture)));
    }
    Ok(pictures)
}

/// The figure at one point; None if no law can be drawn.
fn picture(content: &Content, point: &[Place], remark: &str) -> Result<Option<Picture>, InvalidFont> {
    let reference = content.comparison.map(|comparison| comparison.reference.as_str());
    let systems = plotted_systems(content.records, reference);
    let Some(first) = systems.first() else { return Ok(None) };
    let inner = content.sheet.layout_width() - LEFT - RIGHT;
    let all_times = snapshot_times(content.records);
    let most = MOST_SNAPSHOTS.min((inner / NARROWEST) as usize).max(1);
    let times = evenly_chosen(all_times.clone(), most);
    let scene = Scene::of(&systems, shown_pairs(first.record.coordinates()), &times);
    if scene.times.is_empty() {
        return Ok(None);
    }
    let typeface = Typeface::bundled()?;
    let lines = title_lines(&content.heading(&names::point(point)), &typeface, inner);
    let mut entries = entries(&scene);
    let snapshots = chosen_in_words(times.len(), all_times.len(), "snapshots");
    let remarks = [snapshots, remark.to_owned()].into_iter().filter(|remark| !remark.is_empty());
    entries.extend(remarks.map(Entry::remark));
    // One time is said once, beside the systems; of several each stands above its panels.
    let words: Vec<String> = scene.times.iter().map(|time| time_of(&scene, *time)).collect();
    if words.len() == 1 && !words[0].is_empty() {
        entries.push(Entry::remark(words[0].clone()));
    }
    let head = TITLE_ROW * lines.len() as f64 + 6.0;
    let top = head + legend::height(&entries, &typeface, inner) + ABOVE;
    let grid = PairGrid::new(LEFT, top, inner, [scene.rows.len(), scene.times.len()]);
    let mut page = Picture::new(&content.sheet, grid.bottom(), typeface);
    draw_title(&mut page, &lines, LEFT, 4.0);
    legend::draw(&mut page, &entries, (LEFT, head), inner);
    for (column, words) in words.iter().enumerate().filter(|_| words.len() > 1) {
        page.text(words, (grid.middle(column), top - 8.0), LABEL_SIZE, INK, Anchor::Middle);
    }
    scene.draw(&mut page, &grid);
    Ok(Some(page))
}

/// A time in words; empty where all systems are static.
fn time_of(scene: &Scene, time: f64) -> String {
    time_in_words(scene.systems.iter().map(|system| system.record), time)
}

/// Whether a record has laws of several coordinates.
fn has_joint_law(record: &Record) -> bool {
    record.coordinates().len() > 1 && !record.measures().is_empty()
}

/// Position of the system that is drawn as a heat map: the reference if it has a grid, else the first one
/// that evolves.
fn mapped_system(records: &[Record], reference: Option<&str>) -> Option<usize> {
    (0..records.len())
        .filter(|i: &usize| {
            has_joint_law(&records[*i]) && records[*i].measures().iter().all(|law| law.axes().is_some())
        })
        .min_by_key(|i: &usize| {
            (Some(records[*i].system.as_str()) != reference, is_constant(&records[*i], records))
        })
}

/// The systems in the order of drawing: the map first, then dots, then rings and contours.
fn plotted_systems<'a>(records: &'a [Record], reference: Option<&str>) -> Vec<Plotted<'a>> {
    let looks = style::looks(records);
    let map = mapped_system(records, reference);
    let mut systems: Vec<Plotted> = Vec::new();
    let mut rings = 0;
    for (i, record) in records.iter().enumerate() {
        let has_atoms = record.measures().iter().all(|law| law.atoms().is_some());
        let representation = match (map == Some(i), style::is_network(record)) {
            (true, _) => Representation::Map(Ramp::to(looks[i].colour)),
            (false, true) => Representation::Dots,
            (false, false) if has_atoms => Representation::Rings(RING_MARKS[rings % RING_MARKS.len()]),
            (false, false) => Representation::Contours,
        };
        let is_constant = is_constant(record, records);
        rings += usize::from(matches!(representation, Representation::Rings(_)));
        if has_joint_law(record) && (has_atoms || map == Some(i) || is_constant) {
            systems.push(Plotted { record, look: looks[i], representation, is_constant });
        }
    }
    systems.sort_by_key(|system: &Plotted| match system.representation {
        Representation::Map(_) => 0,
        Representation::Dots => 1,
        Representation::Rings(_) | Representation::Contours => 2,
    });
    systems
}

/// Each coordinate with the first or the last one, of two in a row: (a, b), (a, r₁) and (r₁, r₂) of four.
fn shown_pairs(coordinates: &[String]) -> Vec<[String; 2]> {
    let last = coordinates.len() - 1;
    pairs(coordinates.len())
        .filter(|pair: &(usize, usize)| [(0, 1), (0, 2), (last - 1, last)].contains(pair))
        .map(|(first, second): (usize, usize)| [coordinates[first].clone(), coordinates[second].clone()])
        .collect()
}

/// Legend entries of the systems that are drawn.
fn entries(scene: &Scene) -> Vec<Entry> {
    let drawn = scene.systems.iter().zip(&scene.counts);
    drawn.filter_map(|(system, counts)| Some(entry(system, counts.as_ref()?))).collect()
}

/// The legend entry of one system.
fn entry(system: &Plotted, counts: &AtomCounts) -> Entry {
    let name = name_in_words(system.record, system.is_constant, &[]);
    let AtomCounts { drawn, all } = counts;
    let count = if drawn < all { format!("{drawn} of {all}") } else { all.to_string() };
    let words = match system.representation {
        Representation::Map(_) => "density, from 0 to its maximum in each panel".to_owned(),
        Representation::Rings(_) => format!("{count} atoms, area by weight"),
        Representation::Contours => format!("curves around {} of its mass", shares_in_words()),
        Representation::Dots => format!("{count} neurons, a dot each"),
    };
    let sample = match system.representation {
        Representation::Map(ramp) => Sample::Ramp(ramp),
        Representation::Rings(mark) => Sample::Outline(mark, system.look.colour),
        Representation::Contours => Sample::Line(Look { dashes: &[], mark: None, ..system.look }),
        Representation::Dots => Sample::Dot(system.look.colour),
    };
    Entry { sample, label: format!("{name}: {words}") }
}

/// "50 % and 95 %".
fn shares_in_words() -> String {
    CONTOURS.map(|share| format!("{:.0} %", 100.0 * share)).join(" and ")
}
