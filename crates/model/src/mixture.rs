//! Data as a mixture of centred Gaussians on any number of blocks of coordinates: the one view of isotropic
//! data and of data with two blocks that samples and the exact risk of a network are taken from.
//!
//! Class c has weight π_c, label y_c and x | c ~ N(0, Σ_B τ_cB² P_B), P_B the projector on block B. Nothing
//! is reduced here: the potentials, which use the symmetry within each block, read the [data
//! models](crate::data) themselves. Isotropic data are the mixture with one block, and samples of it consume
//! the same random numbers, in the same order, as samples of isotropic data always did.

use std::ops::Range;

use crate::data::{BlockClass, BlockClasses, Class, GaussianClasses};

/// One class: weight π, label y, scales τ.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Probability π_c.
    pub weight: f64,
    /// Label y_c.
    pub label: f64,
    /// τ_cB > 0: standard deviation of each coordinate of x in block B, one for each block.
    pub scales: Vec<f64>,
}

/// A mixture of centred Gaussian classes, with a scale for each block of coordinates.
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
                    label: class.label,
                    scales: vec![class.scale],
                })
                .collect(),
        }
    }
}

impl From<BlockClasses> for Mixture {
    fn from(data: BlockClasses) -> Self {
        Self {
            dimensions: data.dimensions.to_vec(),
            components: data
                .classes
                .into_iter()
                .map(|class: BlockClass| Component {
                    weight: class.weight,
                    label: class.label,
                    scales: class.scales.to_vec(),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_data_models_have_this_view() {
        let one: Mixture = GaussianClasses::isotropic(8, 0.5).expect("valid").into();
        assert_eq!(one.dimension(), 8);
        assert!(one.blocks().eq(std::iter::once(0..8)));
        assert_eq!(one.components[1], Component { weight: 0.5, label: -1.0, scales: vec![0.5] });
        let two: Mixture = BlockClasses::anisotropic(8, 3, 0.5).expect("valid").into();
        assert_eq!(two.dimension(), 8);
        assert!(two.blocks().eq([0..3, 3..8]));
        assert_eq!(two.components[0], Component { weight: 0.5, label: 1.0, scales: vec![1.5, 1.0] });
    }
}
