//! A piece of a quantile function.

/// One straight piece of a quantile function: mass `mass` spread evenly over `[from, to]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// Mass of the piece, > 0.
    pub mass: f64,
    /// Left end.
    pub from: f64,
    /// Right end; equal to `from` for an atom.
    pub to: f64,
}

impl Piece {
    /// E (X − centre)² of X uniform on the piece.
    pub fn mean_square_about(&self, centre: f64) -> f64 {
        (0.5 * (self.from + self.to) - centre).powi(2) + (self.to - self.from).powi(2) / 12.0
    }
}
