//! Dormand & Prince's embedded pair 5(4) with error control: each step is as long as the tolerance
//! allows. The error of a step is the largest over the components, in units of `tolerance`; components that
//! arrive at the boundary of their domain are known exactly and do not count.

use serde::{Deserialize, Serialize};

use crate::flow::Flow;

/// Evaluations of the right-hand side in a step.
pub const STAGES: usize = 7;
/// Stage weights (J. Comput. Appl. Math. 6, 1980); the last row is the fifth-order result itself.
pub const A: [[f64; 6]; STAGES] = [
    [0.0; 6],
    [1.0 / 5.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [3.0 / 40.0, 9.0 / 40.0, 0.0, 0.0, 0.0, 0.0],
    [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0, 0.0, 0.0, 0.0],
    [19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0, 0.0, 0.0],
    [9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0, -5103.0 / 18656.0, 0.0],
    [35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0],
];
const C: [f64; STAGES] = [0.0, 0.2, 0.3, 0.8, 8.0 / 9.0, 1.0, 1.0];
/// Fifth-order weights less fourth-order ones.
pub const E: [f64; STAGES] =
    [71.0 / 57600.0, 0.0, -71.0 / 16695.0, 71.0 / 1920.0, -17253.0 / 339200.0, 22.0 / 525.0, -1.0 / 40.0];
/// A new step aims at this share of the tolerated error.
const SAFETY: f64 = 0.9;
/// Steps shrink and grow by no more than these factors.
const SHRINK: f64 = 0.2;
const GROW: f64 = 5.0;

/// State of the step-size controller between steps; saved with a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Controller {
    /// Step to try next.
    pub next_step: f64,
    /// Largest error tolerated in any component in one step.
    pub tolerance: f64,
}

/// A stepper with its work space.
pub struct AdaptiveStepper {
    stages: Vec<Vec<f64>>,
    trial: Vec<f64>,
    /// `trial` before it was projected: where the last stage was taken.
    last: Vec<f64>,
    /// Where the first stage is known: the last stage of a step is the first of the next.
    known: (f64, Vec<f64>),
    /// Rate evaluations so far.
    pub evaluations: u64,
}

impl AdaptiveStepper {
    /// A stepper for states of this length.
    pub fn new(length: usize) -> Self {
        let trial = Vec::new();
        let last = Vec::new();
        let known = (f64::NAN, Vec::new());
        let mut stepper = Self { stages: vec![Vec::new(); STAGES], trial, last, known, evaluations: 0 };
        stepper.resize(length);
        stepper
    }

    /// Makes room for states of another length.
    pub fn resize(&mut self, length: usize) {
        self.stages.iter_mut().for_each(|stage| stage.resize(length, 0.0));
        self.trial.resize(length, 0.0);
        self.known = (f64::NAN, vec![0.0; length]);
    }

    /// One accepted step, no longer than `longest`. Returns its length, or `None` (state untouched) where the
    /// tolerance asks for steps below `shortest` or the rate is not finite.
    pub fn step(
        &mut self,
        flow: &mut dyn Flow,
        time: f64,
        state: &mut [f64],
        controller: &mut Controller,
        longest: f64,
        shortest: f64,
    ) -> Option<f64> {
        let mut step = controller.next_step.min(longest);
        self.first_stage(flow, time, state);
        loop {
            let clipped = step >= longest;
            let error = self.attempt(flow, time, state, step) / controller.tolerance;
            let wanted = step * growth(error);
            if error <= 1.0 {
                state.copy_from_slice(&self.trial);
                self.keep_last_stage(time + step);
                // A step cut short at an observation says nothing against the longer one planned.
                controller.next_step = if clipped { wanted.max(controller.next_step) } else { wanted };
                return Some(step);
            }
            if wanted < shortest {
                return None;
            }
            step = wanted;
            controller.next_step = wanted;
        }
    }

    /// The rate at the start of the step, unless it is known.
    fn first_stage(&mut self, flow: &mut dyn Flow, time: f64, state: &[f64]) {
        if self.known.0 != time || self.known.1 != state {
            flow.rate(time, state, &mut self.stages[0]);
            self.evaluations += 1;
            self.known.0 = time;
            self.known.1.copy_from_slice(state);
        }
    }

