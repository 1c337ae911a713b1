//! What the step size of SGD does to the loss to first order, on weighted atoms: mean + c ε, variance ε v, at
//! each time. One step at time s moves the atoms by ε G_z, G_z = −ξ_i φ_{i−1} Δ_iᵀ at a data point z. With
//! V_s(W) the loss at t of the flow that starts at W at time s,
//!
//! ```text
//!   c(t) = ½ ∫₀ᵗ E_z D²V_s[G_z, G_z] ds − ½ t L''(t),     v(t) = ∫₀ᵗ Var_z DV_s[G_z] ds.
//! ```
//! Both come from copies W_s ± h G_z that flow until t: central differences in h, midpoints in s. A batch of
//! B divides v, and the part of c that is Var_z, by B. Schedules must be constant in time: the flow is then
//! the same from whenever it starts. What widths do is in `width_effects`.
//!
//! [`step_effects`] is the plain road, one flow after the other: only tests take it, to check `first_order`,
//! which systems take and which shares the steps and displacements of this file.

use meanfield_run::system::RunError;
use ndarray::Array2;
use thiserror::Error;

use crate::architecture::LayerSchedule;
use crate::atoms::Atoms;
use crate::engine::{Engine, Neurons, Points};
use crate::flow::GradientFlow;
use crate::problem::DeepProblem;

/// Effects of the step size that cannot be found.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FluctuationError {
    /// A schedule varies in time.
    #[error("layer {0} has a schedule that varies in time: the effect of the step size is known for others")]
    Schedule(usize),
    /// A flow ran away.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// How finely effects are found.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Differences {
    /// Spacing of the midpoints in s.
    pub spacing: f64,
    /// h.
    pub displacement: f64,
    /// Largest error of a weight tolerated in one step.
    pub tolerance: f64,
}

impl Default for Differences {
    fn default() -> Self {
        Self { spacing: 0.25, displacement: 0.05, tolerance: 1e-7 }
    }
}

/// What the step size does to the loss at one time, for batches of B: mean = L + ε (descent + noise/B),
/// variance = ε variance/B.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepEffect {
    /// t.
    pub time: f64,
    /// L of the flow.
    pub loss: f64,
    /// c of gradient descent on all data.
    pub descent: f64,
    /// What samples add to c, for B = 1.
    pub noise: f64,
    /// v for B = 1.
    pub variance: f64,
}

impl StepEffect {
    /// c for batches of B.
    pub fn bias(self, batch: usize) -> f64 {
        self.descent + self.noise / batch as f64
    }
}

/// The effect of the step size at these increasing times > 0, which should be multiples of the spacing: each
/// is rounded up to one. The cost is that of 2 (points + 1) times/spacing flows.
///
/// # Errors
/// Where a schedule varies in time, or a flow runs away.
///
/// # Panics
/// Where atoms and problem do not fit together.
pub fn step_effects(
    problem: &DeepProblem,
    atoms: Atoms,
    times: &[f64],
    differences: &Differences,
) -> Result<Vec<StepEffect>, FluctuationError> {
    if let Some(layer) = varying_schedule(problem) {
        return Err(FluctuationError::Schedule(layer));
    }
    let mut flow = GradientFlow::new(problem.clone(), atoms, differences.tolerance);
    let mut effects = Vec::with_capacity(times.len());
    let mut midpoints = Vec::new();
    for time in times {
        let cells = (time / differences.spacing - 1e-9).ceil().max(1.0);
        while (midpoints.len() as f64) < cells {
            let middle = (midpoints.len() as f64 + 0.5) * differences.spacing;
            flow.advance(middle)?;
            midpoints.push((middle, flow.atoms()));
        }
        flow.advance(cells * differences.spacing)?;
        let time = flow.time();
        let descent = -0.5 * time * second_derivative(problem, &flow.atoms());
        effects.push(StepEffect { time, loss: flow.loss(), descent, ..StepEffect::default() });
    }
    let mut engine = Engine::new(problem.architecture.clone());
    for (middle, atoms) in midpoints {
        add_midpoint(problem, &mut engine, middle, &atoms, differences, &mut effects)?;
    }
    Ok(effects)
}

/// The first layer, counted from 1, whose schedule varies in time.
pub fn varying_schedule(problem: &DeepProblem) -> Option<usize> {
    let mut schedules = problem.architecture.schedules().iter();
    schedules.position(|schedule: &LayerSchedule| schedule.exponent() != 0.0).map(|index| index + 1)
}

