//! Products with matrices of few rows, which general routines would copy before they multiply: sums of rows,
//! and products of rows with rows, a block of each at a time that stays in registers. Where a matrix is not
//! stored row by row, a general routine is called. It knows no network.

// Inside a dispatch on the instruction set it is one instruction, not a call.
#![allow(clippy::disallowed_methods)]

use std::ops::Range;

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use pulp::{Arch, Simd, WithSimd};

/// Rows of the result in a block, at most.
const BLOCK: usize = 5;
/// Rows that are added or multiplied together.
const GROUP: usize = 4;
/// Columns that are done before others: so many of a hundred rows stay in the second cache.
const COLUMNS: usize = 512;

/// into += factors · rows, of shapes (results, rows) and (rows, columns).
pub(crate) fn add_combinations(
    factors: ArrayView2<f64>,
    rows: ArrayView2<f64>,
    mut into: ArrayViewMut2<f64>,
) {
    let length = into.ncols();
    let parts = (factors.as_slice(), rows.as_slice(), into.as_slice_mut());
    match parts {
        (Some(factors), Some(rows), Some(into)) => {
            Arch::new().dispatch(Combinations { factors, rows, into, length });
        }
        _ => general_mat_mul(1.0, &factors, &rows, 1.0, &mut into),
    }
}

/// x · rowsᵀ, of shapes (results, columns) and (rows, at least as many columns).
pub(crate) fn row_products(x: ArrayView2<f64>, rows: ArrayView2<f64>) -> Array2<f64> {
    match (x.as_slice(), rows.as_slice()) {
        (Some(numbers), Some(row_numbers)) => {
            let mut into = Array2::zeros((x.nrows(), rows.nrows()));
            let widths = [x.ncols(), rows.ncols()];
            let into_slice = into.as_slice_mut().expect("in one piece");
            let count = rows.nrows();
            let task = RowProducts { x: numbers, rows: row_numbers, into: into_slice, widths, count };
            Arch::new().dispatch(task);
            into
        }
        _ => x.dot(&rows.slice(ndarray::s![.., ..x.ncols()]).t()),
    }
}

/// A product that is made of blocks.
trait InBlocks {
    /// Adds to `P` rows of the result, from one on, what these columns give.
    fn block<S: Simd, const P: usize>(&mut self, simd: S, first: usize, columns: Range<usize>);
}

/// Makes a product of so many results from so many columns, block by block.
#[inline(always)]
fn over_blocks<S: Simd>([results, columns]: [usize; 2], simd: S, product: &mut impl InBlocks) {
    for columns in blocks(columns, COLUMNS) {
        for results in blocks(results, BLOCK) {
            match results.len() {
                5 => product.block::<S, 5>(simd, results.start, columns.clone()),
                4 => product.block::<S, 4>(simd, results.start, columns.clone()),
                3 => product.block::<S, 3>(simd, results.start, columns.clone()),
                2 => product.block::<S, 2>(simd, results.start, columns.clone()),
                _ => product.block::<S, 1>(simd, results.start, columns.clone()),
            }
        }
    }
}

/// Ranges of at most `most` of `count` things, about equally long.
fn blocks(count: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let number = count.div_ceil(most);
    (0..number).map(move |block| block * count / number..(block + 1) * count / number)
}

/// `R` rows of so many numbers each, from a row on, at these columns.
#[inline(always)]
fn rows_at<const R: usize>(
    numbers: &[f64],
    first: usize,
    length: usize,
    columns: Range<usize>,
) -> [&[f64]; R] {
    std::array::from_fn(|row| &numbers[(first + row) * length..][columns.clone()])
}

/// The same, to be changed.
#[inline(always)]
fn rows_at_mut<const R: usize>(
    numbers: &mut [f64],
    first: usize,
    length: usize,
    columns: Range<usize>,
) -> [&mut [f64]; R] {
    let mut rest = &mut numbers[first * length..];
    std::array::from_fn(|_| {
        let (row, others) = std::mem::take(&mut rest).split_at_mut(length);
        rest = others;
        &mut row[columns.clone()]
    })
}

struct Combinations<'a> {
    factors: &'a [f64],
    rows: &'a [f64],
    into: &'a mut [f64],
    length: usize,
}

impl WithSimd for Combinations<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        if self.length == 0 {
            return;
        }
        over_blocks([self.into.len() / self.length, self.length], simd, &mut self);
    }
}

impl InBlocks for Combinations<'_> {
    #[inline(always)]
    fn block<S: Simd, const P: usize>(&mut self, simd: S, first: usize, columns: Range<usize>) {
        let count = self.rows.len() / self.length;
        let into = &mut rows_at_mut::<P>(self.into, first, self.length, columns.clone());
        let factors: [&[f64]; P] = rows_at(self.factors, first, count, 0..count);
        let mut row = 0;
        while row + GROUP <= count {
            add::<S, P, GROUP>(
                simd,
                factors,
                row,
                rows_at(self.rows, row, self.length, columns.clone()),
                into,
            );
            row += GROUP;
        }
        for row in row..count {
            add::<S, P, 1>(simd, factors, row, rows_at(self.rows, row, self.length, columns.clone()), into);
        }
    }
}

