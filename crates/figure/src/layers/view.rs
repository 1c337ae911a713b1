//! What layers answer to inputs, as the figures of them see it: the systems whose laws were recorded, the
//! layers and the times that are shown. It draws nothing.

use meanfield_compare::align;
use meanfield_model::measure::Measure;
use meanfield_run::by_layer;
use meanfield_run::record::{NamedLaw, Place, Record};
use ndarray::Array2;

use crate::content::Content;
use crate::law::{at_point, chosen_in_words};
use crate::names;
use crate::panel_grid::columns_within;
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
    /// The point of varied keys in words; empty where nothing is varied.
    pub point: String,
    /// What of the snapshots is shown, if not all are.
    pub remark: String,
    /// Most layers that have room on the page.
    most_layers: usize,
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
    pub fn of(content: &Content) -> Option<Self> {
        let records = content.records;
        let points = Systems::points_of(records);
        let point: &[Place] = points.last()?;
        let here: Vec<Record> = records.iter().filter_map(|record| at_point(record, point)).collect();
        let all_times = snapshot_times(&here);
        let times = evenly_chosen(all_times.clone(), MOST_TIMES);
        let remark = chosen_in_words(times.len(), all_times.len(), "snapshots");
        let most_layers = columns_within(content.sheet.layout_width(), MOST_LAYERS);
        let looks = style::looks(&here);
        let systems = here.into_iter().zip(looks).map(|(record, look)| {
            let is_network = style::is_network(&record);
            LayeredSystem { record, look, is_network }
        });
        let systems: Vec<LayeredSystem> = systems.filter(|system| system.law(1).is_some()).collect();
        let depth = (1..).take_while(|layer| systems.iter().any(|own| own.law(*layer).is_some())).count();
        let are_features = systems.iter().any(|own| own.record.named_law(&by_layer::features(1)).is_some());
        let point = names::point(point);
        let view = Self { point, remark, most_layers, systems, depth, are_features, times };
        (depth > 0 && !view.times.is_empty()).then_some(view)
    }

    /// Layers of neurons: the output is none.
    pub fn hidden(&self) -> usize {
        if self.are_features { self.depth } else { self.depth.saturating_sub(1) }
    }

    /// Some of the layers 1 … `last`, evenly chosen.
    pub fn layers(&self, last: usize) -> Vec<usize> {
        evenly_chosen((1..=last).collect(), self.most_layers)
    }

    /// What is left out, in words, if anything is: snapshots, and of `last` layers some.
    pub fn remarks(&self, last: usize) -> impl Iterator<Item = String> {
        let layers = chosen_in_words(self.layers(last).len(), last, "layers");
        [self.remark.clone(), layers].into_iter().filter(|remark| !remark.is_empty())
    }
}
