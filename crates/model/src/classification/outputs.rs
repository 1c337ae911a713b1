//! The points and masses of a law, and its mean output ŷ at inputs of one block: by k(r|x|).

use crate::activation::Activation;
use crate::mean_output::{MeanOutput, Power};
use crate::measure::Measure;
use crate::tabulated::Tabulated;

/// Cells of a law with less than this altogether are left out.
const LEFT_OUT: f64 = 1e-6;

/// Points and masses of a law, cells by their centres; None where marginals alone are known.
pub fn points(law: &Measure) -> Option<Vec<(Vec<f64>, f64)>> {
    if let Some((points, weights)) = law.atoms() {
        return Some(
            points.rows().into_iter().map(|row| row.to_vec()).zip(weights.iter().copied()).collect(),
        );
    }
    let Measure::Cells { axes, mass } = law else { return None };
    let least = LEFT_OUT / mass.len() as f64;
    let occupied = mass.indexed_iter().filter(|(_, mass)| **mass > least || mass.is_nan());
    let point = |place: ndarray::IxDyn| {
        axes.iter().enumerate().map(|(axis, cells)| cells.centre(place[axis])).collect()
    };
    Some(occupied.map(|(place, mass): (ndarray::IxDyn, &f64)| (point(place), *mass)).collect())
}

/// ŷ at inputs of one block.
#[derive(Clone, Debug)]
pub struct RadialOutputs(Tabulated<MeanOutput>);

impl RadialOutputs {
    /// Of neurons σ(⟨w, x⟩) in R^d.
    pub fn new(activation: &Activation, dimension: usize) -> Self {
        Self(MeanOutput::table(activation, Some(dimension), Power::Mean))
    }

    /// ŷ at |x| = `length`.
    pub fn output(&self, points: &[(Vec<f64>, f64)], length: f64) -> f64 {
        let [mut value, mut slope] = [[0.0]; 2];
        let mut output = 0.0;
        for (place, mass) in points {
            self.0.evaluate(place[0] * length, &mut value, &mut slope);
            output += mass * value[0];
        }
        output
    }
}
