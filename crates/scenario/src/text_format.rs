//! Texts that stand for a list, each in a format that the schema names: what is wrong with one. Asked where
//! places are known; whoever reads a section later knows none.

use crate::inputs::{self, ObservedInputs};
use crate::systems::finite_network::keys::seeds;
use crate::times::{self, Range};

/// (problem, advice) where a text is not of the format; None of a format that is not known here.
pub(crate) fn misread(format: &str, text: &str) -> Option<(String, String)> {
    match format {
        times::FORMAT => Range::read(text).err(),
        seeds::FORMAT => seeds::read_range(text).err(),
        inputs::FORMAT => ObservedInputs::parse(text).err(),
        _ => None,
    }
}
