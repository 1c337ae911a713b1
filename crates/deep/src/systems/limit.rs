//! The mean-field limit as a system: see `crate::limit`.

use meanfield_run::quantities::ENERGY_RESIDUAL;
use meanfield_run::system::{Observation, RunError, Scalar, State, Stride, System, stride};

use super::{law_of_first_layer, spreads};
use crate::engine::{Engine, Neurons, Points};
use crate::limit::Limit;

/// How the certificate is defined here.
const BALANCE: &str = "|L(t) − L(0) + Σ_i ∫ξ_i⁻¹ E|∂_t w_i|² dt|, L the loss";
/// Multiplications in a stride: a fraction of a second.
const STRIDE: f64 = 2e8;
/// Passes over all weights and points in a step of seven stages.
const PASSES: f64 = 21.0;

/// A limit that is run and observed.
pub struct LimitSystem {
    limit: Limit,
    steps_a_stride: usize,
}

impl LimitSystem {
    /// A limit at t = 0.
    pub fn new(limit: Limit) -> Self {
        let flow = limit.flow();
        let weights: usize = flow.weights().iter().map(|matrix| matrix.len()).sum();
        let step = PASSES * weights as f64 * flow.problem().data.weights().len() as f64;
        Self { limit, steps_a_stride: (STRIDE / step).max(1.0) as usize }
    }
}

impl System for LimitSystem {
    fn time(&self) -> f64 {
        self.limit.time()
    }

    fn advance(&mut self, until: f64) -> Result<Stride, RunError> {
        let steps = self.steps_a_stride;
        stride(self, until, steps, |system| system.limit.step(until))
    }

    fn next_step(&self) -> Option<f64> {
        Some(self.limit.flow().next_step())
    }

    fn step_freely(&mut self, until: f64) -> Result<(), RunError> {
        self.limit.step(until)
    }

    fn observe(&self) -> Observation {
        let flow = self.limit.flow();
        let problem = flow.problem();
        let weights = flow.weights();
        let neurons = Neurons { weights: &weights, shares: flow.shares() };
        let mut engine = Engine::new(problem.architecture.clone());
        let risk = engine.loss(neurons, Points::from(&*problem.data));
        let hidden = 1..problem.architecture.depth();
        let pre_activations: Vec<_> = hidden.map(|layer| engine.pre_activations(layer).clone()).collect();
        let residual = (flow.expected_loss() - risk).abs();
        let mut scalars = vec![Scalar::defined(ENERGY_RESIDUAL, BALANCE, residual)];
        scalars.extend(spreads(&pre_activations, flow.shares(), problem.data.weights().view()));
        let law = law_of_first_layer(weights[0], flow.shares()[0].view());
        Observation { risk, scalars, law }
    }

    fn work(&self) -> u64 {
        self.limit.flow().evaluations()
    }

    fn save(&self) -> State {
        self.limit.state()
    }

    fn restore(&mut self, state: &State) -> Result<(), RunError> {
        self.limit.restore(state)
    }
}
