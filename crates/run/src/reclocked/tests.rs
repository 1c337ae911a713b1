//! Tests of the change of clock: times, errors, and that nothing of a system is lost behind it.

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

#[test]
fn a_pace_slows_the_clock() {
    let mut slow = Reclocked::paced(Walk(0.0), Schedule::Power { exponent: -0.25 }, 0.01);
    for until in [1e-3, 0.7, 20.0] {
        while slow.advance(until).expect("allowed") == Stride::Underway {
            assert!(slow.time() < until && slow.time() > 0.0);
        }
        assert_eq!(slow.time(), until);
        assert!((slow.observe().risk - 0.01 * 4.0 / 3.0 * until.powf(0.75)).abs() < 1e-14);
    }
}

/// A system that overrides every method of `System`, each with an answer that no default gives.
struct Peculiar {
    time: f64,
    threads: usize,
}

impl System for Peculiar {
    fn time(&self) -> f64 {
        self.time
    }

    fn step(&self) -> Option<u64> {
        Some(7)
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        self.time = until;
        Ok(Stride::Reached)
    }

    fn next_step(&self) -> Option<f64> {
        Some(16.0)
    }

    /// Half of the way, so that it is no stride.
    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.time = 0.5 * (self.time + until);
        Ok(())
    }

    fn clock(&self, time: f64) -> f64 {
        100.0 + time
    }

    fn observe(&self) -> Observation {
        Observation {
            risk: self.threads as f64,
            scalars: Vec::new(),
            law: Measure::equal_atoms(&[self.time]),
        }
    }

    fn further_laws(&self) -> Vec<FurtherLaw> {
        let measure = Measure::equal_atoms(&[self.time]);
        let coordinates = vec!["at_1".to_owned()];
        vec![FurtherLaw { name: "answers".to_owned(), coordinates, inputs: None, measure }]
    }

    fn work_until(&self, time: f64) -> f64 {
        1000.0 + time
    }

    fn work(&self) -> u64 {
        11
    }

    fn use_threads(&mut self, threads: usize) {
        self.threads = threads;
    }

    fn save(&self) -> State {
        State { integers: vec![self.threads as u64], reals: vec![self.time] }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.threads = state.integers[0] as usize;
        self.time = state.reals[0];
        Ok(())
    }
}

#[test]
fn every_method_of_a_system_is_passed_on() {
    // ξ = t^{-1/2}: s = 2 √t, t = s²/4.
    let mut system = Reclocked::new(Peculiar { time: 0.0, threads: 1 }, Schedule::Power { exponent: -0.5 });
    assert_eq!((system.step(), system.work()), (Some(7), 11));
    assert_eq!(system.further_laws().len(), 1);
    assert!((system.next_step().expect("known") - 64.0).abs() < 1e-12);
    assert!((system.clock(4.0) - 104.0).abs() < 1e-12);
    assert!((system.work_until(4.0) - 1004.0).abs() < 1e-12);
    system.use_threads(3);
    assert_eq!(system.observe().risk, 3.0);
    system.step_freely(4.0).expect("allowed");
    assert!((system.time() - 1.0).abs() < 1e-12, "half of the way in s: {}", system.time());
    assert_eq!(system.advance(9.0), Ok(Stride::Reached));
    assert_eq!(system.time(), 9.0);
    let state = system.save();
    assert_eq!((&state.integers[..], state.reals[0]), (&[3][..], 6.0));
    system.restore(&State { integers: vec![5], reals: vec![2.0] }).expect("fits");
    assert!((system.time() - 1.0).abs() < 1e-12);
    assert_eq!(system.observe().risk, 5.0);
}
