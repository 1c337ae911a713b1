//! The features of every cell as one matrix, and the two products with it that a right-hand side needs:
//! moments m = Φ·mass and potential Ψ = Φᵀ·coefficients. They are bound by the bandwidth of the cache. So the
//! matrix lies in blocks of cells, in the order in which both products read it: block by block, row by row.
//!
//! ```text
//!   block 0: φ_0 of cells 0 … 31, φ_1 of cells 0 … 31, …   block 1: φ_0 of cells 32 … 63, …
//! ```
//! Within a block four vectors of cells stay in registers, of whatever length the instruction set has.
//!
//! All but the products is in loops that the compiler turns into vector instructions; `pulp` chooses the
//! instruction set at run time. `scripts/bench` compares the right-hand side with NumPy and JAX.

use pulp::{Arch, Simd, WithSimd};

/// Cells in a block; the last one is filled up with zeros.
const BLOCK: usize = 32;
/// Longest vector of any instruction set.
const LONGEST: usize = 8;
/// Vectors kept in registers.
const TOGETHER: usize = 4;

/// Φ: one row a feature, one column a cell.
pub struct Features {
    rank: usize,
    cells: usize,
    values: Vec<f64>,
    arch: Arch,
}

impl Features {
    /// The matrix whose column `i` is what `column(i, ..)` writes.
    pub fn new(rank: usize, cells: usize, mut column: impl FnMut(usize, &mut [f64])) -> Self {
        let mut values = vec![0.0; rank * cells.next_multiple_of(BLOCK)];
        let mut buffer = vec![0.0; rank];
        for i in 0..cells {
            column(i, &mut buffer);
            let first = i / BLOCK * BLOCK * rank + i % BLOCK;
            (0..rank).for_each(|k| values[first + k * BLOCK] = buffer[k]);
        }
        Self { rank, cells, values, arch: Arch::new() }
    }

    /// How many features there are.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// m_k = Σ_i φ_k(z_i) mass_i.
    pub fn moments(&self, mass: &[f64], moments: &mut [f64]) {
        if self.rank == 0 {
            return;
        }
        let mut sums = vec![0.0; self.rank * LONGEST];
        self.arch.dispatch(Moments { features: self, mass, sums: &mut sums, moments });
    }

    /// Ψ_i = Σ_k coefficient_k φ_k(z_i).
    pub fn combination(&self, coefficients: &[f64], potential: &mut [f64]) {
        if self.rank == 0 {
            return potential.fill(0.0);
        }
        self.arch.dispatch(Combination { features: self, coefficients, potential });
    }

    /// φ_k at every cell.
    pub fn row(&self, k: usize, row: &mut [f64]) {
        let blocks = self.values.chunks_exact(BLOCK * self.rank);
        for (cells, block) in row.chunks_mut(BLOCK).zip(blocks) {
            cells.copy_from_slice(&block[k * BLOCK..][..cells.len()]);
        }
    }

    /// The blocks, whole ones and the last that is filled up.
    fn blocks(&self) -> (&[f64], &[f64]) {
        self.values.split_at(self.cells / BLOCK * BLOCK * self.rank)
    }
}

struct Moments<'a> {
    features: &'a Features,
    mass: &'a [f64],
    /// Running sums of each row, one vector each.
    sums: &'a mut [f64],
    moments: &'a mut [f64],
}

impl WithSimd for Moments<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { features, mass, sums, moments } = self;
        let (whole, filled) = features.blocks();
        let (whole_mass, rest) = mass.split_at(mass.len() / BLOCK * BLOCK);
        let (sums, _) = S::as_mut_simd_f64s(&mut sums[..features.rank * S::F64_LANES]);
        for (block, mass) in whole.chunks_exact(BLOCK * features.rank).zip(whole_mass.chunks_exact(BLOCK)) {
            add_block(simd, block, mass, sums);
        }
        if !rest.is_empty() {
            let mut mass = [0.0; BLOCK];
            mass[..rest.len()].copy_from_slice(rest);
            add_block(simd, filled, &mass, sums);
        }
        for (moment, sum) in moments.iter_mut().zip(sums) {
            *moment = simd.reduce_sum_f64s(*sum);
        }
    }
}

