//! The features of every cell as one matrix, and the two products with it that a right-hand side needs:
//! moments m = Φ·mass and potential Ψ = Φᵀ·coefficients. They are bound by the bandwidth of the cache, so four
//! rows are read together; the instruction set is chosen at run time.

use pulp::{Arch, Simd, WithSimd};

use super::reduction::dot;

/// Rows read together.
const TOGETHER: usize = 4;

/// Φ, one row a feature, one column a cell.
pub struct Features {
    cells: usize,
    values: Vec<f64>,
    arch: Arch,
}

impl Features {
    /// The matrix whose column `i` is what `column(i, ..)` writes. `rank` ≥ 1, `cells` ≥ 1.
    pub fn new(rank: usize, cells: usize, mut column: impl FnMut(usize, &mut [f64])) -> Self {
        let (mut values, mut buffer) = (vec![0.0; rank * cells], vec![0.0; rank]);
        for i in 0..cells {
            column(i, &mut buffer);
            (0..rank).for_each(|k| values[k * cells + i] = buffer[k]);
        }
        Self { cells, values, arch: Arch::new() }
    }

    /// m_k = Σ_i φ_k(z_i) mass_i.
    pub fn moments(&self, mass: &[f64], moments: &mut [f64]) {
        self.arch.dispatch(Moments { features: self, mass, moments });
    }

    /// Ψ_i = Σ_k coefficient_k φ_k(z_i).
    pub fn combination(&self, coefficients: &[f64], potential: &mut [f64]) {
        self.arch.dispatch(Combination { features: self, coefficients, potential });
    }
}

struct Moments<'a> {
    features: &'a Features,
    mass: &'a [f64],
    moments: &'a mut [f64],
}

impl WithSimd for Moments<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let cells = self.features.cells;
        let groups = self.features.values.chunks(TOGETHER * cells).zip(self.moments.chunks_mut(TOGETHER));
        for (rows, moments) in groups {
            if let [m0, m1, m2, m3] = moments {
                [*m0, *m1, *m2, *m3] = four_dots(simd, rows, self.mass);
            } else {
                for (m, row) in moments.iter_mut().zip(rows.chunks_exact(cells)) {
                    *m = dot(simd, row, self.mass);
                }
            }
        }
    }
}

/// The dot products of four rows with `mass`, which is read once.
#[inline(always)]
fn four_dots<S: Simd>(simd: S, rows: &[f64], mass: &[f64]) -> [f64; TOGETHER] {
    let (mass, mass_rest) = S::as_simd_f64s(mass);
    let rows = split_in_four(rows).map(S::as_simd_f64s);
    let mut sums = [simd.splat_f64s(0.0); TOGETHER];
    let [a, b, c, d] = rows.map(|(whole, _)| &whole[..mass.len()]);
    for i in 0..mass.len() {
        sums[0] = simd.mul_add_f64s(a[i], mass[i], sums[0]);
        sums[1] = simd.mul_add_f64s(b[i], mass[i], sums[1]);
        sums[2] = simd.mul_add_f64s(c[i], mass[i], sums[2]);
        sums[3] = simd.mul_add_f64s(d[i], mass[i], sums[3]);
    }
    std::array::from_fn(|k| {
        let rest: f64 = rows[k].1.iter().zip(mass_rest).map(|(a, b)| a * b).sum();
        simd.reduce_sum_f64s(sums[k]) + rest
    })
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
        let cells = self.features.cells;
        self.potential.fill(0.0);
        let groups = self.features.values.chunks(TOGETHER * cells).zip(self.coefficients.chunks(TOGETHER));
        for (rows, coefficients) in groups {
            if let [c0, c1, c2, c3] = coefficients {
                add_four(simd, [*c0, *c1, *c2, *c3], rows, self.potential);
            } else {
                for (coefficient, row) in coefficients.iter().zip(rows.chunks_exact(cells)) {
                    for (psi, phi) in self.potential.iter_mut().zip(row) {
                        *psi += coefficient * phi;
                    }
                }
            }
        }
    }
}

/// Adds four rows, each times its coefficient, to `potential`, which is read and written once.
#[inline(always)]
fn add_four<S: Simd>(simd: S, coefficients: [f64; TOGETHER], rows: &[f64], potential: &mut [f64]) {
    let rows = split_in_four(rows).map(S::as_simd_f64s);
    let (potential, rest) = S::as_mut_simd_f64s(potential);
    let [a, b, c, d] = rows.map(|(whole, _)| &whole[..potential.len()]);
    let [ca, cb, cc, cd] = coefficients.map(|c| simd.splat_f64s(c));
    for i in 0..potential.len() {
        let two = simd.mul_add_f64s(ca, a[i], simd.mul_add_f64s(cb, b[i], potential[i]));
        potential[i] = simd.mul_add_f64s(cc, c[i], simd.mul_add_f64s(cd, d[i], two));
    }
    for (k, coefficient) in coefficients.iter().enumerate() {
        for (psi, phi) in rest.iter_mut().zip(rows[k].1) {
            *psi += coefficient * phi;
        }
    }
}

#[inline(always)]
fn split_in_four(rows: &[f64]) -> [&[f64]; TOGETHER] {
    let cells = rows.len() / TOGETHER;
    std::array::from_fn(|k| &rows[k * cells..(k + 1) * cells])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_products_are_those_of_the_textbook_for_any_shape() {
        for (rank, cells) in [(1, 1), (3, 7), (4, 16), (10, 37), (26, 100)] {
            let phi = |k: usize, i: usize| (1.0 + k as f64).sin() * (0.3 * i as f64 + 0.1 * k as f64).cos();
            let features = Features::new(rank, cells, |i, column| {
                column.iter_mut().enumerate().for_each(|(k, value)| *value = phi(k, i));
            });
            let mass: Vec<f64> = (0..cells).map(|i| (1.0 + i as f64).recip()).collect();
            let coefficients: Vec<f64> = (0..rank).map(|k| 1.0 - 0.2 * k as f64).collect();
            let (mut moments, mut potential) = (vec![0.0; rank], vec![9.0; cells]);
            features.moments(&mass, &mut moments);
            features.combination(&coefficients, &mut potential);
            // Up to 100 terms of size 1, each rounded to 1e-16.
            for (k, moment) in moments.iter().enumerate() {
                let exact: f64 = (0..cells).map(|i| phi(k, i) * mass[i]).sum();
                assert!((moment - exact).abs() < 1e-14, "{rank}×{cells}, row {k}");
            }
            for (i, psi) in potential.iter().enumerate() {
                let exact: f64 = (0..rank).map(|k| phi(k, i) * coefficients[k]).sum();
                assert!((psi - exact).abs() < 1e-13, "{rank}×{cells}, column {i}");
            }
        }
    }
}
