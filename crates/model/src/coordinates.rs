//! The reduced coordinates of a neuron: what is left of it once the data's symmetry is used, each with its
//! name, symbol and words, stated once.
//!
//! The projection belongs to the model, as the potentials that assume it do, so that a PDE's axes and a
//! histogram of SGD agree by construction.

use crate::blocks::Blocks;

/// One reduced coordinate.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Coordinate {
    /// Name in records, e.g. `radius_1`.
    pub name: &'static str,
    /// Its letter in figures, e.g. `r₁`.
    pub symbol: &'static str,
    /// Its words on an axis that has room for them, e.g. `radius r₁ = |w₁|`.
    pub words: &'static str,
    /// Formula after the name of one of its statistics where that is shown alone; often empty.
    pub formula: &'static str,
    /// Where its values begin; None if they may be anything.
    pub lower_end: Option<f64>,
}

impl Coordinate {
    /// A length: no value is below 0.
    const fn length(name: &'static str, symbol: &'static str, words: &'static str) -> Self {
        Self { name, symbol, words, formula: "", lower_end: Some(0.0) }
    }

    /// A coordinate of any sign.
    const fn signed(name: &'static str, symbol: &'static str, words: &'static str) -> Self {
        Self { name, symbol, words, formula: "", lower_end: None }
    }
}

/// r = |w|.
pub const RADIUS: Coordinate =
    Coordinate { formula: "|w|", ..Coordinate::length("radius", "r", "radius r = |w|") };
/// r₁ = |w₁|, of the first block of coordinates.
pub const RADIUS_1: Coordinate = Coordinate::length("radius_1", "r₁", "radius r₁ = |w₁|");
/// r₂ = |w₂|, of the second.
pub const RADIUS_2: Coordinate = Coordinate::length("radius_2", "r₂", "radius r₂ = |w₂|");
/// r₃ = |w₃|, of the third.
pub const RADIUS_3: Coordinate = Coordinate::length("radius_3", "r₃", "radius r₃ = |w₃|");
/// a of a σ(⟨w, x⟩ + b).
pub const OUTPUT_WEIGHT: Coordinate = Coordinate::signed("a", "a", "output weight a");
/// b of a σ(⟨w, x⟩ + b).
pub const OFFSET: Coordinate = Coordinate::signed("b", "b", "offset b");

/// The weights of a neuron of the first layer, by the coordinate of the input.
pub const WEIGHT_1: Coordinate = Coordinate::signed("weight_1", "w₁", "first-layer weight w₁");
/// The second of them.
pub const WEIGHT_2: Coordinate = Coordinate::signed("weight_2", "w₂", "first-layer weight w₂");
/// The third of them.
pub const WEIGHT_3: Coordinate = Coordinate::signed("weight_3", "w₃", "first-layer weight w₃");
/// The fourth of them.
pub const WEIGHT_4: Coordinate = Coordinate::signed("weight_4", "w₄", "first-layer weight w₄");

/// m = ⟨w, e⟩, e the one direction that matters.
pub const PROJECTION: Coordinate = Coordinate::signed("projection", "m", "projection m = ⟨w, e⟩");
/// The first of several.
pub const PROJECTION_1: Coordinate = Coordinate::signed("projection_1", "m₁", "projection m₁ = ⟨w, e₁⟩");
/// The second of them.
pub const PROJECTION_2: Coordinate = Coordinate::signed("projection_2", "m₂", "projection m₂ = ⟨w, e₂⟩");
/// The third of them.
pub const PROJECTION_3: Coordinate = Coordinate::signed("projection_3", "m₃", "projection m₃ = ⟨w, e₃⟩");
/// r = |w_⊥|, of what is across the directions that matter.
pub const RADIUS_ACROSS: Coordinate = Coordinate::length("radius_across", "r", "radius r = |w⊥|");

/// Every coordinate of a neuron.
pub static ALL: [&Coordinate; 15] = [
    &RADIUS,
    &RADIUS_1,
    &RADIUS_2,
    &RADIUS_3,
    &OUTPUT_WEIGHT,
    &OFFSET,
    &WEIGHT_1,
    &WEIGHT_2,
    &WEIGHT_3,
    &WEIGHT_4,
    &PROJECTION,
    &PROJECTION_1,
    &PROJECTION_2,
    &PROJECTION_3,
    &RADIUS_ACROSS,
];

