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
