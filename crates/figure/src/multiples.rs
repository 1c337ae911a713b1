//! Figures over three varied keys: small multiples, for each system and quantity the maps over two keys at
//! values of the third, with one key of colours for all of them.
//!
//! The two keys of a map have three or more values each; the third is that with the fewest.

use ab_glyph::InvalidFont;
use meanfield_run::quantities;
use meanfield_run::quantity::Quantity;
use meanfield_run::record::{Record, RunAxis};

use super::colour_key;
use super::content::Content;
use super::key_map::{self, Map};
use super::law::chosen_in_words;
use super::legend::{self, Entry};
use super::names::{self, key_letter, key_name};
use super::picture::Picture;
use super::ramp::Ramp;
use super::style;
use super::systems::evenly_chosen;
use super::text::Typeface;
use super::title::{TITLE_ROW, draw_title, title_lines};

/// Most values of the third key, on a page and on a narrow one, and most groups of maps.
const MOST_VALUES: [usize; 2] = [9, 6];
const MOST_GROUPS: usize = 2;
/// Maps side by side, on a page and on a narrow one.
const ABREAST: [usize; 2] = [3, 2];
/// Left of each map, and right of the last of a row, for the key of its colours.
const LEFT: f64 = 46.0;
const RIGHT: f64 = colour_key::BEFORE + colour_key::WIDTH + colour_key::NUMBERS;
/// Right of title and legend.
const SIDE: f64 = 8.0;
/// Above a map for its value, below it for its numbers, and below a group for names.
const ABOVE: f64 = 18.0;
const BELOW: f64 = 19.0;
const BELOW_GROUP: f64 = 21.0;
/// Height of a map in widths.
const FLATTER: f64 = 0.8;

/// The maps of one quantity of one system, in the order of the third key's values.
struct Group {
    /// "κ = 0.4".
    values: Vec<String>,
    maps: Vec<Map>,
}

impl Group {
    /// None if there is no map at any value.
    fn of(
        record: &Record,
        (keys, third): (&[RunAxis; 2], &RunAxis),
        ramp: Ramp,
        quantity: &Quantity,
        most: usize,
    ) -> Option<Self> {
        let mut group = Self { values: Vec::new(), maps: Vec::new() };
        for value in evenly_chosen(key_map::sorted(&third.values), most) {
            let place = [key_map::place(third, value)];
            let here = record.axes.iter().any(|axis| axis.name == third.name).then(|| record.at(&place));
            if let Some(map) = here.flatten().and_then(|here| Map::of(&here, keys, ramp, quantity)) {
                group.values.push(names::point(&place));
                group.maps.push(map);
            }
        }
        Map::share_range(&mut group.maps);
        (!group.maps.is_empty()).then_some(group)
    }
}

/// All groups, of the first systems and quantities that have any.
fn groups(records: &[Record], keys: (&[RunAxis; 2], &RunAxis), most: usize) -> Vec<Group> {
    let mut groups = Vec::new();
    for (record, look) in records.iter().zip(style::looks(records)) {
        let of_record = quantities::ALL.iter();
        groups.extend(of_record.filter_map(|q| Group::of(record, keys, Ramp::to(look.colour), q, most)));
    }
    groups.truncate(MOST_GROUPS);
    groups
}

/// Places of the maps on the page.
struct MapGrid {
    abreast: usize,
    pitch: f64,
}

impl MapGrid {
    fn of(content: &Content, groups: &[Group]) -> Self {
        let most = ABREAST[usize::from(content.sheet.is_narrow())];
        let abreast = if groups.iter().all(|group| group.maps.len() == 4) { 2 } else { most };
        Self { abreast, pitch: (content.sheet.layout_width() - RIGHT) / abreast as f64 }
    }

    fn width(&self) -> f64 {
        self.pitch - LEFT
    }

    fn row_height(&self) -> f64 {
        ABOVE + FLATTER * self.width() + BELOW
    }

    /// Left, upper side, width and height of map number `i` of a group that begins at `top`.
    fn place(&self, i: usize, top: f64) -> [f64; 4] {
        let row = (i / self.abreast) as f64;
        let left = LEFT + (i % self.abreast) as f64 * self.pitch;
        [left, top + row * self.row_height() + ABOVE, self.width(), FLATTER * self.width()]
    }

    /// Height of a group.
    fn height(&self, group: &Group) -> f64 {
        group.maps.len().div_ceil(self.abreast) as f64 * self.row_height() + BELOW_GROUP
    }

    /// Draws a group that begins at `top`, and is number `first` and following of `of` maps.
    fn draw(
        &self,
        page: &mut Picture,
        (group, keys): (&Group, &[RunAxis; 2]),
        top: f64,
        [first, of]: [usize; 2],
    ) {
        let [x_name, y_name] = keys.each_ref().map(|key| key_name(&key.name));
        let count = group.maps.len();
        for (i, map) in group.maps.iter().enumerate() {
            let panel = map.draw(page, keys, self.place(i, top));
            let is_lowest = i + self.abreast >= count;
            let below = if is_lowest { x_name.as_str() } else { "" };
            let is_first = i.is_multiple_of(self.abreast);
            panel.axes(page, Some(below), Some(if is_first { &y_name } else { "" }));
            panel.title(page, &group.values[i], of);
            panel.letter(page, first + i, of);
            if (i + 1).is_multiple_of(self.abreast) || i + 1 == count {
                map.draw_key(page, &panel);
            }
        }
    }
}

/// The figure; None if no system has a map.
///
/// # Errors
/// [`InvalidFont`], if the bundled font cannot be read.
pub fn picture(
    content: &Content,
    keys: &[RunAxis; 2],
    third: &RunAxis,
) -> Result<Option<Picture>, InvalidFont> {
    let most = MOST_VALUES[usize::from(content.sheet.is_narrow())];
    let groups = groups(content.records, (keys, third), most);
    if groups.is_empty() {
        return Ok(None);
    }
    let typeface = Typeface::bundled()?;
    let inner = content.sheet.layout_width() - LEFT - SIDE;
    let lines = title_lines(&content.heading(""), &typeface, inner);
    let entries = entries(&groups, third, most);
    let head = TITLE_ROW * lines.len() as f64 + 6.0;
    let grid = MapGrid::of(content, &groups);
    let mut top = head + legend::height(&entries, &typeface, inner);
    let height = top + groups.iter().map(|group| grid.height(group)).sum::<f64>();
    let mut page = Picture::new(&content.sheet, height, typeface);
    draw_title(&mut page, &lines, LEFT, 4.0);
    legend::draw(&mut page, &entries, (LEFT, head), inner);
    let all: usize = groups.iter().map(|group| group.maps.len()).sum();
    let mut first = 0;
    for group in &groups {
        grid.draw(&mut page, (group, keys), top, [first, all]);
        top += grid.height(group);
        first += group.maps.len();
    }
    Ok(Some(page))
}

/// Legend entries: one a group, and what is not shown.
fn entries(groups: &[Group], third: &RunAxis, most: usize) -> Vec<Entry> {
    let mut entries: Vec<Entry> = groups.iter().map(|group| group.maps[0].entry()).collect();
    let all = third.values.len();
    let remark = chosen_in_words(all.min(most), all, &format!("values of {}", key_letter(&third.name)));
    entries.extend(Some(remark).filter(|remark| !remark.is_empty()).map(Entry::remark));
    entries
}
