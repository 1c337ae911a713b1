//! Legends in rows above the panels, where they cannot hide data. Their entries are made by each figure.

use plotters::style::{RGBAColor, RGBColor};

use super::picture::{Anchor, Picture, Place};
use super::ramp::Ramp;
use super::style::{FRAME_WIDTH, INK, LABEL_SIZE, Look, Mark};
use super::text::Typeface;
use super::title::lines_within;

/// Height of a row, and of further lines of a label.
const ROW: f64 = 13.0;
const LINE: f64 = 10.5;
/// Width of the sample beside a label.
const SAMPLE: f64 = 22.0;
/// Distance of dots from the ends of a sample.
const INSIDE: f64 = 1.7;
/// Shades of the sample of a heat map.
const SHADES: f64 = 22.0;
/// Space between sample and label.
const GAP: f64 = 4.0;
/// Space between entries.
const BETWEEN: f64 = 16.0;

/// The graphic that a label explains.
#[derive(Clone, Copy, Debug)]
pub enum Sample {
    /// A line, with marks if the look has them.
    Line(Look),
    /// An area.
    Area(RGBAColor),
    /// A line with marks over an area.
    LineOnArea(Look, RGBAColor),
    /// A mark alone.
    Mark(Look),
    /// A mark with an error bar.
    Bar(Look),
    /// The colours of a heat map, from its lowest to its highest value.
    Ramp(Ramp),
    /// The outline of a mark, as atoms of a limit have.
    Outline(Mark, RGBColor),
    /// A dot, as neurons have.
    Dot(RGBColor),
    /// None: the label is a remark.
    Nothing,
}

/// A sample and its label.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The sample.
    pub sample: Sample,
    /// The label.
    pub label: String,
}

impl Entry {
    /// A remark, without a sample.
    pub fn remark(label: String) -> Self {
        Self { sample: Sample::Nothing, label }
    }

    /// Space before its label.
    fn indent(&self) -> f64 {
        if matches!(self.sample, Sample::Nothing) { 0.0 } else { SAMPLE + GAP }
    }
}

/// Height of a legend in `width`.
pub fn height(entries: &[Entry], typeface: &Typeface, width: f64) -> f64 {
    layout(entries, typeface, width).last().map_or(0.0, PlacedEntry::bottom)
}

/// Draws a legend with its upper left corner at `corner`; returns its height.
pub fn draw(page: &mut Picture, entries: &[Entry], corner: Place, width: f64) -> f64 {
    let places = layout(entries, &page.typeface, width);
    for (entry, placed) in entries.iter().zip(&places) {
        let place = (corner.0 + placed.x, corner.1 + placed.y + 0.5 * ROW);
        draw_sample(page, &entry.sample, place);
        for (i, line) in placed.lines.iter().enumerate() {
            let start = (place.0 + entry.indent(), place.1 + LINE * i as f64);
            page.text(line, start, LABEL_SIZE, INK, Anchor::Start);
        }
    }
    places.last().map_or(0.0, PlacedEntry::bottom)
}

/// The colours side by side, in a frame: the lowest is that of the paper.
fn draw_ramp(page: &mut Picture, ramp: Ramp, (x, y): Place) {
    let top = y - 4.0;
    let bottom = y + 4.0;
    let step = SAMPLE / SHADES;
    for shade in 0..SHADES as usize {
        let left = x + step * shade as f64;
        page.mosaic(vec![[(left, top), (left + step, bottom)]], ramp.at((shade as f64 + 0.5) / SHADES));
    }
    let frame = [(x, top), (x + SAMPLE, top), (x + SAMPLE, bottom), (x, bottom), (x, top)];
    page.line(&frame, FRAME_WIDTH, INK);
}

/// An entry in its place.
struct PlacedEntry {
    /// Its upper left corner.
    x: f64,
    y: f64,
    /// Its label, broken where it is wider than the legend.
    lines: Vec<String>,
}

