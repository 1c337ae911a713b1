//! The systems in a figure of joint laws, each with its representation. It draws nothing.

use meanfield_run::record::Record;

use crate::ramp::Ramp;
use crate::style::Look;

/// Representation of a law in a plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Representation {
    /// A heat map of the density.
    Map(Ramp),
    /// Rings around the atoms, their areas by weight.
    Rings,
    /// Curves that hold shares of the mass.
    Contours,
    /// Dots, one for each neuron.
    Dots,
}

/// A system with its representation.
pub struct Plotted<'a> {
    /// Its record at the point of the figure.
    pub record: &'a Record,
    /// Its look in all figures.
    pub look: Look,
    /// Its representation in this figure.
    pub representation: Representation,
    /// Whether it is drawn as a constant in time.
    pub is_constant: bool,
}
