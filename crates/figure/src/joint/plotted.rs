//! The systems in a figure of joint laws, each with its representation. It draws nothing.

use meanfield_run::record::Record;

use crate::ramp::Ramp;
use crate::style::{Look, Mark};

/// Representation of a law in a plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Representation {
    /// A heat map of the density.
    Map(Ramp),
    /// Outlines of a mark around the atoms, their areas by weight; systems differ in the mark.
    Rings(Mark),
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
