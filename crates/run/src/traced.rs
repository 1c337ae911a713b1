//! The interface between a limit and who couples a network to it: a system whose velocity field carries
//! points without mass beside its law. Nothing is followed here.

use crate::system::System;

/// A limit with tracers: points without mass that follow its velocity field.
pub trait TracedLimit: System {
    /// Coordinates of the tracers at the present time, tracer by tracer.
    fn tracers(&self) -> &[f64];
}
