//! Passes over the rows of a layer's weights, for one sample: products with both sides, and the change by a
//! matrix of rank one, a block of rows at a time so that vectors stay in registers and the weights come from
//! memory once. Every number is rounded in the same order whether passes are joined or not. It knows no
//! network. Called inside a dispatch on the instruction set.

// Inside a dispatch on the instruction set it is one instruction, not a call.
#![allow(clippy::disallowed_methods)]

use meanfield_kernel::prefetch::will_read_later;
use pulp::Simd;

/// Rows in a block.
pub(crate) const BLOCK: usize = 4;

/// Rows that stay in the first cache together, whatever is done between two passes over them.
pub(crate) const GROUP: usize = 8;

/// Vectors of a row that are held together.
const CHUNK: usize = 4;

/// Splits `R` rows of equal length.
#[inline(always)]
fn split<const R: usize>(rows: &[f64]) -> [&[f64]; R] {
    let length = rows.len() / R;
    std::array::from_fn(|row| &rows[row * length..(row + 1) * length])
}

/// Splits `R` rows of equal length, to be changed.
#[inline(always)]
fn split_mut<const R: usize>(rows: &mut [f64]) -> [&mut [f64]; R] {
    let length = rows.len() / R;
    let mut rest = rows;
    std::array::from_fn(|_| {
        let (row, others) = std::mem::take(&mut rest).split_at_mut(length);
        rest = others;
        row
    })
}

/// ⟨row, v⟩ for each of `R` rows.
#[inline(always)]
pub(crate) fn dots<S: Simd, const R: usize>(simd: S, rows: &[f64], v: &[f64]) -> [f64; R] {
    let rows = split::<R>(rows);
    let (v_vectors, v_rest) = S::as_simd_f64s(v);
    let (v_chunks, v_last) = v_vectors.as_chunks::<CHUNK>();
    let from = v.len() - v_rest.len();
    let chunks: [&[[S::f64s; CHUNK]]; R] = rows.map(
        #[inline(always)]
        |row| &S::as_simd_f64s(row).0.as_chunks::<CHUNK>().0[..v_chunks.len()],
    );
    let mut sums = [[simd.splat_f64s(0.0); CHUNK]; R];
    for (place, v) in v_chunks.iter().enumerate() {
        for row in 0..R {
            for lane in 0..CHUNK {
                sums[row][lane] = simd.mul_add_f64s(chunks[row][place][lane], v[lane], sums[row][lane]);
            }
        }
    }
    let mut totals = [0.0; R];
    for row in 0..R {
        let mut sums = sums[row];
        let last = S::as_simd_f64s(rows[row]).0.as_chunks::<CHUNK>().1;
        for (x, v) in last.iter().zip(v_last) {
            sums[0] = simd.mul_add_f64s(*x, *v, sums[0]);
        }
        let sum = simd.add_f64s(simd.add_f64s(sums[0], sums[1]), simd.add_f64s(sums[2], sums[3]));
        let mut rest = 0.0;
        for (x, v) in rows[row][from..].iter().zip(v_rest) {
            rest += x * v;
        }
        totals[row] = simd.reduce_sum_f64s(sum) + rest;
    }
    totals
}

/// sum ← sum + Σ_r factor_r · row_r, row after row.
#[inline(always)]
pub(crate) fn add_rows<S: Simd, const R: usize>(simd: S, rows: &[f64], factors: [f64; R], sum: &mut [f64]) {
    let rows = split::<R>(rows);
    let splats = factors.map(
        #[inline(always)]
        |factor| simd.splat_f64s(factor),
    );
    let (sum_vectors, sum_rest) = S::as_mut_simd_f64s(sum);
    let from = rows[0].len() - sum_rest.len();
    let vectors: [&[S::f64s]; R] = rows.map(
        #[inline(always)]
        |row| &S::as_simd_f64s(row).0[..sum_vectors.len()],
    );
    for (index, sum) in sum_vectors.iter_mut().enumerate() {
        let mut running = *sum;
        for row in 0..R {
            running = simd.mul_add_f64s(vectors[row][index], splats[row], running);
        }
        *sum = running;
    }
    for (index, sum) in sum_rest.iter_mut().enumerate() {
        for row in 0..R {
            *sum = rows[row][from + index].mul_add(factors[row], *sum);
        }
    }
}

/// row_r ← row_r + change_r · v.
#[inline(always)]
pub(crate) fn change_rows<S: Simd, const R: usize>(simd: S, rows: &mut [f64], changes: [f64; R], v: &[f64]) {
    let (v_vectors, v_rest) = S::as_simd_f64s(v);
    for (row, change) in split_mut::<R>(rows).into_iter().zip(changes) {
        let (vectors, rest) = S::as_mut_simd_f64s(row);
        let splat = simd.splat_f64s(change);
        for (x, v) in vectors.iter_mut().zip(v_vectors) {
            *x = simd.mul_add_f64s(splat, *v, *x);
        }
        for (x, v) in rest.iter_mut().zip(v_rest) {
            *x = change.mul_add(*v, *x);
        }
    }
}

