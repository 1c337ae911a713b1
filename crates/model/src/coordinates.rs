//! The reduced coordinates of a neuron: what is left of w once the data's symmetry is used.
//!
//! The projection stands beside the potentials that assume it, so that a PDE's axis and a histogram
//! of SGD agree by construction.

/// Which coordinates describe a neuron's law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coordinates {
    /// r = |w|: rotation-invariant data, no output weight, no offset.
    Radius,
}

impl Coordinates {
    /// Their names, in order.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Radius => &["radius"],
        }
    }

    /// Writes the coordinates of neuron `w` to `z` (one entry for each name).
    pub fn project(self, w: &[f64], z: &mut [f64]) {
        match self {
            Self::Radius => z[0] = w.iter().map(|c| c * c).sum::<f64>().sqrt(),
        }
    }
}
