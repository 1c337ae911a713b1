//! The data `single-index`: standard normal inputs whose label is a function of one coordinate.

use meanfield_model::directed::DirectedClasses;
use meanfield_model::problem::{DataModel, Symmetry};
use meanfield_model::teacher::Teacher;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::complaints::DataComplaints;
use super::kind::{DataKind, DirectedKind};
use crate::model::activation::ActivationKind;

/// Keys of `single-index`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SingleIndexKeys {
    /// d, the dimension of x; at least 3.
    pub dimension: usize,
    /// f, any activation: hermite.coefficients = [0, 0, 1] is (x₁² − 1)/√2.
    pub target: ActivationKind,
    /// Standard deviation of each coordinate of x. The default is that of MMN's relevant block at Δ = 0.
    #[serde(default = "unit_scale")]
    pub scale: f64,
}

fn unit_scale() -> f64 {
    1.0
}

impl DataKind for SingleIndexKeys {
    fn of_directions(&self) -> Option<&dyn DirectedKind> {
        Some(self)
    }
}

impl DirectedKind for SingleIndexKeys {
    fn symmetry(&self) -> Symmetry {
        Symmetry::Directions(1)
    }

    fn data(&self, complaints: &mut DataComplaints) -> Option<DataModel> {
        let fits = complaints.room_across(self.dimension, 1) & complaints.scale("scale", self.scale);
        let target = self.target.parse_at(&complaints.path("target"), complaints.all)?;
        if !fits {
            return None;
        }
        let teacher = Teacher::single_index(target);
        let mut data = DirectedClasses::with_teacher(self.dimension, 1, teacher);
        data.classes[0].along = vec![self.scale];
        data.classes[0].across = self.scale;
        Some(data.into())
    }
}
