//! Contributions of the steps of a block that are made already to the inputs of later ones: z_k += Σ_{j<k}
//! c_jk gain_j, eight steps at a time, so that each vector of z and of gains is loaded seldom.

use meanfield_kernel::lanes::{Lanes, Real};

use super::samples::SampleBlock;

/// Steps after which their contributions are added to all later inputs at once.
const SUB_BLOCK: usize = 8;

/// The steps made.
pub struct Steps<'a, T: Real> {
    /// Shape (sample, neuron).
    pub gains: &'a [T],
    pub samples: &'a SampleBlock<T>,
    /// Neurons in a row.
    pub padded: usize,
    /// Samples in a block.
    pub block: usize,
}

impl<T: Real> Steps<'_, T> {
    /// Completes the inputs of step k, shape (sample, neuron).
    #[inline(always)]
    pub fn add<L: Lanes<T>>(&self, lanes: L, z: &mut [T], k: usize) {
        let first = k - k % SUB_BLOCK;
        match k - first {
            0 if k > 0 => self.add_ahead(lanes, z, k),
            1 => self.add_from::<L, 1>(lanes, z, first),
            2 => self.add_from::<L, 2>(lanes, z, first),
            3 => self.add_from::<L, 3>(lanes, z, first),
            4 => self.add_from::<L, 4>(lanes, z, first),
            5 => self.add_from::<L, 5>(lanes, z, first),
            6 => self.add_from::<L, 6>(lanes, z, first),
            7 => self.add_from::<L, 7>(lanes, z, first),
            _ => {}
        }
    }

    /// Adds the contributions of the COUNT steps from `first` on to the step after them.
    #[inline(always)]
    fn add_from<L: Lanes<T>, const COUNT: usize>(&self, lanes: L, z: &mut [T], first: usize) {
        let k = first + COUNT;
        let z = lanes.vectors_mut(&mut z[k * self.padded..][..self.padded]);
        let mut gains = [self.row(lanes, first); COUNT];
        let mut factors = [lanes.splat(T::default()); COUNT];
        for j in 0..COUNT {
            gains[j] = &self.row(lanes, first + j)[..z.len()];
            factors[j] = lanes.splat(self.samples.coefficients[(first + j) * self.block + k]);
        }
        for (v, z) in z.iter_mut().enumerate() {
            for j in 0..COUNT {
                *z = lanes.mul_add(factors[j], gains[j][v], *z);
            }
        }
    }

    /// Adds the contributions of all steps before k to step k and the others of its sub-block.
    #[inline(always)]
    fn add_ahead<L: Lanes<T>>(&self, lanes: L, z: &mut [T], k: usize) {
        let vectors = self.padded / L::COUNT;
        let z = lanes.vectors_mut(&mut z[k * self.padded..][..SUB_BLOCK * self.padded]);
        let gains = lanes.vectors(&self.gains[..k * self.padded]);
        for v in 0..vectors {
            let mut sums = [lanes.splat(T::default()); SUB_BLOCK];
            for r in 0..SUB_BLOCK {
                sums[r] = z[r * vectors + v];
            }
            let factors = self.samples.coefficients.chunks_exact(self.block);
            for (gains, factors) in gains.chunks_exact(vectors).zip(factors) {
                let factors = &factors[k..][..SUB_BLOCK];
                for r in 0..SUB_BLOCK {
                    sums[r] = lanes.mul_add(lanes.splat(factors[r]), gains[v], sums[r]);
                }
            }
            for r in 0..SUB_BLOCK {
                z[r * vectors + v] = sums[r];
            }
        }
    }

    /// The gains of step j.
    #[inline(always)]
    fn row<L: Lanes<T>>(&self, lanes: L, j: usize) -> &[L::Vector] {
        lanes.vectors(&self.gains[j * self.padded..][..self.padded])
    }
}
