//! Figures over one varied key: each system's risk at its last time against the key, and below it the
//! energies that some systems report. Networks are marks with standard errors, limits lines with a dot at
//! every value.
//!
//! It needs exactly one key with three or more values: two values show no line, and two keys are a surface
//! (`map`). It fits nothing and finds no minimum.

use ab_glyph::InvalidFont;
use meanfield_run::quantities::{self, FREE_ENERGY, RISK};
use meanfield_run::quantity::{Group, Quantity};
use meanfield_run::record::{Record, RunAxis};

use super::content::Content;
use super::legend::{self, Entry};
use super::names::key_name;
use super::panel::Panel;
use super::picture::Picture;
use super::response::Response;
use super::scale::{Kind, Scale};
use super::static_system::is_constant;
use super::style;
use super::systems::varied_axes;
use super::text::Typeface;
use super::title::{TITLE_ROW, draw_title, title_lines};

const LEFT: f64 = 50.0;
const RIGHT: f64 = 8.0;
/// Height of the risk's panel, and of those below.
const UPPER_HEIGHT: f64 = 190.0;
const LOWER_HEIGHT: f64 = 120.0;
/// Between panels, between legend and panel, and below the last.
const BETWEEN: f64 = 20.0;
const ABOVE: f64 = 15.0;
const BELOW: f64 = 36.0;
/// Fewest values of a key.
const FEWEST: usize = 3;
/// Space above the panels for the names of thresholds.
const THRESHOLDS: f64 = 12.0;

/// The key that the figure is over, if there is one; it names the figure.
pub fn key(records: &[Record]) -> Option<RunAxis> {
    let [axis] = <[RunAxis; 1]>::try_from(varied_axes(records)).ok()?;
    (axis.values.len() >= FEWEST).then_some(axis)
}

/// The figure; None if no system's risk can be drawn over the key.
///
/// # Errors
/// [`InvalidFont`], if the bundled font cannot be read.
pub fn picture(content: &Content, key: &RunAxis) -> Result<Option<Picture>, InvalidFont> {
    let shown = quantities::ALL
        .iter()
        .filter(|quantity: &&&Quantity| **quantity != FREE_ENERGY || !is_half_the_risk(content.records));
    let rows: Vec<QuantityPanel> =
        shown.filter_map(|quantity| QuantityPanel::of(content.records, key, quantity)).collect();
    let Some(risks) = rows.first().filter(|row| row.quantity == RISK) else { return Ok(None) };
    let typeface = Typeface::bundled()?;
    let width = content.sheet.layout_width() - LEFT - RIGHT;
    let lines = title_lines(&content.heading(""), &typeface, width);
    let entries = entries(content.records.len(), risks);
    let head = TITLE_ROW * lines.len() as f64 + 6.0;
    let thresholds = thresholds(content.records, key);
    let names = if thresholds.is_empty() { 0.0 } else { THRESHOLDS };
    let top = head + legend::height(&entries, &typeface, width) + ABOVE + names;
    let ends = panel_tops(top, &rows);
    let mut page = Picture::new(&content.sheet, ends[rows.len()] - BETWEEN + BELOW, typeface);
    draw_title(&mut page, &lines, LEFT, 4.0);
    legend::draw(&mut page, &entries, (LEFT, head), width);
    let x = scale(&key.values);
    for (i, row) in rows.iter().enumerate() {
        let height = ends[i + 1] - BETWEEN - ends[i];
        let panel = Panel { left: LEFT, top: ends[i], width, height, x, y: row.scale() };
        let name = (i + 1 == rows.len()).then(|| key_name(&key.name));
        row.draw(&mut page, &panel, name.as_deref());
        panel.letter(&mut page, i, rows.len());
        for (place, name) in &thresholds {
            panel.vertical_line(&mut page, *place, if i == 0 { name } else { "" });
        }
    }
    Ok(Some(page))
}

