//! Weights v_ℓ(Θ, Θ̄) between paths, 2 ≤ ℓ ≤ L: as a matrix, or as Σ_r left_r(Θ) right_r(Θ̄). Algorithm 2
//! begins at rank N (Lemma 5) and a step of gradient flow adds a few times N: in the limit products cost
//! O(paths), not O(paths²). Shares of paths and what the weights multiply are not known here.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, concatenate, s};

use super::thin::{add_combinations, row_products};
use crate::spectral::symmetric_eigen;

/// Singular values below this share of the largest are rounding: they are roots of eigenvalues.
pub const ROUNDING: f64 = 1e-7;

/// v_ℓ, shape (paths, paths): rows are the paths that send, columns those that receive.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum PairWeights {
    /// As it is.
    Matrix(Array2<f64>),
    /// leftᵀ right, both of the shape (rank, paths).
    Factors {
        /// Of the paths that send.
        left: Array2<f64>,
        /// Of the paths that receive.
        right: Array2<f64>,
    },
}

/// leftᵀ diag(factors) right on top of weights, all of them of few rows: what a step of a flow adds.
#[derive(Clone, Copy, Debug)]
pub struct Correction<'a> {
    /// Shape (rows, paths).
    pub left: ArrayView2<'a, f64>,
    /// Shape (rows, paths).
    pub right: ArrayView2<'a, f64>,
    /// One for each row.
    pub factors: ArrayView1<'a, f64>,
}

/// into += x leftᵀ diag(factors) right, where the first columns of x and left count.
fn add_product(
    x: &ArrayView2<f64>,
    left: &ArrayView2<f64>,
    factors: Option<ArrayView1<f64>>,
    right: &ArrayView2<f64>,
    into: &mut Array2<f64>,
) {
    let mut inner = row_products(*x, *left);
    if let Some(factors) = factors {
        inner *= &factors;
    }
    add_combinations(inner.view(), *right, into.view_mut());
}

impl PairWeights {
    /// Paths.
    pub fn paths(&self) -> usize {
        match self {
            Self::Matrix(matrix) => matrix.ncols(),
            Self::Factors { right, .. } => right.ncols(),
        }
    }

    /// into = x v, where x of shape (points, acting paths) holds what the first paths send, times shares.
    pub fn send(&self, x: ArrayView2<f64>, correction: Option<Correction>, into: &mut Array2<f64>) {
        match self {
            // One row is a sum of rows: nothing is gained by blocks of the matrix.
            Self::Matrix(matrix) if x.nrows() == 1 => {
                let mut into = into.row_mut(0);
                into.fill(0.0);
                for (row, x) in matrix.rows().into_iter().zip(x.row(0)) {
                    into.scaled_add(*x, &row);
                }
            }
            Self::Matrix(matrix) => {
                into.fill(0.0);
                add_combinations(x, matrix.slice(s![..x.ncols(), ..]), into.view_mut());
            }
            Self::Factors { left, right } => {
                into.fill(0.0);
                add_product(&x, &left.view(), None, &right.view(), into);
            }
        }
        if let Some(Correction { left, right, factors }) = correction {
            add_product(&x, &left, Some(factors), &right, into);
        }
    }

    /// into = y vᵀ, where y of shape (points, acting paths) comes back to the first paths, times shares.
    pub fn send_back(&self, y: ArrayView2<f64>, correction: Option<Correction>, into: &mut Array2<f64>) {
        match self {
            Self::Matrix(matrix) if y.nrows() == 1 => {
                let products = matrix.slice(s![.., ..y.ncols()]).dot(&y.row(0));
                into.row_mut(0).assign(&products);
            }
            Self::Matrix(matrix) => into.assign(&row_products(y, matrix.view())),
            Self::Factors { left, right } => {
                into.fill(0.0);
                add_product(&y, &right.view(), None, &left.view(), into);
            }
        }
        if let Some(Correction { left, right, factors }) = correction {
            add_product(&y, &right, Some(factors), &left, into);
        }
    }

