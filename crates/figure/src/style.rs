//! The one look of all figures: colours, dashes, marks and sizes, in points (1/72 inch).
//!
//! Colours are those of Okabe & Ito (2008), distinct for the colour-blind; dashes and marks differ
//! as well, so that systems stay distinct in grey print. This file draws nothing.

use meanfield_run::record::{Nature, Record};
use plotters::style::{Color, RGBAColor, RGBColor};

use super::static_system::is_constant;

/// Width of every figure: two columns of a journal.
pub const PAGE_WIDTH: f64 = 510.0;
/// Size of titles.
pub const TITLE_SIZE: f64 = 10.0;
/// Size of labels and legends.
pub const LABEL_SIZE: f64 = 8.5;
/// Size of numbers along the axes.
pub const TICK_SIZE: f64 = 7.5;
/// Width of data lines.
pub const LINE_WIDTH: f64 = 1.3;
/// Width of data lines under others.
pub const THIN_LINE: f64 = 0.65;
/// Width of frames and ticks.
pub const FRAME_WIDTH: f64 = 0.6;

/// Text, frames.
pub const INK: RGBColor = RGBColor(38, 38, 38);
/// Side remarks, zero lines.
pub const FAINT: RGBColor = RGBColor(120, 120, 120);

const BLACK: RGBColor = RGBColor(0, 0, 0);
const ORANGE: RGBColor = RGBColor(230, 159, 0);
const SKY_BLUE: RGBColor = RGBColor(86, 180, 233);
const GREEN: RGBColor = RGBColor(0, 158, 115);
const BLUE: RGBColor = RGBColor(0, 114, 178);
const VERMILLION: RGBColor = RGBColor(213, 94, 0);
const PURPLE: RGBColor = RGBColor(204, 121, 167);

/// A mark at a data point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Round.
    Circle,
    /// Square.
    Square,
    /// Pointing up.
    Triangle,
    /// A square on its corner.
    Diamond,
    /// Small and filled: where a line was computed.
    Dot,
}

/// The look of one system in every figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Colour of line and marks.
    pub colour: RGBColor,
    /// Lengths of dash and gap in turn; empty for an unbroken line.
    pub dashes: &'static [f64],
    /// Mark, for systems that are sampled.
    pub mark: Option<Mark>,
    /// Width of the line: [`LINE_WIDTH`], or [`THIN_LINE`], on which dashes of the same colour show.
    pub width: f64,
    /// The mark of its point of varied keys, here and there along the line: points differ in it without
    /// colours.
    pub point: Option<PointMark>,
}

/// The mark of a point of varied keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointMark {
    /// Its shape.
    pub mark: Mark,
    /// Where along a curve the first one is, as a share of the way to the second: the marks of several points
    /// do not cover each other.
    pub phase: f64,
}

impl Look {
    /// A light version of the colour, opaque, for areas under lines.
    pub fn tint(&self) -> RGBAColor {
        let RGBColor(r, g, b) = self.colour;
        RGBAColor(lightened(r), lightened(g), lightened(b), 1.0)
    }

    /// Width and colour of its line.
    pub fn line(&self) -> (f64, RGBColor) {
        (self.width, self.colour)
    }

    /// A transparent version of the colour, for bands that overlap.
    pub fn veil(&self) -> RGBAColor {
        self.colour.mix(0.22)
    }
}

/// One channel of a colour, mixed with white.
fn lightened(channel: u8) -> u8 {
    (f64::from(channel) * 0.38 + 255.0 * 0.62).round() as u8
}

const LIMITS: [(RGBColor, &[f64]); 5] = [
    (BLACK, &[]),
    (VERMILLION, &[5.0, 2.5]),
    (GREEN, &[8.0, 2.0, 1.5, 2.0]),
    (PURPLE, &[1.5, 1.8]),
    (SKY_BLUE, &[10.0, 3.0]),
];
/// Constant systems: their dashes are longer than those of the curves under them.
const STATIC: [(RGBColor, &[f64]); 2] = [(PURPLE, &[9.0, 4.0]), (SKY_BLUE, &[9.0, 2.5, 3.0, 2.5])];
const NETWORKS: [(RGBColor, Mark); 4] =
    [(BLUE, Mark::Circle), (ORANGE, Mark::Square), (PURPLE, Mark::Triangle), (GREEN, Mark::Diamond)];

/// The look of limit number `i`.
pub fn limit_look(i: usize) -> Look {
    let (colour, dashes) = LIMITS[i % LIMITS.len()];
    Look { colour, dashes, mark: None, width: LINE_WIDTH, point: None }
}

/// The look of network number `i`.
pub fn network_look(i: usize) -> Look {
    let (colour, mark) = NETWORKS[i % NETWORKS.len()];
    Look { colour, dashes: &[], mark: Some(mark), width: LINE_WIDTH, point: None }
}

