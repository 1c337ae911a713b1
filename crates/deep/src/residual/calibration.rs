//! Shares of drawn paths with Σ q h₁(β_ℓ) h₁(β_ℓ)ᵀ = K_ℓ, by exponential tilting: q ∝ e^{⟨λ, φ⟩}, the
//! law closest to equal shares that has the means wanted, and is positive. Which functions φ have which means
//! is told; no network is known here.

use nalgebra::{DMatrix, DVector};
use ndarray::{Array1, Array2, Axis};
use thiserror::Error;

use crate::spectral::symmetric_eigen;

/// Means are right to this share of the spread of φ.
const TOLERANCE: f64 = 1e-11;
/// Newton steps.
const STEPS: usize = 60;
/// A step that is halved so often leads nowhere.
const HALVINGS: usize = 30;
/// Combinations whose mean square is below this share of the largest are left to themselves: rounding, or
/// where few atoms cannot have all means, what matters least. The groups of paths tell what that costs.
const DEPENDENT: [f64; 5] = [1e-12, 1e-9, 1e-6, 1e-4, 1e-2];
/// Share of the largest variance added to all.
const RIDGE: f64 = 1e-13;

/// Shares that do not exist, or were not found.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("{atoms} pairs of paths cannot be given shares with {constraints} means: write more paths")]
pub struct CalibrationError {
    /// Pairs of paths.
    pub atoms: usize,
    /// Means that they should have.
    pub constraints: usize,
}

/// Shares q > 0, Σ q = 1, with Σ_i q_i φ(i) = `means`, for φ of shape (functions, atoms).
///
/// # Errors
/// Where there are none: too few atoms for so many functions.
///
/// ```
/// use meanfield_deep::residual::calibration::calibrated_shares;
/// use ndarray::array;
///
/// let shares = calibrated_shares(&array![[-1.0, 0.0, 1.0]], &array![0.25])?;
/// assert!((shares[2] - shares[0] - 0.25).abs() < 1e-10);
/// # Ok::<(), meanfield_deep::residual::calibration::CalibrationError>(())
/// ```
pub fn calibrated_shares(
    functions: &Array2<f64>,
    means: &Array1<f64>,
) -> Result<Array1<f64>, CalibrationError> {
    let centred = functions - &means.view().insert_axis(Axis(1));
    let scales = centred.map_axis(Axis(1), |row| (row.dot(&row) / row.len() as f64).sqrt());
    let scaled = &centred / &scales.mapv(|s| if s > 0.0 { s } else { 1.0 }).insert_axis(Axis(1));
    let (constraints, atoms) = scaled.dim();
    let found = DEPENDENT.into_iter().find_map(|share| tilted(&independent(&scaled, share)));
    found.ok_or(CalibrationError { atoms, constraints })
}

/// Shares with which all functions have mean 0; None where Newton's method finds none.
fn tilted(scaled: &Array2<f64>) -> Option<Array1<f64>> {
    let constraints = scaled.nrows();
    let mut multipliers = Array1::zeros(constraints);
    let mut state = Tilt::new(scaled, &multipliers);
    for _ in 0..STEPS {
        let slope = scaled.dot(&state.shares);
        if slope.iter().all(|mean| mean.abs() < TOLERANCE) {
            return Some(state.shares);
        }
        let direction = newton_direction(scaled, &state.shares, &slope);
        let (next, tilt) = search(scaled, &multipliers, &direction, &state)?;
        multipliers = next;
        state = tilt;
    }
    None
}

/// Independent combinations of functions, each of mean square 1 with equal shares: where one depends on
/// others (odd functions at opposite inputs) its mean follows from theirs. Those below a share of the largest
/// are left out.
fn independent(functions: &Array2<f64>, share: f64) -> Array2<f64> {
    if functions.is_empty() {
        return functions.clone();
    }
    let squares = functions.dot(&functions.t()) / functions.ncols() as f64;
    let (values, vectors) = symmetric_eigen(&squares);
    let largest = values.iter().copied().fold(0.0, f64::max);
    let kept: Vec<usize> = (0..values.len()).filter(|i| values[*i] > share * largest).collect();
    let sizes = values.select(Axis(0), &kept).mapv(f64::sqrt);
    vectors.select(Axis(1), &kept).t().dot(functions) / &sizes.insert_axis(Axis(1))
}

/// Shares by multipliers, and log Σ e^{⟨λ, φ⟩}, which they make least.
struct Tilt {
    shares: Array1<f64>,
    height: f64,
}

impl Tilt {
    fn new(functions: &Array2<f64>, multipliers: &Array1<f64>) -> Self {
        let exponents = multipliers.dot(functions);
        let largest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let powers = exponents.mapv(|exponent| (exponent - largest).exp());
        let sum = powers.sum();
        Self { shares: powers / sum, height: largest + sum.ln() }
    }
}

/// −(covariance of φ)⁻¹ slope.
fn newton_direction(functions: &Array2<f64>, shares: &Array1<f64>, slope: &Array1<f64>) -> Array1<f64> {
    let products = (functions * shares).dot(&functions.t());
    let size = slope.len();
    let mut covariance = DMatrix::from_fn(size, size, |i, j| products[[i, j]] - slope[i] * slope[j]);
    let ridge = RIDGE * covariance.diagonal().max();
    for k in 0..size {
        covariance[(k, k)] += ridge;
    }
    let right = DVector::from_iterator(size, slope.iter().copied());
    let solution = match covariance.clone().cholesky() {
        Some(cholesky) => cholesky.solve(&right),
        None => covariance.pseudo_inverse(RIDGE).map_or(right.clone(), |inverse| inverse * &right),
    };
    solution.iter().map(|x| -x).collect()
}

/// A step, halved until it leads down.
fn search(
    functions: &Array2<f64>,
    multipliers: &Array1<f64>,
    direction: &Array1<f64>,
    state: &Tilt,
) -> Option<(Array1<f64>, Tilt)> {
    let mut length = 1.0;
    for _ in 0..HALVINGS {
        let next = multipliers + &(direction * length);
        let tilt = Tilt::new(functions, &next);
        // Near the minimum heights differ by rounding alone.
        if tilt.height <= state.height + 1e-13 {
            return Some((next, tilt));
        }
        length *= 0.5;
    }
    None
}
