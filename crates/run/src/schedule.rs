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

    /// ∫₀ᵗ ξ², which the squares of SGD's steps add up to, in units of ε; infinite for exponents up to −½.
    pub fn square_until(self, time: f64) -> f64 {
        match self {
            Self::Constant => time,
            Self::Power { exponent } if exponent > -0.5 => {
                time.powf(1.0 + 2.0 * exponent) / (1.0 + 2.0 * exponent)
            }
            Self::Power { .. } => f64::INFINITY,
        }
    }

    /// Σ_{j ≤ k} ε ξ(jε), by how much the clock has advanced after k steps of SGD: of a steep schedule it is
    /// less than s(kε), by more than ε. Sums of powers by Euler and Maclaurin beyond the first terms.
    pub fn clock_of_steps(self, step_size: f64, steps: f64) -> f64 {
        match self {
            Self::Constant => step_size * steps,
            Self::Power { exponent } => step_size.powf(1.0 + exponent) * sum_of_powers(exponent, steps),
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

/// Terms of Σ j^exponent that are added one by one.
const TERMS: u32 = 100;

/// Σ_{j=1}^{k} j^exponent.
fn sum_of_powers(exponent: f64, count: f64) -> f64 {
    let first = count.min(f64::from(TERMS));
    let head: f64 = (1..=first as u32).map(|j| f64::from(j).powf(exponent)).sum();
    let antiderivative = |x: f64| {
        x.powf(1.0 + exponent) / (1.0 + exponent)
            + 0.5 * x.powf(exponent)
            + exponent / 12.0 * x.powf(exponent - 1.0)
    };
    if count > first { head + antiderivative(count) - antiderivative(first) } else { head }
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

    #[test]
    fn steps_advance_the_clock_by_their_sum() {
        let steep = Schedule::Power { exponent: -0.25 };
        for steps in [1, 50, 3000] {
            let sum: f64 = (1..=steps).map(|k| 1e-4 * steep.rate(1e-4 * f64::from(k))).sum();
            let found = steep.clock_of_steps(1e-4, f64::from(steps));
            // Bernoulli's next term: 1e-10 of the sum at the hundredth.
            assert!((found / sum - 1.0).abs() < 1e-9, "{steps}: {found} {sum}");
        }
        // ζ(¼) = −0.8133: the constant by which sum and integral part.
        let late = steep.clock_of_steps(1e-5, 3000.0) - steep.clock(0.03);
        let half = 0.5e-5 * steep.rate(0.03);
        assert!(((late - half) / 1e-5_f64.powf(0.75) + 0.813_278_4).abs() < 1e-5, "{late}");
        assert_eq!(Schedule::Constant.clock_of_steps(0.5, 3.0), 1.5);
    }
}
