//! The forward equations of one law as they went, to go back along them: states and rates after each accepted
//! step, cubic between.

use std::sync::Arc;

use meanfield_run::flow::Flow;

use super::evolution::Evolution;
use super::forward::Forward;
use super::setup::Setup;

/// Parts of a step on the way back: at least, and of the last step.
const PARTS: usize = 2;
const MOST_PARTS: usize = 8;

/// States over time.
pub(super) struct History {
    pub setup: Arc<Setup>,
    moments: Vec<Moment>,
}

/// One accepted step.
struct Moment {
    clock: f64,
    state: Vec<f64>,
    rate: Vec<f64>,
}

/// Part of the way: one step, or what of it lies before a time.
pub(super) struct BackwardStep {
    /// s at both ends.
    pub ends: [f64; 2],
    /// The states at the start, in the middle and at the end.
    pub states: [Vec<f64>; 3],
}

impl History {
    /// Forward until s, as far as there is a first order.
    pub fn new(setup: Setup, until: f64) -> Self {
        let mut forward = Evolution::new(setup, |forward| forward);
        let mut moments = vec![Moment::after(&mut forward)];
        while forward.clock < until && forward.step(until).is_some() {
            moments.push(Moment::after(&mut forward));
        }
        Self { setup: forward.equations.setup, moments }
    }

    /// Where it ends.
    pub fn end(&self) -> f64 {
        self.moments.last().map_or(0.0, |last| last.clock)
    }

    /// The way back from s, last step first.
    pub fn back_from(&self, clock: f64) -> Vec<BackwardStep> {
        let steps = self.moments.windows(2).filter(|step| step[0].clock < clock);
        let steps: Vec<&[Moment]> = steps.collect();
        let last_first = steps.into_iter().rev().enumerate();
        last_first.flat_map(|(k, step)| stretches(step, clock, (MOST_PARTS >> k.min(8)).max(PARTS))).collect()
    }
}

impl Moment {
    fn after(forward: &mut Evolution<Forward>) -> Self {
        let Evolution { equations, state, clock, .. } = forward;
        let mut rate = vec![0.0; state.len()];
        equations.rate(*clock, state, &mut rate);
        Self { clock: *clock, state: state.clone(), rate }
    }
}

/// The parts of a step before a time, last first. A pair of order 5 chose the step; the way back, of order 4
/// and with the same stiff rates, is safe with half of it, and follows its first transient with an eighth.
fn stretches(step: &[Moment], until: f64, parts: usize) -> Vec<BackwardStep> {
    let [from, to] = [&step[0], &step[1]];
    let end = to.clock.min(until);
    let length = (end - from.clock) / parts as f64;
    let stretch = |part: usize| {
        let ends = [part, part + 1].map(|k| if k == parts { end } else { from.clock + length * k as f64 });
        let middle = 0.5 * (ends[0] + ends[1]);
        BackwardStep { ends, states: [ends[0], middle, ends[1]].map(|clock| interpolate(from, to, clock)) }
    };
    (0..parts).rev().map(stretch).collect()
}

/// Hermite's cubic between two moments.
fn interpolate(from: &Moment, to: &Moment, clock: f64) -> Vec<f64> {
    let length = to.clock - from.clock;
    let u = (clock - from.clock) / length;
    let v = 1.0 - u;
    let values = from.state.iter().zip(&to.state);
    let rates = from.rate.iter().zip(&to.rate);
    let weights = [v * v * (1.0 + 2.0 * u), u * u * (1.0 + 2.0 * v), u * v * v * length, -u * u * v * length];
    let sum = |((a, b), (da, db)): ((&f64, &f64), (&f64, &f64))| {
        weights[0] * a + weights[1] * b + weights[2] * da + weights[3] * db
    };
    values.zip(rates).map(sum).collect()
}