/// The coordinates of neurons with a and b on data with directions that matter, by how many there are.
static DIRECTED: [&[&Coordinate]; 4] = [
    &[&OUTPUT_WEIGHT, &OFFSET, &RADIUS],
    &[&OUTPUT_WEIGHT, &OFFSET, &PROJECTION, &RADIUS_ACROSS],
    &[&OUTPUT_WEIGHT, &OFFSET, &PROJECTION_1, &PROJECTION_2, &RADIUS_ACROSS],
    &[&OUTPUT_WEIGHT, &OFFSET, &PROJECTION_1, &PROJECTION_2, &PROJECTION_3, &RADIUS_ACROSS],
];
/// Those on data with blocks.
static RADII: [&Coordinate; 5] = [&OUTPUT_WEIGHT, &OFFSET, &RADIUS_1, &RADIUS_2, &RADIUS_3];
/// Those of neurons with a and b on points.
static OF_POINTS: [&Coordinate; 6] = [&OUTPUT_WEIGHT, &OFFSET, &WEIGHT_1, &WEIGHT_2, &WEIGHT_3, &WEIGHT_4];

/// The coordinate of this name; None of a name that another program or version wrote.
pub fn known(name: &str) -> Option<&'static Coordinate> {
    ALL.into_iter().find(|coordinate| coordinate.name == name)
}

/// Which coordinates describe a neuron's law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Coordinates {
    /// r = |w|: rotation-invariant data, no output weight, no offset. A neuron's row is w.
    Radius,
    /// (a, b, r₁, r₂, …), or (r₁, r₂, …), the length of each block of w: data with blocks. A neuron's row is
    /// (a, b, w), or w.
    Radii {
        /// Whether neurons have a and b.
        is_affine: bool,
        /// The blocks.
        blocks: Blocks,
    },
    /// (a, b, m, r), or (m, r): m ∈ R^k the coordinates of w along the directions that matter, r the length
    /// of the others; without directions r is |w|. A neuron's row is (a, b, w), or w.
    Directed {
        /// Whether neurons have a and b.
        is_affine: bool,
        /// k ≤ 3.
        directions: usize,
    },
    /// (a, b, w), or w, on points of R^k: nothing is reduced.
    OfPoints {
        /// Whether neurons have a and b.
        is_affine: bool,
        /// k ≤ 4.
        dimension: usize,
    },
    /// The weights of a neuron of the first layer of a network with layers.
    InputWeights {
        /// d ≤ 3.
        dimension: usize,
    },
}

impl Coordinates {
    /// Those of a neuron of the first layer on inputs of `dimension` coordinates: its weights where they are
    /// few, their length where they are many.
    pub fn of_inputs(dimension: usize) -> Self {
        match dimension {
            1..=3 => Self::InputWeights { dimension },
            _ => Self::Radius,
        }
    }

    /// Each of them, in order.
    pub fn each(self) -> &'static [&'static Coordinate] {
        match self {
            Self::Radius => &[&RADIUS],
            Self::Radii { is_affine, blocks } => {
                let first = if is_affine { 0 } else { 2 };
                &RADII[first..2 + blocks.count()]
            }
            Self::Directed { is_affine, directions } => {
                let all = DIRECTED[directions.min(DIRECTED.len() - 1)];
                if is_affine { all } else { &all[2..] }
            }
            Self::OfPoints { is_affine, dimension } => {
                let first = if is_affine { 0 } else { 2 };
                &OF_POINTS[first..(2 + dimension).min(OF_POINTS.len())]
            }
            Self::InputWeights { dimension } => {
                let all: &[&Coordinate] = &[&WEIGHT_1, &WEIGHT_2, &WEIGHT_3];
                &all[..dimension.min(all.len())]
            }
        }
    }

    /// Their names, in order.
    pub fn names(self) -> Vec<&'static str> {
        self.each().iter().map(|coordinate| coordinate.name).collect()
    }

    /// Writes the coordinates of the neuron with the row `theta` to `z` (one entry for each).
    pub fn project(self, theta: &[f64], z: &mut [f64]) {
        match self {
            Self::Radius => z[0] = length(theta),
            Self::Radii { is_affine, blocks } => {
                let kept = if is_affine { 2 } else { 0 };
                z[..kept].copy_from_slice(&theta[..kept]);
                let mut rest = &theta[kept..];
                for (radius, dimension) in z[kept..].iter_mut().zip(blocks.each()) {
                    let (block, beyond) = rest.split_at(dimension);
                    *radius = length(block);
                    rest = beyond;
                }
            }
            Self::Directed { is_affine, directions } => {
                let kept = directions + if is_affine { 2 } else { 0 };
                z[..kept].copy_from_slice(&theta[..kept]);
                z[kept] = length(&theta[kept..]);
            }
            Self::InputWeights { .. } | Self::OfPoints { .. } => z.copy_from_slice(theta),
        }
    }

    /// Gives the row `theta` of a neuron the coordinates `z`: numbers take their place, and parts of which
    /// the length alone is a coordinate keep their direction, whatever their length was before.
    pub fn place(self, z: &[f64], theta: &mut [f64]) {
        match self {
            Self::Radius => stretch(z[0], theta),
            Self::Radii { is_affine, blocks } => {
                let kept = if is_affine { 2 } else { 0 };
                theta[..kept].copy_from_slice(&z[..kept]);
                let mut rest = &mut theta[kept..];
                for (radius, dimension) in z[kept..].iter().zip(blocks.each()) {
                    let (block, beyond) = rest.split_at_mut(dimension);
                    stretch(*radius, block);
                    rest = beyond;
                }
            }
            Self::Directed { .. } => {
                let kept = z.len() - 1;
                theta[..kept].copy_from_slice(&z[..kept]);
                stretch(z[kept], &mut theta[kept..]);
            }
            Self::InputWeights { .. } | Self::OfPoints { .. } => theta.copy_from_slice(z),
        }
    }
}

