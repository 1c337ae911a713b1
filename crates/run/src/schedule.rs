//! The schedule ξ(t), how the step size of SGD, s_k = ε ξ(kε) with k = 1, 2, …, varies in time; and the clock
//! s(t) = ∫₀ᵗ ξ, which is all that the distributional dynamics sees of it: every term of the PDE has the
//! factor ξ. Steps are counted from k = 1 because ξ = t^(−1/4) is infinite at 0.

/// The schedules that exist.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "a schedule is copied once a run")]
pub enum Schedule {
    /// ξ = 1.
    Constant,
    /// ξ = t^exponent, −1 < exponent ≤ 0.
    Power {
        /// The exponent.
        exponent: f64,
    },
    /// ξ = 1/(1 + t/time).
    Inverse {
        /// When it has halved.
        time: f64,
    },
    /// ξ = 1, then a factor from each of some times on.
    Steps(Stages),
}

/// Factors of a schedule, each from its time on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stages {
    /// Times, increasing from 0, and factors; those beyond `count` mean nothing.
    stages: [[f64; 2]; MOST_STAGES + 1],
    count: usize,
}

/// Most changes of a factor.
pub const MOST_STAGES: usize = 16;

impl Stages {
    /// Factor 1 from 0 on, then each [time, factor]; None where times do not increase from above 0, a factor
    /// is not positive and finite, or there are more than [`MOST_STAGES`].
    pub fn new(changes: &[[f64; 2]]) -> Option<Self> {
        let mut stages = [[0.0, 1.0]; MOST_STAGES + 1];
        let count = changes.len() + 1;
        if count > stages.len() || changes.iter().any(|change| !is_change(change)) {
            return None;
        }
        stages[1..count].copy_from_slice(changes);
        let increase = stages[..count].windows(2).all(|pair| pair[0][0] < pair[1][0]);
        increase.then_some(Self { stages, count })
    }

    /// Begin, end and factor of each stage; the last ends never.
    fn spans(&self) -> impl Iterator<Item = [f64; 3]> + '_ {
        (0..self.count).map(|i| {
            let end = if i + 1 < self.count { self.stages[i + 1][0] } else { f64::INFINITY };
            [self.stages[i][0], end, self.stages[i][1]]
        })
    }

    /// ∫₀ᵗ of a power of ξ.
    fn integral(&self, power: i32, time: f64) -> f64 {
        self.spans().map(|[begin, end, factor]| factor.powi(power) * (time.min(end) - begin).max(0.0)).sum()
    }

    /// ξ(t).
    fn rate(&self, time: f64) -> f64 {
        self.spans().filter(|[begin, ..]| *begin <= time).last().map_or(1.0, |[_, _, factor]| factor)
    }

    /// The time at which ∫ξ is s.
    fn time(&self, clock: f64) -> f64 {
        let mut rest = clock;
        for [begin, end, factor] in self.spans() {
            let length = rest / factor;
            if begin + length <= end {
                return begin + length;
            }
            rest -= factor * (end - begin);
        }
        f64::INFINITY
    }

    /// Σ_{j ≤ k} ε ξ(jε).
    fn clock_of_steps(&self, step_size: f64, steps: f64) -> f64 {
        let spans = self.spans();
        let counts = spans.map(|[begin, end, factor]| {
            // Steps j with begin ≤ jε < end.
            let first = (begin / step_size).ceil().max(1.0);
            let after = (end / step_size).ceil().min(steps + 1.0);
            factor * (after - first).max(0.0)
        });
        step_size * counts.sum::<f64>()
    }
}

