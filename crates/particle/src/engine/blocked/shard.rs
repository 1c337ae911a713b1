//! A share of the neurons on its way through a block of samples.

use meanfield_kernel::aligned::Aligned;
use meanfield_kernel::lanes::{GROUP, Lanes, Real};
use ndarray::{ArrayView2, ArrayViewMut2};

use super::activated::Activated;
use super::layout::padded;
use super::samples::{Layout, SampleBlock};
use super::steps::Steps;
use super::update::Update;
use crate::engine::rule::Rule;
use meanfield_random::deviates::normal;
use meanfield_random::stream::{Purpose, Stream, generator};

/// The neurons of a shard and their buffers. Everything is padded with neurons that do nothing.
#[derive(Clone)]
pub struct Shard<T: Activated> {
    /// Its place among all shards, which decides on its noise.
    index: u64,
    neurons: usize,
    padded: usize,
    block: usize,
    layout: Layout,
    /// Shape (neuron, `layout.stride`).
    weights: Aligned<T>,
    /// a; empty where there is none.
    outer: Aligned<T>,
    /// Inputs, shape (sample, neuron).
    z: Aligned<T>,
    /// σ at the step at hand.
    values: Aligned<T>,
    /// (a) σ' at each step, shape (sample, neuron).
    gains: Aligned<T>,
    /// Which neurons have a gain, shape (group, sample).
    active: Vec<u8>,
    /// The noise of the block at hand.
    random: Option<Stream>,
}

impl<T: Activated> Shard<T> {
    /// A shard with these parameters, shape (neuron, D).
    pub fn new(index: u64, rule: &Rule, layout: Layout, block: usize, parameters: ArrayView2<f64>) -> Self {
        let neurons = parameters.nrows();
        let outer = rule.unit.outer();
        let padded = padded(neurons);
        let mut shard = Self {
            index,
            neurons,
            padded,
            block,
            layout,
            weights: Aligned::zeros(padded * layout.stride),
            outer: Aligned::zeros(padded * outer),
            z: Aligned::zeros(block * padded),
            values: Aligned::zeros(padded),
            gains: Aligned::zeros(block * padded),
            active: vec![0; padded / GROUP * block],
            random: None,
        };
        let rows = shard.weights.chunks_exact_mut(layout.stride);
        for (row, from) in rows.zip(parameters.rows()) {
            row.iter_mut().zip(from.iter().skip(outer)).for_each(|(to, w)| *to = T::from_f64(*w));
        }
        let a = parameters.columns().into_iter().take(outer).flatten();
        shard.outer.iter_mut().zip(a).for_each(|(to, a)| *to = T::from_f64(*a));
        shard
    }

    /// How many neurons.
    pub fn neurons(&self) -> usize {
        self.neurons
    }

    /// Writes the parameters.
    pub fn read(&self, mut parameters: ArrayViewMut2<f64>) {
        let outer = self.outer.len() / self.padded;
        for (i, mut row) in parameters.rows_mut().into_iter().enumerate() {
            let w = &self.weights[i * self.layout.stride..][..self.layout.length];
            let a = self.outer.get(i).into_iter().take(outer);
            row.iter_mut().zip(a.chain(w)).for_each(|(to, from)| *to = from.to_f64());
        }
    }

    /// All inputs of a block as the weights before it give them, and the noise to come.
    #[inline(always)]
    pub fn begin<L: Lanes<T>>(
        &mut self,
        lanes: L,
        rule: &Rule,
        samples: &SampleBlock<T>,
        seed: u64,
        block: u64,
    ) {
        self.active.fill(0);
        if rule.temperature != 0.0 {
            let mut random = generator(seed, Purpose::Noise, block << 8 | self.index);
            let Layout { length, inner, stride } = self.layout;
            for row in self.weights.chunks_exact_mut(stride).take(self.neurons) {
                let behind = &mut row[inner..][..length + self.block];
                behind.iter_mut().for_each(|g| *g = T::from_f64(normal(&mut random)));
            }
            self.random = Some(random);
        }
        samples.inputs(lanes, &self.weights, &mut self.z);
    }

    /// The sum of this shard's outputs at step k.
    #[inline(always)]
    pub fn step<L: Lanes<T>>(&mut self, lanes: L, rule: &Rule, samples: &SampleBlock<T>, k: usize) -> f64 {
        let Self { padded, block, .. } = *self;
        Steps { gains: &self.gains, samples, padded, block }.add(lanes, &mut self.z, k);
        if rule.ridge != 0.0 {
            let z = &mut self.z[k * padded..][..padded];
            scale(lanes, z, samples.shrunk[k]);
        }
        self.respond(lanes, rule, k);
        self.output(lanes)
    }