    /// v ← v + leftᵀ diag(factors) right.
    pub fn add(&mut self, correction: Correction) {
        let Correction { left, right, factors } = correction;
        let scaled = &left * &factors.insert_axis(Axis(1));
        match self {
            Self::Matrix(matrix) if scaled.nrows() == 1 => {
                for (mut row, left) in matrix.rows_mut().into_iter().zip(scaled.row(0)) {
                    row.scaled_add(*left, &right.row(0));
                }
            }
            Self::Matrix(matrix) => {
                add_combinations(scaled.t().as_standard_layout().view(), right, matrix.view_mut());
            }
            Self::Factors { left: own_left, right: own_right } => {
                let seen: Vec<usize> = (0..factors.len()).filter(|row| factors[*row] != 0.0).collect();
                *own_left = concatenate![Axis(0), own_left.view(), scaled.select(Axis(0), &seen)];
                *own_right = concatenate![Axis(0), own_right.view(), right.select(Axis(0), &seen)];
            }
        }
    }

    /// The rank of factors; paths of a matrix.
    pub fn rank(&self) -> usize {
        match self {
            Self::Matrix(matrix) => matrix.nrows(),
            Self::Factors { left, .. } => left.nrows(),
        }
    }

    /// Fewer factors: without those whose singular values are below a share of the largest, not less than
    /// [`ROUNDING`]; `weights` ≥ 0 say how much each path counts. A matrix stays as it is.
    pub fn compress(&mut self, weights: ArrayView1<f64>, share: f64) {
        if let Self::Factors { left, right } = self {
            let least = share.max(ROUNDING).powi(2);
            let [left_basis, left_triangle] = basis(left, weights);
            let [right_basis, right_triangle] = basis(right, weights);
            // v = leftᵀ right, left = left_triangle left_basis, right likewise.
            let inner = left_triangle.t().dot(&right_triangle);
            let gram = inner.dot(&inner.t());
            let (squares, turn) = symmetric_eigen(&gram);
            let largest = squares.iter().copied().fold(0.0, f64::max);
            let kept: Vec<usize> = (0..squares.len()).filter(|k| squares[*k] > least * largest).collect();
            let turn = turn.select(Axis(1), &kept);
            *left = turn.t().dot(&left_basis);
            *right = turn.t().dot(&inner).dot(&right_basis);
        }
    }

    /// v, shape (paths, paths).
    pub fn matrix(&self) -> Array2<f64> {
        match self {
            Self::Matrix(matrix) => matrix.clone(),
            Self::Factors { left, right } => left.t().dot(right),
        }
    }

    /// The same weights, numbered otherwise: those between these paths.
    pub fn select(&self, paths: &[usize]) -> Self {
        match self {
            Self::Matrix(matrix) => Self::Matrix(matrix.select(Axis(0), paths).select(Axis(1), paths)),
            Self::Factors { left, right } => {
                Self::Factors { left: left.select(Axis(1), paths), right: right.select(Axis(1), paths) }
            }
        }
    }
}

/// An orthonormal basis of the rows of factors, with weights of the paths, and what it has to be multiplied
/// by from the left to give them: [basis, triangle], factors = triangle basis.
fn basis(factors: &Array2<f64>, weights: ArrayView1<f64>) -> [Array2<f64>; 2] {
    let first = orthogonalized(factors, weights);
    // Twice is enough: the first basis is orthonormal to 1e-8 only where the factors are nearly dependent.
    let second = orthogonalized(&first[0], weights);
    let triangle = first[1].dot(&second[1]);
    let [basis, _] = second;
    [basis, triangle]
}

/// By Cholesky's decomposition with pivots, which leaves out what depends on rows already taken.
fn orthogonalized(factors: &Array2<f64>, weights: ArrayView1<f64>) -> [Array2<f64>; 2] {
    let (pivots, triangle) = pivoted_cholesky((factors * &weights).dot(&factors.t()));
    let square = triangle.select(Axis(0), &pivots);
    let basis = inverse_of_lower(&square).dot(&factors.select(Axis(0), &pivots));
    [basis, triangle]
}

