//! W += Σ_j gain_j x_j at the end of a block, x_j already times the step: neuron by neuron over the samples that moved it, or
//! as a matrix product where most of them did.

use super::lanes::{GROUP, Lanes, Real};

/// Above this share of (neuron, sample) pairs that move, the matrix product is faster.
const DENSE: f64 = 0.45;

/// What a block adds to the weights of a shard.
pub struct Update<'a, T> {
    /// Shape (sample, neuron).
    pub gains: &'a [T],
    /// For each group of neurons and each sample, which ones have a gain: shape (group, block).
    pub active: &'a [u8],
    /// Samples times their steps, shape (sample, inner).
    pub moves: &'a [T],
    /// Samples that there are.
    pub count: usize,
    /// Samples that there is room for.
    pub block: usize,
    /// Length of a row of weights.
    pub stride: usize,
    /// How much of it moves, and length of a row of `moves`.
    pub inner: usize,
}

impl<T: Real> Update<'_, T> {
    /// Adds it.
    #[inline(always)]
    pub fn apply<L: Lanes<T>>(&self, lanes: L, weights: &mut [T]) {
        let neurons = weights.len() / self.stride;
        let moved: u32 = self.active.iter().map(|bits| bits.count_ones()).sum();
        if f64::from(moved) > DENSE * (neurons * self.count) as f64 {
            self.densely(lanes, weights);
        } else {
            self.sparsely(lanes, weights);
        }
    }

    #[inline(always)]
    fn sparsely<L: Lanes<T>>(&self, lanes: L, weights: &mut [T]) {
        let neurons = weights.len() / self.stride;
        for (group, rows) in weights.chunks_exact_mut(GROUP * self.stride).enumerate() {
            let samples = by_neuron(&self.active[group * self.block..][..self.block]);
            for (i, row) in rows.chunks_exact_mut(self.stride).enumerate() {
                let gains = &self.gains[group * GROUP + i..];
                let mut row = lanes.vectors_mut(&mut row[..self.inner]);
                let mut first = 0;
                while !row.is_empty() {
                    let (now, rest) = row.split_at_mut(row.len().min(8));
                    self.walk(lanes, now, samples[i], gains, neurons, first);
                    (first, row) = (first + 8, rest);
                }
            }
        }
    }

    /// Adds to a part of a row, kept in registers, the samples whose bits are set.
    #[inline(always)]
    fn walk<L: Lanes<T>>(
        &self,
        lanes: L,
        part: &mut [L::Vector],
        samples: u32,
        gains: &[T],
        neurons: usize,
        first: usize,
    ) {
        macro_rules! by_length {
            ($($length:literal)*) => {
                match part.len() {
                    $($length => self.walk_over::<L, $length>(lanes, part, samples, gains, neurons, first),)*
                    _ => {}
                }
            };
        }
        by_length!(1 2 3 4 5 6 7 8);
    }

    #[inline(always)]
    fn walk_over<L: Lanes<T>, const LENGTH: usize>(
        &self,
        lanes: L,
        part: &mut [L::Vector],
        mut samples: u32,
        gains: &[T],
        neurons: usize,
        first: usize,
    ) {
        let Some(part) = part.first_chunk_mut::<LENGTH>() else { return };
        let mut sum = *part;
        while samples != 0 {
            let j = samples.trailing_zeros() as usize;
            samples &= samples - 1;
            let gain = lanes.splat(gains[j * neurons]);
            let x = &lanes.vectors(&self.moves[j * self.inner..][..self.inner])[first..first + LENGTH];
            for l in 0..LENGTH {
                sum[l] = lanes.mul_add(gain, x[l], sum[l]);
            }
        }
        *part = sum;
    }

    #[inline(always)]
    fn densely<L: Lanes<T>>(&self, lanes: L, weights: &mut [T]) {
        let neurons = weights.len() / self.stride;
        for (quartet, rows) in weights.chunks_exact_mut(4 * self.stride).enumerate() {
            let [a, b, c, d] =
                quarters(rows, self.stride).map(|row| lanes.vectors_mut(&mut row[..self.inner]));
            let (vectors, gains) = (a.len(), &self.gains[4 * quartet..]);
            let mut first = 0;
            while first < vectors {
                let part = [&mut a[first..], &mut b[first..], &mut c[first..], &mut d[first..]];
                first += match vectors - first {
                    1 => self.tile::<L, 1>(lanes, part, gains, neurons, first),
                    2 => self.tile::<L, 2>(lanes, part, gains, neurons, first),
                    3 => self.tile::<L, 3>(lanes, part, gains, neurons, first),
                    4 => self.tile::<L, 4>(lanes, part, gains, neurons, first),
                    _ => self.tile::<L, 5>(lanes, part, gains, neurons, first),
                };
            }
        }
    }

    /// Four rows by LENGTH vectors in registers.
    #[inline(always)]
    fn tile<L: Lanes<T>, const LENGTH: usize>(
        &self,
        lanes: L,
        rows: [&mut [L::Vector]; 4],
        gains: &[T],
        neurons: usize,
        first: usize,
    ) -> usize {
        let mut sums: [[L::Vector; LENGTH]; 4] = std::array::from_fn(|r| std::array::from_fn(|l| rows[r][l]));
        for j in 0..self.count {
            let x = &lanes.vectors(&self.moves[j * self.inner..][..self.inner])[first..first + LENGTH];
            let gains = &gains[j * neurons..][..4];
            for r in 0..4 {
                let gain = lanes.splat(gains[r]);
                for l in 0..LENGTH {
                    sums[r][l] = lanes.mul_add(gain, x[l], sums[r][l]);
                }
            }
        }
        for (row, sums) in rows.into_iter().zip(sums) {
            row[..LENGTH].copy_from_slice(&sums);
        }
        LENGTH
    }
}

fn quarters<T>(rows: &mut [T], stride: usize) -> [&mut [T]; 4] {
    let (a, rest) = rows.split_at_mut(stride);
    let (b, rest) = rest.split_at_mut(stride);
    let (c, d) = rest.split_at_mut(stride);
    [a, b, c, d]
}

/// From one byte a sample, a bit for each neuron, to one word a neuron, a bit for each sample (at most 32 samples).
#[inline(always)]
fn by_neuron(active: &[u8]) -> [u32; GROUP] {
    let mut words = [0; GROUP];
    for (eighth, bytes) in active.chunks(8).enumerate() {
        let mut square = [0; 8];
        square[..bytes.len()].copy_from_slice(bytes);
        let columns = transposed(u64::from_le_bytes(square)).to_le_bytes();
        words.iter_mut().zip(columns).for_each(|(word, column)| *word |= u32::from(column) << (8 * eighth));
    }
    words
}

/// The 8 × 8 bits of a word across their diagonal, by three exchanges of blocks (Warren, Hacker's Delight, 7-3).
#[inline(always)]
fn transposed(mut bits: u64) -> u64 {
    for (shift, mask) in
        [(7, 0x00AA_00AA_00AA_00AA), (14, 0x0000_CCCC_0000_CCCC), (28, 0x0000_0000_F0F0_F0F0)]
    {
        let swap: u64 = (bits ^ (bits >> shift)) & mask;
        bits ^= swap ^ (swap << shift);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_turned_over() {
        let active: Vec<u8> = (0..24).map(|j: u32| (j.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
        let words = by_neuron(&active);
        for (j, byte) in active.iter().enumerate() {
            for (i, word) in words.iter().enumerate() {
                assert_eq!(word >> j & 1, u32::from(byte >> i & 1), "sample {j}, neuron {i}");
            }
        }
    }
}