/// Whether a record is of a finite network, trained sample by sample.
pub fn is_network(record: &Record) -> bool {
    record.nature == Nature::Network
}

/// Whether two records choose their looks from one list: that of limits, constant systems or networks.
fn share_list(a: &Record, b: &Record, records: &[Record]) -> bool {
    is_network(a) == is_network(b) && is_constant(a, records) == is_constant(b, records)
}

/// The look of each record, by its place in its list: limits, constant systems or networks.
pub fn looks(records: &[Record]) -> Vec<Look> {
    (0..records.len())
        .map(|i: usize| {
            let place = records[..i].iter().filter(|r| share_list(r, &records[i], records)).count();
            if is_network(&records[i]) {
                let (colour, mark) = NETWORKS[place % NETWORKS.len()];
                Look { colour, dashes: &[], mark: Some(mark), width: LINE_WIDTH, point: None }
            } else {
                let choice: &[_] = if is_constant(&records[i], records) { &STATIC } else { &LIMITS };
                let (colour, dashes) = choice[place % choice.len()];
                Look { colour, dashes, mark: None, width: LINE_WIDTH, point: None }
            }
        })
        .collect()
}

/// The looks where colours distinguish points: systems differ in dashes, networks have hollow marks, and the
/// first of several limits is a thin line on which the dashes of the others show.
pub fn looks_without_colour(records: &[Record]) -> Vec<Look> {
    let limits = records.iter().filter(|record| !is_network(record)).count();
    looks(records)
        .into_iter()
        .map(|look: Look| {
            let is_under_others = limits > 1 && look.mark.is_none() && look.dashes.is_empty();
            let width = if is_under_others { THIN_LINE } else { LINE_WIDTH };
            let dashes = look.mark.map_or(look.dashes, network_dashes);
            Look { colour: INK, width, dashes, ..look }
        })
        .collect()
}

/// The dashes of a network whose mark says which point it is at: its own mark distinguishes it no longer.
fn network_dashes(own: Mark) -> &'static [f64] {
    match own {
        Mark::Square => &[3.0, 1.5],
        Mark::Triangle => &[1.0, 1.5],
        Mark::Diamond => &[6.0, 1.5, 1.0, 1.5],
        Mark::Circle | Mark::Dot => &[],
    }
}

/// The mark of point number `i` of a few; none of many, which are told apart by how light they are.
pub fn point_mark(i: usize, count: usize) -> Option<PointMark> {
    const MARKS: [Mark; 4] = [Mark::Circle, Mark::Square, Mark::Triangle, Mark::Diamond];
    let phase = (i as f64 + 0.5) / count as f64;
    (2..=MARKS.len()).contains(&count).then(|| PointMark { mark: MARKS[i % MARKS.len()], phase })
}

/// Curves of an inset among themselves: colours that the first systems do not have, and dashes.
const CURVES: [(RGBColor, &[f64]); 4] =
    [(GREEN, &[]), (PURPLE, &[4.0, 2.0]), (ORANGE, &[1.4, 1.6]), (SKY_BLUE, &[6.0, 1.5, 1.5, 1.5])];

/// The colour and the dashes of curve number `i` of an inset.
pub fn inset_curve(i: usize) -> (RGBColor, &'static [f64]) {
    CURVES[i % CURVES.len()]
}

/// Arrows of a field, of a repulsion and of their sum, which lies over them.
pub fn arrow_looks() -> [Look; 3] {
    let look = |colour, dashes, width| Look { colour, dashes, mark: None, width, point: None };
    [look(SKY_BLUE, &[], 2.2), look(VERMILLION, &[3.0, 1.2], 1.6), look(INK, &[], 0.9)]
}

/// Colours of a few points; black is for what belongs to all of them.
const POINTS: [RGBColor; 4] = [BLUE, VERMILLION, GREEN, PURPLE];
/// Colours of many points, in their order, each lighter than the last: the darker part of viridis (van der
/// Walt & Smith 2015).
const MANY: [RGBColor; 4] =
    [RGBColor(68, 1, 84), RGBColor(59, 82, 139), RGBColor(33, 145, 140), RGBColor(94, 201, 98)];

/// The colour of point number `i` of `count`.
pub fn point_colour(i: usize, count: usize) -> RGBColor {
    if count <= POINTS.len() {
        return POINTS[i % POINTS.len()];
    }
    let position = (MANY.len() - 1) as f64 * i as f64 / (count - 1) as f64;
    let left = (position as usize).min(MANY.len() - 2);
    let share = position - left as f64;
    let a = MANY[left];
    let b = MANY[left + 1];
    RGBColor(mixed(a.0, b.0, share), mixed(a.1, b.1, share), mixed(a.2, b.2, share))
}

/// One channel between two colours.
fn mixed(a: u8, b: u8, share: f64) -> u8 {
    (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8
}
