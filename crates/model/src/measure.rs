//! The law of a neuron's reduced coordinates, in the forms that systems report: masses of grid cells,
//! marginals of a grid too large to be recorded, weighted atoms, or the image of normals under a known map.
//! Comparison and figures know only this.
//!
//! A measure says where mass is. It does not know which system made it, nor any potential.

use ndarray::{Array1, Array2, ArrayD, Axis as Dimension};
use serde::{Deserialize, Serialize};

use crate::axis::Axis;
use crate::coordinate_law::CoordinateLaw;
use crate::marginal::Marginal;
use crate::pushforward::Pushforward;

/// A probability measure on D reduced coordinates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Measure {
    /// Mass of each cell of a tensor grid (not density): one axis a coordinate.
    Cells {
        /// The grid, one axis for each coordinate.
        axes: Vec<Axis>,
        /// Mass of each cell, shape = cells of each axis.
        mass: ArrayD<f64>,
    },
    /// The laws of all pairs of coordinates on a tensor grid: the record of a law in three or more.
    Marginals {
        /// The grid, one axis for each coordinate; at least two.
        axes: Vec<Axis>,
        /// Mass of each cell of each pair, shape = cells of its two axes; in the order of [`pairs`].
        pairs: Vec<Array2<f64>>,
    },
    /// Weighted points.
    Atoms {
        /// Positions, shape (atom, coordinate).
        points: Array2<f64>,
        /// Weights, shape (atom).
        weights: Array1<f64>,
    },
    /// Nodes of a quadrature, and the map that they sample.
    Pushforward(Pushforward),
}

/// How much may be missing from a mass, and from the sum of all; a certificate of the run reports the amount.
const SLACK: [f64; 2] = [1e-9, 1e-3];

/// All pairs (c, c'), c < c', of so many coordinates, in lexicographic order.
pub fn pairs(dimension: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..dimension).flat_map(move |first| (first + 1..dimension).map(move |second| (first, second)))
}

/// `mass` summed over all axes but these, which increase.
fn summed_to(mass: &ArrayD<f64>, remaining: &[usize]) -> ArrayD<f64> {
    let others = (0..mass.ndim()).rev().filter(|axis| !remaining.contains(axis));
    others.fold(mass.clone(), |mass, other| mass.sum_axis(Dimension(other)))
}

/// `mass` summed over all axes but a pair.
fn summed_to_pair(mass: &ArrayD<f64>, (first, second): (usize, usize)) -> Array2<f64> {
    let plane = summed_to(mass, &[first, second]);
    Array2::from_shape_fn((mass.shape()[first], mass.shape()[second]), |(i, j)| plane[[i, j]])
}

/// Whether masses are not negative and sum to 1, up to [`SLACK`].
fn sum_to_one<'a>(masses: impl Iterator<Item = &'a f64>) -> bool {
    let mut sum = 0.0;
    let positive = masses.inspect(|mass| sum += **mass).all(|mass| *mass >= -SLACK[0]);
    positive && (sum - 1.0).abs() < SLACK[1]
}

/// Whether faces that were read from a file make axes.
fn are_valid(axes: &[Axis]) -> bool {
    axes.iter().all(|axis| Axis::from_faces(axis.faces().to_vec()).is_ok())
}

impl Measure {
    /// Equally weighted atoms on one coordinate.
    pub fn equal_atoms(points: &[f64]) -> Self {
        let count = points.len();
        Measure::Atoms {
            points: Array1::from(points.to_vec()).insert_axis(Dimension(1)),
            weights: Array1::from_elem(count, 1.0 / count as f64),
        }
    }

    /// Cell masses on one coordinate.
    ///
    /// # Panics
    /// Where there is not one mass a cell.
    pub fn line_of_cells(axis: Axis, mass: &[f64]) -> Self {
        assert_eq!(axis.cells(), mass.len(), "one mass a cell");
        Measure::Cells { axes: vec![axis], mass: Array1::from(mass.to_vec()).into_dyn() }
    }

