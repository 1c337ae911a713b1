//! The placement of the shape of a smooth activation. It knows no shape.

/// The placement of a shape f: σ(z) = height · f(gain · z + offset) + constant. Under centred data the mean
/// output is that of the even part of σ, so an odd shape without offset would leave V = 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// Factor of the output.
    pub height: f64,
    /// Factor of the input, positive (w and −w are equally likely: its sign means nothing).
    pub gain: f64,
    /// Added to the input.
    pub offset: f64,
    /// Added to the output.
    pub constant: f64,
}

impl Default for Placement {
    /// The shape itself.
    fn default() -> Self {
        Self { height: 1.0, gain: 1.0, offset: 0.0, constant: 0.0 }
    }
}
