//! Labels of points by the formula of a target, and points from their parts.

use meanfield_deep::data::{DataError, DataPoints};
use ndarray::{Array1, Array2};

use super::complaints::DataComplaints;
use super::formula::Formula;

/// What to write for a target.
const EXAMPLE: &str = "write e.g. target = \"sin(pi*x1)\"";

/// Inputs as rows, with 1 appended where there is to be a bias.
pub(super) fn inputs_with_bias(inputs: &[Vec<f64>], bias: bool) -> Array2<f64> {
    let dimension = inputs.first().map_or(0, Vec::len);
    let columns = dimension + usize::from(bias);
    Array2::from_shape_fn((inputs.len(), columns), |(point, column)| match column < dimension {
        true => inputs[point][column],
        false => 1.0,
    })
}

/// Points of equal weight with the labels that a formula gives them.
pub(super) fn labelled(
    inputs: &[Vec<f64>],
    target: &str,
    bias: bool,
    complaints: &mut DataComplaints,
) -> Option<DataPoints> {
    let dimension = inputs.first().map_or(0, Vec::len);
    let values = Formula::new(target, dimension)
        .and_then(|formula| inputs.iter().map(|input| formula.value(input)).collect::<Result<Vec<_>, _>>());
    match values {
        Ok(labels) => {
            points_of(DataPoints::uniform(inputs_with_bias(inputs, bias), Array1::from(labels)), complaints)
        }
        Err(wrong) => {
            complaints.unless(false, "target", format!("the target cannot be read: {wrong}"), EXAMPLE);
            None
        }
    }
}

/// The points, or a complaint about them.
pub(super) fn points_of(
    points: Result<DataPoints, DataError>,
    complaints: &mut DataComplaints,
) -> Option<DataPoints> {
    points.map_err(|error| complaints.about_whole(error.to_string(), "write finite numbers")).ok()
}
