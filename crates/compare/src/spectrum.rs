//! The diversity spectrum of a law of what neurons answer to inputs: how many functions of the input they
//! span. It judges nothing.

use meanfield_model::measure::Measure;
use nalgebra::DMatrix;

/// Eigenvalues, largest first, of the covariance of a law of atoms between its p coordinates, divided by p:
/// of the covariance as an operator of functions on p inputs of equal weight. None of laws of another form,
/// or with numbers that are not finite.
pub fn diversity_spectrum(law: &Measure) -> Option<Vec<f64>> {
    let (points, weights) = law.atoms()?;
    let mean = weights.dot(points);
    let mut scaled = points - &mean;
    for (mut row, weight) in scaled.rows_mut().into_iter().zip(weights) {
        row *= weight.sqrt();
    }
    let covariance = scaled.t().dot(&scaled) / points.ncols() as f64;
    if !covariance.iter().all(|x| x.is_finite()) {
        return None;
    }
    let matrix = DMatrix::from_fn(covariance.nrows(), covariance.ncols(), |i, j| covariance[[i, j]]);
    let mut eigenvalues: Vec<f64> = matrix.symmetric_eigenvalues().iter().map(|x| x.max(0.0)).collect();
    eigenvalues.sort_by(|a, b| b.total_cmp(a));
    Some(eigenvalues)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_line_of_answers_has_one_eigenvalue() {
        // ± (1, 2): covariance (1, 2)ᵀ(1, 2), eigenvalue 5, over two inputs.
        let law = Measure::Atoms { points: array![[1.0, 2.0], [-1.0, -2.0]], weights: array![0.5, 0.5] };
        let found = diversity_spectrum(&law).expect("atoms");
        assert!((found[0] - 2.5).abs() < 1e-14 && found[1].abs() < 1e-14, "{found:?}");
        let shifted = Measure::Atoms { points: array![[4.0, 3.0]], weights: array![1.0] };
        assert_eq!(diversity_spectrum(&shifted), Some(vec![0.0, 0.0]));
    }
}