    /// The marginals of all pairs, from cell masses in two coordinates or more.
    pub fn marginals_of(axes: Vec<Axis>, mass: &ArrayD<f64>) -> Self {
        let pairs = pairs(axes.len()).map(|pair| summed_to_pair(mass, pair)).collect();
        Measure::Marginals { axes, pairs }
    }

    /// The grid; None for atoms.
    pub fn axes(&self) -> Option<&[Axis]> {
        match self {
            Measure::Cells { axes, .. } | Measure::Marginals { axes, .. } => Some(axes),
            Measure::Atoms { .. } | Measure::Pushforward(_) => None,
        }
    }

    /// Positions (atom, coordinate) and weights of atoms, or of the nodes of a quadrature; None on a grid.
    pub fn atoms(&self) -> Option<(&Array2<f64>, &Array1<f64>)> {
        match self {
            Measure::Atoms { points, weights } => Some((points, weights)),
            Measure::Pushforward(law) => Some((law.points(), law.weights())),
            Measure::Cells { .. } | Measure::Marginals { .. } => None,
        }
    }

    /// Number of coordinates.
    pub fn dimension(&self) -> usize {
        match self {
            Measure::Cells { axes, .. } | Measure::Marginals { axes, .. } => axes.len(),
            Measure::Atoms { points, .. } => points.ncols(),
            Measure::Pushforward(law) => law.points().ncols(),
        }
    }

    /// In the place of a law where there is none: one atom that is nowhere.
    pub fn nowhere(coordinates: usize) -> Self {
        Self::Atoms { points: Array2::from_elem((1, coordinates), f64::NAN), weights: Array1::ones(1) }
    }

    /// A law of the same form of which nothing is known: masses and places are NaN, grid and weights stay.
    pub fn unknown(&self) -> Self {
        match self {
            Measure::Cells { axes, mass } => {
                Measure::Cells { axes: axes.clone(), mass: mass.mapv(|_| f64::NAN) }
            }
            Measure::Marginals { axes, pairs } => {
                let pairs = pairs.iter().map(|pair| pair.mapv(|_| f64::NAN)).collect();
                Measure::Marginals { axes: axes.clone(), pairs }
            }
            Measure::Atoms { points, weights } => {
                Measure::Atoms { points: points.mapv(|_| f64::NAN), weights: weights.clone() }
            }
            Measure::Pushforward(law) => {
                Measure::Atoms { points: law.points().mapv(|_| f64::NAN), weights: law.weights().clone() }
            }
        }
    }

    /// Whether its parts fit one another: what was read from a file may be anything.
    pub fn fits(&self) -> bool {
        match self {
            Measure::Cells { axes, mass } => {
                are_valid(axes) && axes.iter().map(Axis::cells).eq(mass.shape().iter().copied())
            }
            Measure::Marginals { axes, pairs: own } => {
                are_valid(axes)
                    && axes.len() > 1
                    && pairs(axes.len())
                        .map(|(a, b): (usize, usize)| (axes[a].cells(), axes[b].cells()))
                        .eq(own.iter().map(Array2::dim))
            }
            Measure::Atoms { points, weights } => points.nrows() == weights.len(),
            Measure::Pushforward(law) => law.fits(),
        }
    }

    /// Whether masses are not negative and sum to 1, up to what a run may lose.
    pub fn is_probability(&self) -> bool {
        match self {
            Measure::Cells { mass, .. } => sum_to_one(mass.iter()),
            Measure::Marginals { pairs, .. } => pairs.iter().all(|pair| sum_to_one(pair.iter())),
            Measure::Atoms { weights, .. } => sum_to_one(weights.iter()),
            Measure::Pushforward(law) => sum_to_one(law.weights().iter()),
        }
    }

    /// Total mass (1 up to rounding).
    pub fn total(&self) -> f64 {
        match self {
            Measure::Cells { mass, .. } => mass.sum(),
            Measure::Marginals { pairs, .. } => pairs.first().map_or(0.0, |pair| pair.sum()),
            Measure::Atoms { weights, .. } => weights.sum(),
            Measure::Pushforward(law) => law.weights().sum(),
        }
    }

