//! What tells the training of a neuron's a, b and w apart: a factor of the step, and whether the ridge acts.
//!
//! ```text
//!   dθ_g/ds = −2 f_g ∂_g Ψ_λ + noise of variance 4 f_g/β,     s = ∫ξ dt
//! ```
//! The factors are the mobility of the coordinates: a gradient flow in another metric. No equation is solved
//! here.

use crate::unit::Unit;

/// How one group of parameters is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParameterGroup {
    /// f ≥ 0, what its steps are multiplied by; 0 for a group that is frozen.
    pub factor: f64,
    /// Whether the ridge acts on it.
    pub has_ridge: bool,
}

impl Default for ParameterGroup {
    fn default() -> Self {
        Self { factor: 1.0, has_ridge: true }
    }
}

/// The groups of a neuron's parameters. By default all are trained alike.
///
/// ```
/// use meanfield_model::parameter_groups::{ParameterGroup, ParameterGroups};
/// use meanfield_model::unit::Unit;
///
/// let frozen = ParameterGroup { factor: 0.0, ..ParameterGroup::default() };
/// let groups = ParameterGroups { a: frozen, ..ParameterGroups::default() };
/// assert_eq!(groups.mobility::<4>(Unit::Affine), [0.0, 1.0, 1.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ParameterGroups {
    /// Of the output weight a.
    pub a: ParameterGroup,
    /// Of the offset b.
    pub b: ParameterGroup,
    /// Of the weights w.
    pub w: ParameterGroup,
}

impl ParameterGroups {
    /// Whether all parameters are trained alike, and as fast as the schedule says.
    pub fn are_alike(&self) -> bool {
        *self == Self::default()
    }

    /// The group of a coordinate, of D that begin with a and b where the unit has them.
    pub fn of_coordinate(&self, unit: Unit, coordinate: usize) -> ParameterGroup {
        match (unit, coordinate) {
            (Unit::Affine, 0) => self.a,
            (Unit::Affine, 1) => self.b,
            _ => self.w,
        }
    }

    /// The groups that a neuron has.
    pub fn all(&self, unit: Unit) -> impl Iterator<Item = ParameterGroup> {
        let groups = *self;
        (0..unit.parameters(1)).map(move |c| groups.of_coordinate(unit, c))
    }

    /// The factor of each coordinate.
    pub fn mobility<const D: usize>(&self, unit: Unit) -> [f64; D] {
        std::array::from_fn(|c| self.of_coordinate(unit, c).factor)
    }

    /// Whether the ridge acts on each coordinate.
    pub fn ridged<const D: usize>(&self, unit: Unit) -> [bool; D] {
        std::array::from_fn(|c| self.of_coordinate(unit, c).has_ridge)
    }
}
