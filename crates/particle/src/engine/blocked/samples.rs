//! Data of a block of samples that all neurons share: the samples packed for products, their Gram matrix, and
//! as the steps are made, how far each pushes.
//!
//! The ridge shrinks all parameters alike, θ ← γ_k θ + …; in u = θ/Γ_k, Γ_k = γ_0 ⋯ γ_{k−1}, nothing shrinks,
//! and what a step adds is divided by Γ_{k+1}. The noise is a walk in u with increments η_k = √(4
//! s_k/β)/Γ_{k+1}, of variance V_k before step k. Its end is V_B^½ g, and its part in the inputs before
//! that is a Brownian bridge:
//!
//! ```text
//!   ⟨walk_k, x_k⟩ = (V_k/V_B^½) ⟨g, x_k⟩ + ⟨L_k, ξ⟩,   g, ξ ~ N(0, I)
//!   L Lᵀ = (min(V_k, V_j) − V_k V_j/V_B) ⟨x_k, x_j⟩
//! ```
//! exactly in law, from d + B normal deviates for a neuron and a block of B steps in place of d B; all
//! neurons share the Cholesky factor L of the bridge. So w, g and ξ side by side in a row, times x_k,
//! (V_k/V_B^½) x_k and L_k side by side, give the input.

use meanfield_kernel::aligned::{Aligned, in_whole_lines};
use meanfield_kernel::lanes::{Lanes, Real};
use meanfield_model::unit::Unit;

use super::layout::padded;
use super::product::{pack, product};
use crate::engine::rule::Rule;
use crate::engine::training::Batch;

/// Steps of one block and their sizes.
pub struct SampleBlock<T> {
    block: usize,
    layout: Layout,
    /// Samples, zero-padded: shape (sample, `layout.stride`).
    rows: Aligned<T>,
    panels: Aligned<T>,
    gram: Aligned<T>,
    /// Samples times what their steps add, shape (sample, `layout.inner`).
    pub moves: Aligned<T>,
    /// [j][k]: what step j adds to the input of sample k > j, before the neuron's own factor.
    pub coefficients: Aligned<T>,
    /// −s ∂₂ℓ of each step made.
    pub pushes: Vec<f64>,
    /// Γ_k, one more than steps.
    pub shrunk: Vec<f64>,
    /// √(4 s_k/β).
    pub noises: Vec<f64>,
    /// V_B^½.
    pub spread: f64,
}

/// Layout of a row: w, and with noise g and ξ.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Coordinates of w, or of (b, w).
    pub length: usize,
    /// That number, padded.
    pub inner: usize,
    /// Length of a row: with noise, g and ξ follow.
    pub stride: usize,
}

impl Layout {
    /// For inputs of this dimension.
    pub fn new<T>(rule: &Rule, dimension: usize, block: usize) -> Self {
        let length = rule.unit.parameters(dimension) - rule.unit.outer();
        let inner = in_whole_lines::<T>(length);
        let noise = if rule.temperature == 0.0 { 0 } else { in_whole_lines::<T>(length + block) };
        Self { length, inner, stride: inner + noise }
    }

    /// How many of a row's numbers count.
    pub fn used(&self, block: usize) -> usize {
        if self.stride == self.inner { self.length } else { self.inner + self.length + block }
    }
}

impl<T: Real> SampleBlock<T> {
    /// Room for blocks of this many samples.
    pub fn new(layout: Layout, block: usize) -> Self {
        Self {
            block,
            layout,
            rows: Aligned::zeros(padded(block) * layout.stride),
            panels: Aligned::zeros(padded(block) * layout.stride),
            gram: Aligned::zeros(block * padded(block)),
            moves: Aligned::zeros(block * layout.inner),
            coefficients: Aligned::zeros(block * block),
            pushes: Vec::with_capacity(block),
            shrunk: Vec::with_capacity(block + 1),
            noises: Vec::with_capacity(block),
            spread: 0.0,
        }
    }

    /// Layout of a row.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Takes the samples `from` to `until` of a batch.
    #[inline(always)]
    pub fn take<L: Lanes<T>>(&mut self, lanes: L, rule: &Rule, batch: &Batch, from: usize, until: usize) {
        let Self { layout, rows, .. } = self;
        rows.fill(T::default());
        for (row, k) in rows.chunks_exact_mut(layout.stride).zip(from..until) {
            let constant = (rule.unit == Unit::Affine).then_some(1.0);
            let x = batch.x.row(k);
            let x = constant.into_iter().chain(x.iter().copied());
            row.iter_mut().zip(x).for_each(|(to, x)| *to = T::from_f64(x));
        }
        self.prepare(rule, batch, from, until);
        pack::<T, L>(&self.rows, self.layout.stride, &mut self.panels);
        let Layout { length, stride, .. } = self.layout;
        product(lanes, &self.rows, stride, length, &self.panels[..self.block * stride], &mut self.gram);
        if rule.temperature != 0.0 {
            self.bridge(until - from);
            pack::<T, L>(&self.rows, self.layout.stride, &mut self.panels);
        }
    }

