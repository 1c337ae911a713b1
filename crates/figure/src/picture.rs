//! A figure as a list of shapes, in units of the layout (`sheet`) from the upper left corner. It is made once
//! and rendered to every format (`render`); it knows neither data nor file formats.

use plotters::style::{Color, RGBAColor, RGBColor};

use super::sheet::Sheet;
use super::style::Mark;
use super::text::{CAPITAL_HEIGHT, Typeface};

/// A place on the page.
pub type Place = (f64, f64);

/// Width of error bars, and half the length of the caps at their ends.
const BAR_WIDTH: f64 = 0.9;
const CAP: f64 = 2.2;
/// Width of the line of a ring.
const RING_WIDTH: f64 = 0.4;

/// A shape on the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A filled polygon.
    Area {
        /// Its corners.
        outline: Vec<Place>,
        /// Its colour.
        colour: RGBAColor,
    },
    /// An unbroken line.
    Line {
        /// Its corners.
        points: Vec<Place>,
        /// Its width.
        width: f64,
        /// Its colour.
        colour: RGBColor,
    },
    /// Rectangles of one colour, from corner to opposite corner. They lie under everything that is no mosaic.
    Mosaic {
        /// The corners.
        rectangles: Vec<[Place; 2]>,
        /// Their colour.
        colour: RGBColor,
    },
    /// A circle's line.
    Ring {
        /// Its centre.
        centre: Place,
        /// Its radius.
        radius: f64,
        /// Its width.
        width: f64,
        /// Its colour.
        colour: RGBColor,
    },
    /// A filled circle.
    Disc {
        /// Its centre.
        centre: Place,
        /// Its radius.
        radius: f64,
        /// Its colour.
        colour: RGBColor,
    },
    /// A line of text.
    Text {
        /// Where its baseline starts.
        start: Place,
        /// The words.
        text: String,
        /// Font size.
        size: f64,
        /// Colour.
        colour: RGBColor,
        /// Reading upwards.
        turned: bool,
    },
}

/// The part of a text that is at a given place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its start.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// A page with shapes, later ones over earlier ones, mosaics under all, texts over all.
#[derive(Debug)]
pub struct Picture {
    /// Width of the page.
    pub width: f64,
    /// Height of the page.
    pub height: f64,
    /// Points in a unit of the layout.
    pub zoom: f64,
    /// Shapes in the order of drawing.
    pub shapes: Vec<Shape>,
    /// The typeface of its texts.
    pub typeface: Typeface,
}

impl Picture {
    /// An empty page as wide as a sheet.
    pub fn new(sheet: &Sheet, height: f64, typeface: Typeface) -> Self {
        Self { width: sheet.layout_width(), height, zoom: sheet.zoom(), shapes: Vec::new(), typeface }
    }

    /// Width and height in points.
    pub fn size_in_points(&self) -> Place {
        (self.width * self.zoom, self.height * self.zoom)
    }

    /// A filled polygon.
    pub fn area(&mut self, outline: Vec<Place>, colour: RGBAColor) {
        if outline.len() > 2 {
            self.shapes.push(Shape::Area { outline, colour });
        }
    }

    /// Rectangles under everything else.
    pub fn mosaic(&mut self, rectangles: Vec<[Place; 2]>, colour: RGBColor) {
        if !rectangles.is_empty() {
            self.shapes.push(Shape::Mosaic { rectangles, colour });
        }
    }

