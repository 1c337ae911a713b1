//! Other curves in small panels: in one within the panel of the risk where it covers no line and the curves
//! are few enough to be read, else below it, each quantity in a panel of its own.

use plotters::style::RGBColor;

use super::apart::Apart;
use super::curve::draw_curve;
use super::names::{curve_name, curve_symbol};
use super::panel::Panel;
use super::picture::{Anchor, Picture, Place};
use super::scale::{Kind, Scale};
use super::style::{self, INK, LABEL_SIZE, LINE_WIDTH, Look, THIN_LINE, TICK_SIZE};
use super::systems::{SystemAtPoint, Systems};
use meanfield_compare::align;

/// Sizes that are tried, the largest first.
const SIZES: [(f64, f64); 4] = [(190.0, 88.0), (150.0, 72.0), (125.0, 60.0), (105.0, 50.0)];
/// Largest share of the width of the panel that an inset may have.
const WIDEST: f64 = 0.6;
/// Most curves that can be told apart in an inset.
const MOST_WITHIN: usize = 9;
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
/// A curve of one system at one point.
struct InsetCurve {
    /// Number of its quantity.
    quantity: usize,
    /// The look of its system at its point.
    own: Look,
    /// Its look among other quantities in one panel.
    among_others: Look,
    points: Vec<(f64, f64)>,
}

/// Curves of every system at every point.
pub struct Inset {
    /// Names of the quantities.
    names: Vec<String>,
    /// The look of a line of each in the legend of a panel that they share.
    samples: Vec<Look>,
    curves: Vec<InsetCurve>,
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
    fn panel(&self, x: Scale, y: Scale) -> Panel {
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
        let mut inset = Self { names: Vec::new(), samples: Vec::new(), curves: Vec::new() };
        for (i, name) in names.iter().enumerate() {
            let among_others = (names.len() > 1).then(|| style::inset_curve(i));
            let before = inset.curves.len();
            for item in &systems.items {
                let Some(curve) = item.record.curve(name) else { continue };
                let points = item.over_time(&align::mean(&align::runs(&item.record, curve)));
                if points.iter().any(|p| p.1.is_finite()) {
                    let look = curve_look(systems, item, among_others);
                    let quantity = inset.names.len();
                    inset.curves.push(InsetCurve { quantity, own: item.look, among_others: look, points });
                }
            }
            if inset.curves.len() > before {
                inset.names.push(name.clone());
                inset.samples.push(sample_look(systems, among_others));
            }
        }
        (!inset.curves.is_empty()).then_some(inset)
    }

    /// Its place within a panel with these lines; None if it has none, or more curves than can be read there.
    pub fn spot(&self, panel: &Panel, lines: &[Vec<(f64, f64)>]) -> Option<Spot> {
        // Several curves need some room.
        let sizes = if self.names.len() > 1 { &SIZES[..] } else { &SIZES[1..] };
        let few = self.curves.len() <= MOST_WITHIN;
        if few { free_spot(panel, lines, sizes) } else { None }
    }

