//! Activations σ and what the mean-field potentials need of them.
//!
//! A neuron of weight w sees z = ⟨w,x⟩ + b ~ N(b, S²). Its Hermite coefficients
//! q_n(b, S) = E[σ(SG + b) h_n(G)], G ~ N(0,1), h_n orthonormal, carry everything about σ into the
//! potentials; the second moment E σ² closes the series where it converges slowly.
//! No data model, no network here.

mod piecewise_linear;

pub use piecewise_linear::{KnotError, PiecewiseLinear};

/// The activations that exist. To add one: a file beside this one, a variant, an arm in each method.
#[derive(Clone, Debug, PartialEq)]
pub enum Activation {
    /// Straight pieces between knots, constant outside.
    PiecewiseLinear(PiecewiseLinear),
}

impl Activation {
    /// σ(z).
    pub fn value(&self, z: f64) -> f64 {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.value(z),
        }
    }

    /// σ'(z); at a kink, from the right.
    pub fn slope(&self, z: f64) -> f64 {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.slope(z),
        }
    }

    /// σ and σ' of many inputs at once: the inner loop of training, inlined where it is called.
    #[inline(always)]
    pub fn evaluate(&self, z: &[f64], value: &mut [f64], slope: &mut [f64]) {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.evaluate(z, value, slope),
        }
    }

    /// q_n(b, S) and ∂q_n/∂S for n = 0 … len − 1, with `offset` b and `scale` S ≥ 0.
    pub fn hermite_coefficients(&self, offset: f64, scale: f64, q: &mut [f64], dq: &mut [f64]) {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.hermite_coefficients(offset, scale, q, dq),
        }
    }

    /// E σ(SG + b)².
    pub fn second_moment(&self, offset: f64, scale: f64) -> f64 {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.second_moment(offset, scale),
        }
    }

    /// E σ(SG + b) = q_0(b, S).
    pub fn mean(&self, offset: f64, scale: f64) -> f64 {
        let (mut q, mut dq) = ([0.0], [0.0]);
        self.hermite_coefficients(offset, scale, &mut q, &mut dq);
        q[0]
    }

    /// Where σ' jumps: quadrature must be split there.
    pub fn kinks(&self) -> Vec<f64> {
        match self {
            Self::PiecewiseLinear(sigma) => sigma.kinks(),
        }
    }
}
