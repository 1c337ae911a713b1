//! Means over drawn directions with less scatter: what a direction does to f at t = 0 has a covariance that
//! sums over single paths give exactly, and what it does later is mostly a function of that.

use nalgebra::{DMatrix, DVector};
use ndarray::{Array1, Array2};

use super::probes::{Probe, TiltedCopies};
use crate::residual::start::Regression;
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
    /// b and v_m at t = 0; of a soft regression, which moves f, they are not known.
    at_start: Option<WidthEffect>,
}

impl Controls {
    pub fn new(copies: &TiltedCopies, regression: Regression) -> Self {
        let paths = copies.single_paths();
        let rows = Array2::from_shape_fn((paths.len(), paths[0].outputs.len()), |(path, n)| {
            paths[path].share.sqrt() * paths[path].outputs[n]
        });
        let bias = paths.iter().map(|path| path.share * path.second).sum();
        let variance = paths.iter().map(|path| path.share * path.first * path.first).sum();
        let is_known = regression == Regression::MinimumNorm;
        let at_start = is_known.then_some(WidthEffect { bias, variance });
        Self { covariance: rows.t().dot(&rows), at_start }
    }

    /// The effects at a node, from what was seen of the directions.
    pub fn effect(&self, probes: &[Probe], node: usize) -> StartEffect {
        let seconds: Array1<f64> = probes.iter().map(|probe| probe.second[node]).collect();
        let mean = seconds.mean().unwrap_or(0.0);
        let count = probes.len() as f64;
        let variance_of_pairs = seconds.mapv(|x| (x - mean).powi(2)).sum() / (count - 1.0).max(1.0);
        let sampled = WidthEffect { bias: mean, variance: self.variance(probes, node) };
        let width = self.at_start.filter(|_| node == 0).unwrap_or(sampled);
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