    /// The outline of a mark, as large as a circle of this radius.
    pub fn outline(&mut self, mark: Mark, (x, y): Place, radius: f64, colour: RGBColor) {
        let half = 0.5 * std::f64::consts::PI.sqrt() * radius;
        let mut corners: Vec<Place> = match mark {
            Mark::Circle | Mark::Dot => {
                return self.shapes.push(Shape::Ring { centre: (x, y), radius, width: RING_WIDTH, colour });
            }
            Mark::Square => vec![(-half, -half), (half, -half), (half, half), (-half, half)],
            Mark::Triangle => vec![(0.0, -1.5 * half), (1.3 * half, 0.75 * half), (-1.3 * half, 0.75 * half)],
            Mark::Diamond => [(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)]
                .map(|(u, v)| (1.414 * half * u, 1.414 * half * v))
                .to_vec(),
        };
        corners.push(corners[0]);
        let places: Vec<Place> = corners.into_iter().map(|(u, v)| (x + u, y + v)).collect();
        self.line(&places, RING_WIDTH, colour);
    }

    /// A filled circle.
    pub fn disc(&mut self, centre: Place, radius: f64, colour: RGBColor) {
        self.shapes.push(Shape::Disc { centre, radius, colour });
    }

    /// An unbroken line; corners that nobody can see are left out.
    pub fn line(&mut self, points: &[Place], width: f64, colour: RGBColor) {
        let points = simplified(points);
        if points.len() > 1 {
            self.shapes.push(Shape::Line { points, width, colour });
        }
    }

    /// A line of dashes and gaps, in turn; unbroken without any.
    pub fn dashed(&mut self, points: &[Place], width: f64, colour: RGBColor, dashes: &[f64]) {
        if dashes.is_empty() {
            return self.line(points, width, colour);
        }
        for dash in broken(&simplified(points), dashes) {
            self.line(&dash, width, colour);
        }
    }

    /// A hollow mark, white inside, so that it contrasts with the lines under it; a dot alone is filled.
    pub fn mark(&mut self, mark: Mark, (x, y): Place, radius: f64, colour: RGBColor) {
        if mark == Mark::Dot {
            return self.shapes.push(Shape::Disc { centre: (x, y), radius: 0.75 * radius, colour });
        }
        self.solid_mark(mark, (x, y), radius, colour);
        self.solid_mark(mark, (x, y), radius - 0.9, RGBColor(255, 255, 255));
    }

    /// A filled mark.
    pub fn solid_mark(&mut self, mark: Mark, (x, y): Place, radius: f64, colour: RGBColor) {
        let corners: &[Place] = match mark {
            Mark::Circle | Mark::Dot => return self.disc((x, y), radius, colour),
            Mark::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
            Mark::Triangle => &[(0.0, -1.3), (1.15, 0.75), (-1.15, 0.75)],
            Mark::Diamond => &[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)],
        };
        let outline = corners.iter().map(|(u, v)| (x + u * radius, y + v * radius)).collect();
        self.area(outline, colour.to_rgba());
    }

    /// A bar from place to place, one above the other, with a cap at both ends.
    pub fn error_bar(&mut self, from: Place, to: Place, colour: RGBColor) {
        self.line(&[from, to], BAR_WIDTH, colour);
        for (x, y) in [from, to] {
            self.line(&[(x - CAP, y), (x + CAP, y)], BAR_WIDTH, colour);
        }
    }

    /// Text with its middle height at `place`; returns its width.
    pub fn text(&mut self, text: &str, (x, y): Place, size: f64, colour: RGBColor, anchor: Anchor) -> f64 {
        let width = self.typeface.width(text, size);
        let start = (x - offset(anchor, width), y + 0.5 * CAPITAL_HEIGHT * size);
        if !text.is_empty() {
            self.shapes.push(Shape::Text { start, text: text.to_owned(), size, colour, turned: false });
        }
        width
    }

    /// Text that reads upwards, its middle at `place`.
    pub fn turned_text(&mut self, text: &str, (x, y): Place, size: f64, colour: RGBColor) {
        let start = (x + 0.5 * CAPITAL_HEIGHT * size, y + 0.5 * self.typeface.width(text, size));
        if !text.is_empty() {
            self.shapes.push(Shape::Text { start, text: text.to_owned(), size, colour, turned: true });
        }
    }
}