/// into_p += Σ_r factors_p[first + r] · rows_r.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "several rows are read at one place")]
fn add<S: Simd, const P: usize, const R: usize>(
    simd: S,
    factors: [&[f64]; P],
    first: usize,
    rows: [&[f64]; R],
    into: &mut [&mut [f64]; P],
) {
    let factors: [[f64; R]; P] = std::array::from_fn(|p| std::array::from_fn(|r| factors[p][first + r]));
    let splats: [[S::f64s; R]; P] =
        std::array::from_fn(|p| std::array::from_fn(|r| simd.splat_f64s(factors[p][r])));
    let whole = S::as_simd_f64s(rows[0]).0.len();
    let from = rows[0].len() - S::as_simd_f64s(rows[0]).1.len();
    let vectors: [&[S::f64s]; R] = std::array::from_fn(|r| &S::as_simd_f64s(rows[r]).0[..whole]);
    for place in 0..whole {
        let here: [S::f64s; R] = std::array::from_fn(|r| vectors[r][place]);
        for p in 0..P {
            let into = &mut S::as_mut_simd_f64s(into[p]).0[place];
            let mut sum = *into;
            for r in 0..R {
                sum = simd.mul_add_f64s(splats[p][r], here[r], sum);
            }
            *into = sum;
        }
    }
    for place in from..rows[0].len() {
        for p in 0..P {
            for r in 0..R {
                into[p][place] = factors[p][r].mul_add(rows[r][place], into[p][place]);
            }
        }
    }
}

struct RowProducts<'a> {
    x: &'a [f64],
    rows: &'a [f64],
    into: &'a mut [f64],
    /// Columns of x and of the rows.
    widths: [usize; 2],
    /// Rows.
    count: usize,
}

impl WithSimd for RowProducts<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        if self.count == 0 {
            return;
        }
        over_blocks([self.into.len() / self.count, self.widths[0]], simd, &mut self);
    }
}

impl InBlocks for RowProducts<'_> {
    #[inline(always)]
    fn block<S: Simd, const P: usize>(&mut self, simd: S, first: usize, columns: Range<usize>) {
        let [own, other] = self.widths;
        let x: [&[f64]; P] = rows_at(self.x, first, own, columns.clone());
        let into = &mut rows_at_mut::<P>(self.into, first, self.count, 0..self.count);
        let mut row = 0;
        while row + GROUP <= self.count {
            multiply::<S, P, GROUP>(simd, x, rows_at(self.rows, row, other, columns.clone()), row, into);
            row += GROUP;
        }
        for row in row..self.count {
            multiply::<S, P, 1>(simd, x, rows_at(self.rows, row, other, columns.clone()), row, into);
        }
    }
}

/// into_p[first + r] += ⟨x_p, rows_r⟩.
#[inline(always)]
fn multiply<S: Simd, const P: usize, const R: usize>(
    simd: S,
    x: [&[f64]; P],
    rows: [&[f64]; R],
    first: usize,
    into: &mut [&mut [f64]; P],
) {
    let whole = S::as_simd_f64s(rows[0]).0.len();
    let from = rows[0].len() - S::as_simd_f64s(rows[0]).1.len();
    let row_vectors: [&[S::f64s]; R] = std::array::from_fn(|r| &S::as_simd_f64s(rows[r]).0[..whole]);
    let x_vectors: [&[S::f64s]; P] = std::array::from_fn(|p| &S::as_simd_f64s(x[p]).0[..whole]);
    let mut sums = [[simd.splat_f64s(0.0); R]; P];
    for place in 0..whole {
        let here: [S::f64s; R] = std::array::from_fn(|r| row_vectors[r][place]);
        for p in 0..P {
            let x = x_vectors[p][place];
            for r in 0..R {
                sums[p][r] = simd.mul_add_f64s(x, here[r], sums[p][r]);
            }
        }
    }
    for p in 0..P {
        for r in 0..R {
            let rest: f64 = x[p][from..].iter().zip(&rows[r][from..]).map(|(x, y)| x * y).sum();
            into[p][first + r] += simd.reduce_sum_f64s(sums[p][r]) + rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, s};

    fn matrix(rows: usize, columns: usize, phase: f64) -> Array2<f64> {
        Array1::from_shape_fn(rows * columns, |k| (0.7 * k as f64 + phase).sin())
            .into_shape_with_order((rows, columns))
            .expect("as many")
    }

    fn largest(differences: &Array2<f64>) -> f64 {
        differences.iter().map(|x| x.abs()).fold(0.0, f64::max)
    }

    #[test]
    fn products_are_those_of_the_general_routine() {
        for (results, count, columns) in [(10, 13, 1100), (8, 4, 37), (1, 1, 3), (7, 6, 0), (3, 0, 20)] {
            let [x, rows] = [matrix(results, columns, 0.1), matrix(count, columns + 5, 0.2)];
            let expected = x.dot(&rows.slice(s![.., ..columns]).t());
            let apart = row_products(x.view(), rows.view()) - &expected;
            assert!(largest(&apart) < 1e-12, "{results} {count} {columns}");
            let factors = matrix(results, count, 0.3);
            let mut into = matrix(results, columns + 5, 0.4);
            let expected = &into + &factors.dot(&rows);
            add_combinations(factors.view(), rows.view(), into.view_mut());
            assert!(largest(&(into - expected)) < 1e-12, "{results} {count} {columns}");
        }
    }

    #[test]
    fn what_is_not_stored_by_rows_is_multiplied_too() {
        let [x, rows] = [matrix(6, 5, 0.1), matrix(5, 4, 0.2)];
        let turned = rows.t();
        let apart = row_products(x.view(), turned.view().to_owned().view()) - x.dot(&rows);
        assert!(largest(&apart) < 1e-14);
        assert!(largest(&(row_products(x.view(), turned) - x.dot(&rows))) < 1e-14);
        let mut into = Array2::zeros((4, 6));
        into.swap_axes(0, 1);
        add_combinations(x.view(), rows.view(), into.view_mut());
        assert!(largest(&(into - x.dot(&rows))) < 1e-14);
    }
}