    /// The law of one coordinate by itself.
    ///
    /// # Panics
    /// Where there is no such coordinate.
    pub fn marginal(&self, coordinate: usize) -> Marginal {
        match self {
            Measure::Cells { axes, mass } => {
                let line = summed_to(mass, &[coordinate]);
                Marginal::cells(axes[coordinate].clone(), line.iter().copied().collect())
            }
            Measure::Marginals { axes, pairs } => {
                // (0, 1), (0, 2), … begin the list; the law of 0 itself is any of theirs.
                let pair = &pairs[coordinate.saturating_sub(1)];
                let other = Dimension(usize::from(coordinate == 0));
                Marginal::cells(axes[coordinate].clone(), pair.sum_axis(other).to_vec())
            }
            Measure::Atoms { points, weights } => {
                Marginal::atoms(points.column(coordinate).to_vec(), weights.to_vec())
            }
            Measure::Pushforward(law) => law.marginal(coordinate),
        }
    }

    /// The law of one coordinate as statistics read it.
    ///
    /// # Panics
    /// Where there is no such coordinate.
    pub fn coordinate(&self, coordinate: usize) -> CoordinateLaw<'_> {
        match self {
            Measure::Pushforward(law) => CoordinateLaw::of_nodes(law, coordinate),
            _ => CoordinateLaw::of_marginal(self.marginal(coordinate)),
        }
    }

    /// The law of two coordinates, `first < second`: mass of each cell of the plane of their axes. None for
    /// atoms, and where there is no such pair.
    pub fn pair_marginal(&self, first: usize, second: usize) -> Option<Array2<f64>> {
        let number = pairs(self.dimension()).position(|pair| pair == (first, second))?;
        match self {
            Measure::Cells { mass, .. } => Some(summed_to_pair(mass, (first, second))),
            Measure::Marginals { pairs, .. } => pairs.get(number).cloned(),
            Measure::Atoms { .. } | Measure::Pushforward(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::IxDyn;

    /// Different numbers of cells along each axis, no mass like another.
    fn four() -> (Vec<Axis>, ArrayD<f64>) {
        let axes = [2, 3, 4, 5].map(|n| Axis::uniform(-1.0, n as f64, n).expect("axis"));
        let mut number = 0.0;
        let mass = ArrayD::from_shape_simple_fn(IxDyn(&[2, 3, 4, 5]), || {
            number += 1.0;
            number / 7260.0
        });
        (axes.into(), mass)
    }

    #[test]
    fn marginals_know_what_the_whole_knew() {
        let (axes, mass) = four();
        let marginals = Measure::marginals_of(axes.clone(), &mass);
        let whole = Measure::Cells { axes, mass };
        assert_eq!((marginals.dimension(), marginals.axes()), (4, whole.axes()));
        assert!((marginals.total() - 1.0).abs() < 1e-13);
        for c in 0..4 {
            let own = marginals.marginal(c);
            let exact = whole.marginal(c);
            assert!((own.mean() - exact.mean()).abs() < 1e-13, "{c}");
            assert!((own.quantile(0.3) - exact.quantile(0.3)).abs() < 1e-13, "{c}");
        }
        for (first, second) in pairs(4) {
            assert_eq!(marginals.pair_marginal(first, second), whole.pair_marginal(first, second));
        }
    }

    #[test]
    fn the_law_of_a_pair_is_a_sum_over_the_others() {
        let (axes, mass) = four();
        let by_hand = |i, j| (0..2).flat_map(|k| (0..4).map(move |l| [k, i, l, j])).map(|at| mass[at]).sum();
        let exact = Array2::from_shape_fn((3, 5), |(i, j)| -> f64 { by_hand(i, j) });
        let plane = Measure::marginals_of(axes, &mass).pair_marginal(1, 3).expect("a pair");
        assert!((plane - exact).iter().all(|difference| difference.abs() < 1e-15));
        assert_eq!(Measure::equal_atoms(&[1.0]).pair_marginal(0, 1), None);
    }
}
