//! The one look of all figures: colours, dashes, marks and sizes, in points (1/72 inch).
//!
//! Colours are those of Okabe & Ito (2008), distinct for the colour-blind; dashes and marks differ
//! as well, so that print in grey still tells the systems apart. It draws nothing.

use meanfield_run::record::Record;
use plotters::style::{Color, RGBAColor, RGBColor};

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
}

impl Look {
    /// A light version of the colour, opaque, for areas under lines.
    pub fn tint(&self) -> RGBAColor {
        let lighten = |c: u8| (f64::from(c) * 0.38 + 255.0 * 0.62).round() as u8;
        let RGBColor(r, g, b) = self.colour;
        RGBAColor(lighten(r), lighten(g), lighten(b), 1.0)
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
const NETWORKS: [(RGBColor, Mark); 4] =
    [(BLUE, Mark::Circle), (ORANGE, Mark::Square), (PURPLE, Mark::Triangle), (GREEN, Mark::Diamond)];

/// Whether a record is of a finite network, trained sample by sample: then it counts steps.
pub fn is_network(record: &Record) -> bool {
    record.step.is_some()
}

/// The look of each record, by its place among the limits or among the networks.
pub fn looks(records: &[Record]) -> Vec<Look> {
    let place = |i: usize| records[..i].iter().filter(|r| is_network(r) == is_network(&records[i])).count();
    let look = |i: usize| {
        if is_network(&records[i]) {
            let (colour, mark) = NETWORKS[place(i) % NETWORKS.len()];
            Look { colour, dashes: &[], mark: Some(mark) }
        } else {
            let (colour, dashes) = LIMITS[place(i) % LIMITS.len()];
            Look { colour, dashes, mark: None }
        }
    };
    (0..records.len()).map(look).collect()
}
