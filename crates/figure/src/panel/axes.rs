//! The axes of a panel: frame, ticks with as many numbers as there is room for, names with the power of ten
//! that was taken out of the numbers. No data here.

use super::super::picture::{Anchor, Picture};
use super::super::scale::{Tick, power_of_ten};
use super::super::style::{FRAME_WIDTH, INK, LABEL_SIZE, TICK_SIZE};
use super::{AFTER_LETTER, Panel};

/// Length of labelled ticks.
const TICK: f64 = 3.0;
/// Distance of the name of a vertical axis from the frame.
const NAME_DISTANCE: f64 = 37.0;
/// Space between the numbers along a horizontal axis; one that comes closer to the last is left out.
const BETWEEN_LABELS: f64 = 5.0;

impl Panel {
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
