//! The schedule ξ(t), how the step size of SGD, s_k = ε ξ(kε) with k = 1, 2, …, varies in time; and the clock
//! s(t) = ∫₀ᵗ ξ, which is all that the distributional dynamics sees of it: every term of the PDE has the
//! factor ξ. Steps are counted from k = 1 because ξ = t^(−1/4) is infinite at 0.

/// The schedules that exist.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Schedule {
    /// ξ = 1.
    Constant,
    /// ξ = t^exponent, −1 < exponent ≤ 0.
    Power {
        /// The exponent.
        exponent: f64,
    },
}

impl Schedule {
    /// ξ(t), infinite at t = 0 for a negative exponent.
    pub fn rate(self, time: f64) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Power { exponent } => time.powf(exponent),
        }
    }

    /// s(t) = ∫₀ᵗ ξ.
    pub fn clock(self, time: f64) -> f64 {
        match self {
            Self::Constant => time,
            Self::Power { exponent } => time.powf(1.0 + exponent) / (1.0 + exponent),
        }
    }

    /// The time at which the clock shows s.
    pub fn time(self, clock: f64) -> f64 {
        match self {
            Self::Constant => clock,
            Self::Power { exponent } => ((1.0 + exponent) * clock).powf((1.0 + exponent).recip()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_the_integral_of_the_rate() {
        for schedule in [Schedule::Constant, Schedule::Power { exponent: -0.25 }] {
            for time in [0.1_f64, 1.0, 30.0] {
                let h = 1e-5 * time;
                let slope = (schedule.clock(time + h) - schedule.clock(time - h)) / (2.0 * h);
                // Central difference: third derivative times h².
                assert!((slope / schedule.rate(time) - 1.0).abs() < 1e-8, "{schedule:?} {time}");
                assert!((schedule.time(schedule.clock(time)) / time - 1.0).abs() < 1e-14);
            }
            assert_eq!(schedule.clock(0.0), 0.0);
        }
    }
}
