//! One minimising movement: argmin over x_i ≥ lower of E(Σ w_i φ(x_i)) + Σ w_i (x_i − y_i)²/(2τ), for atoms
//! of weights w_i that were at y_i. Newton's method with a line search: the Hessian is a diagonal and one
//! rank-one term for each feature, so a step costs atoms × rank² (Woodbury's formula). It knows no time.

use meanfield_model::landscape::Landscape;
use nalgebra::{Cholesky, DMatrix, DVector};
use ndarray::{Array1, Array2, ArrayViewMut1};

/// A minimum is found by a Newton step that moves no atom by more than this, relative to the largest position
/// (or 1). Where the diagonal is not kept up ([`CURVED`]) the next one would be of the size of its square.
const CLOSE: f64 = 1e-7;
/// Newton steps after which the best point so far is taken: it is lower than the start, if not the lowest.
const MOST_ITERATIONS: usize = 60;
/// Halvings of a Newton step.
const MOST_HALVINGS: usize = 40;
/// Share of the decrease that the slope predicts (Armijo).
const SUFFICIENT: f64 = 1e-4;
/// Smallest curvature kept in the diagonal, in units of 1/τ.
const CURVED: f64 = 0.1;
/// Distance over which Ψ' is differenced, relative to the position (or 1).
const DIFFERENCE: f64 = 1e-5;

/// One minimisation.
pub(crate) struct Movement<'a, L> {
    landscape: &'a L,
    weights: &'a [f64],
    lower: f64,
    start: &'a [f64],
    tau: f64,
    evaluations: u64,
}

/// The minimiser of a step.
pub(crate) struct Minimum {
    pub positions: Vec<f64>,
    pub energy: f64,
    /// The Newton step left undone, relative to the largest position (or 1); 0 where the minimum was found.
    pub left: f64,
    /// Number of evaluations of the objective or its Hessian.
    pub evaluations: u64,
}

/// The objective and what Newton's method needs of it, at one point.
struct Point {
    positions: Vec<f64>,
    objective: f64,
    energy: f64,
    moments: Vec<f64>,
    /// φ_k'(x_i), shape (atom, feature).
    gradients: Array2<f64>,
    /// ∂/∂x_i of the objective over w_i: 2Ψ'(x_i) + (x_i − y_i)/τ.
    slope: Vec<f64>,
}

impl<'a, L: Landscape<1>> Movement<'a, L> {
    /// The movement of atoms with `weights` summing to 1 from `start` ≥ `lower`, by a step of `tau` > 0.
    pub fn new(landscape: &'a L, weights: &'a [f64], lower: f64, start: &'a [f64], tau: f64) -> Self {
        Self { landscape, weights, lower, start, tau, evaluations: 0 }
    }

    /// Newton's method on the atoms that are free to move, with a line search; None where no Newton step can
    /// be computed.
    pub fn minimise(mut self) -> Option<Minimum> {
        let mut here = self.point(self.start.to_vec());
        let mut left = 0.0;
        for _ in 0..MOST_ITERATIONS {
            let direction = self.direction(&here)?;
            left = largest_size(&direction) / largest_size(&here.positions).max(1.0);
            let Some(lower) = self.descend(&here, &direction) else { break };
            here = lower;
            if left <= CLOSE {
                break;
            }
        }
        // Below CLOSE there may be nothing lower to be found: rounding.
        let left = if left <= CLOSE { 0.0 } else { left };
        Some(Minimum { positions: here.positions, energy: here.energy, left, evaluations: self.evaluations })
    }

    /// The objective, the features' gradients and the slope at `positions`.
    fn point(&mut self, positions: Vec<f64>) -> Point {
        let mut gradients = Array2::zeros((positions.len(), self.landscape.rank()));
        let mut rows = gradients.rows_mut().into_iter().filter_map(ArrayViewMut1::into_slice);
        let mut atoms = positions.iter().zip(self.weights).map(|(x, weight)| ([*x], *weight));
        let moments = self.landscape.moments_and_gradients(&mut atoms, &mut |of_atom: &[[f64; 1]]| {
            if let Some(row) = rows.next() {
                row.copy_from_slice(of_atom.as_flattened());
            }
        });
        self.evaluations += 1;
        let mut coefficients = vec![0.0; moments.len()];
        self.landscape.potential_coefficients(&moments, &mut coefficients);
        let potential_slope = gradients.dot(&Array1::from(coefficients));
        let displacement: Vec<f64> = positions.iter().zip(self.start).map(|(x, y)| x - y).collect();
        let slope =
            potential_slope.iter().zip(&displacement).map(|(slope, d)| 2.0 * slope + d / self.tau).collect();
        let squared: f64 = self.weights.iter().zip(&displacement).map(|(w, d)| w * d.powi(2)).sum();
        let energy = self.landscape.energy(&moments);
        Point { positions, objective: energy + 0.5 * squared / self.tau, energy, moments, gradients, slope }
    }