/// The rows that were taken, in order, and L with L Lᵀ = gram: a column for each of them. It ends where what
/// is left of the diagonal is rounding.
fn pivoted_cholesky(mut gram: Array2<f64>) -> (Vec<usize>, Array2<f64>) {
    let size = gram.nrows();
    let least = ROUNDING * ROUNDING * gram.diag().iter().copied().fold(0.0, f64::max);
    let mut pivots = Vec::new();
    let mut triangle = Array2::zeros((size, size));
    while let Some(pivot) = largest_pivot(&gram, &pivots).filter(|pivot| gram[[*pivot, *pivot]] > least) {
        let root = gram[[pivot, pivot]].sqrt();
        let mut column = gram.row(pivot).to_owned() / root;
        pivots.iter().for_each(|taken| column[*taken] = 0.0);
        for (row, factor) in column.iter().enumerate() {
            gram.row_mut(row).scaled_add(-factor, &column);
        }
        triangle.column_mut(pivots.len()).assign(&column);
        pivots.push(pivot);
    }
    let triangle = triangle.slice(s![.., ..pivots.len()]).to_owned();
    (pivots, triangle)
}

/// The inverse of a lower triangular matrix.
fn inverse_of_lower(lower: &Array2<f64>) -> Array2<f64> {
    let mut inverse = Array2::<f64>::eye(lower.nrows());
    for row in 0..lower.nrows() {
        let (above, mut below) = inverse.view_mut().split_at(Axis(0), row);
        let mut own = below.row_mut(0);
        for (other, factor) in above.rows().into_iter().zip(lower.row(row)) {
            own.scaled_add(-factor, &other);
        }
        own /= lower[[row, row]];
    }
    inverse
}

/// Where the diagonal is largest among the rows that are not taken.
fn largest_pivot(gram: &Array2<f64>, taken: &[usize]) -> Option<usize> {
    let free = (0..gram.nrows()).filter(|row| !taken.contains(row));
    free.max_by(|a, b| gram[[*a, *a]].total_cmp(&gram[[*b, *b]]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use meanfield_random::deviates::normal;
    use meanfield_random::stream::{Purpose, generator};
    use ndarray::Array1;

    fn random(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
        let mut random = generator(seed, Purpose::Noise, 0);
        Array2::from_shape_simple_fn((rows, columns), || normal(&mut random))
    }

    fn largest_difference(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn factors_do_what_their_matrix_does() {
        let factors = PairWeights::Factors { left: random(3, 20, 1), right: random(3, 20, 2) };
        let matrix = PairWeights::Matrix(factors.matrix());
        let [left, right] = [random(4, 20, 3), random(4, 20, 4)];
        let scales = Array1::linspace(-1.0, 2.0, 4);
        let correction = Correction { left: left.view(), right: right.view(), factors: scales.view() };
        let x = random(5, 17, 5);
        for back in [false, true] {
            let [mut found, mut expected] = [Array2::zeros((5, 20)), Array2::zeros((5, 20))];
            for (weights, into) in [(&factors, &mut found), (&matrix, &mut expected)] {
                match back {
                    false => weights.send(x.view(), Some(correction), into),
                    true => weights.send_back(x.view(), Some(correction), into),
                }
            }
            assert!(largest_difference(&found, &expected) < 1e-12);
            let mut whole = matrix.clone();
            whole.add(correction);
            let whole = if back { whole.matrix().reversed_axes() } else { whole.matrix() };
            let by_hand = x.dot(&whole.slice(s![..17, ..]));
            assert!(largest_difference(&expected, &by_hand) < 1e-12);
        }
    }

    #[test]
    fn compressed_factors_are_fewer_and_the_same_weights() {
        let mix = random(12, 5, 6);
        let [left, right] = [mix.dot(&random(5, 60, 7)), random(12, 60, 8)];
        let mut weights = PairWeights::Factors { left, right };
        let before = weights.matrix();
        weights.compress(Array1::from_elem(60, 1.0 / 60.0).view(), ROUNDING);
        assert_eq!(weights.rank(), 5);
        assert!(largest_difference(&before, &weights.matrix()) < 1e-7);
    }
}
