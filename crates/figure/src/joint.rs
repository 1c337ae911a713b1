//! The laws of two coordinates together: a panel for each pair and snapshot, the density of one limit as a
//! heat map, atoms of other limits as rings upon it, a static one on a grid as contours, neurons as dots.
//!
//! One limit is shown as a map: the reference if it has a grid, else the first that moves. Others would hide
//! it, and how they differ is a matter of distances. Of many atoms some are drawn, chosen without chance.

use ab_glyph::InvalidFont;
use meanfield_model::measure::pairs;
use meanfield_run::record::{Place, Record, in_words};

use super::cast::{Cast, some_of};
use super::law::at_point;
use super::legend::{self, Entry, Sample};
use super::picture::{Anchor, Picture};
use super::ramp::Ramp;
use super::scale::short_number;
use super::standing::{kind_in_words, snapshot_times, stands};
use super::style::{self, INK, LABEL_SIZE, Look, PAGE_WIDTH};
use super::text::Typeface;
use super::title::{TITLE_ROW, draw_title, title_lines};

mod actor;
mod contour;
mod scene;

use actor::{Actor, Role};
use scene::{CONTOURS, Grid, Scene};

/// Most snapshots, and most points of varied keys, each of which has a figure.
const MOST_SNAPSHOTS: usize = 5;
const MOST_FIGURES: usize = 5;
/// Space above the panels, for their times, and below each row, for numbers and names.
const ABOVE: f64 = 17.0;
/// Space left of the first panel, and right of the last.
const LEFT: f64 = 46.0;
const RIGHT: f64 = 8.0;

/// The figures with their names: one, or one for each of some points where keys are varied.
pub fn pictures(
    title: &str,
    records: &[Record],
    reference: Option<&str>,
) -> Result<Vec<(String, Picture)>, InvalidFont> {
    let points = Cast::points_of(records);
    let mut pictures = Vec::new();
    for i in some_of((0..points.len()).collect(), MOST_FIGURES) {
        let here: Vec<Record> = records.iter().filter_map(|record| at_point(record, &points[i])).collect();
        let tags: String = points[i].iter().map(|place| format!("_{}", place.tag())).collect();
        let picture = picture(title, &here, reference, &points[i])?;
        pictures.extend(picture.map(|picture| (format!("joint_law{tags}"), picture)));
    }
    Ok(pictures)
}

fn picture(
    title: &str,
    records: &[Record],
    reference: Option<&str>,
    point: &[Place],
) -> Result<Option<Picture>, InvalidFont> {
    let actors = cast(records, reference);
    let Some(first) = actors.first() else { return Ok(None) };
    let times = some_of(snapshot_times(records), MOST_SNAPSHOTS);
    let scene = Scene::of(&actors, shown_pairs(first.record.coordinates()), &times);
    if scene.times.is_empty() {
        return Ok(None);
    }
    let typeface = Typeface::bundled()?;
    let inner = PAGE_WIDTH - LEFT - RIGHT;
    let title = if point.is_empty() { title.to_owned() } else { format!("{title} ({})", in_words(point)) };
    let lines = title_lines(&title, &typeface, inner);
    let entries = entries(&scene);
    let head = TITLE_ROW * lines.len() as f64 + 6.0;
    let top = head + legend::height(&entries, &typeface, inner) + ABOVE;
    let grid = Grid::new(LEFT, top, inner, scene.times.len());
    let mut page = Picture::new(PAGE_WIDTH, grid.bottom(scene.rows.len()), typeface);
    draw_title(&mut page, &lines, LEFT, 4.0);
    legend::draw(&mut page, &entries, (LEFT, head), inner);
    for (column, time) in scene.times.iter().enumerate() {
        let place = (grid.middle(column), top - 8.0);
        page.text(&format!("t = {}", short_number(*time)), place, LABEL_SIZE, INK, Anchor::Middle);
    }
    scene.draw(&mut page, &grid);
    Ok(Some(page))
}

/// Who is drawn: the map first, then rings, then dots.
fn cast<'a>(records: &'a [Record], reference: Option<&str>) -> Vec<Actor<'a>> {
    let looks = style::looks(records);
    let joint = |record: &Record| record.coordinates().len() > 1 && !record.measures().is_empty();
    let map = (0..records.len())
        .filter(|i: &usize| {
            joint(&records[*i]) && records[*i].measures().iter().all(|law| law.axes().is_some())
        })
        .min_by_key(|i: &usize| {
            (Some(records[*i].system.as_str()) != reference, stands(&records[*i], records))
        });
    let actor = |i: usize| {
        let record = &records[i];
        let of_atoms = record.measures().iter().all(|law| law.atoms().is_some());
        let role = match (map == Some(i), style::is_network(record)) {
            (true, _) => Role::Map(Ramp::to(looks[i].colour)),
            (false, true) => Role::Dots,
            (false, false) if of_atoms => Role::Rings,
            (false, false) => Role::Contours,
        };
        let stands = stands(record, records);
        let drawn = joint(record) && (of_atoms || map == Some(i) || stands);
        drawn.then(|| Actor { record, look: looks[i], role, stands })
    };
    let mut actors: Vec<Actor> = (0..records.len()).filter_map(actor).collect();
    actors.sort_by_key(|actor: &Actor| match actor.role {
        Role::Map(_) => 0,
        Role::Dots => 1,
        Role::Rings | Role::Contours => 2,
    });
    actors
}

/// Each coordinate with the first or the last one, of two in a row: (a, b), (a, r₁) and (r₁, r₂) of four.
fn shown_pairs(coordinates: &[String]) -> Vec<[String; 2]> {
    let last = coordinates.len() - 1;
    pairs(coordinates.len())
        .filter(|pair: &(usize, usize)| [(0, 1), (0, 2), (last - 1, last)].contains(pair))
        .map(|(first, second): (usize, usize)| [coordinates[first].clone(), coordinates[second].clone()])
        .collect()
}

/// What is seen, in words.
fn entries(scene: &Scene) -> Vec<Entry> {
    let seen = scene.actors.iter().zip(&scene.drawn).filter(|(_, drawn)| drawn.is_some());
    let entry = |(actor, drawn): (&Actor, &Option<(usize, usize)>)| {
        let name = format!("{} ({})", actor.record.system, kind_in_words(actor.record, actor.stands));
        let count = match drawn {
            Some((some, all)) if some < all => format!("{some} of {all}"),
            Some((_, all)) => all.to_string(),
            None => String::new(),
        };
        let (sample, what) = match actor.role {
            Role::Map(ramp) => {
                (Sample::Ramp(ramp), "density, from 0 to its maximum in each panel".to_owned())
            }
            Role::Rings => (Sample::Ring(actor.look.colour), format!("{count} atoms, area by weight")),
            Role::Contours => {
                let line = Look { dashes: &[], mark: None, ..actor.look };
                (Sample::Line(line), format!("curves around {} of its mass", shares_in_words()))
            }
            Role::Dots => (Sample::Dot(actor.look.colour), format!("{count} neurons")),
        };
        let label = format!("{name}: {what}");
        Entry { sample, label }
    };
    seen.map(entry).collect()
}

/// "50 % and 95 %".
fn shares_in_words() -> String {
    CONTOURS.map(|share| format!("{:.0} %", 100.0 * share)).join(" and ")
}