    /// Whether an atom is not at rest at the boundary.
    fn is_free(&self, here: &Point, i: usize) -> bool {
        here.positions[i] > self.lower || here.slope[i] < 0.0
    }

    /// The Newton step: (D + Σ_k 2κ_k g_k g_kᵀ) p = −slope over the free atoms, in the inner product of the
    /// weights.
    fn direction(&mut self, here: &Point) -> Option<Vec<f64>> {
        let atoms: Vec<usize> = (0..here.positions.len()).filter(|&i| self.is_free(here, i)).collect();
        self.evaluations += 1;
        let diagonal = self.diagonal(here);
        let plain = Array1::from_iter(atoms.iter().map(|&i| -here.slope[i] / diagonal[i]));
        let correction = self.correction(here, &atoms, &diagonal, &plain)?;
        let mut direction = vec![0.0; here.positions.len()];
        for (j, &i) in atoms.iter().enumerate() {
            direction[i] = plain[j] - correction[j] / diagonal[i];
        }
        Some(direction)
    }

    /// The correction by the rank-one terms, times the diagonal: rows √(2κ_k) φ_k'(x_i) of the free `atoms`,
    /// and Woodbury's small system.
    fn correction(
        &self,
        here: &Point,
        atoms: &[usize],
        diagonal: &[f64],
        plain: &Array1<f64>,
    ) -> Option<Array1<f64>> {
        let rank = self.landscape.rank();
        let root = self.curvature_roots(here);
        let rows =
            Array2::from_shape_fn((rank, atoms.len()), |(k, i)| root[k] * here.gradients[[atoms[i], k]]);
        let weighted = Array2::from_shape_fn((rank, atoms.len()), |(k, i)| {
            rows[[k, i]] * self.weights[atoms[i]] / diagonal[atoms[i]]
        });
        let small = Array2::eye(rank) + weighted.dot(&rows.t());
        let weights = Array1::from_iter(atoms.iter().map(|&i| self.weights[i]));
        let answer = solve(&small, &rows.dot(&(plain * &weights)))?;
        Some(rows.t().dot(&answer))
    }

    /// √(2κ_k), κ_k the curvature of E/2 in moment k; 0 where E is not convex.
    fn curvature_roots(&self, here: &Point) -> Vec<f64> {
        let mut curvatures = vec![0.0; self.landscape.rank()];
        self.landscape.curvatures(&here.moments, &mut curvatures);
        curvatures.into_iter().map(|curvature| (2.0 * curvature).max(0.0).sqrt()).collect()
    }

    /// 2Ψ''(x_i) + 1/τ at fixed moments, kept positive.
    fn diagonal(&self, here: &Point) -> Vec<f64> {
        let rank = self.landscape.rank();
        let mut coefficients = vec![0.0; rank];
        self.landscape.potential_coefficients(&here.moments, &mut coefficients);
        let mut values = vec![0.0; rank];
        let mut gradient = vec![[0.0]; rank];
        here.positions
            .iter()
            .enumerate()
            .map(|(i, x): (usize, &f64)| {
                let further = x + DIFFERENCE * x.abs().max(1.0);
                self.landscape.features([further], &mut values, &mut gradient);
                let change = coefficients.iter().zip(&gradient).zip(here.gradients.row(i));
                let change: f64 = change.map(|((c, [there]), here)| c * (there - here)).sum();
                (2.0 * change / (further - x) + self.tau.recip()).max(CURVED / self.tau)
            })
            .collect()
    }

    /// A point along the direction, cut at the lower end, that is lower by a share of what the slope
    /// predicts.
    fn descend(&mut self, here: &Point, direction: &[f64]) -> Option<Point> {
        let mut share = 1.0;
        for _ in 0..MOST_HALVINGS {
            let along = here.positions.iter().zip(direction);
            let positions: Vec<f64> = along.map(|(x, d)| (x + share * d).max(self.lower)).collect();
            let predicted: f64 = (0..positions.len())
                .map(|i| self.weights[i] * here.slope[i] * (positions[i] - here.positions[i]))
                .sum();
            let there = self.point(positions);
            if predicted < 0.0 && there.objective <= here.objective + SUFFICIENT * predicted {
                return Some(there);
            }
            share *= 0.5;
        }
        None
    }
}

/// The solution of a positive definite system; None if it is not one (numbers that are not finite).
fn solve(matrix: &Array2<f64>, right: &Array1<f64>) -> Option<Array1<f64>> {
    let (rows, columns) = matrix.dim();
    let matrix = DMatrix::from_fn(rows, columns, |i, j| 0.5 * (matrix[[i, j]] + matrix[[j, i]]));
    let answer = Cholesky::new(matrix)?.solve(&DVector::from_iterator(rows, right.iter().copied()));
    Some(answer.iter().copied().collect())
}

fn largest_size(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()))
}
