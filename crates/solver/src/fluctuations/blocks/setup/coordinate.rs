//! The reduced coordinates as offsets and lengths: how each enters the input of a neuron, to a class of
//! inputs. It knows no atoms.

use meanfield_model::block_modes::InputClass;
use meanfield_model::problem::Problem;
use meanfield_model::unit::Unit;

/// A reduced coordinate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Coordinate {
    /// a.
    Outer,
    /// b.
    Offset,
    /// m_k: an offset of z_k.
    Along(usize),
    /// r of a block.
    Radius(usize),
}

impl Coordinate {
    /// Its place among (a, b, r₁, r₂), in which outputs are differentiated.
    pub fn place(self) -> usize {
        match self {
            Self::Outer => 0,
            Self::Offset | Self::Along(_) => 1,
            Self::Radius(block) => 2 + block,
        }
    }

    /// What that derivative is to be multiplied with, to a class.
    pub fn factor(self, class: &InputClass) -> f64 {
        match self {
            Self::Along(direction) => class.given[direction],
            _ => 1.0,
        }
    }

    /// Those of a problem, in their order.
    pub fn all(problem: &Problem, blocks: usize) -> Vec<Self> {
        let outer = if problem.unit() == Unit::Affine { vec![Self::Outer, Self::Offset] } else { Vec::new() };
        let along = (0..problem.data().directions()).map(Self::Along);
        outer.into_iter().chain(along).chain((0..blocks).map(Self::Radius)).collect()
    }
}
