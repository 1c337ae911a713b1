//! The interface between a stepper and an evolution equation dy/dt = f(t, y).
//!
//! The bound on a step belongs to the state at which the rate was evaluated, so the rate and its bound are
//! returned together: two calls would compute everything twice.

/// An autonomous or time-dependent flow on a vector of numbers.
pub trait Flow {
    /// Writes f(t, y) to `rate` and returns the largest forward-Euler step from this state that keeps what
    /// the scheme must keep (positive masses, say); `f64::INFINITY` where nothing limits it.
    fn rate(&mut self, time: f64, state: &[f64], rate: &mut [f64]) -> f64;

    /// How many leading components of a state of this length an adaptive step controls the error of (all by
    /// default); others are integrals taken along.
    fn controlled(&self, length: usize) -> usize {
        length
    }

    /// Puts a state that a step carried out of its domain back to the boundary (nothing by default).
    fn project(&self, _state: &mut [f64]) {}
}

/// A flow that makes the stages of a Runge–Kutta method in convex form itself: one with many numbers can do
/// so in one pass over them.
pub trait Staged {
    /// Looks at f(t, y); returns what [`Flow::rate`] returns.
    fn bound(&mut self, time: f64, state: &[f64]) -> f64;

    /// y ← share · start + (1 − share) (y + step · f(t, y)), where `bound` was last asked for this t and y.
    /// After the last stage nobody needs the start any more: anything may be left there.
    fn stage(&mut self, state: &mut Vec<f64>, start: &mut Vec<f64>, stage: Stage);

    /// The state was put back to an earlier one: what is known of the last one no longer holds.
    fn forget(&mut self) {}
}

/// Any flow, its rate kept from the bound to the stage.
pub struct Rates<F> {
    flow: F,
    rate: Vec<f64>,
}

impl<F: Flow> Rates<F> {
    /// Of a flow.
    pub fn new(flow: F) -> Self {
        Self { flow, rate: Vec::new() }
    }
}

impl<F: Flow> Staged for Rates<F> {
    fn bound(&mut self, time: f64, state: &[f64]) -> f64 {
        self.rate.resize(state.len(), 0.0);
        self.flow.rate(time, state, &mut self.rate)
    }

    fn stage(&mut self, state: &mut Vec<f64>, start: &mut Vec<f64>, stage: Stage) {
        stage.mix(state, start, &self.rate);
    }
}

/// One stage of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    /// The share of the start in what comes out.
    pub share: f64,
    /// Length of the step.
    pub step: f64,
    /// Whether it is the last one.
    pub is_last: bool,
}

impl Stage {
    /// y ← share · start + (1 − share) (y + step · rate).
    pub fn mix(self, state: &mut [f64], start: &[f64], rate: &[f64]) {
        for ((y, start), rate) in state.iter_mut().zip(start).zip(rate) {
            *y = self.share * start + (1.0 - self.share) * (*y + self.step * rate);
        }
    }
}
