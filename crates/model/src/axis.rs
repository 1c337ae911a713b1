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
#[serde(try_from = "Vec<f64>", into = "Vec<f64>")]
pub struct Axis {
    faces: Vec<f64>,
}

/// Why a list of numbers is no axis.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
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

impl TryFrom<Vec<f64>> for Axis {
    type Error = AxisError;

    fn try_from(faces: Vec<f64>) -> Result<Self, AxisError> {
        Self::from_faces(faces)
    }
}

impl From<Axis> for Vec<f64> {
    fn from(axis: Axis) -> Self {
        axis.faces
    }
}

impl Axis {
    /// The axis with these faces.
    ///
    /// # Errors
    /// Where there are fewer than two, or one is not finite or not above the one before.
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
    ///
    /// # Errors
    /// Where there is no cell, or the ends are not finite or do not increase.
    pub fn uniform(lower: f64, upper: f64, cells: usize) -> Result<Self, AxisError> {
        let width = (upper - lower) / cells as f64;
        Self::from_faces(
            (0..=cells).map(|i| if i == cells { upper } else { lower + width * i as f64 }).collect(),
        )
    }

    /// `cells` cells on `[0, upper]` whose widths grow outwards: faces upper · sinh(g s)/sinh(g), s = 0 … 1.
    /// The last is about cosh(g) times as wide as the first; g = 0 means equal cells.
    ///
    /// # Errors
    /// Where there is no cell, or `upper` is not positive and finite.
    pub fn graded(upper: f64, cells: usize, grading: f64) -> Result<Self, AxisError> {
        if grading == 0.0 {
            return Self::uniform(0.0, upper, cells);
        }
        Self::from_faces(
            (0..=cells)
                .map(|i: usize| match i {
                    i if i == cells => upper,
                    i => upper * (grading * i as f64 / cells as f64).sinh() / grading.sinh(),
                })
                .collect(),
        )
    }

    /// The axis with its first cell cut in two, the lower part this share of it: a place for mass that rests
    /// at the lower end.
    ///
    /// # Errors
    /// Where the share is not between 0 and 1.
    pub fn cut_at_lower_end(&self, share: f64) -> Result<Self, AxisError> {
        let mut faces = self.faces.clone();
        faces.insert(1, faces[0] + share * self.width(0));
        Self::from_faces(faces)
    }

    /// The axis with `more` cells after the last, their widths in proportion to the distance from the lower
    /// end, but none more than a tenth wider than its neighbour: a steep grading would run off to infinity.
    ///
    /// # Errors
    /// Where the faces leave the range of doubles.
    pub fn extended(&self, more: usize) -> Result<Self, AxisError> {
        let mut faces = self.faces.clone();
        let last = self.cells() - 1;
        let mut end = faces[last + 1];
        let mut width = self.width(last);
        let growth = 1.0 + (width / (end - faces[0])).min(0.1);
        for _ in 0..more {
            width *= growth;
            end += width;
            faces.push(end);
        }
        Self::from_faces(faces)
    }

    /// The axis with `more` cells before the first: the mirror image of [`extended`](Self::extended).
    ///
    /// # Errors
    /// Where the faces leave the range of doubles.
    pub fn extended_below(&self, more: usize) -> Result<Self, AxisError> {
        let longer = self.mirrored().extended(more)?;
        Ok(longer.mirrored())
    }

    /// The axis reflected at 0.
    fn mirrored(&self) -> Self {
        Self { faces: self.faces.iter().rev().map(|face| -face).collect() }
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
    fn graded_cells_widen_smoothly_and_go_on_so() {
        let axis = Axis::graded(8.0, 100, 3.0).expect("valid");
        assert_eq!((axis.faces()[0], axis.faces()[100]), (0.0, 8.0));
        assert!((axis.width(99) / axis.width(0) - 3.0_f64.cosh()).abs() < 0.2);
        let longer = axis.extended(10).expect("valid");
        assert_eq!(longer.faces()[..101], *axis.faces());
        let ratios: Vec<f64> = longer.widths().windows(2).map(|w| w[1] / w[0]).collect();
        assert!(ratios.iter().all(|ratio| (1.0..1.04).contains(ratio)), "{ratios:?}");
        let steep = Axis::graded(1.0, 4, 10.0).expect("valid").extended(8).expect("valid");
        assert!(steep.faces()[12] < 13.0, "{:?}", steep.faces());
        assert_eq!(Axis::graded(8.0, 4, 0.0), Axis::uniform(0.0, 8.0, 4));
    }

    #[test]
    fn below_it_grows_as_above_in_a_mirror() {
        let axis = Axis::from_faces(vec![-2.0, -1.5, -0.5, 1.0]).expect("valid");
        let mirror = Axis::from_faces(vec![-1.0, 0.5, 1.5, 2.0]).expect("valid");
        let longer = axis.extended_below(2).expect("valid");
        let above = mirror.extended(2).expect("valid");
        assert_eq!(longer.faces()[2..], *axis.faces());
        assert!(longer.faces().iter().rev().zip(above.faces()).all(|(below, above)| *below == -above));
    }

    #[test]
    fn a_cut_leaves_the_other_cells_alone() {
        let axis = Axis::uniform(0.0, 4.0, 4).expect("valid").cut_at_lower_end(0.25).expect("valid");
        assert_eq!(axis.faces(), [0.0, 0.25, 1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn faces_that_do_not_increase_are_named() {
        let error = Axis::from_faces(vec![0.0, 1.0, 1.0]).expect_err("equal faces");
        assert_eq!(error, AxisError::NotIncreasing { index: 2, value: 1.0 });
        assert_eq!(Axis::from_faces(vec![0.0]).expect_err("one face"), AxisError::TooFewFaces(1));
        assert!(Axis::uniform(1.0, f64::NAN, 3).is_err());
    }
}
