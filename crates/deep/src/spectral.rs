//! Functions of symmetric matrices over the data points: roots, inverses, spectra, and the empirical Gram
//! matrices that they are taken of. Which matrix means what is not known here.

use nalgebra::{DMatrix, SymmetricEigen};
use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Eigenvalues of a Gram matrix below this share of the largest, times its size, count as 0.
pub const SINGULAR: f64 = 1e-13;

/// Eigenvalues and eigenvectors (columns) of a symmetric matrix, in no order.
pub(crate) fn symmetric_eigen(matrix: &Array2<f64>) -> (Array1<f64>, Array2<f64>) {
    let size = matrix.nrows();
    let eigen = SymmetricEigen::new(DMatrix::from_fn(size, size, |i, j| matrix[[i, j]]));
    let vectors = Array2::from_shape_fn((size, size), |(i, j)| eigen.eigenvectors[(i, j)]);
    (eigen.eigenvalues.iter().copied().collect(), vectors)
}

/// A symmetric matrix by a function of its eigenvalues.
pub fn spectral_function(matrix: &Array2<f64>, function: impl Fn(f64) -> f64) -> Array2<f64> {
    let (values, vectors) = symmetric_eigen(matrix);
    let scaled = &vectors * &values.mapv(function);
    scaled.dot(&vectors.t())
}

/// The symmetric square root, negative eigenvalues (of rounding) taken as 0.
pub fn square_root(matrix: &Array2<f64>) -> Array2<f64> {
    spectral_function(matrix, |value| value.max(0.0).sqrt())
}

/// Eigenvalues, smallest first: the first is λ_min of Assumption 2 at f₂ of the start.
pub fn spectrum(matrix: &Array2<f64>) -> Vec<f64> {
    let mut values = symmetric_eigen(matrix).0.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

/// The inverse, in directions of eigenvalues that are not 0.
pub fn pseudo_inverse(gram: &Array2<f64>) -> Array2<f64> {
    let size = gram.nrows();
    let matrix = DMatrix::from_fn(size, size, |i, j| gram[[i, j]]);
    let threshold = least_eigenvalue(gram);
    // Where there is nothing to leave out it is exact to more digits without eigenvectors.
    match matrix.cholesky() {
        Some(cholesky) if cholesky.l_dirty().diagonal().iter().all(|pivot| pivot * pivot > threshold) => {
            let inverse = cholesky.inverse();
            Array2::from_shape_fn((size, size), |(i, j)| inverse[(i, j)])
        }
        _ => spectral_function(gram, |value| if value > threshold { value.recip() } else { 0.0 }),
    }
}

/// gram^{−½}, in directions of eigenvalues that are not 0.
pub fn inverse_root(gram: &Array2<f64>) -> Array2<f64> {
    let threshold = least_eigenvalue(gram);
    spectral_function(gram, |value| if value > threshold { value.sqrt().recip() } else { 0.0 })
}

/// Eigenvalues up to this count as 0.
fn least_eigenvalue(gram: &Array2<f64>) -> f64 {
    SINGULAR * gram.nrows() as f64 * gram.diag().iter().copied().fold(0.0, f64::max)
}

/// Σ q h₁(β) h₁(β)ᵀ of values of shape (points, paths): K̂ of Lemma 5 for q = 1/m.
pub fn empirical_gram(values: ArrayView2<f64>, shares: &Array1<f64>) -> Array2<f64> {
    (&values * &shares.view().insert_axis(Axis(0))).dot(&values.t())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn roots_and_inverses_leave_out_what_is_0() {
        let regular = array![[2.0, 0.5], [0.5, 1.0]];
        let apart = pseudo_inverse(&regular).dot(&regular) - Array2::<f64>::eye(2);
        assert!(apart.iter().all(|x| x.abs() < 1e-14), "{apart}");
        let singular = array![[1.0, -1.0], [-1.0, 1.0]];
        let inverse = pseudo_inverse(&singular);
        assert!((&inverse - &(&singular * 0.25)).iter().all(|x| x.abs() < 1e-14), "{inverse}");
        let root = inverse_root(&singular);
        assert!((root.dot(&root) - inverse).iter().all(|x| x.abs() < 1e-14), "{root}");
        let root = square_root(&regular);
        assert!((root.dot(&root) - &regular).iter().all(|x| x.abs() < 1e-14), "{root}");
        assert_eq!(spectrum(&array![[3.0, 0.0], [0.0, 1.0]]), [1.0, 3.0]);
    }
}