/// Distance of a text's start before its anchor.
fn offset(anchor: Anchor, width: f64) -> f64 {
    match anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => 0.5 * width,
        Anchor::End => width,
    }
}

/// Largest distance from the line at which a corner is left out, in points.
const INVISIBLE: f64 = 0.03;

/// A line without corners that nobody can see: Ramer–Douglas–Peucker, without recursion.
fn simplified(points: &[Place]) -> Vec<Place> {
    let Some(last) = points.len().checked_sub(1).filter(|last| *last > 1) else { return points.to_vec() };
    let mut keep = vec![false; points.len()];
    keep[0] = true;
    keep[last] = true;
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let distances = (from + 1..to).map(|i| (i, distance_to_segment(points[i], points[from], points[to])));
        let farthest = distances.max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((farthest, _)) = farthest.filter(|(_, distance)| *distance > INVISIBLE) {
            keep[farthest] = true;
            open.extend([(from, farthest), (farthest, to)]);
        }
    }
    points.iter().zip(keep).filter_map(|(point, keep)| keep.then_some(*point)).collect()
}

fn distance_to_segment(p: Place, a: Place, b: Place) -> f64 {
    let along = (b.0 - a.0, b.1 - a.1);
    let out = (p.0 - a.0, p.1 - a.1);
    let square = along.0 * along.0 + along.1 * along.1;
    let share =
        if square > 0.0 { ((out.0 * along.0 + out.1 * along.1) / square).clamp(0.0, 1.0) } else { 0.0 };
    (out.0 - share * along.0).hypot(out.1 - share * along.1)
}

/// The dashes of a line, each an unbroken line.
fn broken(points: &[Place], dashes: &[f64]) -> Vec<Vec<Place>> {
    let mut pieces: Vec<Vec<Place>> = points.first().map(|start| vec![*start]).into_iter().collect();
    let mut turn = 0;
    let mut left = dashes[0];
    for pair in points.windows(2) {
        let length = (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let share = done / length;
            let x = pair[0].0 + share * (pair[1].0 - pair[0].0);
            let y = pair[0].1 + share * (pair[1].1 - pair[0].1);
            turn += 1;
            left = dashes[turn % dashes.len()];
            extend_or_begin(&mut pieces, (x, y), turn);
        }
        left -= length - done;
        if turn % 2 == 0 {
            extend_or_begin(&mut pieces, pair[1], 1);
        }
    }
    pieces
}

/// An odd turn ends the dash that is under way, an even one begins the next.
fn extend_or_begin(pieces: &mut Vec<Vec<Place>>, place: Place, turn: usize) {
    match pieces.last_mut() {
        Some(piece) if turn % 2 == 1 => piece.push(place),
        _ => pieces.push(vec![place]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_stay_and_straight_parts_go() {
        let zigzag: Vec<Place> = (0..=100_i32).map(|i| (f64::from(i), f64::from((i - 50).abs()))).collect();
        assert_eq!(simplified(&zigzag), [(0.0, 50.0), (50.0, 0.0), (100.0, 50.0)]);
        assert_eq!(simplified(&[]), []);
        assert_eq!(simplified(&[(1.0, 1.0)]), [(1.0, 1.0)]);
    }

    #[test]
    fn dashes_run_round_corners() {
        let dashes = broken(&[(0.0, 0.0), (5.0, 0.0), (5.0, 4.0)], &[4.0, 2.0]);
        assert_eq!(dashes, [vec![(0.0, 0.0), (4.0, 0.0)], vec![(5.0, 1.0), (5.0, 4.0)]]);
        let round = broken(&[(0.0, 0.0), (3.0, 0.0), (3.0, 9.0)], &[4.0, 2.0]);
        assert_eq!(round[0], [(0.0, 0.0), (3.0, 0.0), (3.0, 1.0)]);
        assert_eq!(round[1], [(3.0, 3.0), (3.0, 7.0)]);
    }
}
