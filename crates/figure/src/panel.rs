//! One panel: a frame on the page with two scales; curves, bands, bars and marks of data inside it.
//!
//! Data are cut at the frame, not squeezed into it: a line that leaves does not run along the edge.
//! It knows no records. Its axes: `axes`.

mod axes;

use plotters::style::{RGBAColor, RGBColor};

use super::picture::{Anchor, Picture, Place};
use super::scale::{Scale, short_number};
use super::style::{FAINT, FRAME_WIDTH, INK, LABEL_SIZE, Look, Mark, TICK_SIZE};
use super::thin;

/// Radius of filled marks.
const SOLID_MARK: f64 = 1.9;

/// From the left side of a panel to the end of its letter, with a space.
const AFTER_LETTER: f64 = 16.0;

/// Height of a remark inside a panel.
const REMARK_ROW: f64 = 9.5;

/// A frame on the page and the scales of its sides.
#[derive(Clone, Copy, Debug)]
pub struct Panel {
    /// Left side.
    pub left: f64,
    /// Upper side.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Horizontal scale.
    pub x: Scale,
    /// Vertical scale.
    pub y: Scale,
}

impl Panel {
    /// The place of a point of data; None if it is not on the scales.
    pub fn place(&self, (x, y): (f64, f64)) -> Option<Place> {
        let right = self.x.place(x)?;
        let up = self.y.place(y)?;
        Some((self.left + right * self.width, self.top + (1.0 - up) * self.height))
    }

    /// A curve through the points, in dashes if `dashes` are given. It is interrupted at points
    /// without a place and cut at the frame.
    pub fn curve(
        &self,
        page: &mut Picture,
        points: &[(f64, f64)],
        colour: RGBColor,
        dashes: &[f64],
        width: f64,
    ) {
        let places: Vec<Option<Place>> = points.iter().map(|p| self.place(*p)).collect();
        for run in places.split(Option::is_none) {
            let run = thin::curve(&run.iter().copied().flatten().collect::<Vec<Place>>());
            for part in self.cut(&run) {
                page.dashed(&part, width, colour, dashes);
            }
        }
    }

    /// A curve in the look of a system.
    pub fn system_curve(&self, page: &mut Picture, points: &[(f64, f64)], look: &Look) {
        let (width, colour) = look.line();
        self.curve(page, points, colour, look.dashes, width);
    }

    /// Marks at the points within the frame.
    pub fn marks(&self, page: &mut Picture, points: &[(f64, f64)], look: &Look) {
        let Some(mark) = look.mark else { return };
        let places = points.iter().filter_map(|p| self.place(*p)).filter(|p| self.contains(*p));
        for place in thin::marks(&places.collect::<Vec<Place>>()) {
            page.mark(mark, place, 2.3, look.colour);
        }
    }

    /// Rectangles between opposite corners, under everything else.
    pub fn mosaic(&self, page: &mut Picture, rectangles: &[[(f64, f64); 2]], colour: RGBColor) {
        page.mosaic(
            rectangles
                .iter()
                .filter_map(|[from, to]: &[(f64, f64); 2]| {
                    Some([self.clamped(self.place(*from)?), self.clamped(self.place(*to)?)])
                })
                .collect(),
            colour,
        );
    }

    /// A dot at a point within the frame.
    pub fn dot(&self, page: &mut Picture, point: (f64, f64), radius: f64, colour: RGBColor) {
        if let Some(place) = self.place(point).filter(|place| self.contains(*place)) {
            page.disc(place, radius, colour);
        }
    }

    /// A filled mark at a point within the frame.
    pub fn solid_mark(&self, page: &mut Picture, point: (f64, f64), mark: Mark, colour: RGBColor) {
        if let Some(place) = self.place(point).filter(|place| self.contains(*place)) {
            page.solid_mark(mark, place, SOLID_MARK, colour);
        }
    }

    /// The outline of a mark around a point within the frame.
    pub fn outline(
        &self,
        page: &mut Picture,
        mark: Mark,
        (point, radius): ((f64, f64), f64),
        colour: RGBColor,
    ) {
        if let Some(place) = self.place(point).filter(|place| self.contains(*place)) {
            page.outline(mark, place, radius, colour);
        }
    }

