//! The data `gaussian-classes`: any mixture of Gaussian classes, each with its weight, label, scales and
//! mean.
//!
//! Without means and blocks they are isotropic; a relevant dimension is short for two blocks; with means the
//! coordinates that these have are directions that matter.

use meanfield_model::blocks::{Blocks, MOST_BLOCKS};
use meanfield_model::data::{BlockClass, BlockClasses, Class, GaussianClasses};
use meanfield_model::directed::{DirectedClass, DirectedClasses, Label, MOST_DIRECTIONS};
use meanfield_model::problem::{DataModel, Symmetry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::complaints::DataComplaints;
use super::kind::{DataKind, DirectedKind};
use crate::ranges::{LARGEST, SMALLEST_SCALE};

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
    /// The number of coordinates of each of 2 or 3 blocks, in their order; they add up to d. Classes then
    /// have `scales`. Left out, there is one block, or there are those of `relevant-dimension`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<usize>,
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
    /// Those of each of the `blocks`; by default `scale` in all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scales: Vec<f64>,
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
        match (self.directions(), Blocks::listed(&self.all_blocks())) {
            (0, None) => Symmetry::OneBlock,
            (0, Some(blocks)) => Symmetry::Blocks(blocks),
            (directions, _) => Symmetry::Directions(directions),
        }
    }

    fn data(&self, complaints: &mut DataComplaints) -> Option<DataModel> {
        let fits = self.have_numbers(complaints) & self.have_blocks(complaints) & self.have_means(complaints);
        if !fits {
            return None;
        }
        let total: f64 = self.classes.iter().map(|class| class.weight).sum();
        match (self.directions(), &self.all_blocks()[..]) {
            (0, [first, second]) => Some(self.in_blocks([*first, *second], total).into()),
            (0, [first, second, third]) => Some(self.in_blocks([*first, *second, *third], total).into()),
            (0, _) => Some(self.isotropic(total).into()),
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

    /// The number of coordinates of each block; of one block none.
    fn all_blocks(&self) -> Vec<usize> {
        match self.relevant_dimension {
            Some(relevant) => vec![relevant, self.dimension.saturating_sub(relevant)],
            None => self.blocks.clone(),
        }
    }

    fn in_blocks<const B: usize>(&self, dimensions: [usize; B], total: f64) -> BlockClasses<B> {
        let classes = self.classes.iter().map(|class| BlockClass {
            weight: class.weight / total,
            label: class.label,
            scales: std::array::from_fn(|block| class.scale_of_block(block)),
        });
        BlockClasses { dimensions, classes: classes.collect() }
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
        let before = complaints.all.count();
        for (place, class) in self.classes.iter().enumerate() {
            if let Some(mistake) = class.mistake() {
                complaints.about_entry("classes", place, format!("class {place}: {mistake}"), EXAMPLE);
            }
        }
        some && complaints.all.count() == before
    }

    /// Whether the blocks are within the dimension, and scales of blocks belong to some.
    fn have_blocks(&self, complaints: &mut DataComplaints) -> bool {
        let message = format!("the dimension must be at least 2; it is {}", self.dimension);
        let has_room =
            complaints.unless(self.dimension >= 2, "dimension", message, "write e.g. dimension = 40");
        has_room & self.have_listed_blocks(complaints) & self.have_relevant_block(complaints)
    }

    /// Whether `blocks` add up to the dimension, and classes have as many scales as there are blocks.
    fn have_listed_blocks(&self, complaints: &mut DataComplaints) -> bool {
        if self.blocks.is_empty() {
            let has_scales = self.classes.iter().any(|class| !class.scales.is_empty());
            let message = "classes have `scales`, and there are no `blocks`";
            let help = "write e.g. blocks = [10, 10, 20], or `scale` in place of `scales`";
            return complaints.unless(!has_scales, "classes", message, help);
        }
        let count = self.blocks.len();
        let help = format!("write e.g. blocks = {:?}", few_blocks(self.dimension));
        let message = format!("there are {count} `blocks`, and there may be 2 to {MOST_BLOCKS}");
        let few = complaints.unless((2..=MOST_BLOCKS).contains(&count), "blocks", message, &help);
        let total = self.blocks.iter().fold(0_usize, |total, block| total.saturating_add(*block));
        let message = format!(
            "`blocks` must have 1 coordinate or more each, and {} together; they are {:?}",
            self.dimension, self.blocks
        );
        let fit = self.blocks.iter().all(|block| *block > 0) && total == self.dimension;
        let fit = complaints.unless(fit, "blocks", message, &help);
        let message = "`blocks` and `relevant-dimension` both say which coordinates belong together";
        let is_one = complaints.unless(self.relevant_dimension.is_none(), "blocks", message, "leave one out");
        let other = self.classes.iter().position(|class| ![0, count].contains(&class.scales.len()));
        if let Some(place) = other {
            let given = self.classes[place].scales.len();
            let message = format!("class {place} has {given} `scales`, and there are {count} blocks");
            complaints.about_entry("classes", place, message, "write one for each block");
        }
        few && fit && is_one && other.is_none()
    }

    /// Whether the relevant coordinates are within the dimension, and their scales belong to some.
    fn have_relevant_block(&self, complaints: &mut DataComplaints) -> bool {
        let Some(relevant) = self.relevant_dimension else {
            let has_scale = self.classes.iter().any(|class| class.relevant_scale.is_some());
            let message = "classes have a `relevant-scale`, and no coordinates are relevant";
            let help = "write e.g. relevant-dimension = 10, or leave it out";
            return complaints.unless(!has_scale, "classes", message, help);
        };
        let message = format!("`relevant-dimension` must lie between 1 and d − 1; it is {relevant}");
        let is_within = (1..self.dimension).contains(&relevant);
        complaints.unless(is_within, "relevant-dimension", message, "write e.g. relevant-dimension = 10")
    }

    /// Whether means have one length, and room beside them.
    fn have_means(&self, complaints: &mut DataComplaints) -> bool {
        let directions = self.directions();
        if directions == 0 {
            let has_along = self.classes.iter().any(|class| !class.along.is_empty());
            let message = "`along` is of coordinates that have a mean";
            return complaints.unless(!has_along, "classes", message, "write `mean`, too, or leave it out");
        }
        let longest = self.classes.iter().position(|class| class.mean.len() == directions).unwrap_or(0);
        let message = format!(
            "the mean of class {longest} has {directions} numbers, and it may have 1 to {MOST_DIRECTIONS}"
        );
        let few = complaints.unless(directions <= MOST_DIRECTIONS, "classes", message, EXAMPLE);
        let other = self.classes.iter().position(|class| {
            [&class.mean, &class.along].iter().any(|list| !list.is_empty() && list.len() != directions)
        });
        if let Some(place) = other {
            let message = format!("class {place} has lists of another length than {directions}");
            complaints.about_entry("classes", place, message, "write as many numbers in every class");
        }
        let message = "means and blocks of coordinates are known by themselves alone";
        let key = if self.blocks.is_empty() { "relevant-dimension" } else { "blocks" };
        let help = "leave it out, and write `along` for scales of the coordinates with means";
        let is_alone = complaints.unless(self.all_blocks().is_empty(), key, message, help);
        few && other.is_none() && is_alone && complaints.room_across(self.dimension, directions)
    }
}

/// Three blocks of so many coordinates.
fn few_blocks(dimension: usize) -> [usize; 3] {
    let first = (dimension / 4).max(1);
    [first, first, dimension.saturating_sub(2 * first).max(1)]
}

impl ClassKeys {
    /// τ of a block.
    fn scale_of_block(&self, block: usize) -> f64 {
        let first = self.relevant_scale.filter(|_| block == 0);
        self.scales.get(block).copied().or(first).unwrap_or(self.scale)
    }

    /// A number that it cannot have, in words: weights and scales are positive, labels and means moderate.
    fn mistake(&self) -> Option<String> {
        let relevant = self.relevant_scale.as_slice();
        let positive: [(&str, &[f64]); 5] = [
            ("weight", &[self.weight]),
            ("scale", &[self.scale]),
            ("relevant-scale", relevant),
            ("along", &self.along),
            ("scales", &self.scales),
        ];
        if let Some((key, number)) =
            first_outside(&positive, |number| (SMALLEST_SCALE..=LARGEST).contains(&number))
        {
            return Some(format!(
                "`{key}` must lie between {SMALLEST_SCALE:e} and {LARGEST:e}; it is {number}"
            ));
        }
        let signed: [(&str, &[f64]); 2] = [("label", &[self.label]), ("mean", &self.mean)];
        let (key, number) = first_outside(&signed, |number| number.abs() <= LARGEST)?;
        Some(format!("`{key}` must be a number up to {LARGEST:e}; it is {number}"))
    }
}

/// The first number of some keys that is not allowed, with its key.
fn first_outside<'a>(keys: &[(&'a str, &[f64])], allowed: fn(f64) -> bool) -> Option<(&'a str, f64)> {
    let all = keys.iter().flat_map(|(key, numbers)| numbers.iter().map(|number| (*key, *number)));
    all.into_iter().find(|(_, number)| !allowed(*number))
}
