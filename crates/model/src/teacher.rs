//! Targets that a network could be: y(z) = Σ_j c_j f_j(⟨v_j, z⟩ + b_j) in the first k coordinates z of the
//! input. One term along one coordinate is a single-index model; several are a teacher network, with k ≤ 3
//! directions a multi-index model. No law of inputs here.

use crate::activation::Activation;

/// One term c f(⟨v, z⟩ + b).
#[derive(Clone, Debug, PartialEq)]
pub struct TeacherUnit {
    /// c.
    pub factor: f64,
    /// v, one number for each of the k coordinates.
    pub direction: Vec<f64>,
    /// b.
    pub offset: f64,
    /// f.
    pub activation: Activation,
}

/// A target in the first k coordinates of the input.
///
/// ```
/// use meanfield_model::activation::{Activation, Polynomial};
/// use meanfield_model::teacher::Teacher;
///
/// // He₂ of the first coordinate, normalised: (z² − 1)/√2.
/// let square = Activation::Polynomial(Polynomial::hermite(&[0.0, 0.0, 1.0])?);
/// let teacher = Teacher::single_index(square);
/// assert!((teacher.value(&[3.0]) - 8.0 / 2f64.sqrt()).abs() < 1e-14);
/// # Ok::<(), meanfield_model::activation::PolynomialError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Teacher {
    /// The terms.
    pub units: Vec<TeacherUnit>,
}

impl Teacher {
    /// y = f(z₁).
    pub fn single_index(activation: Activation) -> Self {
        Self { units: vec![TeacherUnit { factor: 1.0, direction: vec![1.0], offset: 0.0, activation }] }
    }

    /// y at the first coordinates of an input; those beyond the directions' are ignored.
    pub fn value(&self, z: &[f64]) -> f64 {
        self.units.iter().map(|unit| unit.factor * unit.activation.value(unit.input(z))).sum()
    }

    /// k.
    pub fn directions(&self) -> usize {
        self.units.iter().map(|unit| unit.direction.len()).max().unwrap_or(0)
    }

    /// Whether y has kinks.
    pub fn bends(&self) -> bool {
        self.units.iter().any(|unit| !unit.activation.kinks().is_empty())
    }

    /// Where y bends as a function of z₁ alone: quadrature is split there. Of several directions none.
    pub fn breaks(&self) -> Vec<f64> {
        let along_one =
            self.units.iter().filter(|unit| unit.direction.len() == 1 && unit.direction[0] != 0.0);
        along_one
            .flat_map(|unit| {
                let ends = unit.activation.panel_ends().into_iter();
                ends.map(|end| (end - unit.offset) / unit.direction[0])
            })
            .collect()
    }
}

impl TeacherUnit {
    /// ⟨v, z⟩ + b.
    fn input(&self, z: &[f64]) -> f64 {
        self.offset + self.direction.iter().zip(z).map(|(v, z)| v * z).sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::{PiecewiseLinear, Polynomial};

    fn square() -> Activation {
        Activation::Polynomial(Polynomial::new(&[0.0, 0.0, 1.0]).expect("valid"))
    }

    #[test]
    fn two_squares_are_a_product() {
        let unit = |factor: f64, direction: [f64; 2]| TeacherUnit {
            factor,
            direction: direction.to_vec(),
            offset: 0.0,
            activation: square(),
        };
        let product = Teacher { units: vec![unit(0.25, [1.0, 1.0]), unit(-0.25, [1.0, -1.0])] };
        for z in [[0.3, -1.2], [2.0, 0.5]] {
            assert!((product.value(&[z[0], z[1], 9.0]) - z[0] * z[1]).abs() < 1e-15);
        }
        assert!(product.breaks().is_empty());
    }

    #[test]
    fn kinks_are_where_the_argument_meets_them() {
        let relu = Activation::PiecewiseLinear(PiecewiseLinear::relu());
        let unit = TeacherUnit { factor: 2.0, direction: vec![-2.0], offset: 1.0, activation: relu };
        let teacher = Teacher { units: vec![unit] };
        assert_eq!(teacher.breaks(), [0.5]);
        assert_eq!([0.0, 0.5, 1.0].map(|z| teacher.value(&[z])), [2.0, 0.0, 0.0]);
    }
}
