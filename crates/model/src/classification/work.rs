//! How much is computed for the classification error of one law, from which costs are estimated. Not how long
//! that takes.

/// What it takes to know the error of one law.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClassificationWork {
    /// Moments of every point of the law.
    pub moments: f64,
    /// Cells of inputs.
    pub cells: f64,
}
