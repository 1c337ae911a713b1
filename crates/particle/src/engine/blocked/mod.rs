//! Exact SGD in blocks of B samples, algebraically what [`Sequential`](super::Sequential) does one by one.
//!
//! ```text
//!   Z = W X   (all inputs as they would be without the block's own steps),   G = XᵀX
//!   for k = 1 … B:   z_k = Z_k + Σ_{j<k} push_j G_jk σ'(z_j),   ŷ_k,   push_k = −s_k ∂₂ℓ(y_k, ŷ_k)
//!   W += Σ_k push_k σ'(z_k) x_kᵀ
//! ```
//! Products of matrices take the place of passes over W. Neurons lie in shards, whose number depends on the network's size
//! alone; an output is the sum of the shards' sums in their order, so results do not depend on the number of threads.

mod lanes;
mod layout;
mod product;
mod samples;
mod shard;
mod update;

use ndarray::{Array2, s};

use super::{Batch, Engine, Rule, Unit};
use lanes::{Lanes, Portable, Real};
use samples::{Layout, Samples};
use shard::Shard;

/// Weights from which a network is shared among threads, and into how many shards.
const LARGE: usize = 250_000;
const SHARDS: usize = 8;

/// See the module's head; T is the type it computes with.
pub struct Blocked<T: Real> {
    rule: Rule,
    seed: u64,
    dimension: usize,
    neurons: usize,
    block: usize,
    shards: Vec<Shard<T>>,
    samples: Samples<T>,
}

impl<T: Real> Blocked<T> {
    /// A network of these parameters, shape (neuron, D), and the seed of its noise.
    pub fn new(rule: Rule, parameters: &Array2<f64>, seed: u64) -> Self {
        let (neurons, columns) = parameters.dim();
        let dimension = columns - rule.unit.parameters(0);
        let block = if dimension < 100 && rule.temperature == 0.0 { 16 } else { 32 };
        let layout = Layout::new(&rule, dimension, block);
        let size = if parameters.len() < LARGE { neurons } else { neurons.div_ceil(SHARDS) };
        let size = size.next_multiple_of(layout::PADDING);
        let part = |(index, first): (usize, usize)| {
            let parameters = parameters.slice(s![first..neurons.min(first + size), ..]);
            Shard::new(index as u64, &rule, layout, block, parameters)
        };
        let shards = (0..neurons).step_by(size).enumerate().map(part).collect();
        Self { samples: Samples::new(layout, block), rule, seed, dimension, neurons, block, shards }
    }

    #[inline(always)]
    fn run<L: Lanes<T>>(&mut self, lanes: L, batch: &Batch) {
        let Self { rule, seed, neurons, block, shards, samples, .. } = self;
        for from in (0..batch.y.len()).step_by(*block) {
            let until = batch.y.len().min(from + *block);
            let index = (batch.first + from as u64) / *block as u64;
            samples.take(lanes, rule, batch, from, until);
            // Loops, not closures: a closure would be compiled without the instruction set.
            for shard in &mut *shards {
                shard.begin(lanes, rule, samples, *seed, index);
            }
            for k in from..until {
                let mut output = 0.0;
                for shard in &mut *shards {
                    output += shard.step(lanes, rule, samples, k - from);
                }
                samples.push(rule, batch.step_sizes[k], batch.y[k], output / *neurons as f64);
                for shard in shards.iter_mut().filter(|_| rule.unit == Unit::Affine) {
                    shard.move_outer(lanes, samples, k - from);
                }
            }
            for shard in &mut *shards {
                shard.finish(lanes, rule, samples);
            }
        }
    }
}

/// Runs a batch, compiled for the set of instructions that `pulp` enters.
struct Run<'a, 'b, T: Real, L>(&'a mut Blocked<T>, L, &'a Batch<'b>);

impl<T: Real, L: Lanes<T>> pulp::WithSimd for Run<'_, '_, T, L> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self(engine, lanes, batch) = self;
        engine.run(lanes, batch);
    }
}

macro_rules! engine {
    ($scalar:ty) => {
        impl Engine for Blocked<$scalar> {
            fn train(&mut self, batch: &Batch) {
                match pulp::Arch::new() {
                    #[cfg(target_arch = "x86_64")]
                    pulp::Arch::V4(simd) => pulp::Simd::vectorize(simd, Run(self, simd, batch)),
                    #[cfg(target_arch = "x86_64")]
                    pulp::Arch::V3(simd) => pulp::Simd::vectorize(simd, Run(self, simd, batch)),
                    _ => self.run(Portable, batch),
                }
            }

            fn weights(&self) -> Array2<f64> {
                let mut parameters = Array2::zeros((self.neurons, self.rule.unit.parameters(self.dimension)));
                let mut first = 0;
                for shard in &self.shards {
                    let next = first + shard.neurons();
                    shard.read(parameters.slice_mut(s![first..next, ..]));
                    first = next;
                }
                parameters
            }

            fn block(&self) -> usize {
                self.block
            }

            fn fork(&self) -> Box<dyn Engine> {
                Box::new(Self {
                    rule: self.rule.clone(),
                    shards: self.shards.clone(),
                    samples: Samples::new(self.samples.layout(), self.block),
                    ..*self
                })
            }
        }
    };
}
engine!(f64);
engine!(f32);
