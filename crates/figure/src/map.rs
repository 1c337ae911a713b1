//! Figures over two varied keys: a map of each system's risk at its last time, one key along each side.
//!
//! It needs exactly two keys with three or more values each (of three keys: `multiples`). Colours go from the
//! least value to the largest of a map, by ratios where these are wide apart, as the key beside it shows;
//! runs that failed are left white.

use ab_glyph::InvalidFont;
use meanfield_run::quantities;
use meanfield_run::quantity::Quantity;
use meanfield_run::record::{Record, RunAxis};

use super::colour_key;
use super::content::Content;
use super::key_map::Map;
use super::legend::{self, Entry};
use super::names::key_name;
use super::picture::Picture;
use super::ramp::Ramp;
use super::style;
use super::systems::varied_axes;
use super::text::Typeface;
use super::title::{TITLE_ROW, draw_title, title_lines};

/// Fewest values of a key.
const FEWEST: usize = 3;
/// Most maps, and most side by side.
const MOST: usize = 6;
const ABREAST: usize = 2;
/// Left of each map, and right of it, for the key of its colours.
const LEFT: f64 = 46.0;
const RIGHT: f64 = colour_key::BEFORE + colour_key::WIDTH + colour_key::NUMBERS;
/// Right of title and legend.
const SIDE: f64 = 8.0;
/// Above a map for its name, below it for its axis.
const ABOVE: f64 = 18.0;
const BELOW: f64 = 40.0;
/// Height of a map in widths, and its largest height.
const FLATTER: f64 = 0.8;
const TALLEST: f64 = 280.0;

/// The keys that the figure is over, the one along the horizontal side first.
pub fn keys(records: &[Record]) -> Option<[RunAxis; 2]> {
    mappable(&varied_axes(records))
}

/// Two keys, if they have the values for a map.
pub fn mappable(keys: &[RunAxis]) -> Option<[RunAxis; 2]> {
    let keys = <[RunAxis; 2]>::try_from(keys.to_vec()).ok()?;
    keys.iter().all(|key| key.values.len() >= FEWEST).then_some(keys)
}

/// The figure; None if no system's risk depends on both keys.
///
/// # Errors
/// [`InvalidFont`], if the bundled font cannot be read.
pub fn picture(content: &Content, keys: &[RunAxis; 2]) -> Result<Option<Picture>, InvalidFont> {
    let looks = style::looks(content.records);
    let systems = content.records.iter().zip(looks);
    let maps: Vec<Map> = systems
        .flat_map(|(record, look): (&Record, style::Look)| {
            quantities::ALL
                .iter()
                .filter_map(|quantity: &&Quantity| Map::of(record, keys, Ramp::to(look.colour), quantity))
                .collect::<Vec<_>>()
        })
        .take(MOST)
        .collect();
    if maps.is_empty() {
        return Ok(None);
    }
    let typeface = Typeface::bundled()?;
    let page_width = content.sheet.layout_width();
    let inner = page_width - LEFT - SIDE;
    let lines = title_lines(&content.heading(""), &typeface, inner);
    let entries = maps.iter().map(Map::entry);
    let entries: Vec<Entry> = entries.collect();
    let abreast = if content.sheet.is_narrow() { 1 } else { maps.len().min(ABREAST) };
    let pitch = page_width / abreast as f64;
    let width = pitch - LEFT - RIGHT;
    let height = (FLATTER * width).min(TALLEST);
    let head = TITLE_ROW * lines.len() as f64 + 6.0;
    let top = head + legend::height(&entries, &typeface, inner);
    let rows = maps.len().div_ceil(abreast) as f64;
    let mut page = Picture::new(&content.sheet, top + rows * (ABOVE + height + BELOW), typeface);
    draw_title(&mut page, &lines, LEFT, 4.0);
    legend::draw(&mut page, &entries, (LEFT, head), inner);
    for (i, map) in maps.iter().enumerate() {
        let left = LEFT + (i % abreast) as f64 * pitch;
        let top = top + (i / abreast) as f64 * (ABOVE + height + BELOW) + ABOVE;
        let panel = map.draw(&mut page, keys, [left, top, width, height]);
        // The kind of the system is in the legend.
        panel.title(&mut page, &format!("{}: {}", map.system, map.words), maps.len());
        panel.axes(&mut page, Some(&key_name(&keys[0].name)), Some(&key_name(&keys[1].name)));
        map.draw_key(&mut page, &panel);
        panel.letter(&mut page, i, maps.len());
    }
    Ok(Some(page))
}