/// Adds what steps of the cell about one midpoint do.
fn add_midpoint(
    problem: &DeepProblem,
    engine: &mut Engine,
    middle: f64,
    atoms: &Atoms,
    differences: &Differences,
    effects: &mut [StepEffect],
) -> Result<(), FluctuationError> {
    let later: Vec<f64> =
        effects.iter().map(|effect| effect.time - middle).filter(|rest| *rest > 0.0).collect();
    let from = effects.len() - later.len();
    let data = &problem.data;
    let Differences { displacement: h, tolerance, .. } = *differences;
    let middles = losses_after(problem, atoms.clone(), &later, tolerance)?;
    let copies = DisplacedCopies { problem, atoms, durations: &later, h, tolerance, middles };
    // Of all data first: the part of c that batches do not divide.
    let mean = copies.variations(&drift(problem, engine, atoms, Points::from(&**data)))?;
    let mut second = vec![0.0; later.len()];
    let mut squares = vec![0.0; later.len()];
    for (point, weight) in data.weights().iter().enumerate() {
        let one = ndarray::Array1::ones(1);
        let direction = drift(problem, engine, atoms, Points::single(data, point, one.view()));
        for (index, found) in copies.variations(&direction)?.iter().enumerate() {
            second[index] += weight * found.second;
            squares[index] += weight * (found.first - mean[index].first).powi(2);
        }
    }
    for (index, effect) in effects[from..].iter_mut().enumerate() {
        effect.descent += 0.5 * differences.spacing * mean[index].second;
        effect.noise += 0.5 * differences.spacing * (second[index] - mean[index].second);
        effect.variance += differences.spacing * squares[index];
    }
    Ok(())
}

/// First and second derivative of the loss along a direction.
struct Variation {
    first: f64,
    second: f64,
}

/// −ξ_i G_i on some data points, layer by layer.
pub(crate) fn drift(
    problem: &DeepProblem,
    engine: &mut Engine,
    atoms: &Atoms,
    points: Points,
) -> Vec<Array2<f64>> {
    let mut gradients: Vec<Array2<f64>> =
        atoms.weights.iter().map(|matrix| Array2::zeros(matrix.dim())).collect();
    let mut views: Vec<_> = gradients.iter_mut().map(|gradient| gradient.view_mut()).collect();
    let neurons = Neurons { weights: &atoms.views(), shares: &atoms.shares };
    engine.gradient(neurons, points, &mut views);
    for (gradient, schedule) in gradients.iter_mut().zip(problem.architecture.schedules()) {
        *gradient *= -schedule.factor();
    }
    gradients
}

/// W + h direction.
pub(crate) fn displaced(atoms: &Atoms, direction: &[Array2<f64>], h: f64) -> Atoms {
    let mut moved = atoms.clone();
    for (weights, direction) in moved.weights.iter_mut().zip(direction) {
        weights.scaled_add(h, direction);
    }
    moved
}

/// Losses of a flow after these increasing durations.
fn losses_after(
    problem: &DeepProblem,
    atoms: Atoms,
    durations: &[f64],
    tolerance: f64,
) -> Result<Vec<f64>, RunError> {
    let mut flow = GradientFlow::new(problem.clone(), atoms, tolerance);
    let mut losses = Vec::with_capacity(durations.len());
    for duration in durations {
        flow.advance(*duration)?;
        losses.push(flow.loss());
    }
    Ok(losses)
}

/// Copies of atoms, displaced both ways, that flow for a while.
struct DisplacedCopies<'a> {
    problem: &'a DeepProblem,
    atoms: &'a Atoms,
    durations: &'a [f64],
    h: f64,
    tolerance: f64,
    /// Losses after the durations without displacement.
    middles: Vec<f64>,
}

impl DisplacedCopies<'_> {
    /// Derivatives, along a direction, of the losses after the durations.
    fn variations(&self, direction: &[Array2<f64>]) -> Result<Vec<Variation>, RunError> {
        let Self { problem, atoms, durations, h, tolerance, middles } = self;
        let ups = losses_after(problem, displaced(atoms, direction, *h), durations, *tolerance)?;
        let downs = losses_after(problem, displaced(atoms, direction, -h), durations, *tolerance)?;
        let mut variations = Vec::with_capacity(durations.len());
        for ((up, middle), down) in ups.iter().zip(middles).zip(&downs) {
            let first = (up - down) / (2.0 * h);
            let second = (up - 2.0 * middle + down) / (h * h);
            variations.push(Variation { first, second });
        }
        Ok(variations)
    }
}

/// d²L/dt² along the flow at these atoms, from the slope of −dL/dt.
pub(crate) fn second_derivative(problem: &DeepProblem, atoms: &Atoms) -> f64 {
    let step = 1e-4;
    let mut engine = Engine::new(problem.architecture.clone());
    let direction = drift(problem, &mut engine, atoms, Points::from(&*problem.data));
    let rates = [-step, step].map(|h| {
        let moved = displaced(atoms, &direction, h);
        GradientFlow::new(problem.clone(), moved, 1.0).dissipation()
    });
    (rates[0] - rates[1]) / (2.0 * step)
}
