//! `[model]`: data, activation, unit, loss and start, and the parts of a problem that they mean. Each
//! kind of data has a file below `model/data/`, every other section one file with its keys, its checks
//! and its meaning.

pub mod activation;
pub mod data;
pub mod initial;
pub mod loss;
pub mod unit;
#[cfg(test)]
mod variants;

use meanfield_model::activation::Activation;
use meanfield_model::coordinates::Coordinates;
use meanfield_model::loss::Loss;
use meanfield_model::problem::{Bath, DataModel, Network, Problem, ProblemError, Start};
use meanfield_model::unit::Unit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::complaints::Complaints;
use activation::ActivationKind;
use data::Data;
use initial::InitialKind;
use loss::LossKind;
use unit::UnitKind;

/// Data, activation, loss and start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Model {
    /// The joint law of label and input.
    pub data: Data,
    /// σ in ŷ(x) = (1/N) Σ σ(⟨w, x⟩).
    pub activation: ActivationKind,
    /// What a neuron computes with it. The default has neither an output weight a nor an offset b: the
    /// terms are absent.
    #[serde(default)]
    pub unit: UnitKind,
    /// ℓ(y, ŷ), whose mean is the risk. The default is the squared loss: a network's risk is then exact, and
    /// all of MMN 2018 is about it.
    #[serde(default)]
    pub loss: LossKind,
    /// The law of the weights at t = 0.
    pub initial: InitialKind,
}

/// The parts of a problem, as far as they were understood.
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
    /// Told from the kinds of data and unit, whatever their numbers.
    pub coordinates: Result<Coordinates, ProblemError>,
}

impl Model {
    /// The parts of the model that the section defines; all its mistakes are noted.
    pub(crate) fn parse(&self, complaints: &mut Complaints) -> Parts {
        let unit = self.unit.unit();
        Parts {
            data: self.data.parse(complaints),
            activation: self.activation.parse(complaints),
            unit,
            loss: self.loss.parse(complaints),
            start: self.initial.parse(unit, complaints),
            coordinates: self.data.symmetry().coordinates(unit),
        }
    }
}

impl Parts {
    /// The problem, where all parts are there and fit one another.
    pub fn problem(&self, bath: Bath) -> Option<Problem> {
        let network = Network::TwoLayer { unit: self.unit, activation: self.activation.clone()? };
        Problem::new(self.data.clone()?, self.loss, network, self.start.clone()?, bath).ok()
    }
}
