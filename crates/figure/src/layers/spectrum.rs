//! Diversity spectra: eigenvalues of the covariance of pre-activations over the recorded inputs, by hidden
//! layer and time. Layers whose neurons are equal have none, and say so.

use ab_glyph::InvalidFont;
use meanfield_compare::spectrum::diversity_spectrum;

use super::super::content::Content;
use super::super::legend::{Entry, Sample};
use super::super::page;
use super::super::panel::Panel;
use super::super::panel_grid::PanelGrid;
use super::super::picture::{Anchor, Picture};
use super::super::scale::{Kind, Scale, short_number};
use super::super::style::{FAINT, INK, LABEL_SIZE, Look, Mark, TICK_SIZE};
use super::view::{LayeredSystem, LayeredView};

/// Most eigenvalues that are drawn, and the fewest that an axis has room for: its numbers are integers then.
const MOST: usize = 12;
const FEWEST: usize = 4;
/// Eigenvalues below this share of the largest of a layer are rounding.
const LEAST_SHARE: f64 = 1e-12;
/// Radius of dots.
const DOT: f64 = 1.3;
/// Largest eigenvalues below this share of the square of pre-activations mean that neurons are equal.
const EQUAL: f64 = 1e-20;

/// The figure; None without hidden layers.
pub(super) fn picture(content: &Content, view: &LayeredView) -> Result<Option<Picture>, InvalidFont> {
    let hidden = view.hidden();
    if hidden == 0 {
        return Ok(None);
    }
    let remarks = view.remarks(hidden).map(Entry::remark);
    let entries: Vec<Entry> = view.systems.iter().map(entry).chain(remarks).collect();
    let layers = view.layers(hidden);
    let (mut page, grid) = page::begin(content, &view.point, &entries, |top| {
        PanelGrid::of_rows(content.sheet.layout_width(), view.times.len(), layers.len(), top)
    })?;
    let shown = view.times.iter().flat_map(|time| layers.iter().map(|layer| (*layer, *time)));
    let panels: Vec<SpectrumPanel> =
        shown.map(|(layer, time)| SpectrumPanel::of(view, layer, time)).collect();
    let most = panels.iter().map(SpectrumPanel::count).max().unwrap_or(1).max(FEWEST);
    for (place, panel) in panels.iter().enumerate() {
        panel.draw(&mut page, &grid, place, most);
    }
    Ok(Some(page))
}

/// A line with a dot at each eigenvalue of a limit, with the mark of a network.
fn look(system: &LayeredSystem) -> Look {
    Look { mark: system.look.mark.or(Some(Mark::Dot)), ..system.look }
}

fn entry(system: &LayeredSystem) -> Entry {
    let runs = system.record.finished_runs();
    let mean = if runs > 1 { format!(", mean of {runs} runs") } else { String::new() };
    Entry { sample: Sample::Line(look(system)), label: format!("{}{mean}", system.record.system) }
}

/// The spectrum of a layer of a system at a time.
struct Spectrum {
    look: Look,
    /// Mean over the runs, largest first.
    eigenvalues: Vec<f64>,
    /// Whether its neurons are equal.
    is_equal: bool,
}

impl Spectrum {
    fn of(system: &LayeredSystem, layer: usize, time: f64) -> Option<Self> {
        let laws = system.laws(layer, time)?;
        let count = laws.inputs.nrows().min(MOST);
        let mut eigenvalues = vec![0.0; count];
        let mut square = 0.0;
        for law in &laws.runs {
            let own = diversity_spectrum(law)?;
            let share = 1.0 / laws.runs.len() as f64;
            eigenvalues.iter_mut().zip(own).for_each(|(sum, value)| *sum += share * value);
            let (points, weights) = law.atoms()?;
            let mean = weights.dot(points);
            square += share * mean.dot(&mean) / mean.len() as f64;
        }
        let largest = eigenvalues.first().copied().unwrap_or(0.0);
        let is_equal = largest <= EQUAL * (square + largest) || largest == 0.0;
        eigenvalues.retain(|value| *value > LEAST_SHARE * largest);
        Some(Self { look: look(system), eigenvalues, is_equal })
    }

    /// (number, eigenvalue).
    fn points(&self) -> Vec<(f64, f64)> {
        self.eigenvalues.iter().enumerate().map(|(i, value)| (i as f64 + 1.0, *value)).collect()
    }

    /// Its marks; dots of a limit leave the marks of networks under them visible.
    fn draw_marks(&self, page: &mut Picture, panel: &Panel) {
        match self.look.mark {
            Some(Mark::Dot) => {
                self.points().into_iter().for_each(|point| panel.dot(page, point, DOT, self.look.colour));
            }
            _ => panel.marks(page, &self.points(), &self.look),
        }
    }
}

/// The spectra of one layer at one time.
struct SpectrumPanel {
    name: String,
    spectra: Vec<Spectrum>,
}

impl SpectrumPanel {
    /// Networks first: limits are drawn over them.
    fn of(view: &LayeredView, layer: usize, time: f64) -> Self {
        let networks = view.systems.iter().filter(|system| system.is_network);
        let limits = view.systems.iter().filter(|system| !system.is_network);
        let spectra = networks.chain(limits).filter_map(|own| Spectrum::of(own, layer, time)).collect();
        Self { name: format!("layer {layer}, t = {}", short_number(time)), spectra }
    }

    /// The spectra of layers whose neurons differ.
    fn drawn(&self) -> impl Iterator<Item = &Spectrum> {
        self.spectra.iter().filter(|spectrum| !spectrum.is_equal)
    }

    /// Number of eigenvalues.
    fn count(&self) -> usize {
        self.drawn().map(|spectrum| spectrum.eigenvalues.len()).max().unwrap_or(0)
    }

    fn draw(&self, page: &mut Picture, grid: &PanelGrid, place: usize, most: usize) {
        let x = Scale::linear(0.5, most as f64 + 0.5);
        let values = self.drawn().flat_map(|spectrum| spectrum.eigenvalues.iter().copied());
        let panel = grid.panel(place, x, Scale::covering(Kind::Logarithmic, values, 0.08));
        for spectrum in self.drawn() {
            panel.system_curve(page, &spectrum.points(), &spectrum.look);
            spectrum.draw_marks(page, &panel);
        }
        let is_last = grid.is_last_in_column(place);
        let y_name = if grid.is_first_in_row(place) { "eigenvalue" } else { "" };
        panel.axes(page, Some(if is_last { "number of the eigenvalue" } else { "" }), Some(y_name));
        panel.letter(page, place, grid.count());
        let middle = panel.left + 0.5 * panel.width;
        page.text(&self.name, (middle, panel.top - 8.0), LABEL_SIZE, INK, Anchor::Middle);
        self.remark(page, &panel);
    }

    /// Says which systems have no spectrum: their neurons are equal.
    fn remark(&self, page: &mut Picture, panel: &Panel) {
        let equal = self.spectra.len() - self.drawn().count();
        if equal == 0 {
            return;
        }
        let text = match equal == self.spectra.len() {
            true => "all neurons are equal",
            false => "limit: all neurons are equal",
        };
        let place = (panel.left + 0.5 * panel.width, panel.top + panel.height - 9.0);
        page.text(text, place, TICK_SIZE, FAINT, Anchor::Middle);
    }
}