    /// Bars from the lower to the upper value, given as (x, lower, upper), with a cap at both ends.
    pub fn error_bars(&self, page: &mut Picture, bars: &[(f64, f64, f64)], colour: RGBColor) {
        for &(x, lower, upper) in bars.iter().filter(|bar| bar.1 < bar.2) {
            let (Some(from), Some(to)) = (self.place((x, lower)), self.place((x, upper))) else { continue };
            for part in self.cut(&[from, to]) {
                page.error_bar(part[0], part[1], colour);
            }
        }
    }

    /// The area between two curves given at the same x: (x, lower, upper).
    pub fn band(&self, page: &mut Picture, points: &[(f64, f64, f64)], colour: RGBAColor) {
        let places: Vec<Option<(Place, Place)>> = points
            .iter()
            .map(|&(x, lower, upper): &(f64, f64, f64)| {
                Some((self.place((x, lower))?, self.place((x, upper))?))
            })
            .collect();
        for run in places.split(Option::is_none) {
            let edges = thin::band(&run.iter().copied().flatten().collect::<Vec<_>>());
            let (mut outline, upper): (Vec<Place>, Vec<Place>) = edges.into_iter().unzip();
            outline.extend(upper.into_iter().rev());
            page.area(outline.into_iter().map(|p| self.clamped(p)).collect(), colour);
        }
    }

    /// The outline of bars side by side: (left, right, height).
    pub fn steps(
        &self,
        page: &mut Picture,
        bars: &[(f64, f64, f64)],
        fill: Option<RGBAColor>,
        edge: RGBColor,
    ) {
        let mut corners: Vec<(f64, f64)> = bars.first().map(|bar| (bar.0, 0.0)).into_iter().collect();
        corners.extend(bars.iter().flat_map(|&(left, right, height)| [(left, height), (right, height)]));
        corners.extend(bars.last().map(|bar| (bar.1, 0.0)));
        // a polygon without one of its corners would be another polygon
        let outline: Option<Vec<Place>> = corners.iter().map(|p| self.place(*p)).collect();
        if let Some((outline, colour)) = outline.zip(fill) {
            page.area(outline.into_iter().map(|p| self.clamped(p)).collect(), colour);
        }
        self.curve(page, &corners, edge, &[], 0.5);
    }

    /// A horizontal line at y = 0.
    pub fn zero_line(&self, page: &mut Picture) {
        let [from, until] = self.x.ends();
        self.curve(page, &[(from, 0.0), (until, 0.0)], FAINT, &[], FRAME_WIDTH);
    }

    /// A vertical line over the whole height, with its name above; nothing if it is off the axis.
    pub fn vertical_line(&self, page: &mut Picture, x: f64, name: &str) {
        let Some(place) = self.x.place(x).filter(|place| (0.0..=1.0).contains(place)) else { return };
        let x = self.left + place * self.width;
        page.dashed(&[(x, self.top), (x, self.top + self.height)], FRAME_WIDTH, INK, &[1.0, 3.0]);
        page.text(name, (x, self.top - 6.0), LABEL_SIZE, INK, Anchor::Middle);
    }

    /// Its letter above the left upper corner, "(a)" of the first of several panels; none of a single one.
    pub fn letter(&self, page: &mut Picture, number: usize, of: usize) {
        if of > 1 {
            page.text(&letter(number), (self.left, self.top - 8.0), LABEL_SIZE, INK, Anchor::Start);
        }
    }

    /// Its title above the middle, or after its letter where it is wide. It is one `of` several panels.
    pub fn title(&self, page: &mut Picture, title: &str, of: usize) {
        let y = self.top - 8.0;
        let room = 0.5 * self.width - if of > 1 { AFTER_LETTER } else { 0.0 };
        match 0.5 * page.typeface.width(title, LABEL_SIZE) <= room {
            true => page.text(title, (self.left + 0.5 * self.width, y), LABEL_SIZE, INK, Anchor::Middle),
            false => page.text(title, (self.left + AFTER_LETTER, y), LABEL_SIZE, INK, Anchor::Start),
        };
    }

