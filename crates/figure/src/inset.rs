//! Other curves in a small panel: within the panel of the risk where it covers no line, else below it.

use plotters::style::RGBColor;

use super::curve::draw_curve;
use super::names::{curve_name, curve_symbol};
use super::panel::Panel;
use super::picture::{Anchor, Picture};
use super::scale::{Kind, Scale};
use super::style::{self, INK, LABEL_SIZE, LINE_WIDTH, Look, Mark, TICK_SIZE};
use super::systems::{SystemAtPoint, Systems};
use meanfield_compare::align;

/// Sizes that are tried, the largest first.
const SIZES: [(f64, f64); 4] = [(190.0, 88.0), (150.0, 72.0), (125.0, 60.0), (105.0, 50.0)];
/// Room around the panel: for numbers to the left and below, for its name above.
const LEFT: f64 = 30.0;
const BELOW: f64 = 18.0;
const ABOVE: f64 = 15.0;
/// Empty margin around all of it.
const MARGIN: f64 = 7.0;
/// Length of the piece of a line before its name.
const SAMPLE: f64 = 13.0;
/// Most marks on a curve; others are left out.
const MOST_MARKS: usize = 16;

/// Curves of every system at every point.
pub struct Inset {
    /// Names of the curves with the look of a line of each; a single one has the look of its system.
    names: Vec<(String, Look)>,
    curves: Vec<(Look, Vec<(f64, f64)>)>,
}

/// A rectangle on the page for an inset: its panel, numbers and names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Spot {
    /// The panel within it.
    pub fn panel(&self, x: Scale, y: Scale) -> Panel {
        let width = self.width - LEFT - MARGIN;
        let height = self.height - ABOVE - BELOW;
        Panel { left: self.left + LEFT, top: self.top + ABOVE, width, height, x, y }
    }

    /// Whether a place lies within the rectangle or near it.
    fn holds(&self, (x, y): (f64, f64)) -> bool {
        let right = x - self.left;
        let down = y - self.top;
        (-MARGIN..=self.width + MARGIN).contains(&right) && (-MARGIN..=self.height + MARGIN).contains(&down)
    }
}

impl Inset {
    /// The curves of these names; None if no system has any.
    pub fn of(systems: &Systems, names: &[String]) -> Option<Self> {
        let mut inset = Self { names: Vec::new(), curves: Vec::new() };
        for (i, name) in names.iter().enumerate() {
            let among_others = (names.len() > 1).then(|| style::inset_curve(i));
            let before = inset.curves.len();
            for item in &systems.items {
                let Some(curve) = item.record.curve(name) else { continue };
                let points = item.over_time(&align::mean(&align::runs(&item.record, curve)));
                if points.iter().any(|p| p.1.is_finite()) {
                    inset.curves.push((curve_look(systems, item, among_others), points));
                }
            }
            if inset.curves.len() > before {
                let word = if among_others.is_some() { curve_symbol(name) } else { curve_name(name) };
                inset.names.push((word, sample_look(systems, among_others)));
            }
        }
        (!inset.curves.is_empty()).then_some(inset)
    }

    /// Sizes that are tried, the largest first; several curves need some room.
    pub fn sizes(&self) -> &'static [(f64, f64)] {
        if self.names.len() > 1 { &SIZES } else { &SIZES[1..] }
    }

    /// A scale that covers the curves.
    pub fn scale(&self) -> Scale {
        let values = self.curves.iter().flat_map(|(_, points)| points.iter().map(|p| p.1));
        Scale::covering(Kind::Linear, values, 0.06)
    }

    /// Draws a small panel within another one, whose horizontal axis it shares.
    pub fn draw_within(&self, page: &mut Picture, panel: Panel) {
        self.draw_curves(page, &panel, 1.5);
        panel.axes(page, Some(""), None);
        match &self.names[..] {
            [(name, _)] => {
                let middle = (panel.left + 0.5 * panel.width, panel.top - 7.0);
                page.text(name, middle, TICK_SIZE, INK, Anchor::Middle);
            }
            _ => self.draw_names(page, &panel),
        }
    }

    /// The names of several curves above their panel, each after a piece of its line.
    fn draw_names(&self, page: &mut Picture, panel: &Panel) {
        let widths = self.names.iter().map(|(name, _)| page.typeface.width(name, LABEL_SIZE));
        let all: f64 = widths.map(|width| SAMPLE + 3.0 + width + 10.0).sum();
        let mut x = panel.left + 0.5 * (panel.width - all + 10.0);
        let y = panel.top - 7.0;
        for (name, look) in &self.names {
            page.dashed(&[(x, y), (x + SAMPLE, y)], LINE_WIDTH, look.colour, look.dashes);
            let width = page.text(name, (x + SAMPLE + 3.0, y), LABEL_SIZE, look.colour, Anchor::Start);
            x += SAMPLE + 3.0 + width + 10.0;
        }
    }

    /// Draws a panel of its own.
    pub fn draw_apart(&self, page: &mut Picture, panel: Panel, x_name: Option<&str>) {
        self.draw_curves(page, &panel, 1.0);
        match &self.names[..] {
            [(name, _)] => panel.axes(page, x_name, Some(name)),
            _ => {
                panel.axes(page, x_name, None);
                self.draw_names(page, &panel);
            }
        }
    }

    fn draw_curves(&self, page: &mut Picture, panel: &Panel, thinner: f64) {
        for (look, points) in &self.curves {
            let every = ((thinner * points.len() as f64) as usize / MOST_MARKS).max(1);
            match look.mark {
                Some(_) if thinner > 1.0 => self.draw_sampled(page, panel, points, look, every),
                _ => draw_curve(page, panel, points, look),
            }
        }
    }

    /// Draws a curve with fewer marks, where there is little room.
    fn draw_sampled(
        &self,
        page: &mut Picture,
        panel: &Panel,
        points: &[(f64, f64)],
        look: &Look,
        every: usize,
    ) {
        panel.curve(page, points, look.colour, look.dashes, 0.7);
        let some: Vec<_> = points.iter().copied().step_by(every).collect();
        panel.marks(page, &some, &Look { mark: look.mark.or(Some(Mark::Circle)), ..*look });
    }
}

