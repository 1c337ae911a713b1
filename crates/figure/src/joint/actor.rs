//! Who is drawn in a figure of joint laws, and how.

use meanfield_run::record::Record;

use crate::ramp::Ramp;
use crate::style::Look;

/// How a system is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    /// As a heat map.
    Map(Ramp),
    /// As rings, their areas by weight.
    Rings,
    /// As curves that hold shares of its mass.
    Contours,
    /// As dots.
    Dots,
}

/// A system that is drawn.
pub struct Actor<'a> {
    /// Its record at the point of the figure.
    pub record: &'a Record,
    /// Its look in all figures.
    pub look: Look,
    /// How it is drawn here.
    pub role: Role,
    /// Whether it stands still beside others.
    pub stands: bool,
}