impl Schedule {
    /// ξ(t), infinite at t = 0 for a negative exponent.
    pub fn rate(self, time: f64) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Power { exponent } => time.powf(exponent),
            Self::Inverse { time: half } => 1.0 / (1.0 + time / half),
            Self::Steps(stages) => stages.rate(time),
        }
    }

    /// s(t) = ∫₀ᵗ ξ.
    pub fn clock(self, time: f64) -> f64 {
        match self {
            Self::Constant => time,
            Self::Power { exponent } => time.powf(1.0 + exponent) / (1.0 + exponent),
            Self::Inverse { time: half } => half * (time / half).ln_1p(),
            Self::Steps(stages) => stages.integral(1, time),
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
            Self::Inverse { time: half } => time / (1.0 + time / half),
            Self::Steps(stages) => stages.integral(2, time),
        }
    }

    /// Σ_{j ≤ k} ε ξ(jε), by how much the clock has advanced after k steps of SGD: of a steep schedule it is
    /// less than s(kε), by more than ε. Sums of powers by Euler and Maclaurin beyond the first terms.
    pub fn clock_of_steps(self, step_size: f64, steps: f64) -> f64 {
        match self {
            Self::Constant => step_size * steps,
            Self::Power { exponent } => step_size.powf(1.0 + exponent) * sum_of_powers(exponent, steps),
            Self::Inverse { .. } => {
                // Euler and Maclaurin; the next term is ε²/12 of the rate's slope.
                let until = step_size * steps;
                self.clock(until) + 0.5 * step_size * (self.rate(until) - 1.0)
            }
            Self::Steps(stages) => stages.clock_of_steps(step_size, steps),
        }
    }

    /// The times at which ξ jumps.
    pub fn jumps(self) -> Vec<f64> {
        match self {
            Self::Steps(stages) => stages.spans().skip(1).map(|[begin, ..]| begin).collect(),
            _ => Vec::new(),
        }
    }

    /// The time at which the clock shows s.
    pub fn time(self, clock: f64) -> f64 {
        match self {
            Self::Constant => clock,
            Self::Power { exponent } => ((1.0 + exponent) * clock).powf((1.0 + exponent).recip()),
            Self::Inverse { time: half } => half * (clock / half).exp_m1(),
            Self::Steps(stages) => stages.time(clock),
        }
    }
}

/// Whether a time and a factor are numbers, and the factor positive.
fn is_change([time, factor]: &[f64; 2]) -> bool {
    time.is_finite() && factor.is_finite() && *factor > 0.0
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
        let stages = Stages::new(&[[0.5, 0.3], [7.0, 2.0]]).expect("increasing");
        let inverse = Schedule::Inverse { time: 2.5 };
        for schedule in
            [Schedule::Constant, Schedule::Power { exponent: -0.25 }, inverse, Schedule::Steps(stages)]
        {
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

    #[test]
    fn stages_and_decay_add_up_step_by_step() {
        let stages = Stages::new(&[[0.5, 0.3], [0.7, 2.0]]).expect("increasing");
        for (schedule, allowed) in [(Schedule::Steps(stages), 1e-12), (Schedule::Inverse { time: 0.3 }, 1e-7)]
        {
            let sum: f64 = (1..=1000).map(|k| 1e-3 * schedule.rate(1e-3 * f64::from(k))).sum();
            let squares: f64 = (1..=1000).map(|k| 1e-3 * schedule.rate(1e-3 * f64::from(k)).powi(2)).sum();
            // Of stages rounding; of the decay the next term, ε²/(12 · 0.3).
            assert!(
                (schedule.clock_of_steps(1e-3, 1000.0) - sum).abs() < 3.0 * allowed,
                "{schedule:?} {sum}"
            );
            // A sum of ends of intervals errs by ε ξ²/2 a jump.
            assert!((schedule.square_until(1.0) - squares).abs() < 5e-3, "{schedule:?} {squares}");
        }
        for wrong in [&[[0.0, 0.3]][..], &[[0.5, 0.3], [0.5, 0.1]], &[[0.5, 0.0]], &[[0.1, 1.0]; 17]] {
            assert_eq!(Stages::new(wrong), None);
        }
    }
}
