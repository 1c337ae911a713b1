//! One-sample SGD on a network of any depth, fast: the weights between the first two hidden layers come from
//! memory once a step. A group of rows of them is multiplied by what comes back, changed, and added to the
//! next sample's pre-activations while it stays in the first cache, and in between its neurons' first-layer
//! weights are trained, all of a group at once. Which samples are taken is not known here.

// Inside a dispatch on the instruction set it is one instruction, not a call.
#![allow(clippy::disallowed_methods)]

use meanfield_kernel::aligned::Aligned;
use ndarray::Array2;
use pulp::{Simd, WithSimd};

use crate::first_layer::{change_first, project};
use crate::problem::DeepProblem;
use crate::rows::{BLOCK, GROUP, add_rows, change_and_add_rows, change_rows, dots};

/// What the neurons of one hidden layer do.
#[derive(Clone, Debug)]
struct LayerState {
    pre_activations: Aligned<f64>,
    values: Aligned<f64>,
    slopes: Aligned<f64>,
    /// Δ_i/n_i.
    deltas: Aligned<f64>,
}

impl LayerState {
    fn new(width: usize) -> Self {
        let zeros = Aligned::zeros(width);
        let [pre_activations, values] = [zeros.clone(), zeros.clone()];
        Self { pre_activations, values, slopes: zeros.clone(), deltas: zeros }
    }
}

/// A network that is trained on one sample after the other. On one instruction set its bits are always the
/// same, wherever training pauses.
#[derive(Clone, Debug)]
pub(crate) struct OneSample {
    problem: DeepProblem,
    /// W_1 … W_L, row by row.
    weights: Vec<Aligned<f64>>,
    shapes: Vec<(usize, usize)>,
    layers: Vec<LayerState>,
}

/// A sample by its place in the data, and the sizes of its step, ε ξ_i(kε), layer by layer.
pub(crate) struct SampleStep {
    pub point: usize,
    pub sizes: Vec<f64>,
}

impl OneSample {
    /// A network of these weights W_1 … W_L.
    pub fn new(problem: DeepProblem, weights: Vec<Array2<f64>>) -> Self {
        let shapes: Vec<_> = weights.iter().map(Array2::dim).collect();
        let layers = shapes[1..].iter().map(|(width, _)| LayerState::new(*width)).collect();
        let rows = weights.iter().map(|matrix| matrix.iter().copied().collect::<Vec<f64>>());
        let weights = rows.map(|rows| Aligned::from(&rows[..])).collect();
        Self { problem, weights, shapes, layers }
    }

    /// W_1 … W_L.
    pub fn weights(&self) -> Vec<Array2<f64>> {
        let whole = self.weights.iter().zip(&self.shapes);
        whole.map(|(rows, shape)| Array2::from_shape_vec(*shape, rows.to_vec()).expect("as many")).collect()
    }

    /// Makes steps, in order.
    pub fn train(&mut self, steps: &[SampleStep]) {
        pulp::Arch::new().dispatch(Run { network: self, steps });
    }
}

struct Run<'a> {
    network: &'a mut OneSample,
    steps: &'a [SampleStep],
}

impl WithSimd for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let OneSample { problem, weights, layers, .. } = self.network;
        let mut weights: Vec<&mut [f64]> = weights.iter_mut().map(|rows| &mut rows[..]).collect();
        let pass = Pass { simd, problem };
        if let Some(first) = self.steps.first() {
            pass.first_layer(&weights, layers, first.point);
            pass.second_layer(&weights, layers);
            pass.upper_layers(&weights, layers);
        }
        for (index, step) in self.steps.iter().enumerate() {
            let next = self.steps.get(index + 1).map(|step| step.point);
            pass.down(&mut weights, layers, step);
            if weights.len() > 2 {
                pass.join(&mut weights, layers, step, next);
            } else {
                pass.first_layer_down(&mut weights, layers, step);
                if let Some(next) = next {
                    pass.first_layer(&weights, layers, next);
                }
            }
            pass.upper_layers(&weights, layers);
        }
    }
}

/// The passes of a step, on one instruction set.
struct Pass<'a, S> {
    simd: S,
    problem: &'a DeepProblem,
}

