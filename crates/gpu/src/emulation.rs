//! The work of the kernels on a processor: blocks of steps, eight of them or more where a network is large,
//! sums over the neurons by lanes and warps, in the order of the general kernel (`kernels/streamed.cu`) and
//! in double precision. It is the oracle: it
//! agrees with the sequential engine up to rounding, and a device with it. It is not fast.
#![allow(clippy::disallowed_methods, reason = "the kernels fuse products; this is not fast anyway")]

use meanfield_model::activation::PiecewiseLinear;
use meanfield_model::unit::Unit;
use ndarray::{Array2, ArrayView1};

use crate::samples;
use crate::trainer::{DeviceError, Losses, Shape, Slice, Step, Trainer};

/// Threads of a block: a thread owns every so manyth neuron.
const THREADS: usize = 256;
/// Threads of a warp.
const LANES: usize = 32;

/// A crew of networks on the processor.
pub struct Emulation {
    shape: Shape,
    seeds: Vec<u64>,
    networks: Vec<Array2<f64>>,
}

impl Emulation {
    /// Networks of these seeds, all of whose parameters are zero.
    pub fn new(shape: Shape, seeds: &[u64]) -> Self {
        let networks = vec![Array2::zeros(shape.parameters()); seeds.len()];
        Self { shape, seeds: seeds.to_vec(), networks }
    }
}

impl Trainer for Emulation {
    fn train(&mut self, slice: &Slice) -> Result<Vec<Losses>, DeviceError> {
        // Between two passes over the weights; ridge and noise are a part of the pass.
        let block = if self.shape.is_disturbed { 1 } else { self.shape.block() };
        let mut losses = Vec::new();
        for member in slice.members {
            let mut all = Losses::default();
            let (seed, network) = (self.seeds[*member], &mut self.networks[*member]);
            for (first, steps) in (slice.first..).step_by(block).zip(slice.steps.chunks(block)) {
                let samples = samples::draw(&self.shape, (seed, slice.purpose), first, steps.len());
                all.add(Block::new(&self.shape, &samples.x).train(network, &samples.y, steps));
                if self.shape.is_disturbed && steps[0] != Step::NONE {
                    shrink_and_disturb(network, steps[0], seed, first);
                }
            }
            losses.push(all);
        }
        Ok(losses)
    }

    fn weights(&mut self, member: usize) -> Result<Array2<f64>, DeviceError> {
        Ok(self.networks[member].clone())
    }

    fn set_weights(&mut self, member: usize, weights: &Array2<f64>) -> Result<(), DeviceError> {
        self.networks[member] = weights.clone();
        Ok(())
    }
}

/// The inputs of a block of steps, with what follows from them alone.
struct Block<'a> {
    sigma: &'a PiecewiseLinear,
    unit: Unit,
    /// Inputs that a row meets, 1 first where there is b; shape (step, coordinate).
    inputs: Array2<f64>,
    /// ⟨x_k, x_j⟩.
    gram: Array2<f64>,
}

/// z of a neuron for the steps of a block, and c = push σ'(z) a.
struct Neuron {
    z: Vec<f64>,
    gain: Vec<f64>,
    outer: f64,
}

/// ⟨x, y⟩ by fused multiplications, one after the other.
fn fused_dot(x: ArrayView1<f64>, y: ArrayView1<f64>) -> f64 {
    x.iter().zip(y).fold(0.0, |sum, (x, y)| x.mul_add(*y, sum))
}

impl<'a> Block<'a> {
    fn new(shape: &'a Shape, x: &Array2<f64>) -> Self {
        let before = usize::from(shape.unit == Unit::Affine);
        let mut inputs = Array2::ones((x.nrows(), before + x.ncols()));
        inputs.slice_mut(ndarray::s![.., before..]).assign(x);
        let steps = x.nrows();
        let gram = Array2::from_shape_fn((steps, steps), |(k, j)| fused_dot(inputs.row(k), inputs.row(j)));
        Self { sigma: &shape.sigma, unit: shape.unit, inputs, gram }
    }

    /// The neurons before the first step.
    fn neurons(&self, weights: &Array2<f64>) -> Vec<Neuron> {
        let outer = self.unit.outer();
        let neuron = |row: ArrayView1<f64>| {
            let inner = row.slice(ndarray::s![outer..]);
            let z: Vec<f64> = self.inputs.rows().into_iter().map(|x| fused_dot(inner, x)).collect();
            Neuron { gain: vec![0.0; z.len()], z, outer: if outer > 0 { row[0] } else { 1.0 } }
        };
        weights.rows().into_iter().map(neuron).collect()
    }

    /// All steps; their losses are returned.
    fn train(&self, weights: &mut Array2<f64>, labels: &[f64], steps: &[Step]) -> Losses {
        let mut neurons = self.neurons(weights);
        let mut losses = Losses::default();
        for (k, step) in steps.iter().enumerate() {
            let missing = labels[k] - self.sum(&neurons, k) / neurons.len() as f64;
            let push = step.push * missing / step.shrink;
            losses.push(missing * missing);
            neurons.iter_mut().for_each(|neuron| self.step(neuron, k, push));
        }
        self.update(weights, &neurons);
        losses
    }

    /// Σ a σ(z_k): each thread over its neurons, each warp by halves, then the warps.
    fn sum(&self, neurons: &[Neuron], k: usize) -> f64 {
        let mut threads = [0.0; THREADS];
        for (n, neuron) in neurons.iter().enumerate() {
            threads[n % THREADS] += neuron.outer * self.sigma.value(neuron.z[k]);
        }
        threads.chunks_exact(LANES).map(sum_of_warp).fold(0.0, |total, warp| total + warp)
    }

    /// Step k of one neuron.
    fn step(&self, neuron: &mut Neuron, k: usize, push: f64) {
        let value = self.sigma.value(neuron.z[k]);
        neuron.gain[k] = push * self.sigma.slope(neuron.z[k]) * neuron.outer;
        if self.unit == Unit::Affine {
            neuron.outer = push.mul_add(value, neuron.outer);
        }
        for j in k + 1..neuron.z.len() {
            neuron.z[j] = neuron.gain[k].mul_add(self.gram[[k, j]], neuron.z[j]);
        }
    }

    /// What the steps made of the weights.
    fn update(&self, weights: &mut Array2<f64>, neurons: &[Neuron]) {
        let outer = self.unit.outer();
        for (mut row, neuron) in weights.rows_mut().into_iter().zip(neurons) {
            if outer > 0 {
                row[0] = neuron.outer;
            }
            for (w, inputs) in row.iter_mut().skip(outer).zip(self.inputs.columns()) {
                *w += fused_dot(ArrayView1::from(&neuron.gain), inputs);
            }
        }
    }
}

/// The ridge and the noise of step k.
fn shrink_and_disturb(weights: &mut Array2<f64>, step: Step, seed: u64, k: u64) {
    let deviates = samples::noise(seed, k, weights.dim());
    weights.zip_mut_with(&deviates, |w, deviate| *w = step.noise.mul_add(*deviate, step.shrink * *w));
}

/// The sum that every lane has after exchanges with the lanes 16, 8, 4, 2 and 1 apart: the first lane's.
fn sum_of_warp(lanes: &[f64]) -> f64 {
    let mut sums = lanes.to_vec();
    while sums.len() > 1 {
        let half = sums.len() / 2;
        sums = (0..half).map(|i| sums[i] + sums[i + half]).collect();
    }
    sums[0]
}