    /// Γ_k and √(4 s_k/β) of the block's steps; none is made yet.
    fn prepare(&mut self, rule: &Rule, batch: &Batch, from: usize, until: usize) {
        for facts in [&mut self.pushes, &mut self.shrunk, &mut self.noises] {
            facts.clear();
        }
        self.shrunk.push(1.0);
        for k in from..until {
            let s = batch.step_sizes[k];
            let before = self.shrunk[self.shrunk.len() - 1];
            self.shrunk.push(before * rule.shrink(s));
            self.noises.push(rule.noise(batch.cooling_at(k) * s));
        }
    }

    /// Puts (V_k/V_B^½) x_k and L_k behind each sample.
    fn bridge(&mut self, count: usize) {
        let mut variance = vec![0.0];
        for (noise, shrunk) in self.noises.iter().zip(&self.shrunk[1..]) {
            variance.push(variance[variance.len() - 1] + (noise / shrunk).powi(2));
        }
        let end = variance[count];
        self.spread = end.sqrt();
        if end == 0.0 {
            return; // steps of no length: no noise
        }
        let width = padded(self.block);
        let root = cholesky(count, |k: usize, j: usize| {
            (variance[k.min(j)] - variance[k] * variance[j] / end) * self.gram[k * width + j].to_f64()
        });
        let Layout { length, inner, stride } = self.layout;
        for (k, row) in self.rows.chunks_exact_mut(stride).take(count).enumerate() {
            let (x, behind) = row.split_at_mut(inner);
            let (scaled, bridge) = behind.split_at_mut(length);
            let scale = variance[k] / self.spread;
            scaled.iter_mut().zip(x).for_each(|(to, x)| *to = T::from_f64(scale * x.to_f64()));
            bridge.iter_mut().zip(&root[k]).for_each(|(to, l)| *to = T::from_f64(*l));
        }
    }

    /// z[sample][neuron] of neurons in rows of the same layout.
    #[inline(always)]
    pub fn inputs<L: Lanes<T>>(&self, lanes: L, weights: &[T], z: &mut [T]) {
        let Layout { stride, .. } = self.layout;
        let panels = &self.panels[..self.block * stride];
        product(lanes, weights, stride, self.layout.used(self.block), panels, z);
    }

    /// Notes step k, of output ŷ.
    #[inline(always)]
    pub fn push(&mut self, rule: &Rule, step_size: f64, label: f64, output: f64) {
        let k = self.pushes.len();
        let block = self.block;
        let inner = self.layout.inner;
        let push = rule.push(step_size, label, output);
        self.pushes.push(push);
        let factor = T::from_f64(push / self.shrunk[k + 1]);
        let times = |x: &T| T::from_f64(factor.to_f64() * x.to_f64());
        let row = &self.rows[k * self.layout.stride..][..inner];
        let moves = &mut self.moves[k * inner..][..inner];
        moves.iter_mut().zip(row).for_each(|(to, x)| *to = times(x));
        let gram = &self.gram[k * padded(block)..][..block];
        let coefficients = &mut self.coefficients[k * block..][..block];
        coefficients.iter_mut().zip(gram).for_each(|(to, g)| *to = times(g));
    }
}

/// The lower factor of a covariance matrix. A variable that those before it determine gets a diagonal entry
/// of 0.
fn cholesky(size: usize, covariance: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
    let mut root: Vec<Vec<f64>> = Vec::with_capacity(size);
    for k in 0..size {
        let mut row = vec![0.0; k + 1];
        for j in 0..k {
            let dot: f64 = row[..j].iter().zip(&root[j]).map(|(a, b)| a * b).sum();
            row[j] = if root[j][j] > 0.0 { (covariance(k, j) - dot) / root[j][j] } else { 0.0 };
        }
        let own = covariance(k, k) - row.iter().map(|l| l * l).sum::<f64>();
        row[k] = if own > 1e-14 * covariance(k, k) { own.sqrt() } else { 0.0 };
        root.push(row);
    }
    root
}
