//! Data with directions that matter: x = (z, x_⊥), z ∈ R^k the coordinates along the first k ≤ 3 axes, x_⊥
//! the others, of which only the length does. Given the class c, z ~ N(μ_c, diag τ_c²) and x_⊥ ~ N(0, τ_⊥c²
//! I) are independent; the label is y_c, or a [`Teacher`] of z.
//!
//! Single-index and multi-index targets, Gaussian classes with means, and finite sets of points (no x_⊥, each
//! point a class that does not spread) are data of this form; so are isotropic classes, with k = 0. Nothing
//! is drawn and nothing is integrated here.

use crate::data::GaussianClasses;
use crate::teacher::Teacher;

/// Most directions.
pub const MOST_DIRECTIONS: usize = 3;
/// Most coordinates of an input that are given one by one: those along directions, or all of a point.
pub const MOST_GIVEN: usize = 4;

/// The label of a class.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Label {
    /// The same for all its inputs.
    Number(f64),
    /// A function of z.
    Teacher(Teacher),
}

impl Label {
    /// The label of an input that begins with z.
    pub fn value(&self, z: &[f64]) -> f64 {
        match self {
            Self::Number(label) => *label,
            Self::Teacher(teacher) => teacher.value(z),
        }
    }

    /// Whether it has kinks as a function of z.
    pub fn bends(&self) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Teacher(teacher) => teacher.bends(),
        }
    }

    /// The label, where it is one number.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(label) => Some(*label),
            Self::Teacher(_) => None,
        }
    }
}

/// One class.
#[derive(Clone, Debug, PartialEq)]
pub struct DirectedClass {
    /// Probability π_c.
    pub weight: f64,
    /// y_c, or y(z).
    pub label: Label,
    /// μ_c, one number for each direction.
    pub means: Vec<f64>,
    /// τ_c ≥ 0, one for each direction.
    pub along: Vec<f64>,
    /// τ_⊥c.
    pub across: f64,
}

/// Classes that know k directions of R^d.
#[derive(Clone, Debug, PartialEq)]
pub struct DirectedClasses {
    /// k.
    pub directions: usize,
    /// d − k: 0 or at least 2.
    pub across: usize,
    /// The classes; weights sum to 1.
    pub classes: Vec<DirectedClass>,
}

impl DirectedClasses {
    /// One class of standard normal inputs with a target in their first coordinates.
    pub fn with_teacher(dimension: usize, directions: usize, teacher: Teacher) -> Self {
        let class = DirectedClass {
            weight: 1.0,
            label: Label::Teacher(teacher),
            means: vec![0.0; directions],
            along: vec![1.0; directions],
            across: 1.0,
        };
        Self { directions, across: dimension - directions, classes: vec![class] }
    }

    /// Points of R^D with their labels and probabilities: equally many of each.
    pub fn points(inputs: &[Vec<f64>], labels: &[f64], weights: &[f64]) -> Self {
        let directions = inputs.first().map_or(0, Vec::len);
        let points = inputs.iter().zip(labels).zip(weights);
        let class = |((input, label), weight): ((&Vec<f64>, &f64), &f64)| DirectedClass {
            weight: *weight,
            label: Label::Number(*label),
            means: input.clone(),
            along: vec![0.0; directions],
            across: 0.0,
        };
        Self { directions, across: 0, classes: points.map(class).collect() }
    }

    /// d.
    pub fn dimension(&self) -> usize {
        self.directions + self.across
    }
}

impl From<&GaussianClasses> for DirectedClasses {
    /// No direction matters.
    fn from(data: &GaussianClasses) -> Self {
        let classes = data.classes.iter().map(|class| DirectedClass {
            weight: class.weight,
            label: Label::Number(class.label),
            means: Vec::new(),
            along: Vec::new(),
            across: class.scale,
        });
        Self { directions: 0, across: data.dimension, classes: classes.collect() }
    }
}