impl<S: Simd> Pass<'_, S> {
    #[inline(always)]
    fn input(&self, point: usize) -> &[f64] {
        let dimension = self.problem.data.dimension();
        &self.problem.data.inputs().as_slice().expect("in one piece")[point * dimension..][..dimension]
    }

    /// φ_1 and its slopes at a sample.
    #[inline(always)]
    fn first_layer(&self, weights: &[&mut [f64]], layers: &mut [LayerState], point: usize) {
        let layer = &mut layers[0];
        let width = layer.values.len();
        project(weights[0], width, 0, self.input(point), &mut layer.pre_activations);
        self.evaluate(0, layer);
    }

    #[inline(always)]
    fn evaluate(&self, index: usize, layer: &mut LayerState) {
        let activation = &self.problem.architecture.activations()[index];
        activation.evaluate_inline(&layer.pre_activations, &mut layer.values, &mut layer.slopes);
    }

    /// H_2 from the first hidden layer, if the second is hidden, too.
    #[inline(always)]
    fn second_layer(&self, weights: &[&mut [f64]], layers: &mut [LayerState]) {
        if layers.len() > 1 {
            self.up(weights, layers, 1);
        }
    }

    /// H of the hidden layer `index` + 1 from the one above.
    #[inline(always)]
    fn up(&self, weights: &[&mut [f64]], layers: &mut [LayerState], index: usize) {
        let (above, below) = layers.split_at_mut(index);
        let values = &above[index - 1].values;
        let share = 1.0 / values.len() as f64;
        let sum = &mut below[0].pre_activations;
        sum.fill(0.0);
        let width = sum.len();
        let mut blocks = weights[index].chunks_exact(BLOCK * width);
        let mut factors = values.chunks_exact(BLOCK);
        for (rows, values) in blocks.by_ref().zip(factors.by_ref()) {
            let factors: [f64; BLOCK] = std::array::from_fn(|row| share * values[row]);
            add_rows::<S, BLOCK>(self.simd, rows, factors, sum);
        }
        for (row, value) in blocks.remainder().chunks_exact(width).zip(factors.remainder()) {
            add_rows::<S, 1>(self.simd, row, [share * value], sum);
        }
    }

    /// φ of the second hidden layer, whose H is known, and all of the hidden layers beyond.
    #[inline(always)]
    fn upper_layers(&self, weights: &[&mut [f64]], layers: &mut [LayerState]) {
        for index in 1..layers.len() {
            if index > 1 {
                self.up(weights, layers, index);
            }
            self.evaluate(index, &mut layers[index]);
        }
    }

    /// Output and loss; then trains the layers from the last to the third (to the second, where that is the
    /// last), and finds Δ of the layers above them.
    #[inline(always)]
    fn down(&self, weights: &mut [&mut [f64]], layers: &mut [LayerState], step: &SampleStep) {
        let last = weights.len() - 1;
        let architecture = &self.problem.architecture;
        let layer = &mut layers[last - 1];
        let share = 1.0 / layer.values.len() as f64;
        let [h] = dots::<S, 1>(self.simd, weights[last], &layer.values);
        let mut output = [0.0];
        let mut slope = [0.0];
        architecture.activations()[last].evaluate_inline(&[share * h], &mut output, &mut slope);
        let label = self.problem.data.labels()[step.point];
        let delta = architecture.loss().slope(label, output[0]) * slope[0];
        for ((w, value), (slope, below)) in weights[last]
            .iter_mut()
            .zip(layer.values.iter())
            .zip(layer.slopes.iter().zip(layer.deltas.iter_mut()))
        {
            *below = share * delta * *w * slope;
            *w = (-step.sizes[last] * delta).mul_add(*value, *w);
        }
        for index in (2..last).rev() {
            self.train_layer(weights[index], layers, index, step.sizes[index]);
        }
    }

    /// Trains the weights of the hidden layer `index` + 1 ≥ 3 and finds Δ of the layer above.
    #[inline(always)]
    fn train_layer(&self, weights: &mut [f64], layers: &mut [LayerState], index: usize, size: f64) {
        let (above, below) = layers.split_at_mut(index);
        let LayerState { values, slopes, deltas, .. } = &mut above[index - 1];
        let v = &below[0].deltas;
        let scale = -size * v.len() as f64;
        let share = 1.0 / values.len() as f64;
        let width = v.len();
        for (block, rows) in weights.chunks_mut(BLOCK * width).enumerate() {
            let from = block * BLOCK;
            if rows.len() == BLOCK * width {
                let sums = dots::<S, BLOCK>(self.simd, rows, v);
                let changes = std::array::from_fn(|row| scale * values[from + row]);
                change_rows::<S, BLOCK>(self.simd, rows, changes, v);
                for row in 0..BLOCK {
                    deltas[from + row] = share * sums[row] * slopes[from + row];
                }
            } else {
                for (row, weights) in rows.chunks_exact_mut(width).enumerate() {
                    let [sum] = dots::<S, 1>(self.simd, weights, v);
                    change_rows::<S, 1>(self.simd, weights, [scale * values[from + row]], v);
                    deltas[from + row] = share * sum * slopes[from + row];
                }
            }
        }
    }

    /// Trains the first layer of a network of two.
    #[inline(always)]
    fn first_layer_down(&self, weights: &mut [&mut [f64]], layers: &mut [LayerState], step: &SampleStep) {
        let layer = &mut layers[0];
        let width = layer.values.len();
        let scale = -step.sizes[0] * width as f64;
        layer.deltas.iter_mut().for_each(|delta| *delta *= scale);
        change_first(weights[0], width, 0, self.input(step.point), &layer.deltas);
    }

    /// Trains layers 1 and 2, and finds H_2 of the next sample, if there is one.
    #[inline(always)]
    fn join(
        &self,
        weights: &mut [&mut [f64]],
        layers: &mut [LayerState],
        step: &SampleStep,
        next: Option<usize>,
    ) {
        let (first, rest) = weights.split_at_mut(1);
        let (above, below) = layers.split_at_mut(1);
        let LayerState { pre_activations: sum, deltas: v, .. } = &mut below[0];
        sum.fill(0.0);
        let width = v.len();
        let mut joined = Join { pass: self, first: first[0], layer: &mut above[0], v, sum, step };
        let mut from = 0;
        for rows in rest[0].chunks_mut(GROUP * width) {
            let count = rows.len() / width;
            joined.finish_deltas(rows, from, count);
            joined.change_first(from, count);
            match next {
                Some(next) => {
                    joined.first_layer(from, count, next);
                    joined.change_and_add(rows, from);
                }
                None => joined.change(rows, from),
            }
            from += count;
        }
    }
}

