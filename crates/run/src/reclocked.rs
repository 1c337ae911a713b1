//! A system that lives in s = ∫ξ dt, as it is seen in t.
//!
//! Every term of the distributional dynamics has the factor ξ(t), so its law depends on t through s(t) alone:
//! solvers know no schedule, and one that is infinite at t = 0 gives them no trouble.

use crate::schedule::Schedule;
use crate::system::{Observation, RunError, State, Stride, System};

/// See the module's head.
pub struct Reclocked<S> {
    system: S,
    schedule: Schedule,
    /// The last time asked for: there the inverse of the clock must not round.
    target: f64,
}

impl<S: System> Reclocked<S> {
    /// `system`, whose time is s, under this schedule.
    pub fn new(system: S, schedule: Schedule) -> Self {
        Self { system, schedule, target: 0.0 }
    }

    /// t at s.
    fn at(&self, clock: f64) -> f64 {
        if clock == self.schedule.clock(self.target) { self.target } else { self.schedule.time(clock) }
    }

    fn in_t(&self, error: RunError) -> RunError {
        match error {
            RunError::Failed { time, what } => RunError::Failed { time: self.schedule.time(time), what },
            other => other,
        }
    }
}

impl<S: System> System for Reclocked<S> {
    fn time(&self) -> f64 {
        self.at(self.system.time())
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        self.target = until;
        self.system.advance(self.schedule.clock(until)).map_err(|error| self.in_t(error))
    }

    fn next_step(&self) -> Option<f64> {
        self.system.next_step().map(|clock| self.schedule.time(clock))
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.target = until;
        self.system.step_freely(self.schedule.clock(until)).map_err(|error| self.in_t(error))
    }

    fn clock(&self, time: f64) -> f64 {
        self.schedule.clock(time)
    }

    fn observe(&self) -> Observation {
        self.system.observe()
    }

    fn work_until(&self, time: f64) -> f64 {
        self.system.work_until(self.schedule.clock(time))
    }

    fn work(&self) -> u64 {
        self.system.work()
    }

    fn use_threads(&mut self, threads: usize) {
        self.system.use_threads(threads);
    }

    fn save(&self) -> State {
        self.system.save()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.system.restore(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meanfield_model::measure::Measure;

    /// z = s, in steps of a tenth.
    struct Walk(f64);

    impl System for Walk {
        fn time(&self) -> f64 {
            self.0
        }

        fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
            self.0 = until.min(self.0 + 0.1);
            if self.0 > 5.0 {
                return Err(RunError::Failed { time: self.0, what: "too far".into() });
            }
            Ok(if self.0 < until { Stride::Underway } else { Stride::Reached })
        }

        fn observe(&self) -> Observation {
            Observation { risk: self.0, scalars: Vec::new(), law: Measure::equal_atoms(&[self.0]) }
        }

        fn work(&self) -> u64 {
            0
        }

        fn save(&self) -> State {
            State { integers: Vec::new(), reals: vec![self.0] }
        }

        fn restore(&mut self, state: &State) -> Result<(), RunError> {
            self.0 = state.reals[0];
            Ok(())
        }
    }

    #[test]
    fn times_asked_for_are_reached_exactly_and_show_the_clock() {
        let mut seen = Reclocked::new(Walk(0.0), Schedule::Power { exponent: -0.25 });
        for until in [1e-3, 0.3, 0.7, 2.0] {
            while seen.advance(until).expect("allowed") == Stride::Underway {
                assert!(seen.time() < until && seen.time() > 0.0);
            }
            assert_eq!(seen.time(), until);
            assert!((seen.observe().risk - 4.0 / 3.0 * until.powf(0.75)).abs() < 1e-14);
        }
        // Halfway in s, the walk's own time, not in t.
        let half = seen.work_until(1.0) / seen.work_until(16.0);
        assert!((half - 16.0_f64.powf(-0.75)).abs() < 1e-14, "{half}");
        let error = (0..100).find_map(|_| seen.advance(100.0).err()).expect("too far");
        let RunError::Failed { time, .. } = error else { panic!("{error}") };
        assert!((4.0 / 3.0 * time.powf(0.75) - 5.1).abs() < 0.11, "in t, not in s: {time}");
    }
}
