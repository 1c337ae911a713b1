//! The system `jko`: minimising movements (Jordan, Kinderlehrer & Otto 1998; Mei, Montanari & Nguyen 2018, eq. 10).
//!
//! ```text
//!   ρ_{k+1} = argmin_ρ  R(ρ) + W₂²(ρ, ρ_k) / (2τ),   τ = ∫ξ dt over the step
//! ```
//! On a line W₂ is the distance of the quantile functions. For atoms of fixed weights w_i in order, at y_i before the
//! step and x_i after it, the step minimises R(Σ w_i φ(x_i)) + Σ w_i (x_i − y_i)²/(2τ) over x_i ≥ 0: an implicit
//! Euler step, first order in τ, after which the risk is lower whatever τ is. Newton's method: the Hessian is a
//! diagonal and one rank-one term for each feature, so a step costs atoms × rank² (Woodbury's formula).
//!
//! Steps end where they do, whenever the law is observed. In between the law is De Giorgi's: the minimum
//! for the part of τ gone by, from the step before. The risk falls along it, and observing changes nothing.

use meanfield_model::landscape::Landscape;
use meanfield_model::measure::Measure;
use meanfield_run::certificate;
use meanfield_run::schedule::Schedule;
use meanfield_run::system::{Observation, RunError, State, Stride, System, stride};
use nalgebra::{Cholesky, DMatrix, DVector};
use ndarray::{Array1, Array2, aview1};

use crate::scalars::{self, scalar};

/// Steps in one stride.
const STEPS: usize = 4;
/// A minimum is found by a Newton step that moves no atom by more than this, relative to the largest position (or 1).
/// Where the diagonal is not kept up ([`CURVED`]) the next one would be of the size of its square.
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
/// The first steps are shorter: this many times a half of the next, so that the fast beginning is followed, and the error
/// can be told (from longer steps) soon after it.
const HALVINGS: i32 = 6;
/// Steps of midpoint rule in τ = ∫ξ dt.
const SCHEDULE_NODES: usize = 16;

/// See the module's head.
pub struct Jko<L> {
    landscape: L,
    schedule: Schedule,
    weights: Vec<f64>,
    lower: f64,
    /// Step in t.
    step: f64,
    /// Steps taken.
    count: u64,
    /// After these steps.
    reached: Law,
    /// At the present time.
    present: Law,
    first_risk: f64,
    /// Largest Newton step left undone, so far.
    unconverged: f64,
    evaluations: u64,
}

/// The atoms at one time.
#[derive(Clone)]
struct Law {
    time: f64,
    positions: Vec<f64>,
    risk: f64,
    /// Σ W₂²/τ over the steps so far.
    dissipated: f64,
}

/// The objective and what Newton's method needs of it, at one point.
struct Point {
    positions: Vec<f64>,
    objective: f64,
    risk: f64,
    moments: Vec<f64>,
    /// φ_k'(x_i), shape (atom, feature).
    gradients: Array2<f64>,
    /// ∂/∂x_i of the objective over w_i: 2Ψ'(x_i) + (x_i − y_i)/τ.
    slope: Vec<f64>,
}

impl<L: Landscape<1>> Jko<L> {
    /// Atoms at `positions` ≥ `lower` with `weights` summing to 1; steps of at most `step` in t.
    pub fn new(
        landscape: L,
        schedule: Schedule,
        positions: Vec<f64>,
        weights: Vec<f64>,
        lower: f64,
        step: f64,
    ) -> Self {
        let mut atoms = positions.iter().zip(&weights).map(|(x, weight)| ([*x], *weight));
        let first_risk = landscape.risk(&landscape.moments(&mut atoms));
        let start = Law { time: 0.0, positions, risk: first_risk, dissipated: 0.0 };
        Self {
            landscape,
            schedule,
            weights,
            lower,
            step,
            count: 0,
            reached: start.clone(),
            present: start,
            first_risk,
            unconverged: 0.0,
            evaluations: 0,
        }
    }

    /// One whole step, or the part of one that leads to `until`, which the next step does not start from.
    fn take_step(&mut self, until: f64) -> Result<(), RunError> {
        let end = self.end_of_step(self.count + 1);
        if end <= until {
            self.reached = self.minimum(end)?;
            self.count += 1;
            self.present = self.reached.clone();
        } else {
            self.present = self.minimum(until)?;
        }
        Ok(())
    }

    /// When a number of whole steps ends: steps double until they have their length.
    fn end_of_step(&self, count: u64) -> f64 {
        let whole = 2.0_f64.powi(HALVINGS);
        match i32::try_from(count).ok().filter(|count| *count <= HALVINGS) {
            Some(count) => self.step * (2.0_f64.powi(count) - 1.0) / whole,
            None => self.step * ((whole - 1.0) / whole + (count - HALVINGS as u64) as f64),
        }
    }

