//! The interface between a stepper and an evolution equation dy/dt = f(t, y).
//!
//! The bound on a step belongs to the state at which the rate was evaluated, so the rate and its bound are
//! returned together: two calls would compute everything twice.

/// An autonomous or time-dependent flow on a vector of numbers.
pub trait Flow {
    /// Writes f(t, y) to `rate` and returns the largest forward-Euler step from this state that preserves the
    /// invariants of the scheme (positive masses, say); `f64::INFINITY` where nothing limits it.
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
    /// Evaluates f(t, y); returns the bound that [`Flow::rate`] returns.
    fn bound(&mut self, time: f64, state: &[f64]) -> f64;

    /// y ← share · start + (1 − share) (y + step · f(t, y)), where `bound` was last called with this t and y.
    /// After the last stage `start` is not needed any more: it may hold anything.
    fn stage(&mut self, state: &mut Vec<f64>, start: &mut Vec<f64>, stage: Stage);

    /// Drops caches: the state was reset to an earlier one.
    fn forget(&mut self) {}
}

/// Any flow as a staged one: the rate is stored from the bound to the stage.
pub struct StagedFlow<F> {
    flow: F,
    rate: Vec<f64>,
}

impl<F: Flow> StagedFlow<F> {
    /// The stages of a flow.
    pub fn new(flow: F) -> Self {
        Self { flow, rate: Vec::new() }
    }
}

impl<F: Flow> Staged for StagedFlow<F> {
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