/// The look of a curve's name in the legend of an inset.
fn sample_look(systems: &Systems, among_others: Option<(RGBColor, &'static [f64])>) -> Look {
    let colour = among_others.filter(|_| systems.is_one_point()).map_or(INK, |(colour, _)| colour);
    let dashes = among_others.map_or(&[][..], |(_, dashes)| dashes);
    Look { colour, dashes, mark: None, thin: false }
}

/// The look of a system's curve: its own, or, among other curves, with the dashes of the curve and, with one
/// point, its colour.
fn curve_look(
    systems: &Systems,
    item: &SystemAtPoint,
    among_others: Option<(RGBColor, &'static [f64])>,
) -> Look {
    let Some((colour, dashes)) = among_others else { return item.look };
    let first = systems.items.iter().find(|item| item.look.mark.is_none());
    let colour = if systems.is_one_point() { colour } else { item.look.colour };
    match item.look.mark {
        Some(_) => Look { colour, ..item.look },
        None => {
            let thin = first.is_some_and(|first| first.system != item.system);
            Look { colour, dashes, mark: None, thin }
        }
    }
}

/// The largest free rectangle in a corner of a panel, or in the middle of its upper or lower side, that no
/// line comes near.
pub fn free_spot(panel: &Panel, lines: &[Vec<(f64, f64)>], sizes: &[(f64, f64)]) -> Option<Spot> {
    let covered: Vec<(f64, f64)> = lines.iter().flat_map(|line| places_along(panel, line)).collect();
    let spots = sizes.iter().flat_map(|&(width, height)| spots(panel, width, height));
    spots.into_iter().find(|spot| !covered.iter().any(|place| spot.holds(*place)))
}

/// The six rectangles of one size that are tried.
fn spots(panel: &Panel, width: f64, height: f64) -> Vec<Spot> {
    let width = width + LEFT + MARGIN;
    let height = height + ABOVE + BELOW;
    let columns = [1.0, 0.0, 0.5].map(|share| panel.left + share * (panel.width - width));
    let rows = [panel.top, panel.top + panel.height - height];
    columns.iter().flat_map(|left| rows.map(|top| Spot { left: *left, top, width, height })).collect()
}

/// Places along a line, close enough together that no spot lies between two.
fn places_along(panel: &Panel, line: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let places: Vec<_> = line.iter().filter_map(|point| panel.place(*point)).collect();
    if places.len() == 1 {
        places
    } else {
        places
            .windows(2)
            .flat_map(|pair: &[(f64, f64)]| {
                let a = pair[0];
                let b = pair[1];
                let steps = (((b.0 - a.0).hypot(b.1 - a.1) / 3.0) as usize).clamp(1, 1000);
                (0..=steps)
                    .map(move |i: usize| {
                        let share = i as f64 / steps as f64;
                        (a.0 + share * (b.0 - a.0), a.1 + share * (b.1 - a.1))
                    })
                    .collect::<Vec<_>>()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel() -> Panel {
        let scale = Scale::linear(0.0, 1.0);
        Panel { left: 0.0, top: 0.0, width: 440.0, height: 190.0, x: scale, y: scale }
    }

    #[test]
    fn the_inset_goes_where_no_line_runs() {
        let falling = vec![vec![(0.0, 1.0), (1.0, 0.0)]];
        let spot = free_spot(&panel(), &falling, &SIZES).expect("two corners are free");
        assert_eq!((spot.top, spot.left + spot.width), (0.0, 440.0));
        let along_the_top = vec![vec![(0.0, 0.98), (1.0, 0.98)]];
        assert!(free_spot(&panel(), &along_the_top, &SIZES).is_some_and(|spot| spot.top > 20.0));
        let comb: Vec<_> = (0..40).map(|i| (f64::from(i) / 39.0, f64::from(i % 2))).collect();
        assert_eq!(free_spot(&panel(), &[comb], &SIZES), None);
    }
}