    /// Makes the last stage, taken at `trial` before it was projected, the first of the next step, if it
    /// still is.
    fn keep_last_stage(&mut self, time: f64) {
        if self.last == self.trial {
            self.known.1.copy_from_slice(&self.trial);
            self.stages.swap(0, STAGES - 1);
            self.known.0 = time;
        } else {
            self.known.0 = f64::NAN;
        }
    }

    /// Computes the fifth-order result in `trial`; returns the largest component of the error estimate.
    fn attempt(&mut self, flow: &mut dyn Flow, time: f64, state: &[f64], step: f64) -> f64 {
        for stage in 1..STAGES {
            for (i, trial) in self.trial.iter_mut().enumerate() {
                let slope: f64 = (0..stage).map(|s| A[stage][s] * self.stages[s][i]).sum();
                *trial = state[i] + step * slope;
            }
            flow.rate(time + C[stage] * step, &self.trial, &mut self.stages[stage]);
            self.evaluations += 1;
        }
        let arrived = self.trial.clone();
        flow.project(&mut self.trial);
        let controlled = flow.controlled(state.len());
        let worst = (0..controlled)
            .filter(|i: &usize| self.trial[*i] == arrived[*i] || arrived[*i].is_nan())
            .map(|i: usize| (step * (0..STAGES).map(|s| E[s] * self.stages[s][i]).sum::<f64>()).abs())
            .fold(0.0, |worst, e| if e.is_nan() { f64::NAN } else { f64::max(worst, e) });
        self.last = arrived;
        worst
    }
}

