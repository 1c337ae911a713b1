//! What a network of L layers is made of, whatever its widths: activations, loss, schedules. Weights and data
//! are not part of it.

mod departures;

use meanfield_model::loss::Loss;
use meanfield_run::schedule::Schedule;
use thiserror::Error;

use crate::activation::LayerActivation;

/// How fast a layer is trained: ξ_i(t).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "a schedule is copied once a layer")]
pub enum LayerSchedule {
    /// ξ_i = 0: the layer keeps its start.
    Frozen,
    /// ξ_i = factor · ξ(t).
    Trained {
        /// Factor ≥ 0.
        factor: f64,
        /// ξ.
        schedule: Schedule,
    },
}

impl LayerSchedule {
    /// ξ_i = 1.
    pub const PLAIN: Self = Self::Trained { factor: 1.0, schedule: Schedule::Constant };

    /// ξ_i(t), infinite at t = 0 for a negative exponent.
    pub fn rate(self, time: f64) -> f64 {
        match self {
            Self::Frozen => 0.0,
            Self::Trained { factor, schedule } => factor * schedule.rate(time),
        }
    }

    /// The exponent of t in ξ_i(t).
    pub fn exponent(self) -> f64 {
        match self {
            Self::Trained { schedule: Schedule::Power { exponent }, .. } => exponent,
            _ => 0.0,
        }
    }

    /// ξ_i(1).
    pub fn factor(self) -> f64 {
        self.rate(1.0)
    }
}

/// An architecture that is none.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ArchitectureError {
    /// Fewer than two layers.
    #[error("a network needs two layers or more, not {0}")]
    Shallow(usize),
    /// Activations and schedules are not equally many.
    #[error("there are {activations} activations and {schedules} schedules; each layer has one of both")]
    Ragged {
        /// Activations.
        activations: usize,
        /// Schedules.
        schedules: usize,
    },
    /// A factor of a schedule that is negative or not finite.
    #[error("the schedule of layer {layer} has the factor {factor}; it must be finite and not negative")]
    Factor {
        /// Counted from 1.
        layer: usize,
        /// Its factor.
        factor: f64,
    },
}

/// Activations, loss and schedules of a network of L layers.
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    activations: Vec<LayerActivation>,
    loss: Loss,
    schedules: Vec<LayerSchedule>,
}

impl Architecture {
    /// Activations φ_1 … φ_L, loss ℓ(y, ŷ), schedules ξ_1 … ξ_L.
    ///
    /// # Errors
    /// Where L < 2, lengths differ, or a factor is negative or not finite.
    pub fn new(
        activations: Vec<LayerActivation>,
        loss: Loss,
        schedules: Vec<LayerSchedule>,
    ) -> Result<Self, ArchitectureError> {
        if activations.len() != schedules.len() {
            let schedules = schedules.len();
            return Err(ArchitectureError::Ragged { activations: activations.len(), schedules });
        }
        if activations.len() < 2 {
            return Err(ArchitectureError::Shallow(activations.len()));
        }
        for (index, schedule) in schedules.iter().enumerate() {
            let factor = schedule.factor();
            if !(factor.is_finite() && factor >= 0.0) {
                return Err(ArchitectureError::Factor { layer: index + 1, factor });
            }
        }
        Ok(Self { activations, loss, schedules })
    }

    /// L.
    pub fn depth(&self) -> usize {
        self.activations.len()
    }

    /// φ_1 … φ_L.
    pub fn activations(&self) -> &[LayerActivation] {
        &self.activations
    }

    /// ℓ.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// ξ_1 … ξ_L.
    pub fn schedules(&self) -> &[LayerSchedule] {
        &self.schedules
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_an_architecture_is_said() {
        let identities = |count: usize| vec![LayerActivation::Identity; count];
        let make = |activations: usize, schedules: Vec<LayerSchedule>| {
            Architecture::new(identities(activations), Loss::Squared, schedules)
        };
        assert_eq!(make(1, vec![LayerSchedule::PLAIN]), Err(ArchitectureError::Shallow(1)));
        let ragged = ArchitectureError::Ragged { activations: 3, schedules: 1 };
        assert_eq!(make(3, vec![LayerSchedule::PLAIN]), Err(ragged));
        let backward = LayerSchedule::Trained { factor: -1.0, schedule: Schedule::Constant };
        let factor = ArchitectureError::Factor { layer: 2, factor: -1.0 };
        assert_eq!(make(2, vec![LayerSchedule::Frozen, backward]), Err(factor));
    }
}
