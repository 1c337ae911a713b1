//! The training problem, stated once: data, loss, network, start, noise and ridge. Everything that solves,
//! trains, estimates costs or looks for a minimum begins with a [`Problem`]; its form in reduced coordinates
//! is [`crate::reduction`].
//!
//! A problem exists only where its parts fit one another. It knows no schedule and no time (those belong to a
//! run), and no file.

use std::sync::Arc;

use crate::activation::Activation;
use crate::coordinate_start::CoordinateStart;
use crate::coordinates::Coordinates;
use crate::data_model::CoordinatesError;
use crate::initial::{AffineStart, Initial};
use crate::joint_start::{JointStart, JointStartError};
use crate::loss::Loss;
use crate::parameter_groups::ParameterGroups;
use crate::recorded_start::RecordedStart;
use crate::unit::Unit;

pub use crate::data_model::{DataModel, Symmetry};

/// The architecture.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Network {
    /// ŷ(x) = (1/N) Σ σ_*(x; θ_i).
    TwoLayer {
        /// The unit: a neuron's output as a function of its parameters.
        unit: Unit,
        /// σ.
        activation: Activation,
    },
}

/// The law of a neuron's parameters at t = 0.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Start {
    /// The law of w, which is all of θ.
    Inner(Initial),
    /// The laws of w, and of the output weight a and the offset b.
    Affine(Initial, AffineStart),
}

impl Start {
    /// The law of w.
    pub fn weights(&self) -> &Initial {
        match self {
            Self::Inner(weights) | Self::Affine(weights, _) => weights,
        }
    }

    /// The laws of a and b, where neurons have them.
    pub fn affine(&self) -> Option<&AffineStart> {
        match self {
            Self::Inner(_) => None,
            Self::Affine(_, affine) => Some(affine),
        }
    }

    /// The unit whose parameters have this law.
    pub fn unit(&self) -> Unit {
        match self {
            Self::Inner(_) => Unit::Inner,
            Self::Affine(..) => Unit::Affine,
        }
    }
}

impl From<Initial> for Start {
    fn from(weights: Initial) -> Self {
        Self::Inner(weights)
    }
}

/// Noise and regularisation: what acts on a neuron beside the data. Neither by default.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bath {
    /// 1/β ≥ 0.
    pub temperature: f64,
    /// λ ≥ 0 of the ridge (λ/2)|θ|².
    pub ridge: f64,
}

impl Bath {
    /// Whether there is noise.
    pub fn is_noisy(self) -> bool {
        self.temperature > 0.0
    }

    /// √(1/(βλ)): the deviation of a parameter that does not see the data, at rest. Infinite or NaN where
    /// nothing holds it.
    pub fn deviation(self) -> f64 {
        (self.temperature / self.ridge).sqrt()
    }
}

/// Parts that do not fit one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemError {
    /// No law in such coordinates.
    #[error(transparent)]
    Coordinates(#[from] CoordinatesError),
    /// A start of other parameters than the unit's.
    #[error("neurons with output weight and offset need a start for both")]
    AffineStart,
    /// A start of w that the data have no coordinates for.
    #[error(transparent)]
    Start(#[from] JointStartError),
}

/// The training problem. Start with [`Problem::two_layer`], or with [`Problem::new`] where all parts are at
/// hand.
///
/// ```
/// use meanfield_model::activation::{Activation, PiecewiseLinear};
/// use meanfield_model::data::GaussianClasses;
/// use meanfield_model::initial::Initial;
/// use meanfield_model::problem::Problem;
/// use meanfield_model::radial_series::DimensionLimit;
///
/// // Figure 1 of Mei, Montanari & Nguyen (2018).
/// let data = GaussianClasses::isotropic(40, 0.8)?;
/// let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]])?;
/// let start = Initial::Gaussian { scale: 0.8 };
/// let problem = Problem::two_layer(data, Activation::PiecewiseLinear(sigma), start)?;
/// assert_eq!(problem.coordinates().names(), ["radius"]);
/// let reduced = problem.reduced(DimensionLimit::Finite, 1e-9)?;
/// assert!(reduced.truncation() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    data: DataModel,
    loss: Loss,
    network: Network,
    start: Start,
    bath: Bath,
    label_noise: f64,
    groups: ParameterGroups,
    coordinates: Coordinates,
    recorded: Option<Arc<RecordedStart>>,
    joint: JointStart,
}

