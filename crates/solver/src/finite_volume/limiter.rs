//! Limited slopes of the density inside a cell, from the one-sided slopes towards its neighbours.
//!
//! ```text
//!     behind          here           ahead
//!   |    x     |        x       |      x     |        left = (here − behind)/distance, right likewise
//! ```
//! The functions give the magnitude where both one-sided slopes have one sign; where they differ there is
//! none. [`Line::slopes`](super::line::Line::slopes) cuts it so that the values at the cell's two faces stay between the
//! neighbours' means: they are not negative, and their mean is the cell's.

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

    /// Order of accuracy in smooth flow.
    pub fn order(self) -> usize {
        if self == Self::Flat { 1 } else { 2 }
    }
}

/// The smaller one-sided slope.
#[inline(always)]
pub fn minmod(left: f64, right: f64) -> f64 {
    if left.abs() < right.abs() { left.abs() } else { right.abs() }
}

/// Their harmonic mean.
#[inline(always)]
pub fn van_leer(left: f64, right: f64) -> f64 {
    2.0 * (left * right) / (left + right).abs()
}

/// The central slope.
#[inline(always)]
pub fn central(left: f64, right: f64) -> f64 {
    0.5 * (left + right).abs()
}
