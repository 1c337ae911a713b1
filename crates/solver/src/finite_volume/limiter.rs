//! Limited slopes of the density inside a cell, from the cell means of its neighbours.
//!
//! ```text
//!     behind          here           ahead
//!   |    x     |        x       |      x     |        left = (here − behind)/distance, right likewise
//! ```
//! Every slope returned keeps the values at the cell's two faces between the neighbours' means: they
//! are not negative, and their mean is the cell's.

/// The limiters that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limiter {
    /// No slope: first order.
    Flat,
    /// The smaller of the one-sided slopes.
    Minmod,
    /// Their harmonic mean.
    VanLeer,
    /// The central slope where the one-sided ones allow it.
    MonotonizedCentral,
}

impl Limiter {
    /// All of them, for tests.
    pub const ALL: [Self; 4] = [Self::Flat, Self::Minmod, Self::VanLeer, Self::MonotonizedCentral];

    /// The slope in a cell of this width; `left` and `right` are the one-sided slopes and `steepest` the
    /// magnitude at which a face value would leave the range of the neighbours' means.
    pub fn slope(self, left: f64, right: f64, steepest: f64) -> f64 {
        if left * right <= 0.0 {
            return 0.0;
        }
        let magnitude = match self {
            Self::Flat => 0.0,
            Self::Minmod => left.abs().min(right.abs()),
            Self::VanLeer => 2.0 * (left * right) / (left + right).abs(),
            Self::MonotonizedCentral => 0.5 * (left + right).abs(),
        };
        magnitude.min(steepest).copysign(left)
    }

    /// Order of accuracy in smooth flow.
    pub fn order(self) -> usize {
        if self == Self::Flat { 1 } else { 2 }
    }
}
