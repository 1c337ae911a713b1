//! The choices that a user of the scheme has.

use meanfield_run::stepper::strong_stability::Method;

use super::limiter::Limiter;
use super::pace::CHANGE;

/// Choices of the scheme. The defaults err least in smooth flow.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// Slope limiter.
    pub limiter: Limiter,
    /// Time stepper.
    pub method: Method,
    /// By which share the dissipation may change in a step: limits steps where positivity does not.
    pub change: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { limiter: Limiter::MonotonizedCentral, method: Method::Ssp2, change: CHANGE }
    }
}

impl Options {
    /// These options with another limiter.
    #[must_use]
    pub fn with_limiter(self, limiter: Limiter) -> Self {
        Self { limiter, ..self }
    }

    /// These options with another time stepper.
    #[must_use]
    pub fn with_method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// These options with steps in which the dissipation may change by this share.
    #[must_use]
    pub fn with_change(self, change: f64) -> Self {
        Self { change, ..self }
    }
}