    /// The law at `end`: argmin R + W₂²/(2τ) from the law after the last whole step.
    fn minimum(&mut self, end: f64) -> Result<Law, RunError> {
        let tau = self.speed_up(end);
        if tau <= 0.0 {
            return Ok(Law { time: end, ..self.reached.clone() });
        }
        let start = self.reached.positions.clone();
        let lowest = self.minimise(&start, tau)?;
        let moved = |((x, y), w): ((&f64, &f64), &f64)| w * (x - y).powi(2);
        let distance: f64 = lowest.positions.iter().zip(&start).zip(&self.weights).map(moved).sum();
        let dissipated = self.reached.dissipated + distance / tau;
        Ok(Law { time: end, positions: lowest.positions, risk: lowest.risk, dissipated })
    }

    /// ∫ξ dt from the last whole step to `end`.
    fn speed_up(&self, end: f64) -> f64 {
        let (from, nodes) = (self.reached.time, SCHEDULE_NODES as f64);
        let width = (end - from) / nodes;
        (0..SCHEDULE_NODES).map(|i| width * self.schedule.rate(from + width * (i as f64 + 0.5))).sum()
    }

    /// Newton's method on the atoms that are free to move, with a line search.
    fn minimise(&mut self, start: &[f64], tau: f64) -> Result<Point, RunError> {
        let mut here = self.point(start.to_vec(), start, tau);
        let mut left = 0.0;
        for _ in 0..MOST_ITERATIONS {
            let direction = self.direction(&here, tau)?;
            left = largest_size(&direction) / largest_size(&here.positions).max(1.0);
            let lower = self.descend(&here, &direction, start, tau);
            match lower {
                Some(lower) => here = lower,
                None => break,
            }
            if left <= CLOSE {
                return Ok(here);
            }
        }
        // Below CLOSE there may be nothing lower to be found: rounding.
        self.unconverged = self.unconverged.max(if left <= CLOSE { 0.0 } else { left });
        Ok(here)
    }

    /// The objective, the features' gradients and the slope at `positions`.
    fn point(&mut self, positions: Vec<f64>, start: &[f64], tau: f64) -> Point {
        let mut gradients = Array2::zeros((positions.len(), self.landscape.rank()));
        let mut rows = gradients.rows_mut().into_iter();
        let mut keep = |of_atom: &[[f64; 1]]| {
            if let Some(mut row) = rows.next() {
                row.assign(&aview1(of_atom.as_flattened()));
            }
        };
        let mut atoms = positions.iter().zip(&self.weights).map(|(x, weight)| ([*x], *weight));
        let moments = self.landscape.moments_and_gradients(&mut atoms, &mut keep);
        self.evaluations += 1;
        let mut coefficients = vec![0.0; moments.len()];
        self.landscape.potential_coefficients(&moments, &mut coefficients);
        let potential_slope = gradients.dot(&Array1::from(coefficients));
        let way = |i: usize| positions[i] - start[i];
        let slope = (0..positions.len()).map(|i| 2.0 * potential_slope[i] + way(i) / tau).collect();
        let squared: f64 = self.weights.iter().enumerate().map(|(i, w)| w * way(i).powi(2)).sum();
        let risk = self.landscape.risk(&moments);
        Point { positions, objective: risk + 0.5 * squared / tau, risk, moments, gradients, slope }
    }

    /// The Newton step: (D + Σ_k 2κ_k g_k g_kᵀ) p = −slope over the free atoms, in the inner product of the weights.
    fn direction(&mut self, here: &Point, tau: f64) -> Result<Vec<f64>, RunError> {
        let lower = self.lower;
        let free = |i: usize| here.positions[i] > lower || here.slope[i] < 0.0;
        self.evaluations += 1;
        let diagonal = self.diagonal(here, tau);
        let atoms: Vec<usize> = (0..here.positions.len()).filter(|&i| free(i)).collect();
        let plain = Array1::from_iter(atoms.iter().map(|&i| -here.slope[i] / diagonal[i]));
        let (rank, root) = (self.landscape.rank(), self.curvature_roots(here));
        // Rows √(2κ_k) φ_k'(x_i) of the free atoms, and Woodbury's small system.
        let rows =
            Array2::from_shape_fn((rank, atoms.len()), |(k, i)| root[k] * here.gradients[[atoms[i], k]]);
        let weighted = Array2::from_shape_fn((rank, atoms.len()), |(k, i)| {
            rows[[k, i]] * self.weights[atoms[i]] / diagonal[atoms[i]]
        });
        let small = Array2::eye(rank) + weighted.dot(&rows.t());
        let weights = Array1::from_iter(atoms.iter().map(|&i| self.weights[i]));
        let answer = solve(&small, &rows.dot(&(&plain * &weights))).ok_or_else(|| RunError::Failed {
            time: self.reached.time,
            what: "no Newton step can be computed; write a smaller `step`".into(),
        })?;
        let correction = rows.t().dot(&answer);
        let mut direction = vec![0.0; here.positions.len()];
        for (j, &i) in atoms.iter().enumerate() {
            direction[i] = plain[j] - correction[j] / diagonal[i];
        }
        Ok(direction)
    }

