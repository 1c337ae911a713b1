//! The joint law of label and input, by the symmetry that reduces it, and the coordinates that this leaves
//! of a neuron. Nothing is reduced here, and no network is known but what its units are.

use crate::blocks::Blocks;
use crate::coordinates::Coordinates;
use crate::data::{BlockClasses, GaussianClasses};
use crate::directed::{DirectedClasses, MOST_GIVEN};
use crate::mixture::Mixture;
use crate::unit::Unit;

/// Under which rotations of the inputs data stay the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Symmetry {
    /// All.
    OneBlock,
    /// Those that leave blocks of coordinates to themselves.
    Blocks(Blocks),
    /// Those that leave some directions as they are.
    Directions(usize),
    /// None: points of so many coordinates.
    Points(usize),
}

/// Most coordinates that are left of a neuron.
const MOST_COORDINATES: usize = 4;
/// Of points none is reduced.
const _: () = assert!(MOST_COORDINATES <= MOST_GIVEN);

/// No law in the coordinates that would be left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CoordinatesError {
    /// More coordinates than a law can have.
    #[error(
        "{0} coordinates would be left of a neuron, and {MOST_COORDINATES} are the most that a law is known \
         in: take fewer directions or blocks, or neurons without output weight and offset"
    )]
    Several(usize),
    /// Points, on which a neuron has more coordinates than a law can have.
    #[error(
        "a neuron on these points has {0} coordinates, and {MOST_COORDINATES} are the most that a law is \
         known in: write the network as [[model.layers]], or take fewer columns as inputs"
    )]
    Inputs(usize),
    /// Points with one coordinate, and no offset.
    #[error("a neuron with one weight alone is no problem: append 1 to each point (bias = true)")]
    OneWeight,
}

impl Symmetry {
    /// The coordinates in which the law of such units is reduced.
    ///
    /// # Errors
    /// Where no reduction is known.
    pub fn coordinates(self, unit: Unit) -> Result<Coordinates, CoordinatesError> {
        let is_affine = unit == Unit::Affine;
        match (self, unit) {
            (Self::OneBlock, Unit::Inner) => Ok(Coordinates::Radius),
            (Self::OneBlock, Unit::Affine) => Ok(Coordinates::Directed { is_affine, directions: 0 }),
            (Self::Blocks(blocks), _) => few(Coordinates::Radii { is_affine, blocks }),
            (Self::Directions(directions), _) => few(Coordinates::Directed { is_affine, directions }),
            (Self::Points(dimension), _) => few(Coordinates::OfPoints { is_affine, dimension }),
        }
    }
}

/// The coordinates, where they are few enough and more than one.
fn few(coordinates: Coordinates) -> Result<Coordinates, CoordinatesError> {
    let (is_affine, others) = match coordinates {
        Coordinates::Radii { is_affine, blocks } => (is_affine, blocks.count()),
        Coordinates::Directed { is_affine, directions } => (is_affine, directions + 1),
        Coordinates::OfPoints { is_affine, dimension } => (is_affine, dimension),
        _ => return Ok(coordinates),
    };
    let count = others + if is_affine { 2 } else { 0 };
    match count {
        0 | 1 => Err(CoordinatesError::OneWeight),
        2..=MOST_COORDINATES => Ok(coordinates),
        count => Err(match coordinates {
            Coordinates::OfPoints { .. } => CoordinatesError::Inputs(count),
            _ => CoordinatesError::Several(count),
        }),
    }
}

/// The joint law of label and input, by the symmetry that reduces it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DataModel {
    /// Rotation-invariant inputs.
    OneBlock(GaussianClasses),
    /// Inputs that are rotation-invariant in each of two blocks of coordinates.
    TwoBlocks(BlockClasses),
    /// In each of three.
    ThreeBlocks(BlockClasses<3>),
    /// Inputs that are rotation-invariant about some directions, or points.
    Directed(DirectedClasses),
}

impl DataModel {
    /// d.
    pub fn dimension(&self) -> usize {
        match self {
            Self::OneBlock(data) => data.dimension,
            Self::TwoBlocks(data) => data.dimension(),
            Self::ThreeBlocks(data) => data.dimension(),
            Self::Directed(data) => data.dimension(),
        }
    }

    /// Directions that matter; of points all coordinates.
    pub fn directions(&self) -> usize {
        match self {
            Self::OneBlock(_) | Self::TwoBlocks(_) | Self::ThreeBlocks(_) => 0,
            Self::Directed(data) => data.directions,
        }
    }

    /// Whether every label is 1 or −1.
    pub fn has_signs(&self) -> bool {
        let mut labels = self.mixture().components.into_iter().map(|class| class.label.number());
        labels.all(|label| label.is_some_and(|label| label.abs() == 1.0))
    }

    /// The same data, to draw samples from.
    pub fn mixture(&self) -> Mixture {
        match self {
            Self::OneBlock(data) => data.clone().into(),
            Self::TwoBlocks(data) => data.clone().into(),
            Self::ThreeBlocks(data) => data.clone().into(),
            Self::Directed(data) => data.clone().into(),
        }
    }

    /// Under which rotations of its inputs it stays the same.
    pub fn symmetry(&self) -> Symmetry {
        match self {
            Self::OneBlock(_) => Symmetry::OneBlock,
            Self::TwoBlocks(data) => Symmetry::Blocks(data.dimensions.into()),
            Self::ThreeBlocks(data) => Symmetry::Blocks(data.dimensions.into()),
            Self::Directed(data) if data.across == 0 => Symmetry::Points(data.directions),
            Self::Directed(data) => Symmetry::Directions(data.directions),
        }
    }
}

impl From<GaussianClasses> for DataModel {
    fn from(data: GaussianClasses) -> Self {
        Self::OneBlock(data)
    }
}

impl From<BlockClasses> for DataModel {
    fn from(data: BlockClasses) -> Self {
        Self::TwoBlocks(data)
    }
}

impl From<BlockClasses<3>> for DataModel {
    fn from(data: BlockClasses<3>) -> Self {
        Self::ThreeBlocks(data)
    }
}

impl From<DirectedClasses> for DataModel {
    fn from(data: DirectedClasses) -> Self {
        Self::Directed(data)
    }
}
