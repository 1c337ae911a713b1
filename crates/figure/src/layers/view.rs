//! What layers answer to inputs, as the figures of them see it: the systems whose laws were recorded, the
//! layers and the times that are shown. It draws nothing.

use meanfield_compare::align;
use meanfield_model::measure::Measure;
use meanfield_run::by_layer;
use meanfield_run::record::{NamedLaw, Place, Record, in_words};
use ndarray::Array2;

use crate::law::at_point;
use crate::static_system::snapshot_times;
use crate::style::{self, Look};
use crate::systems::{Systems, evenly_chosen};

/// Most layers and times that have room on a page.
const MOST_LAYERS: usize = 4;
const MOST_TIMES: usize = 3;

/// A system whose laws of pre-activations were recorded.
pub struct LayeredSystem {
    /// At one point of varied keys.
    pub record: Record,
    /// Its look.
    pub look: Look,
    /// Whether it is a network.
    pub is_network: bool,
}

/// The laws of one layer of a system at one time.
pub struct LayerLaws<'a> {
    /// Inputs of its coordinates, shape (coordinate, d).
    pub inputs: &'a Array2<f64>,
    /// One for each run that reached its end, or for each run if none did.
    pub runs: Vec<&'a Measure>,
}

impl LayeredSystem {
    /// The law of the pre-activations of a layer, or of its features, with its inputs.
    fn law(&self, layer: usize) -> Option<(&NamedLaw, &Array2<f64>)> {
        let law = self.record.named_law(&by_layer::pre_activations(layer));
        let law = law.or_else(|| self.record.named_law(&by_layer::features(layer)))?;
        Some((law, law.inputs.as_ref()?))
    }

    /// The laws of a layer at a time.
    pub fn laws(&self, layer: usize, time: f64) -> Option<LayerLaws<'_>> {
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
pub struct LayeredView {
    /// Title, with the point of varied keys.
    pub title: String,
    /// Those with laws.
    pub systems: Vec<LayeredSystem>,
    /// Layers whose laws were recorded.
    pub depth: usize,
    /// Whether they are features of residual networks, not pre-activations, of which the last is the output.
    pub are_features: bool,
    /// Times of the panels.
    pub times: Vec<f64>,
}

impl LayeredView {
    /// The systems of some records at the last point of varied keys: None where no law of pre-activations was
    /// recorded.
    pub fn of(title: &str, records: &[Record]) -> Option<Self> {
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
        let are_features = systems.iter().any(|own| own.record.named_law(&by_layer::features(1)).is_some());
        let title =
            if point.is_empty() { title.to_owned() } else { format!("{title} ({})", in_words(point)) };
        (depth > 0 && !times.is_empty()).then_some(Self { title, systems, depth, are_features, times })
    }

    /// Layers of neurons: the output is none.
    pub fn hidden(&self) -> usize {
        if self.are_features { self.depth } else { self.depth.saturating_sub(1) }
    }

    /// Some of the layers 1 … `last`, evenly chosen.
    pub fn layers(&self, last: usize) -> Vec<usize> {
        evenly_chosen((1..=last).collect(), MOST_LAYERS)
    }
}