    /// Evaluates σ and (a) σ', and marks the neurons where the latter is not 0.
    #[inline(always)]
    fn respond<L: Lanes<T>>(&mut self, lanes: L, rule: &Rule, k: usize) {
        let Self { padded, neurons, block, .. } = *self;
        let gains = &mut self.gains[k * padded..][..padded];
        let z = &self.z[k * padded..][..neurons];
        let values = &mut self.values[..neurons];
        T::evaluate(&rule.activation, z, values, &mut gains[..neurons]);
        for (gain, a) in lanes.vectors_mut(gains).iter_mut().zip(lanes.vectors(&self.outer)) {
            *gain = lanes.mul(*gain, *a);
        }
        for (group, gains) in gains.as_chunks::<GROUP>().0.iter().enumerate() {
            self.active[group * block + k] = lanes.nonzero(gains);
        }
    }

    /// The sum of (a) σ over the neurons.
    #[inline(always)]
    fn output<L: Lanes<T>>(&self, lanes: L) -> f64 {
        let mut sums = [lanes.splat(T::default()); 4];
        let values = lanes.vectors(&self.values);
        let outer = lanes.vectors(&self.outer);
        for (v, value) in values.iter().enumerate() {
            let sum = &mut sums[v % 4];
            *sum = match outer.get(v) {
                Some(a) => lanes.mul_add(*value, *a, *sum),
                None => lanes.add(*sum, *value),
            };
        }
        let sum = lanes.add(lanes.add(sums[0], sums[1]), lanes.add(sums[2], sums[3]));
        lanes.reduce(sum).to_f64()
    }

    /// a ← γ_k a + push_k σ + √(4 s_k/β) g, once the output of step k is known.
    #[inline(always)]
    pub fn move_outer<L: Lanes<T>>(&mut self, lanes: L, samples: &SampleBlock<T>, k: usize) {
        let push = lanes.splat(T::from_f64(samples.pushes[k]));
        let less = lanes.splat(T::from_f64(samples.shrunk[k + 1] / samples.shrunk[k] - 1.0));
        let values = lanes.vectors(&self.values);
        for (a, value) in lanes.vectors_mut(&mut self.outer).iter_mut().zip(values) {
            *a = lanes.add(*a, lanes.mul_add(push, *value, lanes.mul(less, *a)));
        }
        if let Some(random) = &mut self.random {
            for a in self.outer.iter_mut().take(self.neurons) {
                *a = T::from_f64(a.to_f64() + samples.noises[k] * normal(random));
            }
        }
    }

    /// The weights after a block.
    #[inline(always)]
    pub fn finish<L: Lanes<T>>(&mut self, lanes: L, rule: &Rule, samples: &SampleBlock<T>) {
        let count = samples.pushes.len();
        let Layout { length, inner, stride } = self.layout;
        let update = Update {
            gains: &self.gains,
            active: &self.active,
            moves: &samples.moves,
            count,
            block: self.block,
            stride,
            inner,
        };
        update.apply(lanes, &mut self.weights);
        if samples.pushes.iter().any(|push| !push.is_finite()) {
            // Such a push may have met no gain, and then would leave no trace.
            self.weights.fill(T::from_f64(f64::NAN));
        }
        let spread = samples.spread;
        if rule.temperature != 0.0 {
            for row in self.weights.chunks_exact_mut(stride) {
                let (w, g) = row.split_at_mut(inner);
                let moved = w.iter_mut().zip(g).take(length);
                moved.for_each(|(w, g)| *w = T::from_f64(w.to_f64() + spread * g.to_f64()));
            }
        }
        if rule.ridge != 0.0 {
            scale(lanes, &mut self.weights, samples.shrunk[count]);
        }
    }
}

/// A row times a factor near 1, which single precision would round by more than its distance from 1.
#[inline(always)]
fn scale<T: Real, L: Lanes<T>>(lanes: L, row: &mut [T], factor: f64) {
    let less = lanes.splat(T::from_f64(factor - 1.0));
    for x in lanes.vectors_mut(row) {
        *x = lanes.mul_add(less, *x, *x);
    }
}