/// Adds to each row's running sums what a block of cells gives.
#[inline(always)]
fn add_block<S: Simd>(simd: S, block: &[f64], mass: &[f64], sums: &mut [S::f64s]) {
    let (mass, _) = S::as_simd_f64s(mass);
    for (group, mass) in mass.chunks_exact(TOGETHER).enumerate() {
        let [m0, m1, m2, m3] = [mass[0], mass[1], mass[2], mass[3]];
        for (row, sum) in block.chunks_exact(BLOCK).zip(sums.iter_mut()) {
            let (row, _) = S::as_simd_f64s(row);
            let row = &row[group * TOGETHER..(group + 1) * TOGETHER];
            let left = simd.mul_add_f64s(row[1], m1, simd.mul_f64s(row[0], m0));
            let right = simd.mul_add_f64s(row[3], m3, simd.mul_f64s(row[2], m2));
            *sum = simd.add_f64s(*sum, simd.add_f64s(left, right));
        }
    }
}

struct Combination<'a> {
    features: &'a Features,
    coefficients: &'a [f64],
    potential: &'a mut [f64],
}

impl WithSimd for Combination<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { features, coefficients, potential } = self;
        let (whole, filled) = features.blocks();
        let (inner, rest) = potential.split_at_mut(features.cells / BLOCK * BLOCK);
        for (block, potential) in whole.chunks_exact(BLOCK * features.rank).zip(inner.chunks_exact_mut(BLOCK))
        {
            combine_block(simd, block, coefficients, potential);
        }
        if !rest.is_empty() {
            let mut potential = [0.0; BLOCK];
            combine_block(simd, filled, coefficients, &mut potential);
            rest.copy_from_slice(&potential[..rest.len()]);
        }
    }
}

/// Σ_k coefficient_k φ_k on a block of cells.
#[inline(always)]
fn combine_block<S: Simd>(simd: S, block: &[f64], coefficients: &[f64], potential: &mut [f64]) {
    let (potential, _) = S::as_mut_simd_f64s(potential);
    for (group, potential) in potential.chunks_exact_mut(TOGETHER).enumerate() {
        let zero = simd.splat_f64s(0.0);
        let [mut p0, mut p1, mut p2, mut p3] = [zero; TOGETHER];
        for (row, coefficient) in block.chunks_exact(BLOCK).zip(coefficients) {
            let (row, _) = S::as_simd_f64s(row);
            let row = &row[group * TOGETHER..(group + 1) * TOGETHER];
            let coefficient = simd.splat_f64s(*coefficient);
            p0 = simd.mul_add_f64s(coefficient, row[0], p0);
            p1 = simd.mul_add_f64s(coefficient, row[1], p1);
            p2 = simd.mul_add_f64s(coefficient, row[2], p2);
            p3 = simd.mul_add_f64s(coefficient, row[3], p3);
        }
        [potential[0], potential[1], potential[2], potential[3]] = [p0, p1, p2, p3];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_products_are_those_of_the_textbook_for_any_shape() {
        for (rank, cells) in [(0, 5), (1, 1), (3, 7), (4, 16), (10, 37), (26, 100), (3, 64)] {
            let phi = |k: usize, i: usize| (1.0 + k as f64).sin() * (0.3 * i as f64 + 0.1 * k as f64).cos();
            let features = Features::new(rank, cells, |i, column| {
                column.iter_mut().enumerate().for_each(|(k, value)| *value = phi(k, i));
            });
            let mass: Vec<f64> = (0..cells).map(|i| (1.0 + i as f64).recip()).collect();
            let coefficients: Vec<f64> = (0..rank).map(|k| 1.0 - 0.2 * k as f64).collect();
            let mut moments = vec![0.0; rank];
            let mut potential = vec![9.0; cells];
            features.moments(&mass, &mut moments);
            features.combination(&coefficients, &mut potential);
            // Up to 100 terms of size 1, each rounded to 1e-16.
            for (k, moment) in moments.iter().enumerate() {
                let exact: f64 = (0..cells).map(|i| phi(k, i) * mass[i]).sum();
                assert!((moment - exact).abs() < 1e-14, "{rank}×{cells}, row {k}");
            }
            let mut row = vec![0.0; cells];
            for k in 0..rank {
                features.row(k, &mut row);
                assert!((0..cells).all(|i| row[i] == phi(k, i)), "{rank}×{cells}");
            }
            for (i, psi) in potential.iter().enumerate() {
                let exact: f64 = (0..rank).map(|k| phi(k, i) * coefficients[k]).sum();
                assert!((psi - exact).abs() < 1e-13, "{rank}×{cells}, column {i}");
            }
        }
    }
}
