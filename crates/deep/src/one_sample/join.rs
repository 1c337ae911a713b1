//! The joined pass over the weights of layer 2, a group of rows at a time: their product with what comes back,
//! the training of their neurons' first-layer weights, their own change, and their part of the next sample's
//! pre-activations. It knows one step and no order of steps. Called inside a dispatch on the instruction set.

use pulp::Simd;

use super::{LayerState, Pass, SampleStep};
use crate::first_layer::{change_first, project};
use crate::rows::{BLOCK, change_and_add_rows, change_rows, dots};

/// The joined pass over the weights of layer 2, a group of rows at a time.
pub(super) struct Join<'a, S> {
    pub pass: &'a Pass<'a, S>,
    pub first: &'a mut [f64],
    pub layer: &'a mut LayerState,
    pub v: &'a [f64],
    pub sum: &'a mut [f64],
    pub step: &'a SampleStep,
}

impl<S: Simd> Join<'_, S> {
    /// By what the inputs are multiplied to change the first-layer weights of these rows' neurons, −ε ξ_1 Δ_1,
    /// into `deltas`.
    #[inline(always)]
    pub fn finish_deltas(&mut self, rows: &[f64], from: usize, count: usize) {
        let Self { pass, layer, v, step, .. } = self;
        let deltas = &mut layer.deltas[from..from + count];
        for (rows, deltas) in rows.chunks(BLOCK * v.len()).zip(deltas.chunks_mut(BLOCK)) {
            if deltas.len() == BLOCK {
                deltas.copy_from_slice(&dots::<S, BLOCK>(pass.simd, rows, v));
            } else {
                for (row, delta) in rows.chunks_exact(v.len()).zip(deltas) {
                    [*delta] = dots::<S, 1>(pass.simd, row, v);
                }
            }
        }
        for (delta, slope) in deltas.iter_mut().zip(&layer.slopes[from..from + count]) {
            *delta = -step.sizes[0] * *delta * slope;
        }
    }

    /// Trains the first layer.
    #[inline(always)]
    pub fn change_first(&mut self, from: usize, count: usize) {
        let Self { pass, first, layer, step, .. } = self;
        let changes = &layer.deltas[from..from + count];
        change_first(first, layer.values.len(), from, pass.input(step.point), changes);
    }

    /// φ_1 at the next sample. At this one it is still needed, to change layer 2: it goes into `deltas`, times
    /// the size of that change.
    #[inline(always)]
    pub fn first_layer(&mut self, from: usize, count: usize, next: usize) {
        let Self { pass, first, layer, v, step, .. } = self;
        let scale = -step.sizes[1] * v.len() as f64;
        let own = from..from + count;
        let LayerState { pre_activations, values, slopes, deltas } = &mut **layer;
        let width = values.len();
        let values = &mut values[own.clone()];
        for (change, value) in deltas[own.clone()].iter_mut().zip(&*values) {
            *change = scale * value;
        }
        let h = &mut pre_activations[own.clone()];
        project(first, width, from, pass.input(next), h);
        let activation = &pass.problem.architecture.activations()[0];
        activation.evaluate_inline(h, values, &mut slopes[own]);
    }

    /// Trains layer 2 and adds to H_2 of the next sample.
    #[inline(always)]
    pub fn change_and_add(&mut self, rows: &mut [f64], from: usize) {
        let Self { pass, layer, v, sum, .. } = self;
        let LayerState { values, deltas: changes, .. } = &**layer;
        let share = 1.0 / values.len() as f64;
        let width = v.len();
        for (block, rows) in rows.chunks_mut(BLOCK * width).enumerate() {
            let from = from + block * BLOCK;
            if rows.len() == BLOCK * width {
                let changes: [f64; BLOCK] = std::array::from_fn(|row| changes[from + row]);
                let factors: [f64; BLOCK] = std::array::from_fn(|row| share * values[from + row]);
                change_and_add_rows::<S, BLOCK>(pass.simd, rows, changes, v, factors, sum);
            } else {
                for (row, weights) in rows.chunks_exact_mut(width).enumerate() {
                    let change = changes[from + row];
                    let factor = share * values[from + row];
                    change_and_add_rows::<S, 1>(pass.simd, weights, [change], v, [factor], sum);
                }
            }
        }
    }

    /// Trains layer 2 with nothing to follow.
    #[inline(always)]
    pub fn change(&mut self, rows: &mut [f64], from: usize) {
        let Self { pass, layer, v, step, .. } = self;
        let scale = -step.sizes[1] * v.len() as f64;
        for (row, value) in rows.chunks_exact_mut(v.len()).zip(&layer.values[from..]) {
            change_rows::<S, 1>(pass.simd, row, [scale * value], v);
        }
    }
}
