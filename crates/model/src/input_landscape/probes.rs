//! The neurons by which a rule is judged: points of a box that the dynamics is likely to stay in, spread
//! evenly by the additive recurrence of the golden ratio's relatives (Roberts 2018). Sampled, not proved.

use crate::directed::DirectedClasses;

/// Neurons.
const COUNT: usize = 24;
/// The shortest and the longest r, in units of the start's.
const RADII: [f64; 2] = [0.5, 2.0];

/// Up to where neurons go whose risks a rule must resolve.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    /// Largest |a| and |b|, where neurons have them.
    pub affine: Option<[f64; 2]>,
    /// Largest |m| along each direction.
    pub along: f64,
    /// The r that most neurons start near.
    pub across: f64,
}

impl Reached {
    /// Whether neurons have a and b.
    pub(super) fn is_affine(&self) -> bool {
        self.affine.is_some()
    }

    /// Neurons of the box, each with all its coordinates.
    pub(super) fn neurons(&self, data: &DirectedClasses) -> Vec<Vec<f64>> {
        let mut sides: Vec<[f64; 2]> = Vec::new();
        sides.extend(self.affine.into_iter().flatten().map(|largest| [-largest, largest]));
        sides.extend((0..data.directions).map(|_| [-self.along, self.along]));
        if data.across > 0 {
            sides.push(RADII.map(|share| share * self.across));
        }
        let steps = steps(sides.len());
        (1..=COUNT).map(|i| place(&sides, &steps, i)).collect()
    }
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
