//! Pre-activations over the input: of a limit the median and the bands in which half and nine tenths of its
//! neurons lie, over them some neurons of one network, a line each. The last layer has one line, the output.

use ab_glyph::InvalidFont;
use meanfield_model::measure::Measure;
use ndarray::Array2;
use plotters::style::{Color, RGBAColor};

use super::super::legend::{Entry, Sample};
use super::super::page;
use super::super::panel::Panel;
use super::super::panel_grid::PanelGrid;
use super::super::picture::{Anchor, Picture};
use super::super::scale::{Kind, Scale, short_number};
use super::super::style::{INK, LABEL_SIZE, Look};
use super::view::{LayerLaws, LayeredSystem, LayeredView};

/// Most neurons of a network that are drawn.
const MOST_NEURONS: usize = 24;
/// Width of a neuron's line, and of an output's.
const NEURON_WIDTH: f64 = 0.45;
const OUTPUT_WIDTH: f64 = 0.9;
/// Ends of the bands of a limit, as quantiles, and how dark each is.
const BANDS: [([f64; 2], f64); 2] = [([0.05, 0.95], 0.13), ([0.25, 0.75], 0.25)];

/// The figure; None where no law can be drawn.
pub(super) fn picture(view: &LayeredView) -> Result<Option<Picture>, InvalidFont> {
    let shown = shown(view);
    let entries: Vec<Entry> = shown.iter().map(|system| entry(system)).collect();
    let layers = view.layers(view.depth);
    let (mut page, grid) =
        page::begin(&view.title, &entries, |top| PanelGrid::of_rows(view.times.len(), layers.len(), top))?;
    let moments = view.times.iter().flat_map(|time| layers.iter().map(|layer| (*layer, *time)));
    for (place, (layer, time)) in moments.enumerate() {
        let fans = shown.iter().filter_map(|own| Some(Fan::new(own, own.laws(layer, time)?)));
        let fans: Vec<Fan> = fans.collect();
        if !fans.is_empty() {
            let axis = if view.are_features { "feature β" } else { "pre-activation H" };
            draw(&mut page, &grid, place, &fans, [&name(view, layer, time), axis]);
        }
    }
    Ok(Some(page))
}

/// The first limit and the first network: more would hide one another.
fn shown(view: &LayeredView) -> Vec<&LayeredSystem> {
    let limit = view.systems.iter().find(|system| !system.is_network);
    limit.into_iter().chain(view.systems.iter().find(|system| system.is_network)).collect()
}

fn entry(system: &LayeredSystem) -> Entry {
    let record = &system.record;
    let LayeredSystem { look, is_network, .. } = system;
    let look = Look { mark: None, ..*look };
    match is_network {
        true => Entry {
            sample: Sample::Line(look),
            label: format!("{}: {MOST_NEURONS} neurons of one run at most", record.system),
        },
        false => Entry {
            sample: Sample::LineOnArea(look, shade(&look, BANDS[1].1)),
            label: format!("{}: median, half and nine tenths of the neurons", record.system),
        },
    }
}

/// A transparent version of the colour of a look.
fn shade(look: &Look, share: f64) -> RGBAColor {
    look.colour.mix(share)
}

fn name(view: &LayeredView, layer: usize, time: f64) -> String {
    let what = if layer > view.hidden() { "output".to_owned() } else { format!("layer {layer}") };
    format!("{what}, t = {}", short_number(time))
}

/// The one coordinate of the inputs that varies; None where several do.
fn varying(inputs: &Array2<f64>) -> Option<usize> {
    let varies = |column: &usize| inputs.column(*column).iter().any(|x| *x != inputs[[0, *column]]);
    let mut columns = (0..inputs.ncols()).filter(varies);
    let first = columns.next()?;
    columns.next().is_none().then_some(first)
}

/// What one system shows of one layer at one time.
struct Fan {
    look: Look,
    /// Places along the horizontal axis, increasing, and the coordinates of the law that belong to them.
    order: Vec<(f64, usize)>,
    /// Whether they are values of the input, not its number.
    is_input: bool,
    /// (x, lower, upper) of the bands of a limit.
    bands: Vec<Vec<(f64, f64, f64)>>,
    /// Lines: a median, or neurons.
    lines: Vec<Vec<(f64, f64)>>,
    width: f64,
}

impl Fan {
    fn new(system: &LayeredSystem, laws: LayerLaws) -> Self {
        let column = varying(laws.inputs);
        let place = |number: usize| column.map_or(number as f64 + 1.0, |c| laws.inputs[[number, c]]);
        let mut order: Vec<(f64, usize)> = (0..laws.inputs.nrows()).map(|i| (place(i), i)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut fan = Self {
            look: system.look,
            order,
            is_input: column.is_some(),
            bands: Vec::new(),
            lines: Vec::new(),
            width: OUTPUT_WIDTH,
        };
        if system.is_network {
            fan.add_neurons(laws.runs[0])
        } else {
            fan.add_bands(laws.runs[0])
        }
        fan
    }

    /// Some neurons of a network.
    fn add_neurons(&mut self, law: &Measure) {
        let Some((points, _)) = law.atoms() else { return };
        for neuron in points.rows().into_iter().take(MOST_NEURONS) {
            self.lines.push(self.order.iter().map(|(x, i)| (*x, neuron[*i])).collect());
        }
        if self.lines.len() > 1 {
            self.width = NEURON_WIDTH;
        }
    }

    /// Quantiles of a limit.
    fn add_bands(&mut self, law: &Measure) {
        let marginals: Vec<_> = self.order.iter().map(|(x, i)| (*x, law.marginal(*i))).collect();
        for ([lower, upper], _) in BANDS {
            let band = marginals.iter().map(|(x, own)| (*x, own.quantile(lower), own.quantile(upper)));
            self.bands.push(band.collect());
        }
        self.lines.push(marginals.iter().map(|(x, own)| (*x, own.quantile(0.5))).collect());
    }

    /// Every height that is drawn.
    fn heights(&self) -> impl Iterator<Item = f64> {
        let bands = self.bands.iter().flatten().flat_map(|(_, lower, upper)| [*lower, *upper]);
        bands.chain(self.lines.iter().flatten().map(|(_, y)| *y))
    }

    fn draw(&self, page: &mut Picture, panel: &Panel) {
        for (band, (_, share)) in self.bands.iter().zip(BANDS) {
            panel.band(page, band, shade(&self.look, share));
        }
        for line in &self.lines {
            panel.curve(page, line, self.look.colour, &[], self.width);
        }
    }
}

/// A panel: limits beneath, neurons over them.
fn draw(page: &mut Picture, grid: &PanelGrid, place: usize, fans: &[Fan], [name, axis]: [&str; 2]) {
    let places = fans.iter().flat_map(|fan| &fan.order).map(|(x, _)| *x);
    let x = Scale::covering(Kind::Linear, places, 0.0);
    let y = Scale::covering(Kind::Linear, fans.iter().flat_map(Fan::heights), 0.06);
    let panel = grid.panel(place, x, y);
    fans.iter().for_each(|fan| fan.draw(page, &panel));
    let is_last = grid.is_last_in_column(place);
    let x_name = if fans[0].is_input { "input x" } else { "number of the input" };
    let y_name = if grid.is_first_in_row(place) { axis } else { "" };
    panel.axes(page, Some(if is_last { x_name } else { "" }), Some(y_name));
    let middle = panel.left + 0.5 * panel.width;
    page.text(name, (middle, panel.top - 8.0), LABEL_SIZE, INK, Anchor::Middle);
}
