//! Shapes f of smooth activations: values, slopes, and how far and how fast they bend.
//!
//! A named activation is a shape with a [placement](super::Placement), height · f(gain · z + offset), stated
//! once for all shapes. The offset matters: under centred data an odd shape without one has V = 0.

use crate::normal;

/// Shapes f of smooth activations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// tanh u.
    Tanh,
    /// erf u.
    Erf,
    /// 1/(1 + e^{−u}).
    Sigmoid,
    /// ln(1 + e^u).
    Softplus,
    /// u Φ(u), Φ the normal distribution function.
    Gelu,
    /// u/(1 + e^{−u}).
    Silu,
    /// cos u.
    Cosine,
}

impl Shape {
    /// All of them.
    pub const ALL: [Shape; 7] =
        [Self::Tanh, Self::Erf, Self::Sigmoid, Self::Softplus, Self::Gelu, Self::Silu, Self::Cosine];

    /// f(u).
    #[inline(always)]
    pub fn value(self, u: f64) -> f64 {
        match self {
            Self::Tanh => u.tanh(),
            Self::Erf => libm::erf(u),
            Self::Sigmoid => sigmoid(u),
            Self::Softplus => u.max(0.0) + (-u.abs()).exp().ln_1p(),
            Self::Gelu => u * normal::distribution(u),
            Self::Silu => u * sigmoid(u),
            Self::Cosine => u.cos(),
        }
    }

    /// f'(u).
    #[inline(always)]
    pub fn slope(self, u: f64) -> f64 {
        self.value_and_slope(u).1
    }

    /// f(u) and f'(u), sharing what is expensive.
    #[inline(always)]
    pub fn value_and_slope(self, u: f64) -> (f64, f64) {
        match self {
            Self::Tanh => {
                let value = u.tanh();
                (value, (1.0 - value) * (1.0 + value))
            }
            Self::Erf => (self.value(u), std::f64::consts::FRAC_2_SQRT_PI * (-u * u).exp()),
            Self::Sigmoid => {
                let value = sigmoid(u);
                (value, value * sigmoid(-u))
            }
            Self::Softplus => (self.value(u), sigmoid(u)),
            Self::Gelu => {
                let below = normal::distribution(u);
                (u * below, below + u * normal::density(u))
            }
            Self::Silu => {
                let share = sigmoid(u);
                (u * share, share + u * share * sigmoid(-u))
            }
            Self::Cosine => (u.cos(), -u.sin()),
        }
    }

    /// Where f's Fourier transform falls below 1e-16: e^{−πk/2} for tanh (poles at ±iπ/2), e^{−πk} for those
    /// made of the sigmoid (poles at ±iπ), e^{−k²/4} for erf, e^{−k²/2} for GELU; a cosine has frequency 1
    /// only.
    pub fn bandwidth(self) -> f64 {
        match self {
            Self::Tanh => 24.0,
            Self::Sigmoid | Self::Softplus | Self::Silu => 12.0,
            Self::Erf => 12.5,
            Self::Gelu => 9.0,
            Self::Cosine => 1.0,
        }
    }

    /// Whether f stays between two numbers.
    pub fn is_bounded(self) -> bool {
        match self {
            Self::Tanh | Self::Sigmoid | Self::Erf | Self::Cosine => true,
            Self::Softplus | Self::Gelu | Self::Silu => false,
        }
    }

    /// Whether f' is 0 somewhere.
    pub fn has_stationary_points(self) -> bool {
        match self {
            Self::Tanh | Self::Sigmoid | Self::Erf | Self::Softplus => false,
            Self::Gelu | Self::Silu | Self::Cosine => true,
        }
    }

    /// |u| beyond which f is a straight line to rounding; a cosine never is.
    pub fn reach(self) -> f64 {
        match self {
            Self::Tanh => 20.0,
            Self::Sigmoid | Self::Softplus | Self::Silu => 40.0,
            Self::Erf => 6.5,
            Self::Gelu => 9.5,
            Self::Cosine => f64::INFINITY,
        }
    }
}

/// 1/(1 + e^{−u}), without overflow.
#[inline(always)]
fn sigmoid(u: f64) -> f64 {
    1.0 / (1.0 + (-u).exp())
}
