//! The forward equations of one law as they went, to go back along them: states and rates after each accepted
//! step, cubic between.

use std::sync::Arc;

use meanfield_run::flow::Flow;

use super::evolution::Evolution;
use super::setup::Setup;

/// Parts of a step on the way back: at least, and of the last step.
const PARTS: usize = 2;
const MOST_PARTS: usize = 8;

/// States over time, of the equations of a setup.
pub(super) struct History<S> {
    pub setup: Arc<S>,
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

impl History<Setup> {
    /// Forward until s, as far as there is a first order.
    pub fn new(setup: Setup, until: f64) -> Self {
        let forward = Evolution::new(setup, |forward| forward);
        Self::of_evolution(forward.equations.setup.clone(), forward, until)
    }
}

impl<S> History<S> {
    /// Equations from where they are until s, as far as there is a first order.
    pub fn of_evolution<E: Flow>(setup: Arc<S>, mut evolution: Evolution<E>, until: f64) -> Self {
        let mut moments = vec![Moment::after(&mut evolution)];
        while evolution.clock < until && evolution.step(until).is_some() {
            moments.push(Moment::after(&mut evolution));
        }
        Self { setup, moments }
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

impl BackwardStep {
    /// ξ at the start, in the middle and at the end, scaled to its exact mean: it may be steep. `until` is
    /// its integral from 0.
    pub fn noise(&self, rate: impl Fn(f64) -> f64, until: impl Fn(f64) -> f64) -> [f64; 3] {
        let [from, to] = self.ends;
        let rates = [from, 0.5 * (from + to), to].map(rate);
        let simpson = (rates[0] + 4.0 * rates[1] + rates[2]) / 6.0;
        let mean = (until(to) - until(from)) / (to - from);
        rates.map(|rate| rate * mean / simpson)
    }
}

impl Moment {
    fn after<E: Flow>(evolution: &mut Evolution<E>) -> Self {
        let Evolution { equations, state, clock, .. } = evolution;
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
