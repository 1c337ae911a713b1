//! The Gaussian input of a neuron. It knows no activation.

/// The law N(b, S²) of a neuron's input z = ⟨w,x⟩ + b.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input {
    /// b.
    pub offset: f64,
    /// S ≥ 0.
    pub scale: f64,
}