    /// A peak that is higher than the panel: its height beside it, in the colour of its curve. Several peaks
    /// stand below each other, in `row`s.
    pub fn peak(&self, page: &mut Picture, (x, height): (f64, &str), colour: RGBColor, row: usize) {
        let Some(place) = self.x.place(x) else { return };
        let y = self.top + 7.0 + REMARK_ROW * row as f64;
        let x = self.left + place * self.width;
        let text = format!("↑ {height}");
        match place < 0.5 {
            true => page.text(&text, (x + 4.0, y), TICK_SIZE, colour, Anchor::Start),
            false => page.text(&text, (x - 4.0, y), TICK_SIZE, colour, Anchor::End),
        };
    }

    /// The same with room above the data for so many rows of remarks.
    pub fn with_remarks_above(self, rows: usize) -> Self {
        let room = if rows > 0 { REMARK_ROW * rows as f64 + 2.0 } else { 0.0 };
        let [from, until] = self.y.ends();
        let wider = self.height / (self.height - room).max(0.5 * self.height);
        Self { y: Scale::linear(from, from + wider * (until - from)), ..self }
    }

    /// A point mass at `x` beyond an end of the horizontal axis, how much it is in words: "17 % at 20 →", in
    /// the colour of its system; several stand below each other, in `row`s.
    pub fn mass_beyond(&self, page: &mut Picture, (x, share): (f64, &str), colour: RGBColor, row: usize) {
        let y = self.top + 7.0 + REMARK_ROW * row as f64;
        let place = short_number(x);
        match x > self.x.ends()[1] {
            true => {
                let text = format!("{share} at {place} →");
                page.text(&text, (self.left + self.width - 3.0, y), TICK_SIZE, colour, Anchor::End)
            }
            false => {
                let text = format!("← {share} at {place}");
                page.text(&text, (self.left + 3.0, y), TICK_SIZE, colour, Anchor::Start)
            }
        };
    }

    fn contains(&self, (x, y): Place) -> bool {
        (self.left..=self.left + self.width).contains(&x) && (self.top..=self.top + self.height).contains(&y)
    }

    /// The nearest place within the frame.
    fn clamped(&self, (x, y): Place) -> Place {
        (x.clamp(self.left, self.left + self.width), y.clamp(self.top, self.top + self.height))
    }

    /// The parts of a line that lie within the frame.
    fn cut(&self, line: &[Place]) -> Vec<Vec<Place>> {
        let mut parts: Vec<Vec<Place>> = Vec::new();
        for (from, to) in line.windows(2).filter_map(|pair| self.cut_segment(pair[0], pair[1])) {
            match parts.last_mut().filter(|part| part.last() == Some(&from)) {
                Some(part) => part.push(to),
                None => parts.push(vec![from, to]),
            }
        }
        parts
    }

    /// Liang & Barsky (1984): the part of a segment within the frame.
    fn cut_segment(&self, a: Place, b: Place) -> Option<(Place, Place)> {
        let dx = b.0 - a.0;
        let dy = b.1 - a.1;
        let sides = [
            (-dx, a.0 - self.left),
            (dx, self.left + self.width - a.0),
            (-dy, a.1 - self.top),
            (dy, self.top + self.height - a.1),
        ];
        let mut enter = 0.0_f64;
        let mut leave = 1.0_f64;
        for (speed, room) in sides {
            if speed == 0.0 && room < 0.0 {
                return None;
            }
            match speed {
                s if s < 0.0 => enter = enter.max(room / s),
                s if s > 0.0 => leave = leave.min(room / s),
                _ => {}
            }
        }
        let from = if enter > 0.0 { (a.0 + enter * dx, a.1 + enter * dy) } else { a };
        let to = if leave < 1.0 { (a.0 + leave * dx, a.1 + leave * dy) } else { b };
        (enter <= leave).then_some((from, to))
    }
}

/// "(a)" to "(z)", and numbers beyond.
fn letter(number: usize) -> String {
    match u8::try_from(number).ok().filter(|number| *number < 26) {
        Some(number) => format!("({})", char::from(b'a' + number)),
        None => format!("({})", number + 1),
    }
}

#[cfg(test)]
mod tests;
