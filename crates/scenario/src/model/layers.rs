//! `[[model.layers]]`: a network of any depth, layer by layer, from the inputs on. Each has its activation,
//! the law of its weights at t = 0, and how fast it is trained. Widths belong to the networks that are
//! trained: the limit has none.

pub mod entry;
mod place;
pub mod start;

use meanfield_deep::activation::LayerActivation;
use meanfield_deep::architecture::{Architecture, LayerSchedule};
use meanfield_deep::start::{Start, StartError};
use meanfield_model::loss::Loss;
use meanfield_run::schedule::Schedule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use crate::model::activation::{ActivationKind, layer_activation};
use crate::ranges::LARGEST;
use place::path;
use start::LayerStartKind;

/// Most layers: the theory has three or more, and people rarely ten.
const DEEPEST: usize = 50;

/// A layer: weights, and the activation of the neurons that they lead to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LayerKeys {
    /// φ, applied to what the weights lead to. The last layer's gives the output; it is usually the identity.
    pub activation: ActivationKind,
    /// The law of the weights at t = 0.
    pub start: LayerStartKind,
    /// Factor of the schedule for this layer; 0: its weights keep their start. The default, 1, trains all
    /// layers alike.
    #[serde(default = "unit_rate")]
    pub rate: f64,
}

fn unit_rate() -> f64 {
    1.0
}

impl LayerKeys {
    /// φ; everything that is wrong with it is noted.
    fn activation(&self, layer: usize, complaints: &mut Complaints) -> Option<LayerActivation> {
        self.activation.parse_at(&path(layer, &["activation"]), complaints).map(layer_activation)
    }

    /// ξ_i; a factor that is none is noted.
    fn schedule(&self, schedule: Schedule, layer: usize, complaints: &mut Complaints) -> LayerSchedule {
        if !(0.0..=LARGEST).contains(&self.rate) {
            let message = format!("`rate` must lie between 0 and {LARGEST:e}; it is {:?}", self.rate);
            complaints.add(path(layer, &["rate"]), message, "write 0 for a layer that is not trained");
        }
        match self.rate {
            0.0 => LayerSchedule::Frozen,
            factor => LayerSchedule::Trained { factor, schedule },
        }
    }
}

/// Architecture and start of these layers; everything that is wrong with them is noted.
pub(crate) fn parse(
    layers: &[LayerKeys],
    loss: Loss,
    schedule: Schedule,
    dimension: Option<usize>,
    complaints: &mut Complaints,
) -> Option<(Architecture, Start)> {
    let depth = layers.len();
    let message = format!("a network has 2 to {DEEPEST} layers, and this one {depth}");
    let help = "write one [[model.layers]] for each layer, from the inputs on";
    complaints.unless((2..=DEEPEST).contains(&depth), &["model", "layers"], message, help);
    let mut activations = Vec::with_capacity(depth);
    let mut schedules = Vec::with_capacity(depth);
    let mut starts = Vec::with_capacity(depth);
    for (number, layer) in layers.iter().enumerate() {
        activations.extend(layer.activation(number, complaints));
        schedules.push(layer.schedule(schedule, number, complaints));
        starts.extend(layer.start.parse(number, depth, dimension, complaints));
    }
    if activations.len() < depth || starts.len() < depth {
        return None;
    }
    let start = whole_start(start::of_all(starts, dimension?), complaints)?;
    Some((Architecture::new(activations, loss, schedules).ok()?, start))
}

/// The start, or a complaint.
fn whole_start(start: Option<Result<Start, StartError>>, complaints: &mut Complaints) -> Option<Start> {
    let message = match start {
        Some(Ok(start)) => return Some(start),
        Some(Err(error)) => error.to_string(),
        None => "some hidden layers have a correlated start and others not".to_owned(),
    };
    complaints.add(
        ["model", "layers"],
        message,
        "give all layers between hidden ones the same kind of start",
    );
    None
}
