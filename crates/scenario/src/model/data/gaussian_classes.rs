//! The data `gaussian-classes`: any mixture of Gaussian classes, each with its weight, label, scales and
//! mean.
//!
//! Without means and blocks they are isotropic, with a relevant dimension they have two blocks; with means
//! the coordinates that these have are directions that matter.

use meanfield_model::data::{BlockClass, BlockClasses, Class, GaussianClasses};
use meanfield_model::directed::{DirectedClass, DirectedClasses, Label, MOST_DIRECTIONS};
use meanfield_model::problem::{DataModel, Symmetry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::complaints::DataComplaints;
use super::kind::{DataKind, DirectedKind};
use crate::ranges::LARGEST;

/// Most classes.
const MOST_CLASSES: usize = 64;
/// What to write for classes.
const EXAMPLE: &str = "write e.g. classes = [{ label = 1.0, scale = 1.2 }, { label = -1.0, scale = 0.8 }]";

/// Keys of `gaussian-classes`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GaussianClassesKeys {
    /// d, the dimension of x.
    pub dimension: usize,
    /// s₀, the first coordinates, whose scale is `relevant-scale`. Left out, there is one block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relevant_dimension: Option<usize>,
    /// The classes.
    pub classes: Vec<ClassKeys>,
}

/// One class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClassKeys {
    /// Its probability, up to a factor. The default makes all equally likely.
    #[serde(default = "unit_scale")]
    pub weight: f64,
    /// y.
    pub label: f64,
    /// Standard deviation of each coordinate of x.
    #[serde(default = "unit_scale")]
    pub scale: f64,
    /// That of the relevant ones; by default the same as of the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relevant_scale: Option<f64>,
    /// The means of the first coordinates, 1 to 3 of them, as many in every class that has some; the others'
    /// are 0. By default all are 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mean: Vec<f64>,
    /// Standard deviation of each coordinate that has a mean; by default the same as of the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub along: Vec<f64>,
}

fn unit_scale() -> f64 {
    1.0
}

impl DataKind for GaussianClassesKeys {
    fn of_directions(&self) -> Option<&dyn DirectedKind> {
        Some(self)
    }
}

impl DirectedKind for GaussianClassesKeys {
    fn symmetry(&self) -> Symmetry {
        match (self.directions(), self.relevant_dimension) {
            (0, None) => Symmetry::OneBlock,
            (0, Some(relevant)) => Symmetry::TwoBlocks { relevant },
            (directions, _) => Symmetry::Directions(directions),
        }
    }

    fn data(&self, complaints: &mut DataComplaints) -> Option<DataModel> {
        let fits = self.have_numbers(complaints) & self.have_blocks(complaints) & self.have_means(complaints);
        if !fits {
            return None;
        }
        let total: f64 = self.classes.iter().map(|class| class.weight).sum();
        match (self.directions(), self.relevant_dimension) {
            (0, None) => Some(self.isotropic(total).into()),
            (0, Some(relevant)) => Some(self.in_blocks(relevant, total).into()),
            (directions, _) => Some(self.directed(directions, total).into()),
        }
    }
}

impl GaussianClassesKeys {
    /// k.
    fn directions(&self) -> usize {
        self.classes.iter().map(|class| class.mean.len()).max().unwrap_or(0)
    }

    fn isotropic(&self, total: f64) -> GaussianClasses {
        let classes = self.classes.iter().map(|class| Class {
            weight: class.weight / total,
            label: class.label,
            scale: class.scale,
        });
        GaussianClasses { dimension: self.dimension, classes: classes.collect() }
    }

    fn in_blocks(&self, relevant: usize, total: f64) -> BlockClasses {
        let classes = self.classes.iter().map(|class| BlockClass {
            weight: class.weight / total,
            label: class.label,
            scales: [class.relevant_scale.unwrap_or(class.scale), class.scale],
        });
        BlockClasses { dimensions: [relevant, self.dimension - relevant], classes: classes.collect() }
    }

