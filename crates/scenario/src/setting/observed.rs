//! How much a scenario asks to be observed, for costs. When it is observed is in `plan`.

/// How much is observed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Observed {
    /// Times of the curves.
    pub times: usize,
    /// Laws that are recorded.
    pub snapshots: usize,
    /// Levels of the quantiles.
    pub levels: usize,
    /// Whether the classification error is one of the curves.
    pub classification_error: bool,
    /// Whether all weights of networks are recorded.
    pub weights: bool,
    /// Whether what moves the neurons of small networks is recorded.
    pub forces: bool,
}

impl Observed {
    /// Times at which something is observed.
    pub fn observations(self) -> f64 {
        (self.times + self.snapshots) as f64
    }
}
