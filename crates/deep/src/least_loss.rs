//! The least loss that a network can reach whose first layer sees some coordinates of the input only: inf
//! over functions f of E ℓ(Y, f(X_V)), X_V the coordinates that are seen. Points that agree in all of them
//! get one output. Whether a network can reach it (universal approximation) is not asked here.

use std::collections::HashMap;

use meanfield_kernel::bisection::{Until, bisect, middle};
use meanfield_model::loss::Loss;

use crate::data::DataPoints;

/// Outputs that are tried between the extreme labels before each minimum is found exactly.
const TRIED: usize = 200;
/// Where the loss of one sign of labels has no minimum, outputs beyond this change it by 1e-18.
const FARTHEST: f64 = 40.0;
/// Halvings of an interval that holds a minimum.
const HALVINGS: u32 = 200;

/// Labels with their weights.
type Group = Vec<(f64, f64)>;

/// The least loss on points of which the coordinates with `is_seen` are seen.
///
/// ```
/// use meanfield_deep::data::DataPoints;
/// use meanfield_deep::least_loss::least_loss;
/// use meanfield_model::loss::Loss;
/// use ndarray::array;
///
/// // y = x_1 x_2 on the corners of a square; who sees x_1 alone cannot do better than 0.
/// let corners = array![[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]];
/// let data = DataPoints::uniform(corners, array![1.0, -1.0, -1.0, 1.0])?;
/// assert!((least_loss(&data, Loss::Squared, &[true, false]) - 1.0).abs() < 1e-12);
/// assert!(least_loss(&data, Loss::Squared, &[true, true]) < 1e-12);
/// # Ok::<(), meanfield_deep::data::DataError>(())
/// ```
pub fn least_loss(data: &DataPoints, loss: Loss, is_seen: &[bool]) -> f64 {
    let mut groups: HashMap<Vec<u64>, Group> = HashMap::new();
    let points = data.inputs().rows().into_iter().zip(data.labels()).zip(data.weights());
    for ((input, label), weight) in points {
        let seen = input.iter().zip(is_seen).filter(|(_, is_seen)| **is_seen);
        // 0 and −0 are one place.
        let place = seen.map(|(x, _)| (x + 0.0).to_bits()).collect();
        groups.entry(place).or_default().push((*label, *weight));
    }
    let mut least: Vec<f64> = groups.values().map(|group| least_of(group, loss)).collect();
    // A sum that does not depend on the order of the map.
    least.sort_by(f64::total_cmp);
    least.iter().sum()
}

/// min over c of Σ w ℓ(y, c).
fn least_of(group: &Group, loss: Loss) -> f64 {
    let value = |output: f64| group.iter().map(|(y, w)| w * loss.value(*y, output)).sum::<f64>();
    let slope = |output: f64| group.iter().map(|(y, w)| w * loss.slope(*y, output)).sum::<f64>();
    let [first, last] = extremes(group, loss);
    let place = |k: usize| first + (last - first) * k as f64 / TRIED as f64;
    let mut least = value(first).min(value(last));
    for k in 0..TRIED {
        let ends = [place(k), place(k + 1)];
        if slope(ends[0]) < 0.0 && slope(ends[1]) >= 0.0 {
            let minimum = middle(bisect(ends, Until::Halvings(HALVINGS), |output| slope(output) >= 0.0));
            least = least.min(value(minimum));
        }
    }
    least
}

/// Outputs between which all minima lie.
fn extremes(group: &Group, loss: Loss) -> [f64; 2] {
    if loss == Loss::Logistic {
        return [-FARTHEST, FARTHEST];
    }
    let labels = group.iter().map(|(label, _)| *label);
    [labels.clone().fold(f64::INFINITY, f64::min), labels.fold(f64::NEG_INFINITY, f64::max)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn groups_get_the_output_that_is_best_for_them() {
        // One place with labels 0, 0, 3: mean 1 for squares, a median for Huber's lines.
        let inputs = array![[2.0, 0.0], [2.0, 1.0], [2.0, 2.0]];
        let data = DataPoints::uniform(inputs, array![0.0, 0.0, 3.0]).expect("valid");
        let least = |loss| least_loss(&data, loss, &[true, false]);
        assert!((least(Loss::Squared) - 2.0).abs() < 1e-12);
        // 2 · ½c² + δ(3 − c − ½δ) is least where 2c = δ.
        let threshold = 0.5;
        let huber = (0.0625 + 0.5 * (3.0 - 0.25 - 0.25)) / 3.0;
        assert!((least(Loss::Huber { threshold }) - huber).abs() < 1e-12);
        // Bounded losses give the odd one up: near 0 the two labels win.
        let welsch = least(Loss::Welsch { scale: 0.1 });
        assert!((welsch - 0.005 / 3.0).abs() < 1e-12, "{welsch}");
    }

    #[test]
    fn labels_of_one_sign_leave_nothing_of_the_logistic_loss() {
        let data = DataPoints::uniform(array![[1.0], [-0.0], [0.0]], array![1.0, -1.0, 1.0]).expect("valid");
        let least = least_loss(&data, Loss::Logistic, &[true]);
        assert!((least - 2.0 / 3.0 * 2.0_f64.ln()).abs() < 1e-12, "{least}");
    }
}
