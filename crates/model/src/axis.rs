//! One coordinate axis cut into cells: faces, centres, widths.
//!
//! ```text
//!   face 0     face 1          face 2        face n
//!     |  cell 0  |     cell 1     |    …       |
//!          centre 0      centre 1
//! ```
//! Knows nothing of what lives in the cells, nor of time.

use serde::{Deserialize, Serialize};

/// A strictly increasing list of faces; cell `i` lies between faces `i` and `i + 1`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    faces: Vec<f64>,
}

/// Why a list of numbers is no axis.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AxisError {
    /// Fewer than two faces.
    #[error("an axis needs at least two faces, and {0} were given")]
    TooFewFaces(usize),
    /// A face that is not finite, or not above the one before it.
    #[error("the faces of an axis must be finite and increase; face {index} is {value}")]
    NotIncreasing {
        /// Which face.
        index: usize,
        /// Its value.
        value: f64,
    },
}

impl Axis {
    /// The axis with these faces. Errors unless they are finite and strictly increasing.
    pub fn from_faces(faces: Vec<f64>) -> Result<Self, AxisError> {
        if faces.len() < 2 {
            return Err(AxisError::TooFewFaces(faces.len()));
        }
        let wrong = (0..faces.len()).find(|&i| !faces[i].is_finite() || (i > 0 && faces[i] <= faces[i - 1]));
        match wrong {
            Some(index) => Err(AxisError::NotIncreasing { index, value: faces[index] }),
            None => Ok(Self { faces }),
        }
    }

    /// `cells` equal cells on `[lower, upper]`.
    pub fn uniform(lower: f64, upper: f64, cells: usize) -> Result<Self, AxisError> {
        let width = (upper - lower) / cells as f64;
        Self::from_faces(
            (0..=cells).map(|i| if i == cells { upper } else { lower + width * i as f64 }).collect(),
        )
    }

    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.faces.len() - 1
    }

    /// The `cells() + 1` faces.
    pub fn faces(&self) -> &[f64] {
        &self.faces
    }

    /// Midpoint of cell `i`.
    pub fn centre(&self, i: usize) -> f64 {
        0.5 * (self.faces[i] + self.faces[i + 1])
    }

    /// Width of cell `i`.
    pub fn width(&self, i: usize) -> f64 {
        self.faces[i + 1] - self.faces[i]
    }

    /// All midpoints.
    pub fn centres(&self) -> Vec<f64> {
        (0..self.cells()).map(|i| self.centre(i)).collect()
    }

    /// All widths.
    pub fn widths(&self) -> Vec<f64> {
        (0..self.cells()).map(|i| self.width(i)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uniform_axis_meets_both_ends() {
        let axis = Axis::uniform(0.0, 0.7, 7).expect("valid");
        assert_eq!(axis.cells(), 7);
        assert_eq!((axis.faces()[0], axis.faces()[7]), (0.0, 0.7));
        assert!((axis.widths().iter().sum::<f64>() - 0.7).abs() < 1e-15);
    }

    #[test]
    fn faces_that_do_not_increase_are_named() {
        let error = Axis::from_faces(vec![0.0, 1.0, 1.0]).expect_err("equal faces");
        assert_eq!(error, AxisError::NotIncreasing { index: 2, value: 1.0 });
        assert_eq!(Axis::from_faces(vec![0.0]).expect_err("one face"), AxisError::TooFewFaces(1));
        assert!(Axis::uniform(1.0, f64::NAN, 3).is_err());
    }
}