impl Problem {
    /// The problem of these parts.
    ///
    /// # Errors
    /// Where the unit has no reduction with such data, or the start is not one of its parameters.
    pub fn new(
        data: impl Into<DataModel>,
        loss: Loss,
        network: Network,
        start: impl Into<Start>,
        bath: Bath,
    ) -> Result<Self, ProblemError> {
        let Network::TwoLayer { unit, .. } = network;
        let data = data.into();
        let start = start.into();
        let coordinates = data.symmetry().coordinates(unit)?;
        if start.unit() != unit {
            return Err(ProblemError::AffineStart);
        }
        let joint = JointStart::new(&data, start.weights(), start.affine())?;
        let groups = ParameterGroups::default();
        let recorded = None;
        Ok(Self { data, loss, network, start, bath, label_noise: 0.0, groups, coordinates, recorded, joint })
    }

    /// Neurons σ(⟨w, x⟩), or a σ(⟨w, x⟩ + b) where the start says where a and b begin; squared loss, neither
    /// noise nor ridge.
    ///
    /// # Errors
    /// Where such neurons have no reduction with the data.
    pub fn two_layer(
        data: impl Into<DataModel>,
        activation: Activation,
        start: impl Into<Start>,
    ) -> Result<Self, ProblemError> {
        let start = start.into();
        let network = Network::TwoLayer { unit: start.unit(), activation };
        Self::new(data, Loss::Squared, network, start, Bath::default())
    }

    /// The problem with other data.
    ///
    /// # Errors
    /// Where the unit has no reduction with them.
    pub fn with_data(self, data: impl Into<DataModel>) -> Result<Self, ProblemError> {
        let other = Self::new(data, self.loss, self.network, self.start, self.bath)?;
        let Self { label_noise, groups, recorded, .. } = self;
        Ok(Self { label_noise, groups, recorded, ..other })
    }

    /// The problem with N(0, `label_noise`²) added to every label, independent of inputs. With the squared
    /// loss it raises the risk by its variance and moves no limit; what it means with others is not known
    /// here.
    pub fn with_label_noise(self, label_noise: f64) -> Self {
        Self { label_noise, ..self }
    }

    /// The problem with groups of parameters that are trained like this.
    pub fn with_groups(self, groups: ParameterGroups) -> Self {
        Self { groups, ..self }
    }

    /// The problem with the law that another run left, in the place of its own start, which then says no more
    /// than how far that law reaches.
    pub fn with_recorded_start(self, recorded: Arc<RecordedStart>) -> Self {
        Self { recorded: Some(recorded), ..self }
    }

    /// The law at t = 0 that another run left, where it begins with one: [`Self::start`] and
    /// [`Self::starts`] are then of its size, and not the start.
    pub fn recorded_start(&self) -> Option<&Arc<RecordedStart>> {
        self.recorded.as_ref()
    }

    /// How groups of parameters are trained.
    pub fn groups(&self) -> ParameterGroups {
        self.groups
    }

    /// Standard deviation of what is added to labels; 0 for none.
    pub fn label_noise(&self) -> f64 {
        self.label_noise
    }

    /// The problem with another loss.
    pub fn with_loss(self, loss: Loss) -> Self {
        Self { loss, ..self }
    }

    /// The problem with noise and ridge.
    pub fn with_bath(self, bath: Bath) -> Self {
        Self { bath, ..self }
    }

