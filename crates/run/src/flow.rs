//! What a stepper needs of an evolution equation dy/dt = f(t, y).

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
