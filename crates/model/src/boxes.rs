//! A law on several coordinates as small boxes, which can be projected on any direction: atoms, cells of a
//! grid, and small parts of a pushforward are all of this form.
//!
//! Mass is spread evenly over a box (a parallelepiped). On a line it is then a sum of uniform numbers; it is
//! taken as one uniform number of the same mean and variance, which errs in second order of the sides.
//! Nothing
//! is known here of distances.

use ndarray::{ArrayD, Dimension as _};

use crate::axis::Axis;
use crate::marginal::{Marginal, Piece};
use crate::measure::Measure;

/// A law made of small boxes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Boxes {
    /// Number of coordinates.
    dimension: usize,
    /// Mass of each box.
    masses: Vec<f64>,
    /// Centre of each box, one coordinate after the other.
    centres: Vec<f64>,
    /// The sides of each box, the same number for all, each a vector.
    sides: Vec<f64>,
}

impl Boxes {
    /// No boxes on so many coordinates.
    pub fn new(dimension: usize) -> Self {
        Self { dimension, ..Self::default() }
    }

    /// The law of all coordinates together; None where only those of pairs are known.
    pub fn of_measure(measure: &Measure) -> Option<Self> {
        match measure {
            Measure::Cells { axes, mass } => Some(Self::of_cells(axes, mass)),
            Measure::Marginals { .. } => None,
            Measure::Atoms { points, weights } => {
                let mut boxes = Self::new(points.ncols());
                points.outer_iter().zip(weights).for_each(|(point, mass)| {
                    boxes.push(*mass, point.iter().copied(), []);
                });
                Some(boxes)
            }
            Measure::Pushforward(law) => Some(law.boxes()),
        }
    }

    fn of_cells(axes: &[Axis], mass: &ArrayD<f64>) -> Self {
        let dimension = axes.len();
        let mut boxes = Self::new(dimension);
        for (at, mass) in mass.indexed_iter().filter(|(_, mass)| **mass != 0.0) {
            let centre = axes.iter().zip(at.slice()).map(|(axis, i)| axis.centre(*i));
            let sides = (0..dimension * dimension).map(|k: usize| {
                let along = k / dimension;
                if k % dimension == along { axes[along].width(at[along]) } else { 0.0 }
            });
            boxes.push(*mass, centre, sides);
        }
        boxes
    }

    /// Appends a box with these sides, one vector after the other; as many as the boxes before it have.
    pub(crate) fn push(
        &mut self,
        mass: f64,
        centre: impl IntoIterator<Item = f64>,
        sides: impl IntoIterator<Item = f64>,
    ) {
        self.masses.push(mass);
        self.centres.extend(centre);
        self.sides.extend(sides);
    }

    /// Number of coordinates.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The law of ⟨direction, z⟩.
    pub fn projected(&self, direction: &[f64]) -> Marginal {
        let each = self.sides.len() / self.masses.len().max(1);
        let pieces = self.masses.iter().zip(self.centres.chunks_exact(self.dimension.max(1)));
        let pieces = pieces.enumerate().map(|(i, (mass, centre)): (usize, (&f64, &[f64]))| {
            let middle = product(direction, centre);
            let sides = self.sides[i * each..(i + 1) * each].chunks_exact(self.dimension.max(1));
            let half = 0.5 * sides.map(|side| product(direction, side).powi(2)).sum::<f64>().sqrt();
            Piece { mass: *mass, from: middle - half, to: middle + half }
        });
        Marginal::of_pieces(pieces.collect())
    }
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, Array2, IxDyn, array};

    #[test]
    fn atoms_are_projected_as_they_are() {
        let points = array![[1.0, 2.0], [3.0, -1.0]];
        let law = Measure::Atoms { points, weights: Array1::from(vec![0.25, 0.75]) };
        let line = Boxes::of_measure(&law).expect("atoms").projected(&[0.6, 0.8]);
        assert!((line.mean() - (0.25 * 2.2 + 0.75 * 1.0)).abs() < 1e-15);
        assert_eq!(line.pieces().iter().map(|p| p.mass).collect::<Vec<_>>(), [0.75, 0.25]);
    }

    #[test]
    fn cells_keep_their_mean_and_variance_on_every_line() {
        let axes =
            vec![Axis::uniform(0.0, 2.0, 2).expect("axis"), Axis::uniform(-1.0, 2.0, 3).expect("axis")];
        let mass = ArrayD::from_shape_vec(IxDyn(&[2, 3]), vec![0.1, 0.2, 0.0, 0.3, 0.1, 0.3]).expect("shape");
        let boxes = Boxes::of_measure(&Measure::Cells { axes: axes.clone(), mass: mass.clone() });
        let line = boxes.expect("cells").projected(&[0.6, 0.8]);
        let points: Vec<[f64; 3]> = mass
            .indexed_iter()
            .map(|(at, mass)| [*mass, 0.6 * axes[0].centre(at[0]) + 0.8 * axes[1].centre(at[1]), 1.0 / 12.0])
            .collect();
        let mean: f64 = points.iter().map(|[mass, x, _]| mass * x).sum();
        let variance: f64 = points.iter().map(|[mass, x, own]| mass * ((x - mean).powi(2) + own)).sum();
        assert!((line.mean() - mean).abs() < 1e-14);
        assert!((line.standard_deviation() - variance.sqrt()).abs() < 1e-14);
        let edge = Boxes::of_measure(&Measure::Cells { axes, mass }).expect("cells").projected(&[1.0, 0.0]);
        assert!((edge.quantile(0.15) - 0.5).abs() < 1e-14, "a coordinate itself is exact");
    }

    #[test]
    fn of_pairs_alone_nothing_is_known_together() {
        let axes: Vec<Axis> = (0..3).map(|_| Axis::uniform(0.0, 1.0, 2).expect("axis")).collect();
        let mass = ArrayD::from_elem(IxDyn(&[2, 2, 2]), 0.125);
        assert_eq!(Boxes::of_measure(&Measure::marginals_of(axes, &mass)), None);
        let none = Measure::Atoms { points: Array2::zeros((0, 2)), weights: Array1::zeros(0) };
        assert!(Boxes::of_measure(&none).is_some_and(|law| law.projected(&[1.0, 0.0]).pieces().is_empty()));
    }
}
