//! What the layers of a network answer to inputs: the records' laws of pre-activations, layer by layer and
//! time by time, as fans of neurons over the input (`fan`) and as spectra of how many functions they span
//! (`spectrum`). This file chooses what is shown and where; it computes nothing of laws.

mod fan;
mod grid;
mod spectrum;

use ab_glyph::InvalidFont;
use meanfield_compare::align;
use meanfield_model::measure::Measure;
use meanfield_run::by_layer;
use meanfield_run::record::{NamedLaw, Place, Record, in_words};
use ndarray::Array2;

use super::law::at_point;
use super::picture::Picture;
use super::static_system::snapshot_times;
use super::style::{self, Look};
use super::systems::{Systems, evenly_chosen};

/// Most layers and times that have room on a page.
const MOST_LAYERS: usize = 4;
const MOST_TIMES: usize = 3;

/// A system whose laws of pre-activations were recorded.
struct LayeredSystem {
    record: Record,
    look: Look,
    is_network: bool,
}

/// The laws of one layer of a system at one time.
struct LayerLaws<'a> {
    /// Inputs of its coordinates, shape (coordinate, d).
    inputs: &'a Array2<f64>,
    /// One for each run that reached its end, or for each run if none did.
    runs: Vec<&'a Measure>,
}

impl LayeredSystem {
    /// The law of the pre-activations of a layer, with its inputs.
    fn law(&self, layer: usize) -> Option<(&NamedLaw, &Array2<f64>)> {
        let law = self.record.named_law(&by_layer::pre_activations(layer))?;
        Some((law, law.inputs.as_ref()?))
    }

    /// The laws of a layer at a time.
    fn laws(&self, layer: usize, time: f64) -> Option<LayerLaws<'_>> {
        let (law, inputs) = self.law(layer)?;
        let snapshot = align::snapshot_at(&self.record, time, align::step_rounding(&self.record))?;
        let snapshots = self.record.snapshot_time.len();
        let finished = self.record.finished();
        let all_count = !finished.contains(&true);
        let counted = (0..self.record.runs()).filter(|run| all_count || finished[*run]);
        let runs: Vec<&Measure> =
            counted.filter_map(|run| law.measures.get(run * snapshots + snapshot)).collect();
        (!runs.is_empty()).then_some(LayerLaws { inputs, runs })
    }
}

/// What is shown: systems, layers and times.
struct LayeredView {
    /// Title, with the point of varied keys.
    title: String,
    systems: Vec<LayeredSystem>,
    /// L.
    depth: usize,
    times: Vec<f64>,
}

impl LayeredView {
    /// The systems of some records at the last point of varied keys: None where no law of pre-activations was
    /// recorded.
    fn of(title: &str, records: &[Record]) -> Option<Self> {
        let points = Systems::points_of(records);
        let point: &[Place] = points.last()?;
        let here: Vec<Record> = records.iter().filter_map(|record| at_point(record, point)).collect();
        let times = evenly_chosen(snapshot_times(&here), MOST_TIMES);
        let looks = style::looks(&here);
        let systems = here.into_iter().zip(looks).map(|(record, look)| {
            let is_network = style::is_network(&record);
            LayeredSystem { record, look, is_network }
        });
        let systems: Vec<LayeredSystem> = systems.filter(|system| system.law(1).is_some()).collect();
        let depth = (1..).take_while(|layer| systems.iter().any(|own| own.law(*layer).is_some())).count();
        let title =
            if point.is_empty() { title.to_owned() } else { format!("{title} ({})", in_words(point)) };
        (depth > 0 && !times.is_empty()).then_some(Self { title, systems, depth, times })
    }

    /// Some of the layers 1 … `last`, evenly chosen.
    fn layers(&self, last: usize) -> Vec<usize> {
        evenly_chosen((1..=last).collect(), MOST_LAYERS)
    }
}

/// The figures with their names.
///
/// # Errors
/// [`InvalidFont`], if the bundled font cannot be read.
pub fn pictures(title: &str, records: &[Record]) -> Result<Vec<(String, Picture)>, InvalidFont> {
    let Some(view) = LayeredView::of(title, records) else { return Ok(Vec::new()) };
    let fan = fan::picture(&view)?.map(|picture| ("pre_activations".to_owned(), picture));
    let spectrum = spectrum::picture(&view)?.map(|picture| ("diversity_spectrum".to_owned(), picture));
    Ok(fan.into_iter().chain(spectrum).collect())
}
