//! The data `table`: points that stand in the scenario itself.

use meanfield_deep::data::DataPoints;
use ndarray::Array1;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::complaints::DataComplaints;
use super::kind::{DataKind, PointsKind};
use super::target::{inputs_with_bias, points_of};

/// Keys of `table`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TableKeys {
    /// Inputs x, a list of equally many numbers for each point.
    pub inputs: Vec<Vec<f64>>,
    /// Labels y, one for each point.
    pub labels: Vec<f64>,
    /// Probabilities of the points, any positive numbers: they are divided by their sum. Left out, all points
    /// are equally likely.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<f64>,
    /// Whether 1 is appended to each input, so that the first layer has offsets. False by default: the term
    /// is absent.
    #[serde(default)]
    pub bias: bool,
}

impl DataKind for TableKeys {
    fn of_points(&self) -> Option<&dyn PointsKind> {
        Some(self)
    }
}

impl PointsKind for TableKeys {
    fn dimension(&self) -> usize {
        self.inputs.first().map_or(0, Vec::len) + usize::from(self.bias)
    }

    fn has_bias(&self) -> bool {
        self.bias
    }

    fn points(&self, complaints: &mut DataComplaints) -> Option<DataPoints> {
        let dimension = self.inputs.first().map_or(0, Vec::len);
        let fits = complaints.sizes("inputs", self.inputs.len(), dimension)
            & self.is_rectangular(dimension, complaints)
            & self.has_as_many("labels", &self.labels, complaints)
            & (self.weights.is_empty() || self.has_as_many("weights", &self.weights, complaints));
        let weights = fits.then(|| self.shares(complaints))??;
        let inputs = inputs_with_bias(&self.inputs, self.bias);
        points_of(DataPoints::new(inputs, Array1::from(self.labels.clone()), weights), complaints)
    }
}

impl TableKeys {
    /// Whether every input has as many numbers as the first.
    fn is_rectangular(&self, dimension: usize, complaints: &mut DataComplaints) -> bool {
        let other = self.inputs.iter().enumerate().find(|(_, input)| input.len() != dimension);
        if let Some((point, input)) = other {
            let message = format!("input {point} has {} numbers, and the first has {dimension}", input.len());
            complaints.about_entry("inputs", point, message, "write equally many numbers for every point");
        }
        other.is_none()
    }

    /// Whether a list has one number for each point.
    fn has_as_many(&self, key: &str, list: &[f64], complaints: &mut DataComplaints) -> bool {
        let points = self.inputs.len();
        let message = format!("there are {} `{key}` for {points} inputs", list.len());
        complaints.unless(list.len() == points, key, message, "write one for each point")
    }

    /// Probabilities of the points.
    fn shares(&self, complaints: &mut DataComplaints) -> Option<Array1<f64>> {
        let count = self.inputs.len();
        if self.weights.is_empty() {
            return Some(Array1::from_elem(count, 1.0 / count as f64));
        }
        let wrong =
            self.weights.iter().enumerate().find(|(_, weight)| !(0.0..f64::INFINITY).contains(*weight));
        if let Some((point, weight)) = wrong {
            let message = format!("weight {point} is {weight:?}, and no probability is negative or infinite");
            complaints.about_entry("weights", point, message, "write 0 or more");
            return None;
        }
        let sum: f64 = self.weights.iter().sum();
        let message = format!("the weights add up to {sum:?}");
        let is_sum = sum > 0.0 && sum.is_finite();
        complaints
            .unless(is_sum, "weights", message, "write positive numbers")
            .then(|| self.weights.iter().map(|weight| weight / sum).collect())
    }
}
