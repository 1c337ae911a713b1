//! Temperatures that change on the way: by what factor of 1/β noise is drawn, as a function of the clock s =
//! ∫ξ dt that solvers know. The temperature itself belongs to the problem.

use crate::schedule::Schedule;

/// The factor of the temperature over the clock of a schedule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cooling {
    factor: Schedule,
    schedule: Schedule,
}

impl Cooling {
    /// A factor that depends on t as a schedule does, where steps follow another.
    pub fn new(factor: Schedule, schedule: Schedule) -> Self {
        Self { factor, schedule }
    }

    /// No change.
    pub fn none() -> Self {
        Self::new(Schedule::Constant, Schedule::Constant)
    }

    /// The factor when the clock shows s.
    pub fn factor(self, s: f64) -> f64 {
        self.factor.rate(self.schedule.time(s))
    }

    /// What the clock shows at the first jump after s; infinite where there is none.
    pub fn next_jump(self, s: f64) -> f64 {
        let jumps = self.factor.jumps().into_iter().map(|time| self.schedule.clock(time));
        jumps.filter(|jump| *jump > s).fold(f64::INFINITY, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Stages;

    #[test]
    fn the_clock_of_steps_tells_when_it_cools() {
        let stages = Stages::new(&[[1.0, 0.5], [4.0, 0.1]]).expect("increasing");
        let cooling = Cooling::new(Schedule::Steps(stages), Schedule::Power { exponent: -0.5 });
        // s = 2 √t: the jumps are at s = 2 and 4.
        assert_eq!([1.9, 2.1, 4.1].map(|s| cooling.factor(s)), [1.0, 0.5, 0.1]);
        assert_eq!([0.0, 2.0, 3.9].map(|s| cooling.next_jump(s)), [2.0, 4.0, 4.0]);
        assert_eq!(cooling.next_jump(4.0), f64::INFINITY);
        let falling = Cooling::new(Schedule::Inverse { time: 2.0 }, Schedule::Constant);
        assert_eq!((falling.factor(2.0), falling.next_jump(0.0)), (0.5, f64::INFINITY));
        assert_eq!(Cooling::none().factor(7.0), 1.0);
    }
}