/// By how much the next step may differ from one with this error (in units of the tolerance).
pub fn growth(error: f64) -> f64 {
    match error {
        e if e.is_nan() => SHRINK,
        0.0 => GROW,
        e => (SAFETY * e.powf(-0.2)).clamp(SHRINK, GROW),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The plane turned once per 2π about a centre that itself moves as
    /// (t², 0), so that the times of the stages matter.
    struct Rotation;
    impl Flow for Rotation {
        fn rate(&mut self, time: f64, state: &[f64], rate: &mut [f64]) -> f64 {
            (rate[0], rate[1]) = (2.0 * time - state[1], state[0] - time * time);
            f64::INFINITY
        }
    }

    fn distance(y: [f64; 2], time: f64) -> f64 {
        (y[0] - time.cos() - time * time).hypot(y[1] - time.sin())
    }

    fn turn(tolerance: f64) -> (f64, u64) {
        let mut stepper = AdaptiveStepper::new(2);
        let mut y = [1.0, 0.0];
        let mut controller = Controller { next_step: 0.1, tolerance };
        let mut time = 0.0;
        let end = 1.0;
        while time < end {
            time += stepper
                .step(&mut Rotation, time, &mut y, &mut controller, end - time, 1e-12)
                .expect("smooth");
        }
        (distance(y, end), stepper.evaluations)
    }

    /// The true error of one step from the start.
    fn error_of_step(step: f64) -> f64 {
        let mut stepper = AdaptiveStepper::new(2);
        let mut y = [1.0, 0.0];
        let mut controller = Controller { next_step: step, tolerance: 1.0 };
        stepper.step(&mut Rotation, 0.0, &mut y, &mut controller, step, 0.0).expect("smooth");
        distance(y, step)
    }

    /// The estimated error of one step from the start.
    fn estimate_of_step(step: f64) -> f64 {
        let mut stepper = AdaptiveStepper::new(2);
        stepper.first_stage(&mut Rotation, 0.0, &[1.0, 0.0]);
        stepper.attempt(&mut Rotation, 0.0, &[1.0, 0.0], step)
    }

    /// Where a step of 0.1 from a state leads.
    fn after_step(stepper: &mut AdaptiveStepper, time: f64, mut y: [f64; 2]) -> [f64; 2] {
        let mut controller = Controller { next_step: 0.1, tolerance: 1.0 };
        stepper.step(&mut Rotation, time, &mut y, &mut controller, 0.1, 0.0).expect("smooth");
        y
    }

    #[test]
    fn one_step_is_of_fifth_order() {
        let slope = (error_of_step(0.4) / error_of_step(0.2)).log2();
        assert!((slope - 6.0).abs() < 0.1, "local error of order {slope}, not 6");
    }

    #[test]
    fn the_error_estimate_is_of_fourth_order() {
        let slope = (estimate_of_step(0.2) / estimate_of_step(0.1)).log2();
        assert!((slope - 5.0).abs() < 0.1, "the difference of the pair is of order {slope}, not 5");
    }

    #[test]
    fn a_component_that_arrives_at_its_boundary_does_not_shorten_the_step() {
        struct Fall;
        impl Flow for Fall {
            fn rate(&mut self, _: f64, state: &[f64], rate: &mut [f64]) -> f64 {
                rate[0] = if state[0] > 0.0 { -1.0 } else { 0.0 };
                f64::INFINITY
            }
            fn project(&self, state: &mut [f64]) {
                state[0] = state[0].max(0.0);
            }
        }
        let mut controller = Controller { next_step: 1.0, tolerance: 1e-9 };
        let mut stepper = AdaptiveStepper::new(1);
        let mut y = [0.5];
        assert_eq!(stepper.step(&mut Fall, 0.0, &mut y, &mut controller, 1.0, 1e-12), Some(1.0));
        assert_eq!(y, [0.0]);
    }

    #[test]
    fn a_known_first_stage_is_used_where_it_is_known_only() {
        let mut used = AdaptiveStepper::new(2);
        let start = [1.0, 0.0];
        let next = after_step(&mut used, 0.0, start);
        let before = used.evaluations;
        let last = after_step(&mut used, 0.1, next);
        assert_eq!(last, after_step(&mut AdaptiveStepper::new(2), 0.1, next));
        assert_eq!(used.evaluations - before, 6, "the first of seven stages was known");
        // At another time, in another state: as if the stepper were new.
        let later = after_step(&mut used, 5.0, last);
        assert_eq!(later, after_step(&mut AdaptiveStepper::new(2), 5.0, last));
        assert_eq!(after_step(&mut used, 5.1, start), after_step(&mut AdaptiveStepper::new(2), 5.1, start));
    }

    #[test]
    fn a_state_that_was_put_back_is_evaluated_again() {
        /// y₀ falls to 0 and stays; y₁' = y₀.
        struct Fall;
        impl Flow for Fall {
            fn rate(&mut self, _: f64, state: &[f64], rate: &mut [f64]) -> f64 {
                (rate[0], rate[1]) = (if state[0] > 0.0 { -1.0 } else { 0.0 }, state[0]);
                f64::INFINITY
            }
            fn project(&self, state: &mut [f64]) {
                state[0] = state[0].max(0.0);
            }
        }
        let mut stepper = AdaptiveStepper::new(2);
        let mut y = [0.05, 0.0];
        let mut controller = Controller { next_step: 0.1, tolerance: 1.0 };
        stepper.step(&mut Fall, 0.0, &mut y, &mut controller, 0.1, 0.0).expect("allowed");
        let landed = y;
        stepper.step(&mut Fall, 0.1, &mut y, &mut controller, 0.1, 0.0).expect("allowed");
        assert_eq!(y, [0.0, landed[1]]);
    }

    #[test]
    fn the_error_follows_the_tolerance_and_so_does_the_work() {
        let (coarse, few) = turn(1e-5);
        let (fine, many) = turn(1e-10);
        assert!(coarse < 1e-4 && fine < 1e-9, "{coarse} {fine}");
        assert!(few < many && many < 1000, "{few} {many}");
    }

    #[test]
    fn a_rate_that_is_not_finite_is_refused() {
        struct Broken;
        impl Flow for Broken {
            fn rate(&mut self, _: f64, _: &[f64], rate: &mut [f64]) -> f64 {
                rate[0] = f64::NAN;
                f64::INFINITY
            }
        }
        let mut controller = Controller { next_step: 0.1, tolerance: 1e-6 };
        let mut y = [1.0];
        assert_eq!(AdaptiveStepper::new(1).step(&mut Broken, 0.0, &mut y, &mut controller, 1.0, 1e-12), None);
        assert_eq!(y, [1.0]);
    }
}
