//! One panel: a frame on the page with two scales; curves, bands, bars and marks of data inside it.
//!
//! Data are cut at the frame, not squeezed into it: a line that leaves does not run along the edge.
//! It knows no records.

use plotters::style::{RGBAColor, RGBColor};

use super::picture::{Anchor, Picture, Place};
use super::scale::{Scale, Tick, power_of_ten, short_number};
use super::style::{FAINT, FRAME_WIDTH, INK, LABEL_SIZE, Look, Mark, TICK_SIZE};
use super::thin;

/// Radius of filled marks.
const SOLID_MARK: f64 = 1.9;
/// Length of labelled ticks.
const TICK: f64 = 3.0;

/// From the left side of a panel to the end of its letter, with a space.
const AFTER_LETTER: f64 = 16.0;
/// Distance of the name of a vertical axis from the frame.
const NAME_DISTANCE: f64 = 37.0;

/// Height of a remark inside a panel.
const REMARK_ROW: f64 = 9.5;

/// Space between the numbers along a horizontal axis; one that comes closer to the last is left out.
const BETWEEN_LABELS: f64 = 5.0;

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

    /// Frame, ticks and names of the axes; an axis without a name has no labels either.
    pub fn axes(&self, page: &mut Picture, x_name: Option<&str>, y_name: Option<&str>) {
        self.axes_with_ticks(page, x_name, y_name, self.x.ticks());
    }

    /// The same over a varied key with these values.
    pub fn axes_over_key(
        &self,
        page: &mut Picture,
        x_name: Option<&str>,
        y_name: Option<&str>,
        keys: &[f64],
    ) {
        let (ticks, power) = self.x.ticks_of_key(keys);
        let ticks = self.with_room_for_last_label(page, ticks);
        self.axes_with_ticks(page, x_name, y_name, (ticks, power));
    }

    /// The ticks without the labels that would touch the last one, so that both ends of the axis are named.
    fn with_room_for_last_label(&self, page: &Picture, mut ticks: Vec<Tick>) -> Vec<Tick> {
        let Some((last, others)) = ticks.split_last_mut() else { return ticks };
        let Some([end, _]) = self.span_of_label(page, last) else { return ticks };
        // The first label stays, whatever becomes of the last one.
        for tick in others.iter_mut().skip(1) {
            if self.span_of_label(page, tick).is_some_and(|[_, until]| until + BETWEEN_LABELS > end) {
                tick.label = None;
            }
        }
        ticks
    }

    /// From where to where the label of a tick of the horizontal axis reaches.
    fn span_of_label(&self, page: &Picture, tick: &Tick) -> Option<[f64; 2]> {
        let centre = self.left + self.x.place(tick.value)? * self.width;
        let half = 0.5 * page.typeface.width(tick.label.as_ref()?, TICK_SIZE);
        Some([centre - half, centre + half])
    }

    fn axes_with_ticks(
        &self,
        page: &mut Picture,
        x_name: Option<&str>,
        y_name: Option<&str>,
        x_ticks: (Vec<Tick>, i32),
    ) {
        self.frame(page);
        self.horizontal_axis(page, x_name, x_ticks);
        let (widest, y_power) = self.vertical_ticks(page, true);
        // a power of ten taken out of the labels goes to the name, or over the panel without one
        match y_name {
            Some(name) => self.vertical_name(page, &with_power(name, y_power), widest),
            None => {
                let power = with_power("", y_power);
                page.text(&power, (self.left + AFTER_LETTER, self.top - 8.0), TICK_SIZE, INK, Anchor::Start);
            }
        }
    }

    /// Frame, ticks and name for a panel that shares the vertical axis of the panel to its left.
    pub fn axes_beside_another(&self, page: &mut Picture, x_name: &str) {
        self.frame(page);
        self.horizontal_axis(page, Some(x_name), self.x.ticks());
        self.vertical_ticks(page, false);
    }

    /// Its frame alone.
    pub fn frame(&self, page: &mut Picture) {
        let right = self.left + self.width;
        let bottom = self.top + self.height;
        let corners = [(self.left, self.top), (right, self.top), (right, bottom), (self.left, bottom)];
        for (i, corner) in corners.iter().enumerate() {
            page.line(&[*corner, corners[(i + 1) % 4]], FRAME_WIDTH, INK);
        }
    }

    /// Its ticks come with the power of ten that was taken out of their labels.
    fn horizontal_axis(&self, page: &mut Picture, name: Option<&str>, (ticks, power): (Vec<Tick>, i32)) {
        self.horizontal_ticks(page, ticks, name.is_some());
        if let Some(place) = self.x.break_at() {
            self.break_mark(page, self.left + place * self.width);
        }
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            let place = (self.left + 0.5 * self.width, self.top + self.height + 25.0);
            page.text(&with_power(name, power), place, LABEL_SIZE, INK, Anchor::Middle);
        }
    }

    /// Two strokes across the lower side.
    fn break_mark(&self, page: &mut Picture, x: f64) {
        let bottom = self.top + self.height;
        for x in [x - 1.2, x + 1.2] {
            page.line(&[(x - 1.0, bottom + TICK), (x + 1.0, bottom - TICK)], FRAME_WIDTH, INK);
        }
    }

    fn vertical_name(&self, page: &mut Picture, name: &str, widest: f64) {
        // One distance for all but the widest numbers, so that the names of several rows stand in line.
        let distance = f64::max(widest + 14.0, NAME_DISTANCE);
        let place = (self.left - distance, self.top + 0.5 * self.height);
        page.turned_text(name, place, LABEL_SIZE, INK);
    }

    fn horizontal_ticks(&self, page: &mut Picture, ticks: Vec<Tick>, labelled: bool) {
        let bottom = self.top + self.height;
        let ticks = if self.x.is_linear() { self.evenly_labelled(page, ticks) } else { ticks };
        let mut free_from = f64::NEG_INFINITY;
        for tick in ticks {
            let Some(x) = self.x.place(tick.value).map(|place| self.left + place * self.width) else {
                continue;
            };
            let length = if tick.label.is_some() { TICK } else { 0.6 * TICK };
            page.line(&[(x, bottom), (x, bottom + length)], FRAME_WIDTH, INK);
            let Some(label) = tick.label.filter(|_| labelled) else { continue };
            let half = 0.5 * page.typeface.width(&label, TICK_SIZE);
            if x - half >= free_from {
                page.text(&label, (x, bottom + 10.5), TICK_SIZE, INK, Anchor::Middle);
                free_from = x + half + BETWEEN_LABELS;
            }
        }
    }

    /// Ticks in equal steps of which as many have labels as there is room for, in equal steps too, 0 among
    /// them; labels that are whole numbers are written as such.
    fn evenly_labelled(&self, page: &Picture, ticks: Vec<Tick>) -> Vec<Tick> {
        let zero = ticks.iter().position(|tick| tick.value == 0.0).unwrap_or(0);
        for step in 1..=ticks.len().max(1) {
            let mut some = ticks.clone();
            let left_out = some.iter_mut().enumerate().filter(|(i, _)| i.abs_diff(zero) % step != 0);
            left_out.for_each(|(_, tick)| tick.label = None);
            without_empty_decimals(&mut some);
            let spans: Vec<[f64; 2]> =
                some.iter().filter_map(|tick| self.span_of_label(page, tick)).collect();
            if spans.windows(2).all(|pair| pair[0][1] + BETWEEN_LABELS <= pair[1][0]) {
                return some;
            }
        }
        ticks
    }

    /// Ticks and numbers on the right side.
    pub fn ticks_on_the_right(&self, page: &mut Picture) {
        let right = self.left + self.width;
        let (ticks, power) = self.y.ticks();
        for tick in ticks {
            let Some(y) = self.y.place(tick.value).map(|p| self.top + (1.0 - p) * self.height) else {
                continue;
            };
            let length = if tick.label.is_some() { TICK } else { 0.6 * TICK };
            page.line(&[(right, y), (right + length, y)], FRAME_WIDTH, INK);
            page.text(&tick.label.unwrap_or_default(), (right + 5.0, y), TICK_SIZE, INK, Anchor::Start);
        }
        page.text(&with_power("", power), (right, self.top - 7.0), TICK_SIZE, INK, Anchor::Middle);
    }

    /// Returns the width of the widest label and the power of ten taken out of them.
    fn vertical_ticks(&self, page: &mut Picture, labelled: bool) -> (f64, i32) {
        let (ticks, power) = self.y.ticks();
        let mut widest: f64 = 0.0;
        for tick in ticks {
            let Some(y) = self.y.place(tick.value).map(|p| self.top + (1.0 - p) * self.height) else {
                continue;
            };
            page.line(&[(self.left - TICK, y), (self.left, y)], FRAME_WIDTH, INK);
            if let Some(label) = tick.label.filter(|_| labelled) {
                widest = widest.max(page.text(&label, (self.left - 5.0, y), TICK_SIZE, INK, Anchor::End));
            }
        }
        (widest, power)
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

/// Writes labels without their decimals where those are zero in all of them.
fn without_empty_decimals(ticks: &mut [Tick]) {
    let is_whole =
        |label: &String| label.split_once('.').is_none_or(|(_, rest)| rest.chars().all(|c| c == '0'));
    if ticks.iter().filter_map(|tick| tick.label.as_ref()).all(is_whole) {
        for label in ticks.iter_mut().filter_map(|tick| tick.label.as_mut()) {
            label.truncate(label.find('.').unwrap_or(label.len()));
        }
    }
}

/// A name with the power of ten by which the numbers along its axis are to be multiplied.
fn with_power(name: &str, power: i32) -> String {
    match (name, power) {
        (_, 0) => name.to_owned(),
        ("", _) => format!("×{}", power_of_ten(power)),
        _ => format!("{name}  (×{})", power_of_ten(power)),
    }
}

#[cfg(test)]
mod tests;