    /// √(2κ_k), κ_k the curvature of R/2 in moment k; 0 where R is not convex.
    fn curvature_roots(&self, here: &Point) -> Vec<f64> {
        let mut curvatures = vec![0.0; self.landscape.rank()];
        self.landscape.curvatures(&here.moments, &mut curvatures);
        curvatures.into_iter().map(|curvature| (2.0 * curvature).max(0.0).sqrt()).collect()
    }

    /// 2Ψ''(x_i) + 1/τ at fixed moments, kept positive.
    fn diagonal(&self, here: &Point, tau: f64) -> Vec<f64> {
        let rank = self.landscape.rank();
        let mut coefficients = vec![0.0; rank];
        self.landscape.potential_coefficients(&here.moments, &mut coefficients);
        let (mut values, mut gradient) = (vec![0.0; rank], vec![[0.0]; rank]);
        let curvature = |(i, x): (usize, &f64)| {
            let further = x + DIFFERENCE * x.abs().max(1.0);
            self.landscape.features([further], &mut values, &mut gradient);
            let change = coefficients.iter().zip(&gradient).zip(here.gradients.row(i));
            let change: f64 = change.map(|((c, [there]), here)| c * (there - here)).sum();
            (2.0 * change / (further - x) + tau.recip()).max(CURVED / tau)
        };
        here.positions.iter().enumerate().map(curvature).collect()
    }

    /// A point along the direction, cut at the lower end, that is lower by a share of what the slope predicts.
    fn descend(&mut self, here: &Point, direction: &[f64], start: &[f64], tau: f64) -> Option<Point> {
        let mut share = 1.0;
        for _ in 0..MOST_HALVINGS {
            let along = here.positions.iter().zip(direction);
            let positions: Vec<f64> = along.map(|(x, d)| (x + share * d).max(self.lower)).collect();
            let predicted: f64 = (0..positions.len())
                .map(|i| self.weights[i] * here.slope[i] * (positions[i] - here.positions[i]))
                .sum();
            let there = self.point(positions, start, tau);
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

impl<L: Landscape<1>> System for Jko<L> {
    fn time(&self) -> f64 {
        self.present.time
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        stride(self, until, STEPS, |system| system.take_step(until))
    }

    fn observe(&self) -> Observation {
        let Law { positions, risk, dissipated, .. } = &self.present;
        let largest = positions.iter().copied().fold(self.lower, f64::max);
        let residual = (risk - self.first_risk + dissipated).abs();
        let truncation = self.landscape.truncation([largest]);
        Observation {
            risk: *risk,
            scalars: vec![
                scalars::mass_error(&self.weights),
                scalar(certificate::ENERGY_RESIDUAL, "|R(t) − R(0) + Σ W₂²/τ| over the steps", residual),
                scalars::kernel_truncation(truncation),
                scalar(
                    certificate::UNCONVERGED,
                    "largest Newton step left undone in a minimisation so far",
                    self.unconverged,
                ),
            ],
            law: Measure::Atoms {
                points: Array2::from_shape_fn((positions.len(), 1), |(i, _)| positions[i]),
                weights: Array1::from(self.weights.clone()),
            },
        }
    }

    fn work(&self) -> u64 {
        self.evaluations
    }

    fn save(&self) -> State {
        let Law { time, positions, risk, dissipated } = &self.reached;
        let mut reals = vec![*time, *risk, self.first_risk, *dissipated, self.unconverged];
        reals.extend(positions);
        State { integers: vec![self.count], reals }
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        match (&state.integers[..], state.reals.split_first_chunk::<5>()) {
            (&[count], Some((&[time, risk, first_risk, dissipated, unconverged], positions)))
                if positions.len() == self.weights.len() =>
            {
                (self.count, self.first_risk, self.unconverged) = (count, first_risk, unconverged);
                self.reached = Law { time, positions: positions.to_vec(), risk, dissipated };
                self.present = self.reached.clone();
                Ok(())
            }
            _ => {
                let (found, atoms) = (state.reals.len(), self.weights.len());
                Err(RunError::Checkpoint(format!("{found} numbers for {atoms} atoms")))
            }
        }
    }
}
