//! The data `random`: points drawn from a law once, with a target. All systems and seeds are trained on the
//! same ones.

use meanfield_deep::data::DataPoints;
use meanfield_random::stream::{Purpose, generator};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::complaints::DataComplaints;
use super::kind::{DataKind, PointsKind};
use super::target::labelled;
use crate::model::layers::entry::{EntryKind, check_entry};

/// Keys of `random`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RandomKeys {
    /// Number of points.
    pub points: usize,
    /// d, the coordinates of an input.
    pub dimension: usize,
    /// The law of each coordinate, e.g. { normal = { deviation = 1.0 } }.
    pub law: EntryKind,
    /// Which points are drawn: another number, other points.
    pub seed: u64,
    /// The label y as a formula in x1, x2, …, e.g. "sin(pi*x1)".
    pub target: String,
    /// Whether 1 is appended to each input, so that the first layer has offsets. False by default: the term
    /// is absent.
    #[serde(default)]
    pub bias: bool,
}

impl DataKind for RandomKeys {
    fn of_points(&self) -> Option<&dyn PointsKind> {
        Some(self)
    }
}

impl PointsKind for RandomKeys {
    fn dimension(&self) -> usize {
        self.dimension.saturating_add(usize::from(self.bias))
    }

    fn has_bias(&self) -> bool {
        self.bias
    }

    fn points(&self, complaints: &mut DataComplaints) -> Option<DataPoints> {
        let fits = complaints.sizes("points", self.points, self.dimension);
        let path = ["model", "data", complaints.name, "law"].map(Into::into);
        let law = check_entry(&self.law, &path, complaints.all).filter(|_| fits)?;
        let mut random = generator(self.seed, Purpose::Inputs, 0);
        let mut input = |_| (0..self.dimension).map(|_| law.draw(&mut random)).collect();
        let inputs: Vec<Vec<f64>> = (0..self.points).map(&mut input).collect();
        labelled(&inputs, &self.target, self.bias, complaints)
    }
}