/// Gives w a length.
fn stretch(radius: f64, w: &mut [f64]) {
    let before = length(w);
    w.iter_mut().for_each(|c| *c *= radius / before);
}

/// |w|.
fn length(w: &[f64]) -> f64 {
    w.iter().map(|c| c * c).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_coordinate_is_listed() {
        let all = [
            Coordinates::Radius,
            Coordinates::Radii { is_affine: false, blocks: [1, 1, 1].into() },
            Coordinates::Radii { is_affine: true, blocks: [1, 1].into() },
            Coordinates::of_inputs(3),
            Coordinates::of_inputs(4),
            Coordinates::Directed { is_affine: true, directions: 1 },
            Coordinates::Directed { is_affine: false, directions: 3 },
            Coordinates::OfPoints { is_affine: true, dimension: 2 },
        ];
        for coordinate in all.into_iter().flat_map(Coordinates::each) {
            assert_eq!(known(coordinate.name), Some(*coordinate));
        }
        assert_eq!(known("r"), None);
    }

    #[test]
    fn each_block_has_its_length() {
        let row = [-2.0, 0.5, 3.0, -4.0, 1.0, 2.0, -2.0];
        let cases = [
            (Coordinates::Radius, &row[2..], vec![34f64.sqrt()]),
            (Coordinates::Radii { is_affine: false, blocks: [2, 3].into() }, &row[2..], vec![5.0, 3.0]),
            (
                Coordinates::Radii { is_affine: false, blocks: [2, 1, 2].into() },
                &row[2..],
                vec![5.0, 1.0, 8f64.sqrt()],
            ),
            (
                Coordinates::Radii { is_affine: true, blocks: [2, 3].into() },
                &row[..],
                vec![-2.0, 0.5, 5.0, 3.0],
            ),
            (Coordinates::of_inputs(2), &row[..2], vec![-2.0, 0.5]),
            (Coordinates::Directed { is_affine: true, directions: 0 }, &row[..4], vec![-2.0, 0.5, 5.0]),
            (Coordinates::Directed { is_affine: false, directions: 1 }, &row[1..4], vec![0.5, 5.0]),
            (Coordinates::OfPoints { is_affine: true, dimension: 1 }, &row[..3], vec![-2.0, 0.5, 3.0]),
        ];
        for (coordinates, theta, exact) in cases {
            let mut z = vec![0.0; coordinates.names().len()];
            coordinates.project(theta, &mut z);
            assert_eq!(z, exact, "{coordinates:?}");
            let mut placed: Vec<f64> = theta.iter().map(|c| c + 0.25).collect();
            coordinates.place(&exact, &mut placed);
            coordinates.project(&placed, &mut z);
            let largest = z.iter().zip(&exact).map(|(z, exact)| (z - exact).abs()).fold(0.0, f64::max);
            assert!(largest < 1e-14, "{coordinates:?}: {z:?} {exact:?}");
        }
    }
}
