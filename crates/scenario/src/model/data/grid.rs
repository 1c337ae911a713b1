//! The data `grid`: points at equal distances along each coordinate, with a target.

use meanfield_deep::data::DataPoints;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::complaints::DataComplaints;
use super::kind::{DataKind, PointsKind};
use super::target::labelled;
use crate::ranges::LARGEST;

/// Keys of `grid`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GridKeys {
    /// For each coordinate [first, last, number of points], e.g. [[-1.0, 1.0, 40]].
    pub axes: Vec<[f64; 3]>,
    /// The label y as a formula in x1, x2, …, e.g. "sin(pi*x1)".
    pub target: String,
    /// Whether 1 is appended to each input, so that the first layer has offsets. False by default: the term
    /// is absent.
    #[serde(default)]
    pub bias: bool,
}

impl DataKind for GridKeys {
    fn of_points(&self) -> Option<&dyn PointsKind> {
        Some(self)
    }
}

impl PointsKind for GridKeys {
    fn dimension(&self) -> usize {
        self.axes.len() + usize::from(self.bias)
    }

    fn has_bias(&self) -> bool {
        self.bias
    }

    fn points(&self, complaints: &mut DataComplaints) -> Option<DataPoints> {
        let mut is_right = true;
        for (number, axis) in self.axes.iter().enumerate() {
            let wrong = wrong_axis(axis);
            is_right &= wrong.is_none();
            if let Some(message) = wrong {
                complaints.about_entry("axes", number, message, "write e.g. [-1.0, 1.0, 40]");
            }
        }
        let points = self.axes.iter().map(|axis| axis[2] as usize).fold(1, usize::saturating_mul);
        is_right &= complaints.sizes("axes", points, self.axes.len());
        is_right.then(|| labelled(&self.inputs(), &self.target, self.bias, complaints))?
    }
}

impl GridKeys {
    /// All points, the last coordinate fastest.
    fn inputs(&self) -> Vec<Vec<f64>> {
        self.axes.iter().fold(vec![Vec::new()], |points, axis| {
            points.iter().flat_map(|point| coordinates(axis).map(|x| [&point[..], &[x]].concat())).collect()
        })
    }
}

/// What is wrong with an axis.
fn wrong_axis([first, last, count]: &[f64; 3]) -> Option<String> {
    if !(first.abs() <= LARGEST && last.abs() <= LARGEST && first <= last) {
        return Some(format!(
            "an axis must go from a number to a larger one, not from {first:?} to {last:?}"
        ));
    }
    let is_count = count.fract() == 0.0 && *count >= 1.0 && (first < last || *count == 1.0);
    (!is_count).then(|| format!("the third number of an axis is how many points it has; it is {count:?}"))
}

/// The points of an axis.
fn coordinates([first, last, count]: &[f64; 3]) -> impl Iterator<Item = f64> {
    let (first, last) = (*first, *last);
    let steps = (*count as usize).saturating_sub(1);
    (0..=steps).map(move |k| if k == 0 { first } else { first + (last - first) * k as f64 / steps as f64 })
}
