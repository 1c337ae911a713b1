//! The schedule ξ(t): how the step size of SGD, s_k = ε ξ(kε), and the speed of the PDE vary in time.

/// The schedules that exist.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Schedule {
    /// ξ = 1.
    Constant,
}

impl Schedule {
    /// ξ(t).
    pub fn rate(self, _time: f64) -> f64 {
        match self {
            Self::Constant => 1.0,
        }
    }
}