/// [`change_rows`] and then [`add_rows`], in one pass, while the next group of rows is on its way.
#[inline(always)]
pub(crate) fn change_and_add_rows<S: Simd, const R: usize>(
    simd: S,
    rows: &mut [f64],
    changes: [f64; R],
    v: &[f64],
    factors: [f64; R],
    sum: &mut [f64],
) {
    let length = v.len();
    let rows = split_mut::<R>(rows);
    let change_splats = changes.map(
        #[inline(always)]
        |change| simd.splat_f64s(change),
    );
    let factor_splats = factors.map(
        #[inline(always)]
        |factor| simd.splat_f64s(factor),
    );
    let (v_vectors, v_rest) = S::as_simd_f64s(v);
    let (sum_vectors, sum_rest) = S::as_mut_simd_f64s(sum);
    let from = v.len() - v_rest.len();
    let (v_chunks, v_last) = v_vectors.as_chunks::<CHUNK>();
    let (sum_chunks, sum_last) = sum_vectors.as_chunks_mut::<CHUNK>();
    for (place, (v, sum)) in v_chunks.iter().zip(sum_chunks).enumerate() {
        let first = place * CHUNK;
        let v = *v;
        let mut running = *sum;
        for row in 0..R {
            let (vectors, _) = S::as_mut_simd_f64s(rows[row]);
            let Some(x) = vectors[first..].first_chunk_mut::<CHUNK>() else { continue };
            for lane in 0..CHUNK {
                will_read_later(&x[lane], GROUP * length);
                let changed = simd.mul_add_f64s(change_splats[row], v[lane], x[lane]);
                x[lane] = changed;
                running[lane] = simd.mul_add_f64s(changed, factor_splats[row], running[lane]);
            }
        }
        *sum = running;
    }
    let first = v_chunks.len() * CHUNK;
    for (place, (v, sum)) in v_last.iter().zip(sum_last).enumerate() {
        let mut running = *sum;
        for row in 0..R {
            let x = &mut S::as_mut_simd_f64s(rows[row]).0[first + place];
            let changed = simd.mul_add_f64s(change_splats[row], *v, *x);
            *x = changed;
            running = simd.mul_add_f64s(changed, factor_splats[row], running);
        }
        *sum = running;
    }
    for (index, (v, sum)) in v_rest.iter().zip(sum_rest).enumerate() {
        for row in 0..R {
            let x = &mut rows[row][from + index];
            *x = changes[row].mul_add(*v, *x);
            *sum = x.mul_add(factors[row], *sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::{Arch, WithSimd};

    struct Check(usize);

    impl WithSimd for Check {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            let length = self.0;
            let rows: Vec<f64> = (0..4 * length).map(|k| (0.7 * k as f64).sin()).collect();
            let v: Vec<f64> = (0..length).map(|k| (0.3 * k as f64).cos()).collect();
            let changes = [0.5, -1.0, 2.0, 0.1];
            let factors = [1.0, 0.3, -0.2, 0.7];
            let found = dots::<S, 4>(simd, &rows, &v);
            for (row, found) in rows.chunks(length).zip(found) {
                let exact: f64 = row.iter().zip(&v).map(|(x, v)| x * v).sum();
                assert!((found - exact).abs() < 1e-13);
            }
            let mut changed = rows.clone();
            change_rows::<S, 4>(simd, &mut changed, changes, &v);
            for (k, x) in changed.iter().enumerate() {
                let exact = rows[k] + changes[k / length] * v[k % length];
                assert!((x - exact).abs() < 1e-15);
            }
            let mut sum = v.clone();
            add_rows::<S, 4>(simd, &changed, factors, &mut sum);
            for (k, sum) in sum.iter().enumerate() {
                let terms = (0..4).map(|row| factors[row] * changed[row * length + k]);
                assert!((sum - v[k] - terms.sum::<f64>()).abs() < 1e-14);
            }
            let mut joined = rows.clone();
            let mut joined_sum = v.clone();
            change_and_add_rows::<S, 4>(simd, &mut joined, changes, &v, factors, &mut joined_sum);
            assert_eq!((joined, joined_sum), (changed, sum));
        }
    }

    #[test]
    fn joined_passes_give_the_bits_of_single_ones() {
        for length in [1, 3, 8, 17, 40, 63] {
            Arch::new().dispatch(Check(length));
            Arch::Scalar.dispatch(Check(length));
        }
    }
}
