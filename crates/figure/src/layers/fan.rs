//! Pre-activations over the input: of a limit the median and the bands in which half and nine tenths of its
//! neurons lie, over them some neurons of one network, a line each. The last layer has one line, the output.
//! Inputs in no order, which are numbered, have a bar each and neurons as dashes.

use ab_glyph::InvalidFont;
use meanfield_model::measure::Measure;
use ndarray::Array2;
use plotters::style::{Color, RGBAColor};

use super::super::content::Content;
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
/// Widths of the bar of an input that is numbered, and of the dash of a neuron in it.
const BAR: f64 = 0.7;
const DASH: f64 = 0.4;
/// Ends of the bands of a limit, as quantiles, and how dark each is.
const BANDS: [([f64; 2], f64); 2] = [([0.05, 0.95], 0.13), ([0.25, 0.75], 0.25)];

/// The figure; None where no law can be drawn.
pub(super) fn picture(content: &Content, view: &LayeredView) -> Result<Option<Picture>, InvalidFont> {
    let shown = shown(view);
    let remarks = view.remarks(view.depth).map(Entry::remark);
    let entries: Vec<Entry> = shown.iter().map(|system| entry(system)).chain(remarks).collect();
    let layers = view.layers(view.depth);
    let (mut page, grid) = page::begin(content, &view.point, &entries, |top| {
        PanelGrid::of_rows(content.sheet.layout_width(), view.times.len(), layers.len(), top)
    })?;
    let moments = view.times.iter().flat_map(|time| layers.iter().map(|layer| (*layer, *time)));
    let panels: Vec<(String, Vec<Fan>)> =
        moments.map(|(layer, time)| (name(view, layer, time), fans(&shown, layer, time))).collect();
    for (place, (name, fans)) in panels.iter().enumerate().filter(|(_, panel)| !panel.1.is_empty()) {
        let axis = if view.are_features { "feature β" } else { "pre-activation H" };
        // Features move little: on one scale at all times it is seen how much.
        let column = panels.iter().skip(place % layers.len()).step_by(layers.len());
        let of_scale: Vec<&Fan> = match view.are_features {
            true => column.flat_map(|panel| &panel.1).collect(),
            false => fans.iter().collect(),
        };
        draw(&mut page, &grid, place, fans, &of_scale, [name, axis]);
    }
    Ok(Some(page))
}

/// What the systems show of a layer at a time.
fn fans(shown: &[&LayeredSystem], layer: usize, time: f64) -> Vec<Fan> {
    shown.iter().filter_map(|own| Some(Fan::new(own, own.laws(layer, time)?))).collect()
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

/// x, and the lower and upper edge of a band there.
type Edges = (f64, f64, f64);

/// What one system shows of one layer at one time.
struct Fan {
    look: Look,
    /// Places along the horizontal axis, increasing, and the coordinates of the law that belong to them.
    order: Vec<(f64, usize)>,
    /// Whether they are values of the input, not its number.
    is_input: bool,
    /// The bands of a limit, and how dark each is.
    bands: Vec<(Vec<Edges>, f64)>,
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
            let line = self.order.iter().map(|(x, i)| (*x, neuron[*i])).collect();
            self.add_line(line, DASH);
        }
        if points.nrows() > 1 {
            self.width = NEURON_WIDTH;
        }
    }

    /// Quantiles of a limit.
    fn add_bands(&mut self, law: &Measure) {
        let marginals: Vec<_> = self.order.iter().map(|(x, i)| (*x, law.marginal(*i))).collect();
        for ([lower, upper], share) in BANDS {
            let band = marginals.iter().map(|(x, own)| (*x, own.quantile(lower), own.quantile(upper)));
            match self.is_input {
                true => self.bands.push((band.collect(), share)),
                false => self.bands.extend(band.map(|edge| (bar(edge), share))),
            }
        }
        self.add_line(marginals.iter().map(|(x, own)| (*x, own.quantile(0.5))).collect(), BAR);
    }

    /// A line over inputs, or where they are numbered a dash of a width for each.
    fn add_line(&mut self, line: Vec<(f64, f64)>, width: f64) {
        match self.is_input {
            true => self.lines.push(line),
            false => {
                let dashes = line.iter().map(|(x, y)| vec![(x - 0.5 * width, *y), (x + 0.5 * width, *y)]);
                self.lines.extend(dashes);
            }
        }
    }

    /// Every height that is drawn.
    fn heights(&self) -> impl Iterator<Item = f64> {
        let edges = self.bands.iter().flat_map(|(band, _)| band);
        let bands = edges.flat_map(|(_, lower, upper)| [*lower, *upper]);
        bands.chain(self.lines.iter().flatten().map(|(_, y)| *y))
    }

    fn draw(&self, page: &mut Picture, panel: &Panel) {
        for (band, share) in &self.bands {
            panel.band(page, band, shade(&self.look, *share));
        }
        for line in &self.lines {
            panel.curve(page, line, self.look.colour, &[], self.width);
        }
    }
}

/// The bar of a numbered input, (number, lower, upper), as a band.
fn bar((x, lower, upper): (f64, f64, f64)) -> Vec<(f64, f64, f64)> {
    vec![(x - 0.5 * BAR, lower, upper), (x + 0.5 * BAR, lower, upper)]
}

/// A panel: limits beneath, neurons over them; the heights of some fans say how high it is.
fn draw(
    page: &mut Picture,
    grid: &PanelGrid,
    place: usize,
    fans: &[Fan],
    of_scale: &[&Fan],
    [name, axis]: [&str; 2],
) {
    let places = fans.iter().flat_map(|fan| &fan.order).map(|(x, _)| *x);
    let x = match fans[0].is_input {
        true => Scale::covering(Kind::Linear, places, 0.0),
        false => Scale::linear(0.5, places.fold(0.0, f64::max) + 0.5),
    };
    let y = Scale::covering(Kind::Linear, of_scale.iter().flat_map(|fan| fan.heights()), 0.06);
    let panel = grid.panel(place, x, y);
    fans.iter().for_each(|fan| fan.draw(page, &panel));
    let is_last = grid.is_last_in_column(place);
    let x_name = if fans[0].is_input { "input x" } else { "number of the input" };
    let y_name = if grid.is_first_in_row(place) { axis } else { "" };
    panel.axes(page, Some(if is_last { x_name } else { "" }), Some(y_name));
    panel.letter(page, place, grid.count());
    let middle = panel.left + 0.5 * panel.width;
    page.text(name, (middle, panel.top - 8.0), LABEL_SIZE, INK, Anchor::Middle);
}
