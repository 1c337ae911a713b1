//! Rates of the stages of a Runge–Kutta step, and what is made of them: corrections of low rank.

use meanfield_run::stepper::adaptive::STAGES;
use ndarray::{Array, Array1, Array2, Dimension, s};

use crate::residual::pair_weights::Correction;
use crate::residual::paths::Paths;

/// Rates of the stages of a step.
pub(super) struct Stages {
    /// ∂_t v_1.
    pub first: Vec<Array2<f64>>,
    /// ∂_t v_{L+1}.
    pub last: Vec<Array1<f64>>,
    /// −dL/dt.
    pub falls: Vec<f64>,
    /// h₁(β_{ℓ−1}) and −D^α_ℓ for ℓ = 2 … L, stage under stage, shape (stages · points, paths).
    pub left: Vec<Array2<f64>>,
    pub right: Vec<Array2<f64>>,
}

impl Stages {
    pub fn new(paths: &Paths, points: usize) -> Self {
        let tall = vec![Array2::zeros((STAGES * points, paths.count())); paths.pairs.len()];
        Self {
            first: vec![Array2::zeros(paths.first.dim()); STAGES],
            last: vec![Array1::zeros(paths.count()); STAGES],
            falls: vec![0.0; STAGES],
            left: tall.clone(),
            right: tall,
        }
    }

    /// Corrections by the first stages, as many as there are weights in `factors`, each for all points.
    pub fn corrections<'a>(&'a self, factors: &'a Array1<f64>) -> Vec<Correction<'a>> {
        let rows = factors.len();
        let sides = self.left.iter().zip(&self.right);
        sides
            .map(|(left, right)| Correction {
                left: left.slice(s![..rows, ..]),
                right: right.slice(s![..rows, ..]),
                factors: factors.view(),
            })
            .collect()
    }
}

/// step · weight of each stage, once for each point.
pub(super) fn repeated(weights: &[f64], step: f64, points: usize) -> Array1<f64> {
    weights.iter().flat_map(|weight| std::iter::repeat_n(step * weight, points)).collect()
}

/// base + step Σ weight · rate.
pub(super) fn moved<D: Dimension>(
    base: &Array<f64, D>,
    rates: &[Array<f64, D>],
    weights: &[f64],
    step: f64,
) -> Array<f64, D> {
    let mut moved = base.clone();
    for (rate, weight) in rates.iter().zip(weights).filter(|(_, weight)| **weight != 0.0) {
        moved.scaled_add(step * weight, rate);
    }
    moved
}

/// The largest size; NaN where there is one.
pub(super) fn largest<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> f64 {
    numbers.into_iter().fold(0.0, |largest, x| if x.is_nan() { f64::NAN } else { f64::max(largest, x.abs()) })
}