/// Whether F = R/2, as without noise and ridge: then a panel of F is redundant.
fn is_half_the_risk(records: &[Record]) -> bool {
    records.iter().all(|record| match (record.curve(FREE_ENERGY), record.curve(RISK)) {
        (Some(energy), Some(risk)) => {
            energy.values.iter().zip(&risk.values).all(|(f, r)| (2.0 * f - r).abs() <= 1e-9 * r.abs())
        }
        _ => true,
    })
}

/// Thresholds of the key that some system reports: values and symbols.
fn thresholds(records: &[Record], key: &RunAxis) -> Vec<(f64, &'static str)> {
    quantities::ALL
        .iter()
        .filter_map(|quantity: &&'static Quantity| {
            let Group::Threshold { key: own } = quantity.group else { return None };
            let curves = records.iter().filter_map(|record| record.curve(quantity));
            let mut values = curves.flat_map(|curve| curve.values.iter().copied());
            let known = values.find(|value| value.is_finite()).filter(|_| own == key.name);
            known.map(|value| (value, quantity.symbol))
        })
        .collect()
}

/// Upper ends of the panels, and where one more would begin.
fn panel_tops(first: f64, rows: &[QuantityPanel]) -> Vec<f64> {
    let mut tops = vec![first];
    tops.extend((0..rows.len()).scan(first, |top, i| {
        *top += if i == 0 { UPPER_HEIGHT } else { LOWER_HEIGHT } + BETWEEN;
        Some(*top)
    }));
    tops
}

/// Legend entries in the order of the records, whatever the order of drawing.
fn entries(systems: usize, risks: &QuantityPanel) -> Vec<Entry> {
    (0..systems)
        .filter_map(|system: usize| risks.responses.iter().find(|response| response.system == system))
        .map(Response::entry)
        .collect()
}

/// One quantity of all systems that have it, in a panel of its own.
struct QuantityPanel {
    quantity: &'static Quantity,
    name: &'static str,
    responses: Vec<Response>,
}

impl QuantityPanel {
    /// None if the quantity has no panel, or does not depend on the key in any system: the lines would be
    /// level.
    fn of(records: &[Record], key: &RunAxis, quantity: &'static Quantity) -> Option<Self> {
        let name = quantity.shown.over_key?;
        let looks = style::looks(records);
        let mut responses: Vec<Response> = (0..records.len())
            .filter_map(|i: usize| {
                let is_constant = is_constant(&records[i], records);
                Response::of(&records[i], i, looks[i], is_constant, quantity.name, key)
            })
            .collect();
        responses.sort_by_key(|response| response.layer());
        responses.iter().any(Response::depends).then_some(Self { quantity, name, responses })
    }

    /// The vertical scale, covering all values with their errors.
    fn scale(&self) -> Scale {
        Scale::covering(Kind::Linear, self.responses.iter().flat_map(Response::reach), 0.06)
    }

    fn draw(&self, page: &mut Picture, panel: &Panel, x_name: Option<&str>) {
        for (i, response) in self.responses.iter().enumerate() {
            let lines_over = self.responses[i + 1..].iter().filter(|other| other.is_line()).count();
            response.draw(page, panel, lines_over);
        }
        panel.axes(page, x_name, Some(self.name));
    }
}

/// The horizontal scale, covering the values of the key.
fn scale(values: &[f64]) -> Scale {
    Scale::covering(Kind::of_key(values), values.iter().copied(), 0.03)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_matter_only_where_values_are_wide_apart_and_positive() {
        // The last one has equal steps.
        for (values, middle) in [
            ([1.0, 3.0, 100.0], 10.0),
            ([1.0, 3.0, 10.0], 5.5),
            ([0.0, 3.0, 100.0], 50.0),
            ([0.05, 0.5, 0.95], 0.5),
        ] {
            let place = scale(&values).place(middle).expect("on the axis");
            assert!((place - 0.5).abs() < 1e-12, "{values:?}");
        }
    }
}
