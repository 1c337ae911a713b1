//! How a quadrature over data is judged by a finer one: by the risks of laws of one and two neurons, which
//! are points of a box. Sampled, not proved.

use crate::energy::Energy;

/// Neurons.
const COUNT: usize = 24;

/// Points of the box with these sides, spread evenly by the additive recurrence of the golden ratio's
/// relatives (Roberts 2018).
pub fn spread_points(sides: &[[f64; 2]]) -> Vec<Vec<f64>> {
    let steps = steps(sides.len());
    (1..=COUNT).map(|i| place(sides, &steps, i)).collect()
}

/// The i-th point of a box.
fn place(sides: &[[f64; 2]], steps: &[f64], i: usize) -> Vec<f64> {
    let shares = steps.iter().map(|step| (0.5 + i as f64 * step).fract());
    sides.iter().zip(shares).map(|([from, until], share)| from + share * (until - from)).collect()
}

/// 1/g, 1/g², …: g the root of g^{D+1} = g + 1 beyond 1.
fn steps(dimension: usize) -> Vec<f64> {
    let mut root = 2.0_f64;
    for _ in 0..60 {
        root = (1.0 + root).powf(1.0 / (dimension + 1) as f64);
    }
    (1..=dimension).map(|power| root.powi(-(power as i32))).collect()
}

/// What a rule makes of some neurons.
#[derive(Clone, Copy)]
pub struct Judged<'a> {
    /// Its energy.
    pub energy: &'a dyn Energy,
    /// The features of each neuron.
    pub features: &'a [Vec<f64>],
}

impl Judged<'_> {
    /// The risk of a law of equal masses at two neurons.
    fn risk(self, i: usize, j: usize) -> f64 {
        let both = self.features[i].iter().zip(&self.features[j]);
        self.energy.risk(&both.map(|(one, other)| 0.5 * (one + other)).collect::<Vec<_>>())
    }
}

/// The largest difference of two rules in the risk of a law of one or two of the neurons.
pub fn largest_gap(rule: Judged, finer: Judged) -> f64 {
    let mut largest = 0.0_f64;
    for i in 0..rule.features.len() {
        for j in 0..=i {
            let gap = rule.risk(i, j) - finer.risk(i, j);
            largest = largest.max(if gap.is_nan() { f64::INFINITY } else { gap.abs() });
        }
    }
    largest
}