impl PlacedEntry {
    fn bottom(&self) -> f64 {
        self.y + ROW + LINE * self.lines.len().saturating_sub(1) as f64
    }
}

/// The entries: as many in a row as there is room for.
fn layout(entries: &[Entry], typeface: &Typeface, width: f64) -> Vec<PlacedEntry> {
    let mut x = 0.0;
    let mut places: Vec<PlacedEntry> = Vec::new();
    for entry in entries {
        let indent = entry.indent();
        let lines = lines_within(&entry.label, typeface, LABEL_SIZE, width - indent);
        let widths = lines.iter().map(|line| typeface.width(line, LABEL_SIZE));
        let wide = indent + widths.fold(0.0, f64::max);
        let mut y = places.last().map_or(0.0, |last| last.y);
        if !places.is_empty() && (x + wide > width || lines.len() > 1) {
            x = 0.0;
            y = places.last().map_or(0.0, PlacedEntry::bottom);
        }
        // Nothing stands beside a label of several lines.
        let is_alone = lines.len() > 1;
        places.push(PlacedEntry { x, y, lines });
        x += if is_alone { width } else { wide + BETWEEN };
    }
    places
}

/// Draws the sample of an entry from its left end.
fn draw_sample(page: &mut Picture, sample: &Sample, (x, y): Place) {
    match sample {
        Sample::Nothing => return,
        Sample::Ramp(ramp) => return draw_ramp(page, *ramp, (x, y)),
        Sample::Outline(mark, colour) => return page.outline(*mark, (x + 0.5 * SAMPLE, y), 2.6, *colour),
        Sample::Dot(colour) => return page.disc((x + 0.5 * SAMPLE, y), 1.4, *colour),
        _ => {}
    }
    if let Sample::Area(colour) | Sample::LineOnArea(_, colour) = sample {
        let top = y - 4.0;
        let bottom = y + 4.0;
        page.area(vec![(x, top), (x + SAMPLE, top), (x + SAMPLE, bottom), (x, bottom)], *colour);
    }
    if let Sample::Line(look) | Sample::LineOnArea(look, _) = sample {
        let (width, colour) = look.line();
        page.dashed(&[(x, y), (x + SAMPLE, y)], width, colour, look.dashes);
    }
    let middle = x + 0.5 * SAMPLE;
    if let Sample::Bar(look) = sample {
        page.error_bar((middle, y - 5.0), (middle, y + 5.0), look.colour);
    }
    if let Sample::Line(look) | Sample::LineOnArea(look, _) | Sample::Mark(look) | Sample::Bar(look) = sample
        && let Some(mark) = look.mark
    {
        // dots are at the ends, as on a curve: in the middle one would fill the gap between dashes
        let places = if mark == Mark::Dot { vec![x + INSIDE, x + SAMPLE - INSIDE] } else { vec![middle] };
        places.into_iter().for_each(|x| page.mark(mark, (x, y), 2.3, look.colour));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_wider_than_the_legend_are_broken() {
        let typeface = Typeface::bundled().expect("bundled");
        let entries = ["a", "b", "a label of very many words that go on and on", "c"]
            .map(|label| Entry::remark(label.into()));
        let places = layout(&entries, &typeface, 120.0);
        let rows: Vec<(f64, usize)> = places.iter().map(|placed| (placed.y, placed.lines.len())).collect();
        assert!(places[1].x > 0.0 && rows[..2] == [(0.0, 1), (0.0, 1)], "{rows:?}");
        assert!(rows[2].0 == ROW && rows[2].1 > 1 && rows[3].0 > ROW + LINE, "{rows:?}");
        let widest = places.iter().flat_map(|p| &p.lines).map(|line| typeface.width(line, LABEL_SIZE));
        assert!(widest.fold(0.0, f64::max) <= 120.0);
        assert_eq!(height(&entries, &typeface, 120.0), rows[3].0 + ROW);
    }
}
