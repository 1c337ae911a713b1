//! The interface of all engines: the samples that they take, and their methods. How steps are computed is
//! each engine's own.

use ndarray::{Array2, ArrayView2};

/// A run of consecutive samples with the sizes of their steps; of an engine whose steps take several, so many
/// to a step.
pub struct Batch<'a> {
    /// Inputs, shape (sample, d).
    pub x: ArrayView2<'a, f64>,
    /// Labels.
    pub y: &'a [f64],
    /// s_k of each step.
    pub step_sizes: &'a [f64],
    /// Factor of the temperature at each step; empty where it stays what it is.
    pub cooling: &'a [f64],
    /// Steps made before the first.
    pub first: u64,
}

impl Batch<'_> {
    /// The factor of the temperature at a step of the batch.
    pub fn cooling_at(&self, step: usize) -> f64 {
        self.cooling.get(step).copied().unwrap_or(1.0)
    }
}

/// A network that is trained, one sample after the other.
pub trait Engine: Send {
    /// Applies the steps of `batch`, in order. Those made before must be a multiple of
    /// [`block`](Self::block), and 1 − 2λ s_k positive. A step that diverges leaves NaN in the weights.
    ///
    /// # Panics
    /// Where the steps made before are no multiple of the block.
    fn train(&mut self, batch: &Batch);

    /// The parameters, shape (neuron, D).
    fn weights(&self) -> Array2<f64>;

    /// Steps that are computed together: on where they begin depends how results are rounded, and which noise
    /// is drawn.
    fn block(&self) -> usize;

    /// Sets how many threads it may use, where the network is large enough; no result depends on it.
    fn use_threads(&mut self, _threads: usize) {}

    /// Another network in the same state.
    fn fork(&self) -> Box<dyn Engine>;
}
