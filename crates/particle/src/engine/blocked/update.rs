//! W += Σ_j gain_j x_j at the end of a block, x_j already times the step: neuron by neuron over the samples
//! that moved it, or as a matrix product where most of them did.

use meanfield_kernel::lanes::{GROUP, Lanes, Real};

/// Above this share of (neuron, sample) pairs that move, the matrix product is faster.
const DENSE: f64 = 0.45;

/// Most samples of a block.
pub const LONGEST: usize = 32;

/// The update of a shard's weights at the end of a block.
pub struct Update<'a, T> {
    /// Shape (sample, neuron).
    pub gains: &'a [T],
    /// For each group of neurons and each sample, which ones have a gain: shape (group, block).
    pub active: &'a [u8],
    /// Samples times their steps, shape (sample, inner).
    pub moves: &'a [T],
    /// Samples in the block.
    pub count: usize,
    /// Most samples of a block.
    pub block: usize,
    /// Length of a row of weights.
    pub stride: usize,
    /// Length of the part of it that moves, and of a row of `moves`.
    pub inner: usize,
}

impl<T: Real> Update<'_, T> {
    /// Adds the update to the weights.
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

    /// Pair by pair. The pairs of a group of neurons are listed first: a loop over each neuron's own few
    /// would end where the processor does not expect it.
    #[inline(always)]
    fn sparsely<L: Lanes<T>>(&self, lanes: L, weights: &mut [T]) {
        let mut pairs = [(0_u8, 0_u8); GROUP * LONGEST];
        for (group, rows) in weights.chunks_exact_mut(GROUP * self.stride).enumerate() {
            let count = list(&self.active[group * self.block..][..self.block], &mut pairs);
            let pairs = &pairs[..count];
            let gains = &self.gains[group * GROUP..];
            let vectors = self.inner / L::COUNT;
            let mut first = 0;
            while first < vectors {
                first += match vectors - first {
                    1 => self.walk::<L, 1>(lanes, rows, pairs, gains, first),
                    2 => self.walk::<L, 2>(lanes, rows, pairs, gains, first),
                    3 => self.walk::<L, 3>(lanes, rows, pairs, gains, first),
                    4 => self.walk::<L, 4>(lanes, rows, pairs, gains, first),
                    5 => self.walk::<L, 5>(lanes, rows, pairs, gains, first),
                    6 => self.walk::<L, 6>(lanes, rows, pairs, gains, first),
                    7 => self.walk::<L, 7>(lanes, rows, pairs, gains, first),
                    _ => self.walk::<L, 8>(lanes, rows, pairs, gains, first),
                };
            }
        }
    }

    /// LENGTH vectors of each row, from the one numbered `first` on.
    #[inline(always)]
    fn walk<L: Lanes<T>, const LENGTH: usize>(
        &self,
        lanes: L,
        rows: &mut [T],
        pairs: &[(u8, u8)],
        gains: &[T],
        first: usize,
    ) -> usize {
        let neurons = self.gains.len() / self.block;
        let rows = lanes.vectors_mut(rows);
        let moves = lanes.vectors(self.moves);
        let stride = self.stride / L::COUNT;
        let inner = self.inner / L::COUNT;
        for (i, j) in pairs {
            let i = usize::from(*i);
            let j = usize::from(*j);
            let gain = lanes.splat(gains[j * neurons + i]);
            let x = &moves[j * inner + first..][..LENGTH];
            let row = &mut rows[i * stride + first..][..LENGTH];
            for l in 0..LENGTH {
                row[l] = lanes.mul_add(gain, x[l], row[l]);
            }
        }
        LENGTH
    }

    /// Four rows at a time, all samples.
    #[inline(always)]
    fn densely<L: Lanes<T>>(&self, lanes: L, weights: &mut [T]) {
        let neurons = weights.len() / self.stride;
        for (quartet, rows) in weights.chunks_exact_mut(4 * self.stride).enumerate() {
            let [a, b, c, d] =
                quarters(rows, self.stride).map(|row| lanes.vectors_mut(&mut row[..self.inner]));
            let vectors = a.len();
            let gains = &self.gains[4 * quartet..];
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

/// Lists the pairs (neuron, sample) whose bits are set in one byte a sample, neuron by neuron; how many there
/// are.
#[inline(always)]
fn list(active: &[u8], pairs: &mut [(u8, u8)]) -> usize {
    let mut count = 0;
    for (eighth, bytes) in active.chunks(8).enumerate() {
        let mut square = [0; 8];
        square[..bytes.len()].copy_from_slice(bytes);
        let mut bits = transposed(u64::from_le_bytes(square));
        while bits != 0 {
            let place = bits.trailing_zeros() as u8;
            pairs[count] = (place / 8, 8 * eighth as u8 + place % 8);
            count += 1;
            bits &= bits - 1;
        }
    }
    count
}

/// The 8 × 8 bits of a word across their diagonal, by three exchanges of blocks (Warren, Hacker's Delight,
/// 7-3).
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
    fn every_pair_is_listed_once() {
        let active: Vec<u8> = (0..24).map(|j: u32| (j.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
        let mut pairs = [(0, 0); 256];
        let count = list(&active, &mut pairs);
        let mut found: Vec<_> = pairs[..count].to_vec();
        found.sort_unstable();
        let exact: Vec<(u8, u8)> = (0..8)
            .flat_map(|i| (0..24).map(move |j| (i, j)))
            .filter(|(i, j)| active[usize::from(*j)] >> i & 1 == 1)
            .collect();
        assert_eq!(found, exact);
    }
}
