//! Scaled gradient descent (Algorithm 1): v ← v − [η m_ℓ m_{ℓ−1}] ∂L/∂v, which is v ← v − η G with the drifts
//! G of the flow; on all data, or on a sample of them. Which samples are taken is not known here.

use ndarray::{Array1, Array2, Axis};

use super::architecture::ResidualProblem;
use super::engine::{PathWeights, ResidualEngine};
use super::pair_weights::Correction;
use super::paths::Paths;
use crate::engine::Points;

/// A network that is trained in steps.
#[derive(Clone, Debug)]
pub struct ScaledDescent {
    problem: ResidualProblem,
    engine: ResidualEngine,
    paths: Paths,
    first: Array2<f64>,
}

impl ScaledDescent {
    /// A network, its weights between neurons as matrices.
    ///
    /// # Panics
    /// Where network and problem do not fit together.
    pub fn new(problem: ResidualProblem, paths: Paths) -> Self {
        paths.check(&problem).expect("paths of the problem");
        let engine = ResidualEngine::new(problem.architecture.clone());
        let first = Array2::zeros(paths.first.dim());
        Self { problem, engine, paths: paths.with_matrices(), first }
    }

    /// The network now.
    pub fn paths(&self) -> &Paths {
        &self.paths
    }

    /// A step of size η on all data; returns the loss before it.
    pub fn step_on_all(&mut self, step_size: f64) -> f64 {
        let data = self.problem.data.clone();
        self.step(Points::from(&*data), step_size)
    }

    /// A step of size η on the mean over some points; returns their loss before it.
    pub fn step_on(&mut self, points: &[usize], step_size: f64) -> f64 {
        let data = self.problem.data.clone();
        let inputs = data.inputs().select(Axis(0), points);
        let labels = data.labels().select(Axis(0), points);
        let weights = Array1::from_elem(points.len(), (points.len() as f64).recip());
        let points = Points { inputs: inputs.view(), labels: labels.view(), weights: weights.view() };
        self.step(points, step_size)
    }

    fn step(&mut self, points: Points, step_size: f64) -> f64 {
        let Self { engine, paths, first, .. } = self;
        let loss = engine.drift(PathWeights::from(&*paths), points);
        engine.first_drift(points.inputs, first);
        paths.first.scaled_add(-step_size, first);
        paths.last.scaled_add(-step_size, &engine.last_drift());
        let factors = Array1::from_elem(points.labels.len(), -step_size);
        for (index, pairs) in paths.pairs.iter_mut().enumerate() {
            let [left, right] = engine.pair_drift(index + 2);
            pairs.add(Correction { left: left.view(), right: right.view(), factors: factors.view() });
        }
        loss
    }
}
