//! Data that are a finite weighted set of points; every expectation E_Z is a sum over them. Where they come
//! from (a table, a file, a formula) is not known here.

use ndarray::{Array1, Array2};
use thiserror::Error;

/// Weights may add up to 1 with this error.
const ROUNDING: f64 = 1e-9;

/// Points of the data that cannot be used.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum DataError {
    /// There is no point, or inputs have no coordinate.
    #[error("the data have {points} points of {coordinates} coordinates: at least one of each is needed")]
    Empty {
        /// Rows of the inputs.
        points: usize,
        /// Columns of the inputs.
        coordinates: usize,
    },
    /// Inputs, labels and weights are not equally many.
    #[error("there are {inputs} inputs, {labels} labels and {weights} weights")]
    Ragged {
        /// Rows of the inputs.
        inputs: usize,
        /// Labels.
        labels: usize,
        /// Weights.
        weights: usize,
    },
    /// A number is not finite.
    #[error("point {point} of the data has a number that is not finite")]
    NotFinite {
        /// Counted from 0.
        point: usize,
    },
    /// A weight is negative.
    #[error("point {point} of the data has the negative weight {weight}")]
    Negative {
        /// Counted from 0.
        point: usize,
        /// Its weight.
        weight: f64,
    },
    /// Weights do not add up to 1.
    #[error("the weights of the data add up to {sum}, not to 1")]
    Sum {
        /// What they add up to.
        sum: f64,
    },
}

/// A finite weighted set of points (x, y).
///
/// ```
/// use meanfield_deep::data::DataPoints;
/// use ndarray::array;
///
/// let data = DataPoints::uniform(array![[0.5, 1.0], [-0.5, 1.0]], array![1.0, -1.0])?;
/// assert_eq!(data.weights(), &array![0.5, 0.5]);
/// # Ok::<(), meanfield_deep::data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DataPoints {
    inputs: Array2<f64>,
    labels: Array1<f64>,
    weights: Array1<f64>,
}

impl DataPoints {
    /// Points with inputs of shape (points, d), their labels, and weights ≥ 0 that add up to 1.
    ///
    /// # Errors
    /// Where there are none, they are not equally many, a number is not finite, or weights are none.
    pub fn new(inputs: Array2<f64>, labels: Array1<f64>, weights: Array1<f64>) -> Result<Self, DataError> {
        let (points, coordinates) = inputs.dim();
        if labels.len() != points || weights.len() != points {
            return Err(DataError::Ragged { inputs: points, labels: labels.len(), weights: weights.len() });
        }
        if points == 0 || coordinates == 0 {
            return Err(DataError::Empty { points, coordinates });
        }
        for (point, input) in inputs.rows().into_iter().enumerate() {
            let weight = weights[point];
            if !(input.iter().all(|x| x.is_finite()) && labels[point].is_finite() && weight.is_finite()) {
                return Err(DataError::NotFinite { point });
            }
            if weight < 0.0 {
                return Err(DataError::Negative { point, weight });
            }
        }
        let sum = weights.sum();
        if (sum - 1.0).abs() > ROUNDING {
            return Err(DataError::Sum { sum });
        }
        let inputs = inputs.as_standard_layout().into_owned();
        Ok(Self { inputs, labels, weights: weights / sum })
    }

    /// Points of equal weights.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn uniform(inputs: Array2<f64>, labels: Array1<f64>) -> Result<Self, DataError> {
        let points = inputs.nrows();
        Self::new(inputs, labels, Array1::from_elem(points, 1.0 / points as f64))
    }

    /// Inputs x, shape (points, d).
    pub fn inputs(&self) -> &Array2<f64> {
        &self.inputs
    }

    /// Labels y.
    pub fn labels(&self) -> &Array1<f64> {
        &self.labels
    }

    /// Weights, which add up to 1.
    pub fn weights(&self) -> &Array1<f64> {
        &self.weights
    }

    /// Number of points.
    pub fn points(&self) -> usize {
        self.inputs.nrows()
    }

    /// d, a bias coordinate included.
    pub fn dimension(&self) -> usize {
        self.inputs.ncols()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn what_is_wrong_with_points_is_said() {
        let inputs = array![[1.0, 2.0], [3.0, 4.0]];
        let labels = array![1.0, -1.0];
        let halves = array![0.5, 0.5];
        let ragged = DataPoints::new(inputs.clone(), array![1.0], halves.clone());
        assert_eq!(ragged, Err(DataError::Ragged { inputs: 2, labels: 1, weights: 2 }));
        let none = DataPoints::uniform(Array2::zeros((0, 2)), Array1::zeros(0));
        assert_eq!(none, Err(DataError::Empty { points: 0, coordinates: 2 }));
        let odd = DataPoints::uniform(inputs.clone(), array![1.0, f64::NAN]);
        assert_eq!(odd, Err(DataError::NotFinite { point: 1 }));
        let negative = DataPoints::new(inputs.clone(), labels.clone(), array![1.5, -0.5]);
        assert_eq!(negative, Err(DataError::Negative { point: 1, weight: -0.5 }));
        let sum = DataPoints::new(inputs.clone(), labels.clone(), array![0.5, 0.25]);
        assert_eq!(sum, Err(DataError::Sum { sum: 0.75 }));
        let data = DataPoints::new(inputs, labels, halves).expect("valid");
        assert_eq!((data.points(), data.dimension()), (2, 2));
    }
}
