//! Data as a mixture of Gaussians on any number of blocks of coordinates: the one view of all data that
//! samples and the exact risk of a network are taken from.
//!
//! Class c has weight π_c, label y_c and x | c ~ N(μ_c, Σ_B τ_cB² P_B), P_B the projector on block B. Means
//! are 0 but in the first coordinates of data with directions that matter; there the label may be a function
//! of these coordinates, too. Nothing
//! is reduced here: the potentials, which use the symmetry within each block, read the [data
//! models](crate::data) themselves. Isotropic data are the mixture with one block, and samples of it consume
//! the same random numbers, in the same order, as samples of isotropic data always did.

use std::ops::Range;

use crate::data::{BlockClass, BlockClasses, Class, GaussianClasses};
use crate::directed::{DirectedClass, DirectedClasses, Label};

/// One class: weight π, label y, scales τ, means μ.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Probability π_c.
    pub weight: f64,
    /// Label y_c.
    pub label: Label,
    /// τ_cB ≥ 0: standard deviation of each coordinate of x in block B, one for each block.
    pub scales: Vec<f64>,
    /// The means of the first coordinates; the others' are 0.
    pub means: Vec<f64>,
}

/// A mixture of Gaussian classes, with a scale for each block of coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture {
    /// Number of coordinates of each block, in their order; the sum is d.
    pub dimensions: Vec<usize>,
    /// The classes; weights sum to 1.
    pub components: Vec<Component>,
}

impl Mixture {
    /// d.
    pub fn dimension(&self) -> usize {
        self.dimensions.iter().sum()
    }

    /// Which coordinates each block has.
    pub fn blocks(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.dimensions.iter().scan(0, |end, dimension| {
            let start = *end;
            *end += dimension;
            Some(start..*end)
        })
    }
}

impl From<GaussianClasses> for Mixture {
    fn from(data: GaussianClasses) -> Self {
        Self {
            dimensions: vec![data.dimension],
            components: data
                .classes
                .into_iter()
                .map(|class: Class| Component {
                    weight: class.weight,
                    label: Label::Number(class.label),
                    scales: vec![class.scale],
                    means: Vec::new(),
                })
                .collect(),
        }
    }
}

impl<const B: usize> From<BlockClasses<B>> for Mixture {
    fn from(data: BlockClasses<B>) -> Self {
        Self {
            dimensions: data.dimensions.to_vec(),
            components: data
                .classes
                .into_iter()
                .map(|class: BlockClass<B>| Component {
                    weight: class.weight,
                    label: Label::Number(class.label),
                    scales: class.scales.to_vec(),
                    means: Vec::new(),
                })
                .collect(),
        }
    }
}

impl From<DirectedClasses> for Mixture {
    /// Each direction is a block of its own.
    fn from(data: DirectedClasses) -> Self {
        let has_across = data.across > 0;
        let mut dimensions = vec![1; data.directions];
        dimensions.extend(has_across.then_some(data.across));
        let component = |class: DirectedClass| {
            let mut scales = class.along;
            scales.extend(has_across.then_some(class.across));
            Component { weight: class.weight, label: class.label, scales, means: class.means }
        };
        Self { dimensions, components: data.classes.into_iter().map(component).collect() }
    }
}

impl Mixture {
    /// The same as classes with directions, each of which is a block of one coordinate.
    pub fn directed(&self) -> DirectedClasses {
        let directions = self.directions();
        let classes = self.components.iter().map(|class| DirectedClass {
            weight: class.weight,
            label: class.label.clone(),
            means: class.means.clone(),
            along: class.scales[..directions].to_vec(),
            across: class.scales.get(directions).copied().unwrap_or(0.0),
        });
        DirectedClasses { directions, across: self.dimension() - directions, classes: classes.collect() }
    }

    /// How many first coordinates have means or enter labels: directions that matter.
    pub fn directions(&self) -> usize {
        let of_class = self.components.iter().map(|class| match &class.label {
            Label::Number(_) => class.means.len(),
            Label::Teacher(teacher) => class.means.len().max(teacher.directions()),
        });
        of_class.max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::teacher::Teacher;

    #[test]
    fn directions_are_blocks_of_one_coordinate() {
        let mut data = DirectedClasses::with_teacher(9, 2, Teacher { units: Vec::new() });
        data.classes[0].means = vec![0.5, -1.0];
        let mixture: Mixture = data.clone().into();
        assert_eq!((&mixture.dimensions[..], mixture.directions()), (&[1, 1, 7][..], 2));
        assert_eq!(mixture.directed(), data);
        let points = DirectedClasses::points(&[vec![1.0], vec![2.0]], &[0.0, 1.0], &[0.5, 0.5]);
        assert_eq!(Mixture::from(points.clone()).directed(), points);
    }

    #[test]
    fn both_data_models_have_this_view() {
        let one: Mixture = GaussianClasses::isotropic(8, 0.5).expect("valid").into();
        assert_eq!(one.dimension(), 8);
        assert!(one.blocks().eq(std::iter::once(0..8)));
        let component = |label: f64, scales: Vec<f64>| Component {
            weight: 0.5,
            label: Label::Number(label),
            scales,
            means: Vec::new(),
        };
        assert_eq!(one.components[1], component(-1.0, vec![0.5]));
        let two: Mixture = BlockClasses::anisotropic(8, 3, 0.5).expect("valid").into();
        assert_eq!(two.dimension(), 8);
        assert!(two.blocks().eq([0..3, 3..8]));
        assert_eq!(two.components[0], component(1.0, vec![1.5, 1.0]));
        assert_eq!([one.directions(), two.directions()], [0, 0]);
    }
}