    /// A scale that covers some curves.
    fn scale<'a>(curves: impl Iterator<Item = &'a InsetCurve>) -> Scale {
        let values = curves.flat_map(|curve| curve.points.iter().map(|p| p.1));
        Scale::covering(Kind::Linear, values, 0.06)
    }

    /// Draws a small panel within another one, whose horizontal scale it shares.
    pub fn draw_within(&self, page: &mut Picture, spot: Spot, x: Scale) {
        let panel = spot.panel(x, Self::scale(self.curves.iter()));
        for curve in &self.curves {
            draw_small(page, &panel, curve);
        }
        panel.axes(page, Some(""), None);
        match &self.names[..] {
            [name] => {
                let middle = (panel.left + 0.5 * panel.width, panel.top - 7.0);
                page.text(&curve_name(name), middle, TICK_SIZE, INK, Anchor::Middle);
            }
            _ => self.draw_names(page, &panel),
        }
    }

    /// The names of several curves above their panel, each after a piece of its line.
    fn draw_names(&self, page: &mut Picture, panel: &Panel) {
        let symbols: Vec<String> = self.names.iter().map(|name| curve_symbol(name)).collect();
        let widths = symbols.iter().map(|name| page.typeface.width(name, LABEL_SIZE));
        let all: f64 = widths.map(|width| SAMPLE + 3.0 + width + 10.0).sum();
        let mut x = panel.left + 0.5 * (panel.width - all + 10.0);
        let y = panel.top - 7.0;
        for (name, look) in symbols.iter().zip(&self.samples) {
            page.dashed(&[(x, y), (x + SAMPLE, y)], LINE_WIDTH, look.colour, look.dashes);
            let width = page.text(name, (x + SAMPLE + 3.0, y), LABEL_SIZE, look.colour, Anchor::Start);
            x += SAMPLE + 3.0 + width + 10.0;
        }
    }

    /// Number of its panels below the risk: one a quantity.
    pub fn panels(&self) -> usize {
        self.names.len()
    }

    /// The places of its panels below the risk, on a page where a last panel follows or not.
    pub fn apart(&self, width: f64, is_narrow: bool, is_last: bool) -> Apart {
        Apart::new(self.names.len(), width, is_narrow, is_last)
    }

    /// Draws a panel for each quantity, systems and points as in the panel of the risk. They are the second
    /// of `of` panels on the page and those that follow.
    pub fn draw_apart(
        &self,
        page: &mut Picture,
        corner: Place,
        apart: &Apart,
        (x, x_name): (Scale, &str),
        of: usize,
    ) {
        for (i, name) in self.names.iter().enumerate() {
            let own = || self.curves.iter().filter(|curve| curve.quantity == i);
            let panel = apart.panel(i, corner, x, Self::scale(own()));
            own().for_each(|curve| draw_curve(page, &panel, &curve.points, &curve.own));
            panel.axes(page, apart.has_numbers(i).then_some(x_name), None);
            panel.letter(page, 1 + i, of);
            panel.title(page, &curve_name(name), of);
        }
    }
}

/// Draws a curve where there is little room: with fewer marks.
fn draw_small(page: &mut Picture, panel: &Panel, curve: &InsetCurve) {
    let look = &curve.among_others;
    let Some(mark) = look.mark else {
        return draw_curve(page, panel, &curve.points, &Look { point: None, ..*look });
    };
    let every = ((1.5 * curve.points.len() as f64) as usize / MOST_MARKS).max(1);
    panel.curve(page, &curve.points, look.colour, look.dashes, 0.7);
    let some: Vec<_> = curve.points.iter().copied().step_by(every).collect();
    panel.marks(page, &some, &Look { mark: Some(mark), ..*look });
}

/// The look of a curve's name in the legend of an inset.
fn sample_look(systems: &Systems, among_others: Option<(RGBColor, &'static [f64])>) -> Look {
    let colour = among_others.filter(|_| systems.is_one_point()).map_or(INK, |(colour, _)| colour);
    let dashes = among_others.map_or(&[][..], |(_, dashes)| dashes);
    Look { colour, dashes, mark: None, width: LINE_WIDTH, point: None }
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
            let is_first = first.is_none_or(|first| first.system == item.system);
            let width = if is_first { LINE_WIDTH } else { THIN_LINE };
            Look { colour, dashes, mark: None, width, point: None }
        }
    }
}

/// The largest free rectangle in a corner of a panel, or in the middle of its upper or lower side, that no
/// line comes near.
fn free_spot(panel: &Panel, lines: &[Vec<(f64, f64)>], sizes: &[(f64, f64)]) -> Option<Spot> {
    let covered: Vec<(f64, f64)> = lines.iter().flat_map(|line| places_along(panel, line)).collect();
    let sizes = sizes.iter().filter(|size| size.0 + LEFT + MARGIN <= WIDEST * panel.width);
    let spots = sizes.flat_map(|&(width, height)| spots(panel, width, height));
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
