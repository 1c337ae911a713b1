//! The law of a neuron's reduced coordinates, in the two forms that systems report:
//! masses of grid cells, or weighted atoms. Comparison and figures know only this.
//!
//! A measure says where mass is. It does not know which system made it, nor any potential.

use ndarray::{Array1, Array2, ArrayD, Axis as Dimension};
use serde::{Deserialize, Serialize};

use crate::axis::Axis;
use crate::marginal::Marginal;

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
    /// Weighted points.
    Atoms {
        /// Positions, shape (atom, coordinate).
        points: Array2<f64>,
        /// Weights, shape (atom).
        weights: Array1<f64>,
    },
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

    /// Cell masses on one coordinate. Panics if the lengths differ.
    pub fn line_of_cells(axis: Axis, mass: &[f64]) -> Self {
        assert_eq!(axis.cells(), mass.len(), "one mass a cell");
        Measure::Cells { axes: vec![axis], mass: Array1::from(mass.to_vec()).into_dyn() }
    }

    /// Number of coordinates.
    pub fn dimension(&self) -> usize {
        match self {
            Measure::Cells { axes, .. } => axes.len(),
            Measure::Atoms { points, .. } => points.ncols(),
        }
    }

    /// Total mass (1 up to rounding).
    pub fn total(&self) -> f64 {
        match self {
            Measure::Cells { mass, .. } => mass.sum(),
            Measure::Atoms { weights, .. } => weights.sum(),
        }
    }

    /// The law of one coordinate by itself. Panics if there is no such coordinate.
    pub fn marginal(&self, coordinate: usize) -> Marginal {
        match self {
            Measure::Cells { axes, mass } => {
                let mut line = mass.clone();
                for other in (0..axes.len()).rev().filter(|&k| k != coordinate) {
                    line = line.sum_axis(Dimension(other));
                }
                Marginal::cells(axes[coordinate].clone(), line.iter().copied().collect())
            }
            Measure::Atoms { points, weights } => {
                Marginal::atoms(points.column(coordinate).to_vec(), weights.to_vec())
            }
        }
    }
}
