//! Exact SGD in blocks of B samples, algebraically what [`Sequential`](super::Sequential) does one by one.
//!
//! ```text
//!   Z = W X   (all inputs as they would be without the block's own steps),   G = XᵀX
//!   for k = 1 … B:   z_k = Z_k + Σ_{j<k} push_j G_jk σ'(z_j),   ŷ_k,   push_k = −s_k ∂₂ℓ(y_k, ŷ_k)
//!   W += Σ_k push_k σ'(z_k) x_kᵀ
//! ```
//! Products of matrices take the place of passes over W. Neurons lie in shards, whose number depends on the
//! network's size alone; an output is the sum of the shards' sums in their order, so results do not depend on
//! the number of threads.
//!
//! The start of a block decides how results are rounded. So blocks begin at multiples of their length in k,
//! whatever is observed and when, and a network observed inside a block is a copy trained to that step. (With
//! noise the copy has the law of that step, but does not lie on the path that ends the block.) Weights agree
//! with [`Sequential`](super::Sequential) to 1e-12 after 10⁴ steps.

mod activated;
mod exchange;
mod layout;
mod product;
mod samples;
mod shard;
mod steps;
mod update;

use meanfield_kernel::lanes::{Lanes, Vectorised};
use meanfield_model::unit::Unit;
use meanfield_run::cpu::with_helpers;
use ndarray::{Array2, s};

use super::rule::Rule;
use super::training::{Batch, Engine};
use activated::Activated;
use exchange::Exchange;
use samples::{Layout, SampleBlock};
use shard::Shard;
use update::LONGEST;

/// Weights from which a network is shared among threads, and into how many shards.
const LARGE: usize = 250_000;
const SHARDS: usize = 8;
/// Samples in a short block: additions of steps to later inputs cost half a block each, and passes over the
/// weights are one a block.
const SHORT: usize = 16;

/// Samples in the longest block, of which the length of every other one is a divisor.
pub const LONGEST_BLOCK: usize = LONGEST;

/// A network trained in blocks of samples, in numbers of type T.
pub struct Blocked<T: Activated> {
    arch: pulp::Arch,
    rule: Rule,
    seed: u64,
    dimension: usize,
    neurons: usize,
    block: usize,
    shards: Vec<Shard<T>>,
    /// The block of samples at hand, once for each thread.
    samples: Vec<SampleBlock<T>>,
}

impl<T: Activated> Blocked<T> {
    /// A network of these parameters, shape (neuron, D), and the seed of its noise.
    pub fn new(rule: Rule, parameters: &Array2<f64>, seed: u64) -> Self {
        Self::with_instructions(pulp::Arch::new(), rule, parameters, seed)
    }

    /// A network that is trained with the instructions of a given set.
    pub fn with_instructions(arch: pulp::Arch, rule: Rule, parameters: &Array2<f64>, seed: u64) -> Self {
        let (neurons, columns) = parameters.dim();
        let dimension = columns - rule.unit.parameters(0);
        let block = if dimension < 100 && rule.temperature == 0.0 { SHORT } else { LONGEST };
        let layout = Layout::new::<T>(&rule, dimension, block);
        let size = if parameters.len() < LARGE { neurons } else { neurons.div_ceil(SHARDS) };
        let size = size.next_multiple_of(layout::PADDING);
        let shards = (0..neurons)
            .step_by(size)
            .enumerate()
            .map(|(index, first): (usize, usize)| {
                let parameters = parameters.slice(s![first..neurons.min(first + size), ..]);
                Shard::new(index as u64, &rule, layout, block, parameters)
            })
            .collect();
        let samples = vec![SampleBlock::new(layout, block)];
        Self { arch, rule, seed, dimension, neurons, block, shards, samples }
    }

    /// Trains on a batch, each thread with its own shards.
    fn spread(&mut self, batch: &Batch) {
        assert!(batch.first.is_multiple_of(self.block as u64), "a batch begins where a block does");
        let exchange = Exchange::new(self.samples.len(), self.shards.len());
        let share = self.shards.len().div_ceil(self.samples.len());
        let Self { arch, rule, seed, neurons, block, .. } = self;
        let teams = self.shards.chunks_mut(share).zip(&mut self.samples).enumerate();
        let mut members = teams.map(|(index, (shards, samples))| Member {
            rule,
            seed: *seed,
            neurons: *neurons,
            block: *block,
            first: index * share,
            shards,
            samples,
            exchange: &exchange,
            batch,
        });
        let own = members.next();
        let arch = *arch;
        let leave = exchange.enter(); // should a thread not start
        with_helpers(
            move || {
                let _leave = leave;
                if let Some(member) = own {
                    T::dispatch(arch, member);
                }
            },
            members.map(|member| move || T::dispatch(arch, member)),
        );
    }
}

/// Work of one thread: all steps, for its own shards.
struct Member<'a, 'b, T: Activated> {
    rule: &'a Rule,
    seed: u64,
    /// N.
    neurons: usize,
    block: usize,
    /// The place of its first shard.
    first: usize,
    shards: &'a mut [Shard<T>],
    samples: &'a mut SampleBlock<T>,
    exchange: &'a Exchange,
    batch: &'a Batch<'b>,
}

impl<T: Activated> Vectorised<T> for Member<'_, '_, T> {
    #[inline(always)]
    fn run<L: Lanes<T>>(self, lanes: L) {
        let Self { rule, seed, neurons, block, first, shards, samples, exchange, batch } = self;
        let _leave = exchange.enter();
        // Loops, not closures: a closure would be compiled without the instruction set.
        for from in (0..batch.y.len()).step_by(block) {
            let until = batch.y.len().min(from + block);
            let index = (batch.first + from as u64) / block as u64;
            samples.take(lanes, rule, batch, from, until);
            for shard in &mut *shards {
                shard.begin(lanes, rule, samples, seed, index);
            }
            for k in from..until {
                for (i, shard) in shards.iter_mut().enumerate() {
                    exchange.write(k, first + i, shard.step(lanes, rule, samples, k - from));
                }
                let output = exchange.total(k) / neurons as f64;
                samples.push(rule, batch.step_sizes[k], batch.y[k], output);
                if rule.unit == Unit::Affine {
                    for shard in &mut *shards {
                        shard.move_outer(lanes, samples, k - from);
                    }
                }
            }
            for shard in &mut *shards {
                shard.finish(lanes, rule, samples);
            }
        }
    }
}

impl<T: Activated> Engine for Blocked<T> {
    fn train(&mut self, batch: &Batch) {
        self.spread(batch);
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

    fn use_threads(&mut self, threads: usize) {
        let layout = self.samples[0].layout();
        let share = self.shards.len().div_ceil(threads.max(1));
        // As many as have a shard: five threads would leave one of eight shards' threads with none.
        let team = self.shards.len().div_ceil(share);
        self.samples.resize_with(team, || SampleBlock::new(layout, self.block));
    }

    fn fork(&self) -> Box<dyn Engine> {
        let layout = self.samples[0].layout();
        Box::new(Self {
            rule: self.rule.clone(),
            shards: self.shards.clone(),
            samples: vec![SampleBlock::new(layout, self.block)],
            ..*self
        })
    }
}
