//! Problems that several tests share.

use meanfield_deep::activation::LayerActivation;
use meanfield_deep::data::DataPoints;
use meanfield_deep::residual::architecture::{ResidualArchitecture, ResidualProblem};
use meanfield_deep::residual::start::{Regression, ResidualStart};
use meanfield_model::activation::{Activation, Placement, Shape, Smooth};
use meanfield_model::loss::Loss;
use meanfield_random::deviates::normal;
use meanfield_random::stream::{Purpose, generator};
use ndarray::{Array1, Array2, Axis};

pub fn smooth(shape: Shape) -> LayerActivation {
    LayerActivation::Other(Activation::Smooth(Smooth { shape, place: Placement::default() }))
}

/// Drawn inputs, and labels of a function of them.
pub fn data(points: usize, dimension: usize) -> DataPoints {
    let mut random = generator(11, Purpose::Inputs, dimension as u64);
    let inputs = Array2::from_shape_simple_fn((points, dimension), || normal(&mut random));
    let labels: Array1<f64> = inputs.map_axis(Axis(1), |x| (1.5 * x[0]).sin() + 0.5 * x[1]) * 0.5;
    DataPoints::uniform(inputs, labels).expect("valid")
}

pub fn architecture(depth: usize, shape: Shape, loss: Loss) -> ResidualArchitecture {
    ResidualArchitecture::new(depth, smooth(shape), smooth(Shape::Tanh), loss).expect("valid")
}

/// h₁ = h₂ = tanh.
pub fn problem(points: usize, dimension: usize, depth: usize) -> ResidualProblem {
    ResidualProblem::new(architecture(depth, Shape::Tanh, Loss::Squared), data(points, dimension))
}

/// Nothing is odd: h₁ = sigmoid, and weights of points differ.
pub fn lopsided(points: usize, dimension: usize, depth: usize) -> ResidualProblem {
    let even = data(points, dimension);
    let weights = Array1::from_shape_fn(points, |n| 1.0 + 0.1 * n as f64);
    let weights = &weights / weights.sum();
    let data = DataPoints::new(even.inputs().clone(), even.labels().clone(), weights).expect("valid");
    let loss = Loss::Huber { threshold: 0.5 };
    ResidualProblem::new(architecture(depth, Shape::Sigmoid, loss), data)
}

pub fn start() -> ResidualStart {
    ResidualStart::new(1.0, 1.0, Regression::MinimumNorm).expect("valid")
}