    /// The joint law of label and input.
    pub fn data(&self) -> &DataModel {
        &self.data
    }

    /// ℓ.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// The architecture.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The unit of the network.
    pub fn unit(&self) -> Unit {
        let Network::TwoLayer { unit, .. } = self.network;
        unit
    }

    /// σ.
    pub fn activation(&self) -> &Activation {
        let Network::TwoLayer { activation, .. } = &self.network;
        activation
    }

    /// The law of the parameters at t = 0.
    pub fn start(&self) -> &Start {
        &self.start
    }

    /// Noise and ridge.
    pub fn bath(&self) -> Bath {
        self.bath
    }

    /// The coordinates that are left of a neuron.
    pub fn coordinates(&self) -> Coordinates {
        self.coordinates
    }

    /// The law of all coordinates at t = 0.
    pub fn joint_start(&self) -> &JointStart {
        &self.joint
    }

    /// The law of each coordinate at t = 0, by itself.
    pub fn starts(&self) -> Vec<CoordinateStart> {
        self.joint.marginals()
    }

    /// Standard normals that the start is the image of: without a sphere one for each coordinate that does
    /// not start at a point.
    pub fn directions(&self) -> usize {
        self.joint.normals()
    }

    /// Whether mass may come to rest at r = 0: σ has a kink there. Noise lets nothing rest, and b
    /// drifts off the kink.
    pub fn rests_at_origin(&self) -> bool {
        self.unit() == Unit::Inner && self.bath.temperature == 0.0 && self.activation().bends_at_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::examples;
    use crate::data::{BlockClasses, GaussianClasses};
    use crate::directed::DirectedClasses;
    use crate::number_law::{Normal, NumberLaw};
    use crate::teacher::Teacher;

    const WEIGHTS: Initial = Initial::Gaussian { scale: 0.8 };

    fn affine() -> Start {
        let offsets = Normal { mean: 0.0, deviation: 0.5 };
        Start::Affine(WEIGHTS, AffineStart { a: NumberLaw::point(1.0), b: offsets.into() })
    }

    #[test]
    fn coordinates_and_starts_are_those_of_the_parts() {
        let isotropic = GaussianClasses::isotropic(40, 0.8).expect("valid");
        let blocks = BlockClasses::anisotropic(64, 16, 0.4).expect("valid");
        let radius = Problem::two_layer(isotropic, examples::figure_1(), WEIGHTS).expect("fits");
        assert_eq!(radius.coordinates(), Coordinates::Radius);
        assert_eq!(radius.starts(), [CoordinateStart::radius_of_block(&WEIGHTS, 40, 40)]);
        let four = Problem::two_layer(blocks, examples::figure_1(), affine()).expect("fits");
        assert_eq!(four.coordinates().names().len(), four.starts().len());
        assert_eq!(four.starts()[3], CoordinateStart::radius_of_block(&WEIGHTS, 64, 48));
        assert_eq!(four.directions(), 3);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let isotropic = GaussianClasses::isotropic(40, 0.8).expect("valid");
        let blocks = BlockClasses::anisotropic(64, 16, 0.4).expect("valid");
        let three = Problem::two_layer(isotropic, examples::figure_1(), affine()).expect("fits");
        assert_eq!(three.coordinates().names(), ["a", "b", "radius"]);
        let plane = DirectedClasses::with_teacher(10, 2, Teacher { units: Vec::new() });
        let refused = Problem::two_layer(plane, examples::figure_1(), affine());
        assert_eq!(refused.expect_err("refused"), ProblemError::Coordinates(CoordinatesError::Several(5)));
        let network = Network::TwoLayer { unit: Unit::Affine, activation: examples::figure_1() };
        let refused = Problem::new(blocks, Loss::Squared, network, WEIGHTS, Bath::default());
        assert_eq!(refused.expect_err("refused"), ProblemError::AffineStart);
    }
}
