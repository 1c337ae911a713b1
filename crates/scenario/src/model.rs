//! `[model]`: data, activation, unit, loss and start of two-layer networks, or data, loss and layers of
//! deeper ones, and the parts of a problem that they mean. Each kind of data has a file below `model/data/`,
//! every other section one file with its keys, its checks and its meaning.

pub mod activation;
pub mod data;
pub mod initial;
pub(crate) mod instead;
pub mod layers;
pub mod loss;
pub mod residual;
pub mod unit;
#[cfg(test)]
mod variants;

use std::sync::Arc;

use meanfield_deep::data::DataPoints;
use meanfield_deep::problem::DeepProblem;
use meanfield_deep::residual::architecture::ResidualProblem;
use meanfield_model::activation::Activation;
use meanfield_model::coordinates::Coordinates;
use meanfield_model::data_model::CoordinatesError;
use meanfield_model::joint_start::{JointStart, JointStartError};
use meanfield_model::loss::Loss;
use meanfield_model::problem::{Bath, DataModel, Network, Problem, Start};
use meanfield_model::recorded_start::RecordedStart;
use meanfield_model::unit::Unit;
use meanfield_run::schedule::Schedule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use crate::ranges::{LARGEST, LEAST};
use crate::setting::{LayeredProblem, ResidualModel};
use activation::ActivationKind;
use data::Data;
use initial::InitialKind;
use layers::LayerKeys;
use loss::LossKind;
use residual::ResidualKeys;
use unit::UnitKind;

/// Data, activation, loss and start; or data, loss and layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(transform = instead::of_layers)]
pub struct Model {
    /// The joint law of label and input.
    pub data: Data,
    /// Standard deviation of what is added to every label, independent normal deviates; of two-layer networks
    /// with the squared loss, whose risk it raises by its square. Left out means none: the term is absent.
    #[serde(default, skip_serializing_if = "is_absent")]
    pub label_noise: f64,
    /// σ in ŷ(x) = (1/N) Σ σ(⟨w, x⟩), of two-layer networks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activation: Option<ActivationKind>,
    /// What a neuron of a two-layer network computes with it. The default has neither an output weight nor an
    /// offset b: the terms are absent.
    #[serde(default, skip_serializing_if = "UnitKind::is_default")]
    pub unit: UnitKind,
    /// ℓ(y, ŷ), whose mean is the risk. The default is the squared loss: a network's risk is then exact, and
    /// all of MMN 2018 is about it.
    #[serde(default)]
    pub loss: LossKind,
    /// The law of the weights of a two-layer network at t = 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial: Option<InitialKind>,
    /// The layers of a network of any depth, in place of activation, unit and initial.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<LayerKeys>,
    /// A residual network, in place of activation, unit and initial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual: Option<ResidualKeys>,
}

/// The parts of a problem of two-layer networks, as far as they were understood.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    /// None where its numbers are impossible.
    pub data: Option<DataModel>,
    /// None where its knots are impossible.
    pub activation: Option<Activation>,
    /// What a neuron computes.
    pub unit: Unit,
    /// ℓ.
    pub loss: Loss,
    /// None where laws are missing, or are those of another unit.
    pub start: Option<Start>,
    /// Standard deviation of labels beside their means.
    pub label_noise: f64,
    /// What another run left, where the start is that; `start` is then of its size.
    pub recorded: Option<Arc<RecordedStart>>,
    /// Told from the kinds of data and unit, whatever their numbers; None where the data have no symmetry.
    pub coordinates: Option<Result<Coordinates, CoordinatesError>>,
}

impl Model {
    /// Whether it is of networks with layers.
    pub fn has_layers(&self) -> bool {
        !self.layers.is_empty()
    }

    /// Layers of weights: of residual networks one more than features have.
    pub fn weight_layers(&self) -> usize {
        self.residual.as_ref().map_or(self.layers.len(), |residual| residual.depth.saturating_add(1))
    }

    /// The problem of residual networks; all its mistakes are noted.
    pub(crate) fn parse_residual(&self, complaints: &mut Complaints) -> Option<ResidualModel> {
        self.refuse_label_noise(complaints);
        let message = "a model has layers or is residual, not both";
        complaints.unless(self.layers.is_empty(), &["model", "layers"], message, "leave out one of them");
        let loss = self.loss.parse(complaints);
        let data = self.parse_points(loss, complaints);
        let (architecture, start) = self.residual.as_ref()?.parse(loss, complaints)?;
        Some(ResidualModel { networks: ResidualProblem::new(architecture, data?), start })
    }

    /// The parts of a model of two-layer networks; all its mistakes are noted.
    pub(crate) fn parse(&self, complaints: &mut Complaints) -> Parts {
        let unit = self.unit.unit();
        let data = self.data.parse(complaints);
        self.refuse_labels(data.as_ref(), complaints);
        let recorded = self.recorded_start(data.as_ref(), complaints).map(Arc::new);
        let start = match (&recorded, self.coordinates()) {
            (Some(recorded), Some(Ok(coordinates))) => start_of_its_size(recorded, coordinates),
            _ => self.initial.as_ref().and_then(|kind| kind.parse(unit, complaints)),
        };
        self.refuse_start_without_coordinates(data.as_ref(), start.as_ref(), complaints);
        Parts {
            data,
            activation: self.activation.as_ref().and_then(|kind| kind.parse(complaints)),
            unit,
            loss: self.loss.parse(complaints),
            label_noise: self.checked_label_noise(complaints),
            start,
            recorded,
            coordinates: self.coordinates(),
        }
    }