/// The joined pass over the weights of layer 2, a group of rows at a time.
struct Join<'a, S> {
    pass: &'a Pass<'a, S>,
    first: &'a mut [f64],
    layer: &'a mut LayerState,
    v: &'a [f64],
    sum: &'a mut [f64],
    step: &'a SampleStep,
}

impl<S: Simd> Join<'_, S> {
    /// Writes −ε ξ_1 Δ_1 of these rows' neurons into `deltas`.
    #[inline(always)]
    fn finish_deltas(&mut self, rows: &[f64], from: usize, count: usize) {
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
    fn change_first(&mut self, from: usize, count: usize) {
        let Self { pass, first, layer, step, .. } = self;
        let changes = &layer.deltas[from..from + count];
        change_first(first, layer.values.len(), from, pass.input(step.point), changes);
    }

    /// φ_1 at the next sample. At this one it is still needed, to change layer 2: it goes into
    /// `deltas`, times the size of that change.
    #[inline(always)]
    fn first_layer(&mut self, from: usize, count: usize, next: usize) {
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
    fn change_and_add(&mut self, rows: &mut [f64], from: usize) {
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
    fn change(&mut self, rows: &mut [f64], from: usize) {
        let Self { pass, layer, v, step, .. } = self;
        let scale = -step.sizes[1] * v.len() as f64;
        for (row, value) in rows.chunks_exact_mut(v.len()).zip(&layer.values[from..]) {
            change_rows::<S, 1>(pass.simd, row, [scale * value], v);
        }
    }
}
