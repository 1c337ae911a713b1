//! How far neurons lie along the directions that matter: the overlap of w with their span.
//!
//! ```text
//!   q = ( ∫ |m|²/(|m|² + r²) dρ )^½      (along one direction the root mean square of cos ∠(w, e))
//! ```
//! Read from a law of (…, m, r); a neuron at 0 has none. No target here.

use ndarray::ArrayView1;

use crate::coordinates::Coordinates;
use crate::measure::Measure;

/// The overlap of laws in some coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overlap {
    /// Place of the first projection among the coordinates; r comes after the last one.
    first: usize,
    /// k ≥ 1.
    directions: usize,
}

impl Overlap {
    /// The overlap in these coordinates; None where no direction matters.
    pub fn new(coordinates: Coordinates) -> Option<Self> {
        match coordinates {
            Coordinates::Directed { is_affine, directions } if directions > 0 => {
                Some(Self { first: if is_affine { 2 } else { 0 }, directions })
            }
            _ => None,
        }
    }

    /// Whether it can be read from the laws of pairs of coordinates.
    pub fn is_of_a_pair(&self) -> bool {
        self.directions == 1
    }

    /// q of a law; NaN where that is not in these coordinates, or does not say enough.
    pub fn value(&self, law: &Measure) -> f64 {
        if law.dimension() != self.first + self.directions + 1 {
            return f64::NAN;
        }
        match law.atoms() {
            Some((points, weights)) => {
                let shares = points.rows().into_iter().map(|neuron| self.share(neuron));
                shares.zip(weights).map(|(share, weight)| share * weight).sum::<f64>().sqrt()
            }
            None => self.on_cells(law).sqrt(),
        }
    }

    /// |m|²/(|m|² + r²) of one neuron.
    fn share(&self, neuron: ArrayView1<f64>) -> f64 {
        let squares = neuron.iter().skip(self.first).map(|z| z * z);
        let along: f64 = squares.clone().take(self.directions).sum();
        let all: f64 = squares.sum();
        if all > 0.0 { along / all } else { 0.0 }
    }

    /// ∫ |m|²/(|m|² + r²) dρ, each cell at its centre: second order in the cells.
    fn on_cells(&self, law: &Measure) -> f64 {
        if let (Measure::Cells { axes, mass }, false) = (law, self.is_of_a_pair()) {
            let centres: Vec<Vec<f64>> = axes.iter().map(|axis| axis.centres()).collect();
            let cells = mass.indexed_iter().map(|(at, mass)| {
                let neuron: Vec<f64> = (0..axes.len()).map(|c| centres[c][at[c]]).collect();
                mass * self.share(ArrayView1::from(&neuron))
            });
            return cells.sum();
        }
        let (Some(axes), Some(pair)) = (law.axes(), law.pair_marginal(self.first, self.first + 1)) else {
            return f64::NAN;
        };
        let [m, r] = [0, 1].map(|c| axes[self.first + c].centres());
        let cells = pair.indexed_iter().map(|((i, j), mass)| {
            let all = m[i] * m[i] + r[j] * r[j];
            if all > 0.0 { mass * m[i] * m[i] / all } else { 0.0 }
        });
        if self.is_of_a_pair() { cells.sum() } else { f64::NAN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axis::Axis;
    use ndarray::{Array1, Array2, ArrayD, IxDyn, array};

    const ALONG_ONE: Coordinates = Coordinates::Directed { is_affine: true, directions: 1 };

    #[test]
    fn atoms_have_the_cosines_of_their_angles() {
        let overlap = Overlap::new(ALONG_ONE).expect("a direction");
        // (a, b, m, r): at 30° and at 90°; one at 0.
        let points = array![[5.0, 1.0, -3f64.sqrt(), 1.0], [9.0, 9.0, 0.0, 0.3], [1.0, 1.0, 0.0, 0.0]];
        let law = Measure::Atoms { points, weights: array![0.5, 0.25, 0.25] };
        assert!((overlap.value(&law) - (0.5_f64 * 0.75).sqrt()).abs() < 1e-15);
        assert_eq!(Overlap::new(Coordinates::Radius), None);
        assert_eq!(Overlap::new(Coordinates::Directed { is_affine: true, directions: 0 }), None);
    }

    #[test]
    fn an_isotropic_law_overlaps_by_the_root_of_the_share_of_its_directions() {
        // (m₁, m₂, r) of N(0, I₃) on cells: k/d = 2/3, whatever the radius.
        let overlap = Overlap::new(Coordinates::Directed { is_affine: false, directions: 2 }).expect("two");
        let line = Axis::uniform(-5.0, 5.0, 60).expect("valid");
        let across = Axis::uniform(0.0, 5.0, 40).expect("valid");
        let density = |z: f64| (-0.5 * z * z).exp();
        let axes = vec![line.clone(), line, across];
        let centres: Vec<Vec<f64>> = axes.iter().map(Axis::centres).collect();
        let mut mass = ArrayD::from_shape_fn(IxDyn(&[60, 60, 40]), |at| {
            (0..3).map(|c| density(centres[c][at[c]])).product::<f64>()
        });
        mass /= mass.sum();
        let whole = Measure::Cells { axes: axes.clone(), mass: mass.clone() };
        // Half a line in place of a circle across: r is |w₃|.
        assert!((overlap.value(&whole) - (2.0_f64 / 3.0).sqrt()).abs() < 1e-3, "{}", overlap.value(&whole));
        assert!(overlap.value(&Measure::marginals_of(axes, &mass)).is_nan());
    }

    #[test]
    fn cells_of_a_pair_are_enough_along_one_direction() {
        let overlap = Overlap::new(ALONG_ONE).expect("a direction");
        let axes: Vec<Axis> = [[0.0, 1.0], [0.0, 1.0], [1.0, 3.0], [1.0, 3.0]]
            .map(|[a, b]| Axis::uniform(a, b, 2))
            .map(|axis| axis.expect("valid"))
            .into();
        let mut mass = ArrayD::zeros(IxDyn(&[2, 2, 2, 2]));
        mass[[0, 1, 0, 1]] = 1.0; // m = 1.5, r = 2.5
        let exact = 1.5 / (1.5_f64 * 1.5 + 2.5 * 2.5).sqrt();
        let marginals = Measure::marginals_of(axes.clone(), &mass);
        for law in [Measure::Cells { axes, mass }, marginals] {
            assert!((overlap.value(&law) - exact).abs() < 1e-15);
        }
        let other = Measure::Atoms { points: Array2::ones((1, 2)), weights: Array1::ones(1) };
        assert!(overlap.value(&other).is_nan());
    }
}
