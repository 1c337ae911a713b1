//! Activation and loss of a file, as the mathematics knows them.

use meanfield_model::activation::{Activation, KnotError, PiecewiseLinear, Placement, Shape, Smooth};
use meanfield_model::loss::Loss;

use crate::file::{ActivationKind, LeakyReluKeys, LossKind, PlacementKeys};

impl PlacementKeys {
    fn placement(&self) -> Placement {
        Placement { height: self.height, gain: self.gain, offset: self.offset, constant: self.constant }
    }
}

/// An activation's name in the file, and where its shape stands (knots stand where they are).
pub(crate) fn place(kind: &ActivationKind) -> (&'static str, Placement) {
    use ActivationKind as Kind;
    match kind {
        Kind::PiecewiseLinear(_) => ("piecewise-linear", Placement::default()),
        Kind::Relu(place) => ("relu", place.placement()),
        Kind::LeakyRelu(keys) => {
            let LeakyReluKeys { height, gain, offset, constant, .. } = *keys;
            ("leaky-relu", Placement { height, gain, offset, constant })
        }
        Kind::HardTanh(place) => ("hard-tanh", place.placement()),
        Kind::Tanh(place) => ("tanh", place.placement()),
        Kind::Erf(place) => ("erf", place.placement()),
        Kind::Sigmoid(place) => ("sigmoid", place.placement()),
        Kind::Softplus(place) => ("softplus", place.placement()),
        Kind::Gelu(place) => ("gelu", place.placement()),
        Kind::Silu(place) => ("silu", place.placement()),
        Kind::Cosine(place) => ("cosine", place.placement()),
    }
}

/// The activation. Errors where its knots are none.
pub(crate) fn activation(kind: &ActivationKind) -> Result<Activation, KnotError> {
    use ActivationKind as Kind;
    let (_, place) = place(kind);
    let kinked = |shape: PiecewiseLinear| shape.placed(&place).map(Activation::PiecewiseLinear);
    let smooth = |shape| Ok(Activation::Smooth(Smooth { shape, place }));
    match kind {
        Kind::PiecewiseLinear(keys) => kinked(PiecewiseLinear::with_slopes(keys.knots.clone(), keys.slopes)?),
        Kind::Relu(_) => kinked(PiecewiseLinear::relu()),
        Kind::LeakyRelu(keys) => kinked(PiecewiseLinear::leaky_relu(keys.slope)),
        Kind::HardTanh(_) => kinked(PiecewiseLinear::hard_tanh()),
        Kind::Tanh(_) => smooth(Shape::Tanh),
        Kind::Erf(_) => smooth(Shape::Erf),
        Kind::Sigmoid(_) => smooth(Shape::Sigmoid),
        Kind::Softplus(_) => smooth(Shape::Softplus),
        Kind::Gelu(_) => smooth(Shape::Gelu),
        Kind::Silu(_) => smooth(Shape::Silu),
        Kind::Cosine(_) => smooth(Shape::Cosine),
    }
}

/// The loss.
pub(crate) fn loss(kind: &LossKind) -> Loss {
    match kind {
        LossKind::Squared(_) => Loss::Squared,
        LossKind::Huber(keys) => Loss::Huber { threshold: keys.threshold },
        LossKind::Logistic(_) => Loss::Logistic,
        LossKind::Welsch(keys) => Loss::Welsch { scale: keys.scale },
    }
}
