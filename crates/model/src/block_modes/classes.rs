//! Data as classes in which inputs are known by given coordinates z and by their lengths in at most two
//! blocks: those of two blocks or of one, and those along directions, where every node of a quadrature over
//! z is a class of its own, with the label there. A class shows a neuron a σ(⟨m, z⟩ + b + ⟨w, x⟩) as one
//! with the offset b + ⟨m, z⟩.

use crate::data::{BlockClasses, GaussianClasses};
use crate::directed::{DirectedClasses, MOST_GIVEN};
use crate::input_nodes::{InputNode, LineRule, input_nodes};

/// Inputs (z, τ₁ g₁, τ₂ g₂), g standard normal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InputClass {
    /// Probability.
    pub weight: f64,
    /// y.
    pub label: f64,
    /// τ₁ and τ₂; 0 of a block that there is not.
    pub scales: [f64; 2],
    /// z; 0 beyond the directions that there are.
    pub given: [f64; MOST_GIVEN],
}

/// Such classes.
#[derive(Clone, Debug, PartialEq)]
pub struct InputClasses {
    /// The number of coordinates of each block; 0 of a block that there is not, which is the last.
    pub dimensions: [usize; 2],
    /// The classes; weights sum to 1.
    pub classes: Vec<InputClass>,
}

impl InputClasses {
    /// Data along directions, or points, at the nodes of a rule.
    pub fn along(data: &DirectedClasses, rule: &LineRule) -> Self {
        let class = |node: InputNode| InputClass {
            weight: node.share,
            label: node.label,
            scales: [node.across, 0.0],
            given: node.z,
        };
        let classes = input_nodes(data, rule).into_iter().map(class).collect();
        Self { dimensions: [data.across, 0], classes }
    }

    /// How many blocks there are.
    pub fn blocks(&self) -> usize {
        self.dimensions.iter().filter(|dimension| **dimension > 0).count()
    }
}

impl InputClass {
    /// A class of which no coordinate is given.
    fn of_blocks(weight: f64, label: f64, scales: [f64; 2]) -> Self {
        Self { weight, label, scales, given: [0.0; MOST_GIVEN] }
    }
}

impl From<&BlockClasses> for InputClasses {
    fn from(data: &BlockClasses) -> Self {
        let classes = data.classes.iter();
        let classes = classes.map(|class| InputClass::of_blocks(class.weight, class.label, class.scales));
        Self { dimensions: data.dimensions, classes: classes.collect() }
    }
}

impl From<&GaussianClasses> for InputClasses {
    fn from(data: &GaussianClasses) -> Self {
        let classes = data.classes.iter();
        let classes =
            classes.map(|class| InputClass::of_blocks(class.weight, class.label, [class.scale, 0.0]));
        Self { dimensions: [data.dimension, 0], classes: classes.collect() }
    }
}
