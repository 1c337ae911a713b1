//! Means over drawn directions with less scatter: what a direction does to f at t = 0 has a covariance that
//! sums over single paths give exactly, and what it does later is mostly a function of that.

use nalgebra::{DMatrix, DVector};
use ndarray::{Array1, Array2};

use super::probes::{Probe, StartCopies};
use crate::width_effects::WidthEffect;

/// What the random start does to the loss at one node.
pub(super) struct StartEffect {
    /// b and v_m.
    pub width: WidthEffect,
    /// v_mm.
    pub variance_of_pairs: f64,
}

/// What is known of t = 0 without drawn directions.
pub(super) struct Controls {
    /// Σ q Df Dfᵀ over single paths, shape (points, points).
    covariance: Array2<f64>,
    /// b and v_m at t = 0.
    at_start: WidthEffect,
}

impl Controls {
    pub fn new(copies: &StartCopies) -> Self {
        let mut at_start = WidthEffect::default();
        let mut squares = Vec::new();
        copies.single_paths(|share, first, second, outputs| {
            at_start.bias += share * second;
            at_start.variance += share * first * first;
            squares.push(outputs * share.sqrt());
        });
        let points = squares[0].len();
        let mut covariance = Array2::zeros((points, points));
        for outputs in squares {
            for (n, mut row) in covariance.rows_mut().into_iter().enumerate() {
                row.scaled_add(outputs[n], &outputs);
            }
        }
        Self { covariance, at_start }
    }

    /// The effects at a node, from what was seen of the directions.
    pub fn effect(&self, probes: &[Probe], node: usize) -> StartEffect {
        let seconds: Array1<f64> = probes.iter().map(|probe| probe.second[node]).collect();
        let mean = seconds.mean().unwrap_or(0.0);
        let count = probes.len() as f64;
        let variance_of_pairs = seconds.mapv(|x| (x - mean).powi(2)).sum() / (count - 1.0).max(1.0);
        let width = match node {
            0 => self.at_start,
            _ => WidthEffect { bias: mean, variance: self.variance(probes, node) },
        };
        StartEffect { width, variance_of_pairs }
    }

    /// E (D𝓛[ξ])²: of its regression on Df exactly, and of what is left by the directions.
    fn variance(&self, probes: &[Probe], node: usize) -> f64 {
        let points = self.covariance.nrows();
        let count = probes.len();
        let outputs = DMatrix::from_fn(count, points, |k, n| probes[k].outputs[n]);
        let firsts = DVector::from_iterator(count, probes.iter().map(|probe| probe.first[node]));
        let squares = outputs.transpose() * &outputs;
        let Ok(inverse) = squares.clone().pseudo_inverse(1e-10 * squares.trace()) else {
            return firsts.norm_squared() / count as f64;
        };
        let slopes = &inverse * (outputs.transpose() * &firsts);
        let covariance = DMatrix::from_fn(points, points, |n, other| self.covariance[[n, other]]);
        let left = (&firsts - &outputs * &slopes).norm_squared() / (count as f64 - points as f64).max(1.0);
        // Slopes err by what is left, and their squares are too large by it.
        let excess = (&inverse * &covariance).trace();
        (slopes.transpose() * &covariance * &slopes)[(0, 0)] + left * (1.0 - excess)
    }
}
