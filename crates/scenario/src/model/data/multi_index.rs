//! The data `multi-index`: standard normal inputs whose label is the output of a teacher in their first
//! coordinates.

use meanfield_model::directed::{DirectedClasses, MOST_DIRECTIONS};
use meanfield_model::problem::{DataModel, Symmetry};
use meanfield_model::teacher::{Teacher, TeacherUnit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::complaints::DataComplaints;
use super::kind::{DataKind, DirectedKind};
use crate::model::activation::ActivationKind;
use crate::ranges::LARGEST;

/// Most terms of a teacher.
const MOST_UNITS: usize = 1000;
/// What to write for a teacher.
const EXAMPLE: &str = "write e.g. teacher = [{ direction = [1.0, 1.0], activation.relu = {} }]";

/// Keys of `multi-index`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MultiIndexKeys {
    /// d, the dimension of x.
    pub dimension: usize,
    /// y = Σ factor · activation(⟨direction, x⟩ + offset): the terms, directions of 1 to 3 numbers, in as
    /// many first coordinates of x.
    pub teacher: Vec<TeacherKeys>,
}

/// One term of a teacher.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TeacherKeys {
    /// One number for each coordinate that matters.
    pub direction: Vec<f64>,
    /// Its function.
    pub activation: ActivationKind,
    /// What it is multiplied by. The default adds it as it is.
    #[serde(default = "unit_factor")]
    pub factor: f64,
    /// What is added to its argument. Left out means none: the term is absent.
    #[serde(default)]
    pub offset: f64,
}

fn unit_factor() -> f64 {
    1.0
}

impl DataKind for MultiIndexKeys {
    fn of_directions(&self) -> Option<&dyn DirectedKind> {
        Some(self)
    }
}

impl DirectedKind for MultiIndexKeys {
    fn symmetry(&self) -> Symmetry {
        Symmetry::Directions(self.directions())
    }

    fn data(&self, complaints: &mut DataComplaints) -> Option<DataModel> {
        let count = self.teacher.len();
        let message = format!("the teacher has {count} terms, and it may have 1 to {MOST_UNITS}");
        let is_some = complaints.unless((1..=MOST_UNITS).contains(&count), "teacher", message, EXAMPLE);
        let fits = is_some && self.have_one_length(complaints) & self.are_moderate(complaints);
        let fits = fits && complaints.room_across(self.dimension, self.directions());
        let units: Vec<_> =
            self.teacher.iter().enumerate().map(|(place, keys)| keys.unit(place, complaints)).collect();
        let units = units.into_iter().collect::<Option<_>>().filter(|_| fits)?;
        Some(DirectedClasses::with_teacher(self.dimension, self.directions(), Teacher { units }).into())
    }
}

impl MultiIndexKeys {
    /// k, of the first term.
    fn directions(&self) -> usize {
        self.teacher.first().map_or(0, |unit| unit.direction.len())
    }

    /// Whether the terms know the same coordinates.
    fn have_one_length(&self, complaints: &mut DataComplaints) -> bool {
        let directions = self.directions();
        let message = format!("directions of {directions} numbers; they may have 1 to {MOST_DIRECTIONS}");
        let some =
            complaints.unless((1..=MOST_DIRECTIONS).contains(&directions), "teacher", message, EXAMPLE);
        let other = self.teacher.iter().position(|unit| unit.direction.len() != directions);
        if let Some(place) = other {
            let message = format!("term {place} has another number of coordinates than the first");
            complaints.about_entry("teacher", place, message, "write 0.0 for those that it ignores");
        }
        some && other.is_none() && self.know_all_directions(complaints)
    }

    /// Whether each coordinate is one that some term knows: neurons would have one more for nothing.
    fn know_all_directions(&self, complaints: &mut DataComplaints) -> bool {
        let is_unknown = |k: &usize| self.teacher.iter().all(|unit| unit.direction[*k] == 0.0);
        let Some(unknown) = (0..self.directions()).find(is_unknown) else { return true };
        let message = format!("number {unknown} of every direction is 0: no term knows that coordinate");
        complaints.unless(false, "teacher", message, "leave it out of all directions")
    }

    /// Whether no number is absurdly large.
    fn are_moderate(&self, complaints: &mut DataComplaints) -> bool {
        let wrong = self.teacher.iter().position(|unit| {
            let numbers = unit.direction.iter().chain([&unit.factor, &unit.offset]);
            !numbers.into_iter().all(|number| number.abs() <= LARGEST)
        });
        if let Some(place) = wrong {
            let message = format!("a number of term {place} is beyond {LARGEST:e}");
            complaints.about_entry("teacher", place, message, EXAMPLE);
        }
        wrong.is_none()
    }
}

impl TeacherKeys {
    /// The term at a place of the list.
    fn unit(&self, place: usize, complaints: &mut DataComplaints) -> Option<TeacherUnit> {
        let mut path = complaints.path("teacher");
        path.extend([place.into(), "activation".into()]);
        let activation = self.activation.parse_at(&path, complaints.all)?;
        let (factor, offset) = (self.factor, self.offset);
        Some(TeacherUnit { factor, direction: self.direction.clone(), offset, activation })
    }
}
