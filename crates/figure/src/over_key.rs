//! What a varied key does: each system's risk at its last time against the key, and below it the energies
//! that some systems report. Networks are marks with standard errors, limits lines with a dot at every value.
//!
//! It needs exactly one key with three or more values: of two no line can be judged, and two keys are a
//! surface. It fits nothing and finds no minimum.

use ab_glyph::InvalidFont;
use meanfield_run::quantities::{self, FREE_ENERGY, RISK};
use meanfield_run::quantity::{Group, Quantity};
use meanfield_run::record::{Record, RunAxis};

use super::cast::varied_axes;
use super::content::Content;
use super::legend::{self, Entry};
use super::names::key_name;
use super::panel::Panel;
use super::picture::Picture;
use super::response::Response;
use super::scale::{Kind, Scale};
use super::standing::stands;
use super::style::{self, PAGE_WIDTH};
use super::text::Typeface;
use super::title::{TITLE_ROW, draw_title, title_lines};

const LEFT: f64 = 56.0;
/// Width of the panels.
const WIDTH: f64 = PAGE_WIDTH - LEFT - 12.0;
/// Height of the risk's panel, and of those below.
const UPPER_HEIGHT: f64 = 190.0;
const LOWER_HEIGHT: f64 = 120.0;
/// Between panels, between legend and panel, and below the last.
const BETWEEN: f64 = 12.0;
const ABOVE: f64 = 6.0;
const BELOW: f64 = 36.0;
/// Fewest values of a key.
const FEWEST: usize = 3;
/// Above a threshold's line stands its name, in a space of this height.
const THRESHOLDS: f64 = 12.0;

/// The key that the figure is over, if there is one: its name says where the figure goes.
pub fn key(records: &[Record]) -> Option<RunAxis> {
    let [axis] = <[RunAxis; 1]>::try_from(varied_axes(records)).ok()?;
    (axis.values.len() >= FEWEST).then_some(axis)
}

/// The figure; None if no system's risk can be drawn over the key.
pub fn picture(content: &Content, key: &RunAxis) -> Result<Option<Picture>, InvalidFont> {
    let told = quantities::ALL
        .iter()
        .filter(|quantity: &&&Quantity| **quantity != FREE_ENERGY || !is_half_the_risk(content.records));
    let rows: Vec<Row> = told.filter_map(|quantity| Row::of(content.records, key, quantity)).collect();
    let Some(risks) = rows.first().filter(|row| row.quantity == RISK) else { return Ok(None) };
    let typeface = Typeface::bundled()?;
    let lines = title_lines(content.title, &typeface, WIDTH);
    let entries = entries(content.records.len(), risks);
    let head = TITLE_ROW * lines.len() as f64 + 6.0;
    let places = places(content.records, key);
    let names = if places.is_empty() { 0.0 } else { THRESHOLDS };
    let top = head + legend::height(&entries, &typeface, WIDTH) + ABOVE + names;
    let ends = tops(top, &rows);
    let mut page = Picture::new(PAGE_WIDTH, ends[rows.len()] - BETWEEN + BELOW, typeface);
    draw_title(&mut page, &lines, LEFT, 4.0);
    legend::draw(&mut page, &entries, (LEFT, head), WIDTH);
    let x = scale(&key.values);
    for (i, row) in rows.iter().enumerate() {
        let height = ends[i + 1] - BETWEEN - ends[i];
        let panel = Panel { left: LEFT, top: ends[i], width: WIDTH, height, x, y: row.scale() };
        let name = (i + 1 == rows.len()).then(|| key_name(&key.name));
        row.draw(&mut page, &panel, name.as_deref());
        for (place, name) in &places {
            panel.upright(&mut page, *place, if i == 0 { name } else { "" });
        }
    }
    Ok(Some(page))
}

/// Without noise and ridge F says no more than R.
fn is_half_the_risk(records: &[Record]) -> bool {
    records.iter().all(|record| match (record.curve(FREE_ENERGY), record.curve(RISK)) {
        (Some(energy), Some(risk)) => {
            energy.values.iter().zip(&risk.values).all(|(f, r)| (2.0 * f - r).abs() <= 1e-9 * r.abs())
        }
        _ => true,
    })
}

/// Places on the axis of a key that some system tells.
fn places(records: &[Record], key: &RunAxis) -> Vec<(f64, &'static str)> {
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
fn tops(first: f64, rows: &[Row]) -> Vec<f64> {
    let height = |i: usize| if i == 0 { UPPER_HEIGHT } else { LOWER_HEIGHT };
    let mut tops = vec![first];
    tops.extend((0..rows.len()).scan(first, |top, i| {
        *top += height(i) + BETWEEN;
        Some(*top)
    }));
    tops
}

/// In the order of the records, whatever is drawn upon what.
fn entries(systems: usize, risks: &Row) -> Vec<Entry> {
    (0..systems)
        .filter_map(|system: usize| risks.responses.iter().find(|response| response.system == system))
        .map(Response::entry)
        .collect()
}

/// One curve of all systems that have it.
struct Row {
    quantity: &'static Quantity,
    name: &'static str,
    responses: Vec<Response>,
}

impl Row {
    /// None if the quantity has no panel, or no system's answer depends on the key: it would be a row of
    /// level lines.
    fn of(records: &[Record], key: &RunAxis, quantity: &'static Quantity) -> Option<Self> {
        let name = quantity.shown.over_key?;
        let looks = style::looks(records);
        let response = |i: usize| {
            Response::of(&records[i], i, looks[i], stands(&records[i], records), quantity.name, key)
        };
        let mut responses: Vec<Response> = (0..records.len()).filter_map(response).collect();
        responses.sort_by_key(|response| response.layer());
        responses.iter().any(Response::depends).then_some(Self { quantity, name, responses })
    }

    fn scale(&self) -> Scale {
        Scale::covering(Kind::Linear, self.responses.iter().flat_map(Response::reach), 0.06)
    }

    fn draw(&self, page: &mut Picture, panel: &Panel, x_name: Option<&str>) {
        for response in &self.responses {
            response.draw(page, panel);
        }
        panel.axes(page, x_name, Some(self.name));
    }
}

fn scale(values: &[f64]) -> Scale {
    Scale::covering(Kind::of_key(values), values.iter().copied(), 0.03)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_matter_only_where_values_are_wide_apart_and_positive() {
        let middle = |values: &[f64], at: f64| scale(values).place(at).expect("on the axis");
        assert!((middle(&[1.0, 3.0, 100.0], 10.0) - 0.5).abs() < 1e-12);
        assert!((middle(&[1.0, 3.0, 10.0], 5.5) - 0.5).abs() < 1e-12);
        assert!((middle(&[0.0, 3.0, 100.0], 50.0) - 0.5).abs() < 1e-12);
        assert!((middle(&[0.05, 0.5, 0.95], 0.5) - 0.5).abs() < 1e-12, "equal steps are told as such");
    }
}
