//! The one look of all figures: colours, dashes, marks and sizes, in points (1/72 inch).
//!
//! Colours are those of Okabe & Ito (2008), distinct for the colour-blind; dashes and marks differ
//! as well, so that print in grey still tells the systems apart. It draws nothing.

use meanfield_run::record::{Nature, Record};
use plotters::style::{Color, RGBAColor, RGBColor};

use super::standing::stands;

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

/// How one system looks in every figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Colour of line and marks.
    pub colour: RGBColor,
    /// Lengths of dash and gap in turn; empty for an unbroken line.
    pub dashes: &'static [f64],
    /// Mark, for systems that are sampled.
    pub mark: Option<Mark>,
    /// Thin, to be told from the dashes of another line of the same colour upon it.
    pub thin: bool,
}

impl Look {
    /// A light version of the colour, opaque, for areas under lines.
    pub fn tint(&self) -> RGBAColor {
        let lighten = |c: u8| (f64::from(c) * 0.38 + 255.0 * 0.62).round() as u8;
        let RGBColor(r, g, b) = self.colour;
        RGBAColor(lighten(r), lighten(g), lighten(b), 1.0)
    }

    /// Width and colour of its line.
    pub fn line(&self) -> (f64, RGBColor) {
        (if self.thin { 0.5 * LINE_WIDTH } else { LINE_WIDTH }, self.colour)
    }

    /// A transparent version of the colour, for bands that overlap.
    pub fn veil(&self) -> RGBAColor {
        self.colour.mix(0.22)
    }
}

const LIMITS: [(RGBColor, &[f64]); 5] = [
    (BLACK, &[]),
    (VERMILLION, &[5.0, 2.5]),
    (GREEN, &[8.0, 2.0, 1.5, 2.0]),
    (PURPLE, &[1.5, 1.8]),
    (SKY_BLUE, &[10.0, 3.0]),
];
/// Of what is the same at all times: dashes longer than those of curves, drawn upon them.
const STANDING: [(RGBColor, &[f64]); 2] = [(PURPLE, &[9.0, 4.0]), (SKY_BLUE, &[9.0, 2.5, 3.0, 2.5])];
const NETWORKS: [(RGBColor, Mark); 4] =
    [(BLUE, Mark::Circle), (ORANGE, Mark::Square), (PURPLE, Mark::Triangle), (GREEN, Mark::Diamond)];

/// Whether a record is of a finite network, trained sample by sample.
pub fn is_network(record: &Record) -> bool {
    record.nature == Nature::Network
}

/// The look of each record, by its place among the limits, among what stands still beside them, or among the
/// networks.
pub fn looks(records: &[Record]) -> Vec<Look> {
    let group = |record: &Record| (is_network(record), stands(record, records));
    let place = |i: usize| records[..i].iter().filter(|r| group(r) == group(&records[i])).count();
    (0..records.len())
        .map(|i: usize| {
            if is_network(&records[i]) {
                let (colour, mark) = NETWORKS[place(i) % NETWORKS.len()];
                Look { colour, dashes: &[], mark: Some(mark), thin: false }
            } else {
                let choice: &[_] = if stands(&records[i], records) { &STANDING } else { &LIMITS };
                let (colour, dashes) = choice[place(i) % choice.len()];
                Look { colour, dashes, mark: None, thin: false }
            }
        })
        .collect()
}

/// The same where colours tell points apart: systems differ in dashes and marks, and the first of several
/// limits is a thin line on which the dashes of the others show.
pub fn looks_without_colour(records: &[Record]) -> Vec<Look> {
    let limits = records.iter().filter(|record| !is_network(record)).count();
    looks(records)
        .into_iter()
        .map(|look: Look| {
            let thin = limits > 1 && look.mark.is_none() && look.dashes.is_empty();
            Look { colour: INK, thin, ..look }
        })
        .collect()
}

/// Curves of an inset among themselves: colours that the first systems do not have, and dashes.
const CURVES: [(RGBColor, &[f64]); 4] =
    [(GREEN, &[]), (PURPLE, &[4.0, 2.0]), (ORANGE, &[1.4, 1.6]), (SKY_BLUE, &[6.0, 1.5, 1.5, 1.5])];

/// The colour and the dashes of curve number `i` of an inset.
pub fn curve(i: usize) -> (RGBColor, &'static [f64]) {
    CURVES[i % CURVES.len()]
}

/// Colours of points that are told apart; black is for what belongs to all of them.
const POINTS: [RGBColor; 6] = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY_BLUE];
/// Colours of many points, in their order: the darker part of viridis (van der Walt & Smith 2015).
const MANY: [RGBColor; 4] =
    [RGBColor(68, 1, 84), RGBColor(59, 82, 139), RGBColor(33, 145, 140), RGBColor(94, 201, 98)];

/// The colour of point number `i` of `count`.
pub fn point_colour(i: usize, count: usize) -> RGBColor {
    if count <= POINTS.len() {
        return POINTS[i % POINTS.len()];
    }
    let along = (MANY.len() - 1) as f64 * i as f64 / (count - 1) as f64;
    let left = (along as usize).min(MANY.len() - 2);
    let mix =
        |a: u8, b: u8| (f64::from(a) + (along - left as f64) * (f64::from(b) - f64::from(a))).round() as u8;
    let a = MANY[left];
    let b = MANY[left + 1];
    RGBColor(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}
