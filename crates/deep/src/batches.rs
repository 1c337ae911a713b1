//! Gradient descent on batches, or on all data: one product of matrices a layer and direction. Which samples
//! are taken is not known here.

use ndarray::{Array1, Array2, Axis};

use crate::atoms::Atoms;
use crate::engine::{Engine, Neurons, Points};
use crate::problem::DeepProblem;

/// A network that is trained on batches.
#[derive(Clone, Debug)]
pub(crate) struct Batches {
    problem: DeepProblem,
    engine: Engine,
    atoms: Atoms,
    gradients: Vec<Array2<f64>>,
}

impl Batches {
    /// A finite network.
    pub fn new(problem: DeepProblem, atoms: Atoms) -> Self {
        let engine = Engine::new(problem.architecture.clone());
        let gradients = atoms.weights.iter().map(|matrix| Array2::zeros(matrix.dim())).collect();
        Self { problem, engine, atoms, gradients }
    }

    /// W_1 … W_L.
    pub fn weights(&self) -> &[Array2<f64>] {
        &self.atoms.weights
    }

    /// A step of these sizes, layer by layer, on all data.
    pub fn train_all(&mut self, sizes: &[f64]) {
        let data = self.problem.data.clone();
        self.step(Points::from(&*data), sizes);
    }

    /// A step of these sizes on the mean over some data points.
    pub fn train(&mut self, points: &[usize], sizes: &[f64]) {
        let inputs = self.problem.data.inputs().select(Axis(0), points);
        let labels = self.problem.data.labels().select(Axis(0), points);
        let weights = Array1::from_elem(points.len(), 1.0 / points.len() as f64);
        self.step(Points { inputs: inputs.view(), labels: labels.view(), weights: weights.view() }, sizes);
    }

    fn step(&mut self, points: Points, sizes: &[f64]) {
        let Self { engine, atoms, gradients, .. } = self;
        let mut views: Vec<_> = gradients.iter_mut().map(|gradient| gradient.view_mut()).collect();
        let neurons = Neurons { weights: &atoms.views(), shares: &atoms.shares };
        engine.gradient(neurons, points, &mut views);
        for ((weights, gradient), size) in atoms.weights.iter_mut().zip(&*gradients).zip(sizes) {
            weights.scaled_add(-size, gradient);
        }
    }
}