    /// The coordinates of two-layer networks, where the data have a symmetry.
    fn coordinates(&self) -> Option<Result<Coordinates, CoordinatesError>> {
        self.data.symmetry().map(|symmetry| symmetry.coordinates(self.unit.unit()))
    }

    /// What another run left, where the start is that; what is wrong with it is noted.
    fn recorded_start(&self, data: Option<&DataModel>, complaints: &mut Complaints) -> Option<RecordedStart> {
        let coordinates = self.coordinates()?.ok()?;
        let parameters = self.unit.unit().parameters(data?.dimension());
        self.initial.as_ref()?.recorded(coordinates, parameters, complaints)
    }

    /// The problem of networks with layers; all its mistakes are noted.
    pub(crate) fn parse_layers(
        &self,
        schedule: Schedule,
        complaints: &mut Complaints,
    ) -> Option<LayeredProblem> {
        self.refuse_label_noise(complaints);
        let loss = self.loss.parse(complaints);
        let data = self.parse_points(loss, complaints);
        let dimension = data.as_ref().map(DataPoints::dimension);
        let (architecture, start) = layers::parse(&self.layers, loss, schedule, dimension, complaints)?;
        Some(LayeredProblem { networks: DeepProblem::new(architecture, data?), start })
    }

    /// Notes a start that the data have no coordinates for.
    fn refuse_start_without_coordinates(
        &self,
        data: Option<&DataModel>,
        start: Option<&Start>,
        complaints: &mut Complaints,
    ) {
        let (Some(kind), Some(data), Some(start)) = (&self.initial, data, start) else { return };
        let Err(error) = JointStart::new(data, start.weights(), start.affine()) else { return };
        let help = match error {
            JointStartError::Directions { directions: 0, .. } => {
                "leave them out, or take data with directions: docs/directions.md".to_owned()
            }
            JointStartError::Directions { directions, .. } => {
                format!("write one for each, e.g. mean = {:?}", vec![0.5; directions])
            }
            _ => "write initial.gaussian = { scale = 0.8 }".to_owned(),
        };
        complaints.add(["model", "initial", kind.name()], error.to_string(), &help);
    }

    /// Notes labels that the loss is not for.
    fn refuse_labels(&self, data: Option<&DataModel>, complaints: &mut Complaints) {
        let is_logistic = matches!(self.loss, LossKind::Logistic(_));
        let message = "the logistic loss is for labels ±1, and these data have others";
        let path = ["model", "loss", "logistic"];
        complaints.unless(
            !is_logistic || data.is_none_or(DataModel::has_signs),
            &path,
            message,
            "leave out model.loss",
        );
    }

    /// The noise of labels; what is wrong with it is noted.
    fn checked_label_noise(&self, complaints: &mut Complaints) -> f64 {
        let noise = self.label_noise;
        let path = ["model", "label-noise"];
        let message =
            format!("`label-noise` must be 0 or a number from {LEAST:e} to {LARGEST:e}; it is {noise:?}");
        let sensible = noise == 0.0 || (LEAST..=LARGEST).contains(&noise);
        complaints.unless(sensible, &path, message, "write e.g. label-noise = 0.3");
        let is_squared = matches!(self.loss, LossKind::Squared(_));
        let message = "noise of labels is known with the squared loss alone, whose limit it does not move";
        complaints.unless(noise == 0.0 || is_squared, &path, message, "leave out it, or model.loss");
        noise
    }

    /// Notes noise of labels in a model of points, whose labels are what they are.
    fn refuse_label_noise(&self, complaints: &mut Complaints) {
        let message = "`label-noise` is of two-layer networks, and this model has layers";
        complaints.unless(self.label_noise == 0.0, &["model", "label-noise"], message, "leave it out");
    }

    /// The points that networks are trained on; labels that the loss is not for are noted.
    fn parse_points(&self, loss: Loss, complaints: &mut Complaints) -> Option<DataPoints> {
        let data = self.data.parse_points(complaints)?;
        if let Some(label) = odd_label(loss, &data) {
            let message = format!("the logistic loss is for labels ±1, and one is {label:?}");
            complaints.add(["model", "loss", "logistic"], message, "write e.g. target = \"signum(x1)\"");
        }
        Some(data)
    }
}

/// A start as large as a recorded one.
fn start_of_its_size(recorded: &RecordedStart, coordinates: Coordinates) -> Option<Start> {
    Some(match recorded.of_its_size(coordinates)? {
        (weights, None) => Start::Inner(weights),
        (weights, Some(affine)) => Start::Affine(weights, affine),
    })
}

/// Whether there is no noise.
fn is_absent(noise: &f64) -> bool {
    *noise == 0.0
}

/// A label that the loss is not for.
fn odd_label(loss: Loss, data: &DataPoints) -> Option<f64> {
    let mut labels = data.labels().iter().copied();
    labels.find(|label| loss == Loss::Logistic && label.abs() != 1.0)
}

impl Parts {
    /// The problem, where all parts are there and fit one another.
    pub fn problem(&self, bath: Bath) -> Option<Problem> {
        let network = Network::TwoLayer { unit: self.unit, activation: self.activation.clone()? };
        let problem = Problem::new(self.data.clone()?, self.loss, network, self.start.clone()?, bath);
        let problem = problem.ok()?.with_label_noise(self.label_noise);
        Some(match &self.recorded {
            Some(recorded) => problem.with_recorded_start(recorded.clone()),
            None => problem,
        })
    }
}