    fn directed(&self, directions: usize, total: f64) -> DirectedClasses {
        let classes = self.classes.iter().map(|class| DirectedClass {
            weight: class.weight / total,
            label: Label::Number(class.label),
            means: if class.mean.is_empty() { vec![0.0; directions] } else { class.mean.clone() },
            along: if class.along.is_empty() { vec![class.scale; directions] } else { class.along.clone() },
            across: class.scale,
        });
        DirectedClasses { directions, across: self.dimension - directions, classes: classes.collect() }
    }

    /// Whether there are classes, whose numbers are sensible.
    fn have_numbers(&self, complaints: &mut DataComplaints) -> bool {
        let count = self.classes.len();
        let message = format!("there are {count} classes, and there may be 1 to {MOST_CLASSES}");
        let some = complaints.unless((1..=MOST_CLASSES).contains(&count), "classes", message, EXAMPLE);
        let wrong = self.classes.iter().position(|class| !class.is_sensible());
        if let Some(place) = wrong {
            let message = format!(
                "class {place} has a number that it cannot have: weights and scales are positive, and \
                 nothing is beyond {LARGEST:e}"
            );
            complaints.about_entry("classes", place, message, EXAMPLE);
        }
        some && wrong.is_none()
    }

    /// Whether the blocks are within the dimension, and scales of blocks belong to some.
    fn have_blocks(&self, complaints: &mut DataComplaints) -> bool {
        let message = format!("the dimension must be at least 2; it is {}", self.dimension);
        let has_room =
            complaints.unless(self.dimension >= 2, "dimension", message, "write e.g. dimension = 40");
        let Some(relevant) = self.relevant_dimension else {
            let has_scale = self.classes.iter().any(|class| class.relevant_scale.is_some());
            let message = "classes have a `relevant-scale`, and no coordinates are relevant";
            let help = "write e.g. relevant-dimension = 10, or leave it out";
            return has_room & complaints.unless(!has_scale, "classes", message, help);
        };
        let message = format!("`relevant-dimension` must lie between 1 and d − 1; it is {relevant}");
        let is_within = (1..self.dimension).contains(&relevant);
        has_room
            & complaints.unless(
                is_within,
                "relevant-dimension",
                message,
                "write e.g. relevant-dimension = 10",
            )
    }

    /// Whether means have one length, and room beside them.
    fn have_means(&self, complaints: &mut DataComplaints) -> bool {
        let directions = self.directions();
        if directions == 0 {
            let has_along = self.classes.iter().any(|class| !class.along.is_empty());
            let message = "`along` is of coordinates that have a mean";
            return complaints.unless(!has_along, "classes", message, "write `mean`, too, or leave it out");
        }
        let message = format!("a mean has {directions} numbers, and it may have 1 to {MOST_DIRECTIONS}");
        let few = complaints.unless(directions <= MOST_DIRECTIONS, "classes", message, EXAMPLE);
        let other = self.classes.iter().position(|class| {
            [&class.mean, &class.along].iter().any(|list| !list.is_empty() && list.len() != directions)
        });
        if let Some(place) = other {
            let message = format!("class {place} has lists of another length than {directions}");
            complaints.about_entry("classes", place, message, "write as many numbers in every class");
        }
        let message = "means and blocks of coordinates are known by themselves alone";
        let is_alone = self.relevant_dimension.is_none();
        let help = "leave it out, and write `along` for scales of the coordinates with means";
        let is_alone = complaints.unless(is_alone, "relevant-dimension", message, help);
        few && other.is_none() && is_alone && complaints.room_across(self.dimension, directions)
    }
}

impl ClassKeys {
    /// Whether its weight and scales are positive, and its label and means moderate.
    fn is_sensible(&self) -> bool {
        let positive = [self.weight, self.scale, self.relevant_scale.unwrap_or(1.0)];
        let positive =
            positive.iter().chain(&self.along).all(|number| (1.0 / LARGEST..=LARGEST).contains(number));
        positive && self.mean.iter().chain([&self.label]).all(|number| number.abs() <= LARGEST)
    }
}
