//! The neurons by which a rule is judged: points of a box that the dynamics is likely to stay in.

use crate::directed::DirectedClasses;
use crate::judging::spread_points;

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
    /// The same box with all numbers and projections up to `far` at least, and r to `length`.
    #[must_use]
    pub fn and_at_least(self, far: f64, length: f64) -> Self {
        Self {
            affine: self.affine.map(|numbers| numbers.map(|number| number.max(far))),
            along: self.along.max(far),
            across: self.across.max(length),
        }
    }

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
        spread_points(&sides)
    }
}
